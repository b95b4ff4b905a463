"""Speed: who moves too fast or too slowly over the ground."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from trackside.core import Events, SettingError, Tracks
from trackside.geometry.planes import Homography
from trackside.perception.per_track import PerTrack
from trackside.perception.rules.spells import Floats, Hysteresis, Ids, Spells, Turns
from trackside.perception.rules.stays import feet_of
from trackside.perception.rules.telling import told

# Places kept of a track.
_PLACES = 16
# Metres that foot points are off a straight way without anything being wrong, and how many times that counts as far off.
_USUAL = 0.2
_HUBER = 1.5
_ROUNDS = 3
# A speed counts once the places span so much of the time that it is measured over: frames may be missing at its ends.
_LEAST_SPAN = 0.6
_ROUNDING = 1e-6


class Speed:
    """Tells who moves faster than `above`, or slower than `below`, in metres a second over the ground.

    The speed is that of the straight way that fits the places of the last `over` seconds best, with little weight for those
    far off it: a jump of the box in a few looks does little harm.

    Events: `too fast` or `too slow` (value: the speed in m/s that proved it), at the moment from which it held, and
    `too fast over` or `too slow over` (value: seconds that it lasted).

    Args:
        ground: from pixels to metres on the ground.
        above: m/s; None for not asked.
        below: m/s; None for not asked. One of the two is needed.
        over: seconds that the speed is measured over.
        for_seconds: how long it must hold.
        slack: it is over below `above * (1 - slack)`, or above `below * (1 + slack)`.
        name: stands in the events' `places`.
        gap: seconds that somebody may be out of sight.

    Raises:
        SettingError: a number out of range, or not one of `above` and `below`.
    """

    def __init__(
        self,
        ground: Homography,
        *,
        above: float | None = None,
        below: float | None = None,
        over: float = 1.0,
        for_seconds: float = 0.5,
        slack: float = 0.15,
        name: str = "ground",
        gap: float = 1.0,
    ) -> None:
        limit = above if above is not None else below
        if limit is None or (above is not None and below is not None):
            raise SettingError("needs `above` or `below`, one of them", where="above", fix="give one speed in m/s")
        if not 0 < limit < math.inf or not 0 < over < math.inf:
            raise SettingError(f"need numbers above 0, got {limit:g} m/s over {over:g} s", where="above")
        if not 0 <= slack < 1:
            raise SettingError(f"need a share from 0 to below 1, got {slack=}", where="slack")
        self._ground, self._over, self._limit, self.name = ground, over, limit, name
        self._sign, self._word = (-1.0, "too fast") if above is not None else (1.0, "too slow")
        self._spells = Spells(Hysteresis(for_seconds, 0.0, slack * limit, gap))
        self._speeds: dict[int, float] = {}
        self.reset()

    def update(self, tracks: Tracks, time: float) -> Events:
        """Take in the tracks of one look at media time `time`."""
        ids, feet = feet_of(tracks)
        speeds = self.measure(ids, self._ground.to_plane(feet), time)
        self._speeds = dict(zip(ids.tolist(), speeds.tolist(), strict=True))
        return self._told(self._spells.update(ids, self._sign * (speeds - self._limit), time))

    def measure(self, ids: Ids, places: Floats, time: float) -> Floats:
        """Speeds [n] in m/s of tracks at places [n, 2] in metres; NaN until enough of a way has been seen."""
        rows = self._ways.rows(ids)
        self._add(rows, places, time)
        times = self._ways["times"][rows]
        times = np.where(times >= time - self._over - _ROUNDING, times, np.nan)
        return _speeds(times, self._ways["places"][rows], _LEAST_SPAN * self._over)

    def end(self, ids: Iterable[int]) -> Events:
        """These tracks ended."""
        gone = list(ids)
        self._ways.drop(gone)
        return self._told(self._spells.end(gone))

    def reset(self) -> None:
        """Forget everything, without a word."""
        self._spells.reset()
        self._speeds = {}
        # Oldest first; the last one is always that of the last look.
        self._ways = PerTrack(times=np.full(_PLACES, math.nan), places=np.full((_PLACES, 2), math.nan))

    def _add(self, rows: NDArray[np.intp], places: Floats, time: float) -> None:
        """Keep places at even distances in time, so that those kept reach back far enough at any frame rate."""
        times, kept = self._ways["times"], self._ways["places"]
        moves = rows[~(time - times[rows, -2] < self._over / (_PLACES - 1))]
        times[moves, :-1], kept[moves, :-1] = times[moves, 1:], kept[moves, 1:]
        times[rows, -1], kept[rows, -1] = time, places

    def _told(self, turns: Turns) -> Events:
        rows = []
        for track, on, at, since in zip(*(a.tolist() for a in (turns.ids, turns.on, turns.times, turns.since)), strict=True):
            value = self._speeds.get(track, math.nan) if on else at - since
            rows.append((at, self._word if on else f"{self._word} over", track, value))
        return told(rows, self.name)


def _speeds(times: Floats, places: Floats, least_span: float) -> Floats:
    """Speeds [n] from times [n, k], ascending with NaN first, and places [n, k, 2]; NaN where they span too little.

    Straight ways are fitted by least squares, with less weight for places far off them (Huber 1964, reweighted).
    """
    known = np.isfinite(times)
    # From the last place on: times since 1970 or places far from the origin would cost digits.
    t, p = np.where(known, times - times[:, -1:], 0), np.where(known[..., None], places - places[:, -1:], 0)
    weights = known.astype(np.float64)
    limit: Floats | None = None
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(_ROUNDS):
            total = weights.sum(axis=1)[:, None]
            dt = t - (weights * t).sum(axis=1)[:, None] / total
            dp = p - ((weights[..., None] * p).sum(axis=1) / total)[:, None]
            lever = weights * dt
            slope = (lever[..., None] * dp).sum(axis=1) / (lever * dt).sum(axis=1)[:, None]
            off = np.hypot(*np.moveaxis(dp - slope[:, None] * dt[..., None], -1, 0))
            if limit is None:
                limit = _HUBER * np.maximum(_USUAL, 1.4826 * _median(np.where(known, off, np.nan)))[:, None]
            weights = known * np.minimum(1, limit / np.maximum(off, _ROUNDING))
    return np.where(-t.min(axis=1, initial=0) >= least_span - _ROUNDING, np.hypot(*slope.T), np.nan)


def _median(values: Floats) -> Floats:
    """Of each row, without NaN, which sort to the end."""
    count = np.isfinite(values).sum(axis=1)
    return np.asarray(np.sort(values, axis=1)[np.arange(len(values)), np.maximum(count - 1, 0) // 2])
