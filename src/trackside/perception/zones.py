"""Zones: which points lie in a polygon, and who enters and leaves it when.

The test is exact geometry on the foot point as it is, of the unclipped box, in float64. No mask is drawn (which would
round to pixels) and no box is cut at the picture's or the zone's edge (which would move its foot point into the zone).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import Events, SettingError, Tracks
from trackside.perception.per_track import PerTrack

Polygon: TypeAlias = Sequence[Sequence[float]] | NDArray[np.floating]
"""Corners in order, at least three, x y in pixels; closed by itself."""

# Most frames change nothing.
_NOTHING = Events()
# Points times edges that are tested at a time, which bounds the memory: 8 MB an array.
_MOST_PAIRS = 1 << 20


class Polygons:
    """Polygons in the picture, tested all at once.

    The even-odd rule holds (Shimrat 1962, Algorithm 112): where a polygon overlaps itself, twice covered is outside. A
    point on an edge or a corner is inside. A point that is not finite is outside.

    Args:
        polygons: the corners of each.

    Attributes:
        corners: float64 [k, 2] of each polygon.

    Raises:
        SettingError: fewer than three corners, or one that is not finite.
    """

    def __init__(self, polygons: Iterable[Polygon]) -> None:
        self.corners = tuple(_corners(points) for points in polygons)
        lengths = [len(corners) for corners in self.corners]
        self._first_edges = np.cumsum([0, *lengths[:-1]])
        starts = np.concatenate([*self.corners, np.empty((0, 2))])
        ends = np.concatenate([*(np.roll(corners, -1, axis=0) for corners in self.corners), np.empty((0, 2))])
        self._starts_x, self._starts_y, self._ends_x, self._ends_y = *starts.T, *ends.T
        self._low, self._high = starts.min(axis=0, initial=math.inf), starts.max(axis=0, initial=-math.inf)

    def __len__(self) -> int:
        return len(self.corners)

    def contains(self, points: ArrayLike) -> NDArray[np.bool_]:
        """Whether each point [n, 2] is inside each polygon: bool [n, polygons]."""
        places = np.asarray(points, np.float64).reshape(-1, 2)
        inside = np.zeros((len(places), len(self)), np.bool_)
        near = ((places >= self._low) & (places <= self._high)).all(axis=1).nonzero()[0]
        step = max(1, _MOST_PAIRS // max(1, len(self._starts_x)))
        for first in range(0, len(near), step):
            rows = near[first : first + step]
            inside[rows] = self._inside(places[rows, 0, None], places[rows, 1, None])
        return inside

    def _inside(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        """The test against every edge: x and y are [n, 1], edges run along the second axis."""
        from_x, from_y, to_x, to_y = self._starts_x - x, self._starts_y - y, self._ends_x - x, self._ends_y - y
        # Twice the area of the triangle of edge and point: its sign says on which side of the edge the point lies.
        turn = from_x * to_y - from_y * to_x
        spans = (from_y > 0) != (to_y > 0)
        crossed = spans & ((turn > 0) == (to_y > from_y))
        inside = np.logical_xor.reduceat(crossed, self._first_edges, axis=1)
        if not turn.all():
            on_edge = (turn == 0) & (from_x * to_x <= 0) & (from_y * to_y <= 0)
            inside |= np.logical_or.reduceat(on_edge, self._first_edges, axis=1)
        return np.asarray(inside)


class PolygonZone:
    """One polygon in the picture: `Polygons` for one.

    Args:
        points: its corners.

    Raises:
        SettingError: as `Polygons`.
    """

    def __init__(self, points: Polygon) -> None:
        self._polygons = Polygons([points])
        self.points = self._polygons.corners[0]

    def contains(self, points: ArrayLike) -> NDArray[np.bool_]:
        """Whether each point [n, 2] is inside: bool [n]."""
        return self._polygons.contains(points)[:, 0]


class ZoneCounter:
    """Counts the tracks in zones and tells when each enters and leaves.

    A track is where its foot point (`Tracks.feet`) was last seen: one that is hidden inside stays counted until it is seen
    outside or ends. Tracks without identity (id 0 or below) are ignored. Zones may overlap.

    Events: `enter` (no value) and `leave` (value: seconds since it entered), at the media time of the frame; a track that
    ends inside leaves at the time it was last seen there.

    Args:
        zones: corners by name, which stands in the events' `places`.

    Attributes:
        polygons: the zones.
        names: their names; all counts below are int64 [zones] in this order.
        counts: tracks in each zone now.
        entered: how often a track has entered.
        left: how often a track has left.
    """

    def __init__(self, zones: Mapping[str, Polygon]) -> None:
        self.polygons = Polygons(zones.values())
        self.names = tuple(zones)
        self.counts, self.entered, self.left = np.zeros((3, len(zones)), np.int64)
        self._state = PerTrack(inside=np.zeros(len(zones), np.bool_), since=np.full(len(zones), math.nan), seen=math.nan)

    def ids(self, name: str) -> NDArray[np.int64]:
        """The identities in a zone now, int64 [n], ascending."""
        return np.asarray(self._state.ids[self._state["inside"][:, self.names.index(name)]])

    def update(self, tracks: Tracks, time: float) -> Events:
        """Take in the tracks of one frame at media time `time`."""
        ids, feet = tracks.ids, tracks.feet
        if len(ids) and ids.min() <= 0:
            ids, feet = ids[ids > 0], feet[ids > 0]
        inside = self.polygons.contains(feet)
        rows = self._state.rows(ids)
        was = self._state["inside"][rows]
        self._state["seen"][rows] = time
        changed = inside != was
        if not changed.any():
            return _NOTHING
        since = self._state["since"][rows]
        self._state["inside"][rows] = inside
        self._state["since"][rows] = np.where(changed & inside, time, since)
        self._count(entering=changed & inside, leaving=changed & was)
        dwell = np.maximum(time - since, 0)
        events = []
        for zone, row in np.argwhere(changed.T).tolist():
            name = "enter" if inside[row, zone] else "leave"
            value = math.nan if inside[row, zone] else float(dwell[row, zone])
            events.append((name, int(ids[row]), self.names[zone], value))
        return Events.at(time, events)

    def end(self, ids: Iterable[int]) -> Events:
        """These tracks ended: free their state. Those inside leave, at the time they were last seen."""
        gone = list(ids)
        rows = self._state.find(gone)
        inside = self._state["inside"][rows]
        seen, since, left = self._state["seen"][rows], self._state["since"][rows], self._state.ids[rows]
        self._state.drop(gone)
        if not inside.any():
            return _NOTHING
        self._count(entering=np.zeros_like(inside), leaving=inside)
        zone, row = np.argwhere(inside.T).T
        places = tuple(self.names[place] for place in zone)
        return Events(("leave",) * len(row), seen[row], left[row], places, seen[row] - since[row, zone])

    def _count(self, *, entering: NDArray[np.bool_], leaving: NDArray[np.bool_]) -> None:
        entered, left = entering.sum(axis=0), leaving.sum(axis=0)
        # New arrays, so that what was given out before stays as it was.
        self.counts, self.entered, self.left = self.counts + entered - left, self.entered + entered, self.left + left


def _corners(points: Polygon) -> NDArray[np.float64]:
    try:
        corners = np.asarray(points, np.float64)
    except (TypeError, ValueError):
        corners = np.empty(0)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3 or not np.isfinite(corners).all():
        raise SettingError("a zone needs at least three corners, each a finite x and y", where="zone")
    return corners
