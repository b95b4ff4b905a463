"""Left objects: a bag that stands still while nobody is near it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import Events, SettingError, Tracks
from trackside.geometry.planes import Homography
from trackside.perception.rules.spells import Floats
from trackside.perception.rules.telling import Row, told

# Nobody watches this many bags: those seen longest ago are forgotten.
_MOST_SPOTS = 500
_ROUNDING = 1e-6


@dataclass(slots=True)
class _Spot:
    """A place where an object stands. Times are media time in seconds.

    Attributes:
        track: the object's identity; it may change where the tracker loses the object.
        centre: x y in pixels of the object when it came to stand.
        size: the longer side of its box in pixels.
        still: since when it stands there.
        seen: when it was last seen there.
        alone: since when nobody has been near; None while somebody is.
        left: when it was told as left; None before.
    """

    track: int
    centre: Floats
    size: float
    still: float
    seen: float
    alone: float | None = None
    left: float | None = None


class LeftObject:
    """Tells when an object has been left alone, and when it is taken after that.

    Events: `left` (value: seconds that it has stood by then) at the moment at which it has stood for long enough and nobody
    has been near for long enough; `taken` (value: seconds since it was told) at the moment it was last seen there. Others
    who hide it for less than `gone_after` do not count as taking it, nor does a tracker that gives it a new number.

    Args:
        objects: class names of what may be left.
        people: class names of those it may belong to.
        still: how far it may stray while it stands, as a share of its own size (the longer side of its box).
        for_seconds: how long it must stand.
        near: how near somebody is near: metres with `ground`, otherwise heights of that person's own box.
        alone_for: how long nobody must have been near.
        gone_after: seconds away from its place after which it was taken.
        ground: from pixels to metres on the ground.
        name: stands in the events' `places`.

    Raises:
        SettingError: no class names, one that is both, or a number out of range.
    """

    def __init__(
        self,
        *,
        objects: Sequence[str] = ("backpack", "suitcase", "handbag"),
        people: Sequence[str] = ("person",),
        still: float = 0.3,
        for_seconds: float = 30.0,
        near: float = 1.5,
        alone_for: float = 20.0,
        gone_after: float = 5.0,
        ground: Homography | None = None,
        name: str = "left object",
    ) -> None:
        if not objects or not people:
            raise SettingError("needs class names of objects and of people", where="objects")
        if both := sorted(set(objects) & set(people)):
            raise SettingError(f"{both[0]!r} is both an object and a person", where="people", fix="name each once")
        for key, value in {"still": still, "near": near, "gone_after": gone_after}.items():
            if not 0 < value < math.inf:
                raise SettingError(f"need a number above 0, got {value}", where=key)
        for key, value in {"for_seconds": for_seconds, "alone_for": alone_for}.items():
            if not 0 <= value < math.inf:
                raise SettingError(f"need a number from 0 up, got {value}", where=key)
        self._objects, self._people = tuple(objects), tuple(people)
        self._still, self._for_seconds, self._near = still, for_seconds, near
        self._alone_for, self._gone_after, self._ground, self.name = alone_for, gone_after, ground, name
        self._spots: list[_Spot] = []
        self._last: float | None = None

    @property
    def standing(self) -> list[tuple[int, Floats, float, bool]]:
        """Track, centre [2] and size in pixels, and whether it was told as left, of each object that stands somewhere."""
        return [(spot.track, spot.centre, spot.size, spot.left is not None) for spot in self._spots]

    def update(self, tracks: Tracks, time: float) -> Events:
        """Take in the tracks of one look at media time `time`."""
        if self._last is not None and time < self._last:
            if self._last - time > self._gone_after:
                self.reset()
            else:
                time = self._last
        self._last = time
        boxes = tracks.boxes.astype(np.float64)
        usable = np.isfinite(boxes).all(axis=1) & (tracks.ids > 0)
        things = _of(tracks, self._objects, usable)
        self._find(tracks.ids[things].tolist(), boxes[things], time)
        self._watch(boxes[_of(tracks, self._people, usable)], time)
        rows = [row for spot in self._spots if (row := self._left(spot)) is not None]
        return told([*rows, *self._forget(time)], self.name)

    def end(self, ids: Iterable[int]) -> Events:
        """These tracks ended. A place is kept for `gone_after`: the tracker may find its object again by a new number."""
        return Events()

    def reset(self) -> None:
        """Forget everything, without a word."""
        self._spots, self._last = [], None

    def _find(self, ids: list[int], boxes: Floats, time: float) -> None:
        """Give each object to its place: the one it had, one that lost its object there, or a new one."""
        known = {spot.track: spot for spot in self._spots}
        seen = set(ids)
        for track, box in zip(ids, boxes, strict=True):
            centre, size = (box[:2] + box[2:]) / 2, float(max(box[2:] - box[:2]))
            if size <= 0:
                continue
            spot = known.get(track) or self._orphan_at(centre, seen)
            if spot is None:
                self._spots.append(_Spot(track, centre, size, time, time))
                continue
            spot.track = track
            self._stand(spot, centre, size, time)

    def _orphan_at(self, centre: Floats, seen: set[int]) -> _Spot | None:
        """The nearest place around here whose object is not in this look."""
        free = [spot for spot in self._spots if spot.track not in seen]
        near = min(free, key=lambda spot: float(np.hypot(*(spot.centre - centre))), default=None)
        return near if near is not None and self._is_there(near, centre) else None

    def _is_there(self, spot: _Spot, centre: Floats) -> bool:
        return float(np.hypot(*(spot.centre - centre))) <= self._still * spot.size

    def _stand(self, spot: _Spot, centre: Floats, size: float, time: float) -> None:
        """Take in where the object of a place is now.

        Not quite there: somebody in front may shift its box, so the place waits. Clearly elsewhere: it is being carried.
        """
        if self._is_there(spot, centre):
            spot.seen = time
        elif spot.left is None and float(np.hypot(*(spot.centre - centre))) > spot.size:
            spot.centre, spot.size, spot.still, spot.seen = centre, size, time, time

    def _watch(self, people: Floats, time: float) -> None:
        for spot in self._spots:
            if self._somebody_near(spot, people):
                spot.alone = None
            elif spot.alone is None:
                spot.alone = time

    def _somebody_near(self, spot: _Spot, people: Floats) -> bool:
        if not len(people):
            return False
        feet = np.column_stack([(people[:, 0] + people[:, 2]) / 2, people[:, 3]])
        foot = spot.centre + np.array([0.0, spot.size / 2])
        if self._ground is not None:
            apart = np.hypot(*(self._ground.to_plane(feet) - self._ground.to_plane(foot)).T)
            return bool((apart <= self._near).any())
        heights = np.maximum(people[:, 3] - people[:, 1], 1.0)
        return bool((np.hypot(*(feet - foot).T) <= self._near * heights).any())

    def _left(self, spot: _Spot) -> Row | None:
        if spot.left is not None or spot.alone is None:
            return None
        at = max(spot.still + self._for_seconds, spot.alone + self._alone_for)
        if spot.seen < at - _ROUNDING:
            return None
        spot.left = at
        return at, "left", spot.track, at - spot.still

    def _forget(self, time: float) -> list[Row]:
        """Give up the places whose object has been away for too long."""
        gone = [spot for spot in self._spots if time - spot.seen > self._gone_after]
        self._spots = [spot for spot in self._spots if time - spot.seen <= self._gone_after]
        if len(self._spots) > _MOST_SPOTS:
            self._spots = sorted(self._spots, key=lambda spot: spot.seen)[-_MOST_SPOTS:]
        return [(spot.seen, "taken", spot.track, spot.seen - spot.left) for spot in gone if spot.left is not None]


def _of(tracks: Tracks, names: Sequence[str], usable: NDArray[np.bool_]) -> NDArray[np.intp]:
    wanted = [index for index, name in enumerate(tracks.names) if name in names]
    return np.flatnonzero(np.isin(tracks.classes, wanted) & usable)
