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
    """Count who is in each zone that you draw, and tell who enters and leaves it, and when.

    Somebody is where their feet are: the middle of the lower edge of their box. Whoever is lost inside a zone left it when
    last seen there.

    Args:
        tracks: who is where, from a block that tracks.
        size: the picture's size.
        time: media time.
        zones: the zones, each with a name and at least three corners.
        coordinates: whether corners are in pixels, or in fractions of the picture's width and height.
    """

    def __init__(self, *, zones: Zones, coordinates: Coordinates = "pixels") -> None:
        refuse_fractions_as_pixels([point for corners in zones.values() for point in corners], coordinates)
        self._zones = zones
        self._coordinates = coordinates
        self._counter: ZoneCounter | None = None
        self._corners: list[NDArray[np.float32]] = []
        self._counts: NDArray[np.int64] | None = None
        self._late: list[Events] = []

    def __call__(self, tracks: Tracks, size: FrameSize, time: MediaTime) -> ZoneCounts:
        counter = self._counter = self._counter or self._opened(size)
        events = Events.joined([*self._late, counter.update(tracks, time)])
        self._late = []
        if counter.counts is not self._counts:
            self._tell(counter)
        return ZoneCounts(self._table, events, self._shapes)

    def on_track_end(self, track_id: int) -> None:
        if self._counter is not None:
            self._late.append(self._counter.end([track_id]))

    def _opened(self, size: tuple[int, int]) -> ZoneCounter:
        counter = ZoneCounter({name: in_pixels(zone, size, self._coordinates) for name, zone in self._zones.items()})
        self._corners = [corners.astype(np.float32) for corners in counter.polygons.corners]
        return counter

    def _tell(self, counter: ZoneCounter) -> None:
        """Table and outlines are made anew only when somebody entered or left."""
        self._counts = counter.counts
        self._table = Table(
            {"zone": list(counter.names), "count": counter.counts, "entered": counter.entered, "left": counter.left}
        )
        named = zip(counter.names, self._corners, counter.counts.tolist(), strict=True)
        self._shapes = Shapes(tuple(Shape(name, corners, True, str(count)) for name, corners, count in named))
