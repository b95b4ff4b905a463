"""Rules about zones."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from trackside.core import Events, Shape, Shapes, Table, Tracks
from trackside.core.units import Polygon
from trackside.perception import ZoneCounter
from trackside.pipelines.block import block
from trackside.pipelines.blocks.places import Coordinates, in_pixels, refuse_fractions_as_pixels
from trackside.pipelines.kinds import FrameSize, MediaTime

Zones = Annotated[dict[str, Polygon], Field(min_length=1, max_length=100)]


class ZoneCounts(NamedTuple):
    """What counting in zones gives."""

    counts: Table
    events: Events
    shapes: Shapes


@block("zone.count@1")
class CountInZones:
    """Count who stands in each zone, and tell who enters and leaves it when.

    A track stands where the middle of its box's lower edge is. One that ends inside leaves when it was last seen there.

    Args:
        tracks: who is where.
        size: the picture's size.
        time: media time.
        zones: the corners of each zone, by name.
        coordinates: whether corners are in pixels, or in fractions of the picture's width and height.
    """

    def __init__(self, *, zones: Zones, coordinates: Coordinates = "pixels") -> None:
        refuse_fractions_as_pixels([point for corners in zones.values() for point in corners], coordinates)
        self._zones = zones
        self._coordinates = coordinates
        self._counters: list[ZoneCounter] = []
        self._corners: list[NDArray[np.float32]] = []
        self._late: list[Events] = []

    def __call__(self, tracks: Tracks, size: FrameSize, time: MediaTime) -> ZoneCounts:
        if not self._counters:
            self._open(size)
        events = [*self._late, *(counter.update(tracks, time) for counter in self._counters)]
        self._late = []
        counts = np.array([counter.count for counter in self._counters], np.int64)
        entered = np.array([counter.entered for counter in self._counters], np.int64)
        left = np.array([counter.left for counter in self._counters], np.int64)
        table = Table({"zone": list(self._zones), "count": counts, "entered": entered, "left": left})
        return ZoneCounts(table, Events.joined(events), self._shapes())

    def on_track_end(self, track_id: int) -> None:
        self._late += [counter.end([track_id]) for counter in self._counters]

    def _open(self, size: tuple[int, int]) -> None:
        for name, corners in self._zones.items():
            counter = ZoneCounter(in_pixels(corners, size, self._coordinates).tolist(), name=name)
            self._counters.append(counter)
            self._corners.append(counter.zone.points.astype(np.float32))

    def _shapes(self) -> Shapes:
        pairs = zip(self._counters, self._corners, strict=True)
        return Shapes(tuple(Shape(counter.name, corners, True, str(counter.count)) for counter, corners in pairs))
