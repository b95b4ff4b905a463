"""Rules about lines."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trackside.core import Events, Shape, Shapes, Table, Tracks
from trackside.core.units import Line, Pixels
from trackside.perception import LineCounter
from trackside.pipelines.block import block
from trackside.pipelines.blocks.places import Coordinates, in_pixels, refuse_fractions_as_pixels
from trackside.pipelines.kinds import FrameSize, MediaTime


class Crossings(NamedTuple):
    """What watching a line gives."""

    totals: Table
    events: Events
    shapes: Shapes


@block("line.crossing@1")
class LineCrossing:
    """Tell who crosses a line that you draw, when, and in which direction.

    Looking along the line from its first end to its second, *in* is from left to right. The moment is worked out more finely
    than the pictures are apart.

    Args:
        tracks: who is where, from a block that tracks.
        size: the picture's size.
        time: media time.
        line: the line that counts, by its two ends.
        coordinates: whether the ends are in pixels, or in fractions of the picture's width and height.
        name: what the line is called in tables and on the picture.
        margin: how far beyond the line somebody must get to be counted, so that trembling on the line counts nobody.
    """

    def __init__(self, *, line: Line, coordinates: Coordinates = "pixels", name: str = "line", margin: Pixels = 2.0) -> None:
        refuse_fractions_as_pixels(line, coordinates)
        self._line, self._coordinates, self._name, self._margin = line, coordinates, name, margin
        self._counter: LineCounter | None = None

    def __call__(self, tracks: Tracks, size: FrameSize, time: MediaTime) -> Crossings:
        if self._counter is None:
            ends = in_pixels(self._line, size, self._coordinates).tolist()
            self._counter = LineCounter(ends, name=self._name, margin=self._margin)
        counter = self._counter
        events = counter.update(tracks, time)
        totals = Table({"line": [self._name], "total_in": [counter.total_in], "total_out": [counter.total_out]})
        label = f"in {counter.total_in}  out {counter.total_out}"
        shape = Shape(self._name, counter.line.astype(np.float32), False, label)
        return Crossings(totals, events, Shapes((shape,)))

    def on_track_end(self, track_id: int) -> None:
        if self._counter is not None:
            self._counter.end([track_id])
