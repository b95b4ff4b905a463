"""Splits in time: what comes later is the test, as it will be in use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError
from trackside.data.wording import counted


def part_by_time(
    times: NDArray[np.float64], unit: NDArray[np.int64], shares: Sequence[float], gap: float
) -> tuple[NDArray[np.int64], list[str]]:
    """The part of each item: the first is the earliest, and no item of a part is earlier than any of the part before.

    Left out (-1) are items without a time, items less than `gap` after the last of the part before, and units that lie on
    both sides of a border: in either part they would tell of the other.

    Args:
        times: float64 [n], seconds; NaN where not known.
        unit: int64 [n].
        shares: wanted share of each part, earliest first.
        gap: seconds between the last item of a part and the first of the next.

    Returns:
        int64 [n], and notes on what was left out.

    Raises:
        InputError: no times, or fewer different times than parts.
    """
    known = np.isfinite(times)
    if not known.any():
        raise InputError("no item has a time", fix="split by group or class instead, or give times")
    moments, counts = np.unique(times[known], return_counts=True)
    if len(moments) < len(shares):
        raise InputError(
            f"{len(moments)} different times cannot make {len(shares)} parts in turn", fix="split by group instead"
        )
    borders = _borders(counts, np.asarray(shares, np.float64))
    part = np.full(len(times), -1, np.int64)
    part[known] = np.searchsorted(moments[borders], times[known], side="right")
    torn = _torn(part, unit)
    part[torn] = -1
    near = _near(times, part, gap, len(shares))
    part[near] = -1
    notes = [f"without a time: {counted(int((~known).sum()), 'items')}"] if not known.all() else []
    notes += [f"in groups that lie on both sides of a border: {counted(int(torn.sum()), 'items')}"] if torn.any() else []
    notes += [f"within {gap:g} s of a border: {counted(int(near.sum()), 'items')}"] if near.any() else []
    return part, notes


def _borders(counts: NDArray[np.int64], shares: NDArray[np.float64]) -> NDArray[np.intp]:
    """For each part but the first, which of the moments it begins with: nearest to its share, and at least one a part."""
    before = np.r_[0, np.cumsum(counts)[:-1]] / counts.sum()
    wanted = np.cumsum(shares)[:-1]
    borders = np.array([int(np.abs(before - share).argmin()) for share in wanted], np.intp)
    for place in range(len(borders)):
        lowest = 1 if place == 0 else borders[place - 1] + 1
        borders[place] = np.clip(borders[place], lowest, len(counts) - (len(borders) - place))
    return borders


def _torn(part: NDArray[np.int64], unit: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Items with a time whose unit has items in several parts."""
    used = part >= 0
    low = np.full(int(unit.max()) + 1, np.iinfo(np.int64).max)
    high = np.full(int(unit.max()) + 1, -1)
    np.minimum.at(low, unit[used], part[used])
    np.maximum.at(high, unit[used], part[used])
    return np.asarray(used & (low[unit] != high[unit]))


def _near(times: NDArray[np.float64], part: NDArray[np.int64], gap: float, parts: int) -> NDArray[np.bool_]:
    """Items that follow the last of an earlier part too soon."""
    near = np.zeros(len(times), bool)
    last = -np.inf
    for number in range(parts):
        own = part == number
        near |= own & (times < last + gap)
        last = max(last, float(times[own & ~near].max(initial=-np.inf)))
    return near
