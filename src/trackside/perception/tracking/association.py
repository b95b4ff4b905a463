"""Which detection belongs to which track.

Only pairs whose boxes overlap are ever looked at (as lists of rows, not as a full matrix), so a cost term works on a few
pairs and a crowd of thousands stays affordable. A pair that competes with no other is settled at once; the rest goes to
the linear assignment solver. Both together give the optimum: the greatest sum of gains, where leaving a pair apart gains
nothing. Where numba is installed the inner loops are compiled (`kernels.py`), with the same results;
`TRACKSIDE_NUMBA=0` in the environment keeps to NumPy.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Scores = NDArray[np.float32]
Rows = NDArray[np.intp]
Match = tuple[Rows, Rows]

Term = Callable[[Rows, Rows], Floats]
"""A further cost: from rows of tracks and of detections, [p] each, what to add to a pair's gain [p]; -inf forbids it."""

# Up to a thousand boxes on each side every pair is compared; beyond, each track looks at its few nearest detections only,
# which bounds time and memory whatever the boxes are (10,000 equal ones have 100 million overlapping pairs).
MOST_PAIRS = 1 << 20
_NEAREST = 32
# Rows times columns that the exact solver is given: a second at worst. More rivals than that are matched greedily.
_MOST_CELLS = 1 << 22
# Up to so many rows and pairs the exact solver costs less than finding out which pairs it need not see.
_FEW = 64


@cache
def compiled() -> ModuleType | None:
    """The compiled inner loops, read once; None without numba, or with `TRACKSIDE_NUMBA=0` in the environment."""
    if os.environ.get("TRACKSIDE_NUMBA") == "0":
        return None
    try:
        from trackside.perception.tracking import kernels
    except (ImportError, RuntimeError):  # Not installed, or no folder where it may keep what it compiles.
        return None
    return kernels


def overlapping(a: Floats, b: Floats) -> Match:
    """Rows of the pairs of boxes ([4, n] and [4, m]) that share some area; in crowds over a thousand, the nearest ones."""
    count = b.shape[1]
    if a.shape[1] * count > MOST_PAIRS:
        return _nearest(a, b)
    meets = (a[:2, :, None] < b[2:, None, :]) & (a[2:, :, None] > b[:2, None, :])
    pairs = (meets[0] & meets[1]).ravel().nonzero()[0]
    i, j = np.divmod(pairs, count)
    return i, j


def iou(a: Floats, b: Floats) -> Floats:
    """Intersection over union, pair by pair, of boxes that overlap: [4, p] and [4, p] to [p]."""
    shared = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    common = shared[0] * shared[1]
    size_a, size_b = a[2:] - a[:2], b[2:] - b[:2]
    return np.asarray(common / (size_a[0] * size_a[1] + size_b[0] * size_b[1] - common))


def assign(i: Rows, j: Rows, gain: Floats) -> Match:
    """The pairs, each row used at most once, whose gains have the greatest sum. Pairs without gain are left apart.

    Args:
        i: rows on one side, intp [p].
        j: rows on the other side, intp [p].
        gain: float64 [p]. NaN is no gain.

    Returns:
        The chosen ones of `i`, in ascending order, and of `j`.
    """
    if not len(i):
        return i, j
    if (kernels := compiled()) is not None:
        only, best = kernels.assign_apart(
            np.ascontiguousarray(i, np.int64), np.ascontiguousarray(j, np.int64), np.ascontiguousarray(gain, np.float64)
        )
        if only:
            chosen: Match = best
            return chosen
    rows, columns = int(i.max()) + 1, int(j.max()) + 1
    if len(i) <= _FEW and rows <= _FEW and columns <= _FEW:
        return _assign_rivals(i, j, gain, rows, columns)
    partner = np.full(rows, -1, np.intp)
    alone = (np.bincount(i)[i] == 1) & (np.bincount(j)[j] == 1)
    settled = (alone & (gain > 0)).nonzero()[0]
    partner[i[settled]] = j[settled]
    if len(settled) < len(i):
        rivals = (~alone & (gain > 0)).nonzero()[0]
        among, inner_i = _renumbered(i[rivals])
        offered, inner_j = _renumbered(j[rivals])
        more_i, more_j = _assign_rivals(inner_i, inner_j, gain[rivals], len(among), len(offered))
        partner[among[more_i]] = offered[more_j]
    matched = (partner >= 0).nonzero()[0]
    return matched, partner[matched]


def _nearest(a: Floats, b: Floats) -> Match:
    """For each box of `a` those among its nearest boxes of `b`, by the sum of corner distances, that overlap it."""
    from scipy.spatial import cKDTree

    _, nearest = cKDTree(b.T).query(a.T, k=min(_NEAREST, b.shape[1]), p=1)
    i, j = np.repeat(np.arange(a.shape[1]), nearest.shape[1]), nearest.ravel()
    pairs_a, pairs_b = a[:, i], b[:, j]
    meets = ((pairs_a[:2] < pairs_b[2:]) & (pairs_a[2:] > pairs_b[:2])).all(axis=0)
    return i[meets], j[meets]


def _assign_rivals(i: Rows, j: Rows, gain: Floats, rows: int, columns: int) -> Match:
    if rows * columns > _MOST_CELLS:
        return _assign_greedily(i, j, gain)
    table = np.zeros((rows, columns))
    table[i, j] = np.fmax(gain, 0)
    best_i, best_j = linear_sum_assignment(table, maximize=True)
    real = (table[best_i, best_j] > 0).nonzero()[0]
    return best_i[real], best_j[real]


def _renumbered(values: Rows) -> tuple[Rows, Rows]:
    """The different values in ascending order, and each value's place among them (`np.unique`, without sorting)."""
    present = np.bincount(values).nonzero()[0]
    place = np.empty(present[-1] + 1 if len(present) else 0, np.intp)
    place[present] = np.arange(len(present))
    return present, place[values]


def _assign_greedily(i: Rows, j: Rows, gain: Floats) -> Match:
    """Best pair first. At least half of the optimal sum, in time that grows with the number of pairs only."""
    used: set[int] = set()
    chosen: dict[int, int] = {}
    order = np.argsort(-gain, kind="stable")
    for row, column in zip(i[order].tolist(), j[order].tolist(), strict=True):
        if row not in used and column not in chosen:
            used.add(row)
            chosen[column] = row
    return np.fromiter(chosen.values(), np.intp), np.fromiter(chosen, np.intp)
