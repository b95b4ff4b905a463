"""Lines: who crosses, in which direction, and when.

A track's foot point moves on a straight path from one frame to the next. It crosses when that path cuts the line between its
two ends, and it is counted once it has arrived on the other side by more than `margin` pixels: a point that jitters on
the line is counted once, and one that only touches it is not counted at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from trackside.core import Events, SettingError, Tracks
from trackside.perception.per_track import PerTrack

Floats = NDArray[np.float64]

# The foot point of a standing person jitters by about a pixel or two from frame to frame.
_MARGIN = 2.0


class LineCounter:
    """Counts crossings of a line, per direction.

    Look along the line from its first end to its second, on the screen: going *in* is from the left hand to the right
    hand, *out* the other way. (Swap the ends to swap the directions.)

    Events: `cross_in` and `cross_out` at the media time of the crossing, interpolated between the two frames around it,
    so an event may be older than the frame that reports it: hysteresis waits until the foot point is `margin` beyond the
    line. A path through an end of the line counts; one that passes beside the ends does not. Tracks without identity (id
    0 or below) are ignored. Where media time goes backwards, a track's path starts anew.

    Args:
        line: two ends, x y in pixels.
        name: stands in the events' `places`.
        margin: pixels beyond the line from which a side counts as reached; 0 counts as soon as the line is left behind.

    Raises:
        SettingError: the ends are the same point or not finite, or the margin is negative.
    """

    def __init__(self, line: Sequence[Sequence[float]], *, name: str = "line", margin: float = _MARGIN) -> None:
        ends = np.asarray(line, np.float64)
        if ends.shape != (2, 2) or not np.isfinite(ends).all() or (ends[0] == ends[1]).all():
            raise SettingError("a line needs two different ends, each a finite x and y", where=name)
        if not 0 <= margin < math.inf:
            raise SettingError(f"need a number of pixels from 0 up, got {margin=}", where=name)
        self.line: Floats = ends
        self.name = name
        self.total_in = 0
        self.total_out = 0
        self._margin = margin
        self._along = ends[1] - ends[0]
        self._length = float(np.hypot(*self._along))
        self._state = PerTrack(place=np.full(2, math.nan), time=math.nan, side=0, cut_time=math.nan, cut_at=math.nan)

    def update(self, tracks: Tracks, time: float) -> Events:
        """Take in the tracks of one frame at media time `time`."""
        feet = tracks.feet.astype(np.float64)
        known = (tracks.ids > 0) & np.isfinite(feet).all(axis=1)
        if not known.any():
            return Events()
        ids, feet = tracks.ids[known], feet[known]
        rows = self._state.rows(ids)
        self._restart(rows[self._state["time"][rows] > time])
        distance = self._distance(feet)
        self._cut(rows, feet, distance, time)
        crossed = self._settle(rows, distance)
        self._state["place"][rows] = feet
        self._state["time"][rows] = time
        return self._events(rows[crossed])

    def end(self, ids: Iterable[int]) -> None:
        """These tracks ended: free their state."""
        self._state.drop(ids)

    def _distance(self, points: Floats) -> Floats:
        """Signed distance to the infinite line in pixels, positive on the right hand."""
        offset = points - self.line[0]
        return np.asarray((self._along[0] * offset[:, 1] - self._along[1] * offset[:, 0]) / self._length)

    def _restart(self, rows: NDArray[np.intp]) -> None:
        self._state["side"][rows] = 0
        self._state["place"][rows] = math.nan

    def _cut(self, rows: NDArray[np.intp], feet: Floats, distance: Floats, time: float) -> None:
        """Remember when and where along the line each path last cut the infinite line."""
        state = self._state
        places = state["place"][rows]
        before = self._distance(places)
        # A path that starts on the line has cut it there: leaving to either side is judged when it settles.
        cuts = (before * distance <= 0) & (distance != before) & (distance != 0)
        share = before[cuts] / (before[cuts] - distance[cuts])
        where = places[cuts] + share[:, None] * (feet[cuts] - places[cuts])
        began = state["time"][rows[cuts]]
        state["cut_time"][rows[cuts]] = began + share * (time - began)
        state["cut_at"][rows[cuts]] = (where - self.line[0]) @ self._along / self._length**2

    def _settle(self, rows: NDArray[np.intp], distance: Floats) -> NDArray[np.bool_]:
        """Which tracks have now reached the other side, through the line and not around it."""
        state = self._state
        side = np.where(np.abs(distance) > self._margin, np.sign(distance), 0).astype(np.int64)
        changed = (side != 0) & (state["side"][rows] == -side)
        settled = rows[side != 0]
        state["side"][settled] = side[side != 0]
        at = state["cut_at"][rows]
        return np.asarray(changed & (at >= 0) & (at <= 1))

    def _events(self, rows: NDArray[np.intp]) -> Events:
        order = rows[np.argsort(self._state["cut_time"][rows], kind="stable")]
        inward = self._state["side"][order] > 0
        self.total_in += int(np.count_nonzero(inward))
        self.total_out += int(np.count_nonzero(~inward))
        names = tuple("cross_in" if into else "cross_out" for into in inward)
        return Events(names, self._state["cut_time"][order], self._state.ids[order], (self.name,) * len(names))
