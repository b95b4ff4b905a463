"""Zones: which points lie in a polygon, and who enters and leaves it when.

The test is exact geometry on the foot point as it is, of the unclipped box, in float64. No mask is drawn (which would
round to pixels) and no box is cut at the picture's or the zone's edge (which would move its foot point into the zone).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import Events, SettingError, Tracks
from trackside.perception.per_track import PerTrack

# Most frames change nothing.
_NOTHING = Events()


class PolygonZone:
    """A polygon in the picture.

    The even-odd rule holds (Shimrat 1962, Algorithm 112): where the polygon overlaps itself, twice covered is outside. A
    point on an edge or a corner is inside. A point that is not finite is outside.

    Args:
        points: corners in order, at least three, x y in pixels; closed by itself.

    Raises:
        SettingError: fewer than three corners, or one that is not finite.
    """

    def __init__(self, points: Sequence[Sequence[float]] | NDArray[np.floating]) -> None:
        corners = _corners(points)
        self.points: NDArray[np.float64] = corners
        self._starts_x, self._starts_y = corners.T
        self._ends_x, self._ends_y = np.roll(corners, -1, axis=0).T
        self._low, self._high = corners.min(axis=0), corners.max(axis=0)

    def contains(self, points: ArrayLike) -> NDArray[np.bool_]:
        """Whether each point [n, 2] is inside: bool [n]."""
        places = np.asarray(points, np.float64).reshape(-1, 2)
        inside: NDArray[np.bool_] = ((places >= self._low) & (places <= self._high)).all(axis=1)
        near = np.flatnonzero(inside)
        if len(near):
            inside[near] = self._inside(places[near, 0, None], places[near, 1, None])
        return inside

    def _inside(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        """The test against every edge: x and y are [n, 1], edges run along the second axis."""
        from_x, from_y, to_x, to_y = self._starts_x - x, self._starts_y - y, self._ends_x - x, self._ends_y - y
        # Twice the area of the triangle of edge and point: its sign says on which side of the edge the point lies.
        turn = from_x * to_y - from_y * to_x
        on_edge = (turn == 0) & (from_x * to_x <= 0) & (from_y * to_y <= 0)
        upward = to_y > from_y
        spans = (from_y > 0) != (to_y > 0)
        crossed = spans & ((turn > 0) == upward)
        return np.asarray((np.count_nonzero(crossed, axis=1) % 2 == 1) | on_edge.any(axis=1))


class ZoneCounter:
    """Counts the tracks in a zone and tells when each enters and leaves.

    A track is where its foot point (`Tracks.feet`) was last seen: one that is hidden inside stays counted until it is seen
    outside or ends. Tracks without identity (id 0 or below) are ignored.

    Events: `enter` (no value) and `leave` (value: seconds since it entered), at the media time of the frame; a track that
    ends inside leaves at the time it was last seen there.

    Args:
        zone: the polygon, or its corners.
        name: stands in the events' `places`.
    """

    def __init__(self, zone: PolygonZone | Sequence[Sequence[float]], *, name: str = "zone") -> None:
        self.zone = zone if isinstance(zone, PolygonZone) else PolygonZone(zone)
        self.name = name
        self.entered = 0
        self.left = 0
        self._state = PerTrack(inside=False, since=math.nan, seen=math.nan)

    @property
    def count(self) -> int:
        """Tracks in the zone now."""
        return int(np.count_nonzero(self._state["inside"]))

    @property
    def ids(self) -> NDArray[np.int64]:
        """The identities in the zone now, int64 [n], ascending."""
        return np.asarray(self._state.ids[self._state["inside"]])

    def update(self, tracks: Tracks, time: float) -> Events:
        """Take in the tracks of one frame at media time `time`."""
        ids, feet = tracks.ids, tracks.feet
        if len(ids) and ids.min() <= 0:
            ids, feet = ids[ids > 0], feet[ids > 0]
        inside = self.zone.contains(feet)
        rows = self._state.rows(ids)
        was = self._state["inside"][rows]
        self._state["seen"][rows] = time
        changed = inside != was
        if not changed.any():
            return _NOTHING
        entering, leaving = changed & inside, changed & was
        dwell = np.maximum(time - self._state["since"][rows], 0)
        self._state["inside"][rows] = inside
        self._state["since"][rows[entering]] = time
        return self._events(ids, entering, leaving, dwell, time)

    def end(self, ids: Iterable[int]) -> Events:
        """These tracks ended: free their state. Those inside leave, at the time they were last seen."""
        gone = list(ids)
        rows = self._state.find(gone)
        rows = rows[self._state["inside"][rows]]
        seen, since = self._state["seen"][rows], self._state["since"][rows]
        left = self._state.ids[rows]
        self._state.drop(gone)
        self.left += len(left)
        return Events(("leave",) * len(left), seen, left, (self.name,) * len(left), seen - since)

    def _events(
        self,
        ids: NDArray[np.int64],
        entering: NDArray[np.bool_],
        leaving: NDArray[np.bool_],
        dwell: NDArray[np.float64],
        time: float,
    ) -> Events:
        rows = [("leave", int(ids[k]), self.name, float(dwell[k])) for k in np.flatnonzero(leaving)]
        self.left += len(rows)
        rows += [("enter", int(ids[k]), self.name, math.nan) for k in np.flatnonzero(entering)]
        self.entered += int(np.count_nonzero(entering))
        return Events.at(time, rows)


def _corners(points: Sequence[Sequence[float]] | NDArray[np.floating]) -> NDArray[np.float64]:
    try:
        corners = np.asarray(points, np.float64)
    except (TypeError, ValueError):
        corners = np.empty(0)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3 or not np.isfinite(corners).all():
        raise SettingError("a zone needs at least three corners, each a finite x and y", where="zone")
    return corners
