"""Rules about ways: over lines, through zones in order, at a speed."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import numpy as np
from pydantic import Field

from trackside.core import SettingError, Shape, Shapes, Tracks
from trackside.core.units import Finite, Line, Polygon, Positive, Seconds, Unit
from trackside.geometry.planes import Homography
from trackside.perception.rules import Crossing, Order, Speed
from trackside.perception.rules.crossing import Direction
from trackside.pipelines.block import block
from trackside.pipelines.blocks.places import Coordinates, in_pixels
from trackside.pipelines.blocks.rule.running import (
    Again,
    Clock,
    GroundPoint,
    Name,
    Running,
    Told,
    checked,
    ground_of,
    length_in_pixels,
    outline,
)
from trackside.pipelines.kinds import FrameSize, MediaTime, WallTime

Size: TypeAlias = tuple[int, int]
MetresPerSecond: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False), Unit("m/s")]
Slack: TypeAlias = Annotated[float, Finite, Field(ge=0, lt=1)]
Lines: TypeAlias = Annotated[list[Line], Field(min_length=1, max_length=100)]
Zones: TypeAlias = Annotated[dict[str, Polygon], Field(min_length=2, max_length=10)]


@block("rule.line@1")
class TellCrossing:
    """Tell who crosses one of several lines in the direction that you choose, and when.

    Looking along a line from its first end to its second, *in* is from left to right.

    Args:
        tracks: who is where, from a block that tracks.
        size: the picture's size.
        time: media time.
        wall: the time of day, of live cameras.
        lines: the lines, each by its two ends.
        names: what the lines are called, in the same order; empty for line 1, line 2 and so on.
        coordinates: whether ends and margin are in pixels, or in fractions of the picture (the margin: of its height).
        direction: which crossings are told.
        margin: how far beyond a line somebody must get; empty for two pixels.
        active: at which hours the rule watches, such as "Mon-Fri 18:00-06:00", "22:00-05:00" or "Sat Sun"; empty for always.
        time_zone: what these hours are in, such as Europe/Berlin or +02:00; empty for that of this machine.
        recorded_at: for files, when the recording began, such as 2026-03-01 08:00; empty: a file is always watched.
    """

    def __init__(
        self,
        *,
        lines: Lines,
        names: tuple[Name, ...] = (),
        coordinates: Coordinates = "pixels",
        direction: Direction = "both",
        margin: Positive | None = None,
        active: tuple[str, ...] = (),
        time_zone: str = "",
        recorded_at: str = "",
    ) -> None:
        checked(coordinates, *lines)
        if names and (len(names) != len(lines) or len(set(names)) != len(names)):
            fix = "give each line one name of its own, or leave out `names`"
            raise SettingError(f"{len(lines)} lines need as many different names, got {len(names)}", where="names", fix=fix)
        called = dict(zip(names or [f"line {n}" for n in range(1, len(lines) + 1)], lines, strict=True))

        def opened(size: Size) -> Crossing:
            ends = {name: in_pixels(line, size, coordinates).tolist() for name, line in called.items()}
            border = 2.0 if margin is None else length_in_pixels(margin, size, coordinates)
            return Crossing(ends, direction=direction, margin=border)

        self._running: Running[Crossing] = Running(opened, Clock(active, time_zone, recorded_at))
        self._shapes: Shapes | None = None

    def __call__(self, tracks: Tracks, size: FrameSize, time: MediaTime, wall: WallTime) -> Told:
        rule, events = self._running.step(tracks, size, time, wall)
        if self._shapes is None or len(events):
            self._shapes = Shapes(tuple(self._shape(rule, n) for n in range(len(rule.counters))))
        return Told(events, self._shapes)

    def on_track_end(self, track_id: int) -> None:
        self._running.end(track_id)

    def _shape(self, rule: Crossing, number: int) -> Shape:
        line = rule.counters[number]
        totals = rule.totals[line.name]
        counts = [
            f"{word} {totals[name]}" for word, name in (("in", "cross_in"), ("out", "cross_out")) if name in rule.wanted
        ]
        return Shape(line.name, line.line.astype(np.float32), False, "  ".join(counts))


@block("rule.order@1")
class TellOrder:
    """Tell who visits zones in the order in which you list them, soon enough: first A, then B, then C.

    The clock runs from leaving the first zone to entering the last. Whoever enters a zone out of turn starts anew.

    Args:
        tracks: who is where, from a block that tracks.
        size: the picture's size.
        time: media time.
        wall: the time of day, of live cameras.
        zones: the zones in their order, each with a name; two to ten.
        coordinates: whether corners and margin are in pixels, or in fractions of the picture (the margin: of its height).
        within: how long the way may take.
        name: what the order is called in tables; empty for the names of its zones.
        enter_after: how long somebody must be in a zone to have visited it.
        margin: a second border: somebody inside counts as outside only so far beyond the zone's edge.
        gap: how long somebody may be out of sight without being taken for gone.
        active: at which hours the rule watches, such as "Mon-Fri 18:00-06:00", "22:00-05:00" or "Sat Sun"; empty for always.
        time_zone: what these hours are in, such as Europe/Berlin or +02:00; empty for that of this machine.
        recorded_at: for files, when the recording began, such as 2026-03-01 08:00; empty: a file is always watched.
    """

    def __init__(
        self,
        *,
        zones: Zones,
        coordinates: Coordinates = "pixels",
        within: Again = 10.0,
        name: Annotated[str, Field(max_length=60)] = "",
        enter_after: Seconds = 0.4,
        margin: Positive = 0.0,
        gap: Seconds = 1.0,
        active: tuple[str, ...] = (),
        time_zone: str = "",
        recorded_at: str = "",
    ) -> None:
        checked(coordinates, *zones.values())

        def opened(size: Size) -> Order:
            corners = {key: in_pixels(zone, size, coordinates) for key, zone in zones.items()}
            border = length_in_pixels(margin, size, coordinates)
            return Order(corners, within=within, name=name, enter_after=enter_after, margin=border, gap=gap)

        self._running: Running[Order] = Running(opened, Clock(active, time_zone, recorded_at))
        self._zones, self._coordinates = zones, coordinates
        self._shapes: Shapes | None = None

    def __call__(self, tracks: Tracks, size: FrameSize, time: MediaTime, wall: WallTime) -> Told:
        _, events = self._running.step(tracks, size, time, wall)
        if self._shapes is None:
            numbered = enumerate(self._zones.items(), start=1)
            shapes = [outline(name, zone, size, self._coordinates, str(n)) for n, (name, zone) in numbered]
            self._shapes = Shapes(tuple(shapes))
        return Told(events, self._shapes)

    def on_track_end(self, track_id: int) -> None:
        self._running.end(track_id)


@block("rule.speed@1")
class TellSpeed:
    """Tell who moves too fast, or too slowly, over the ground: when it begins, and when it is over.

    Args:
        tracks: who is where, from a block that tracks.
        size: the picture's size.
        time: media time.
        wall: the time of day, of live cameras.
        ground: at least four points of which you know the place on the ground in metres.
        coordinates: whether their places in the picture are in pixels, or in fractions of its width and height.
        above: tell who is faster than this; empty for not asked.
        below: tell who is slower than this; empty for not asked.
        over: the time over which the speed is measured; at least three looks should lie in it.
        for_seconds: how long somebody must be too fast or too slow.
        slack: how far the speed must fall below the limit, or rise above it, to be over, as a share of the limit.
        name: what the rule is called in tables.
        gap: how long somebody may be out of sight without being taken for gone.
        active: at which hours the rule watches, such as "Mon-Fri 18:00-06:00", "22:00-05:00" or "Sat Sun"; empty for always.
        time_zone: what these hours are in, such as Europe/Berlin or +02:00; empty for that of this machine.
        recorded_at: for files, when the recording began, such as 2026-03-01 08:00; empty: a file is always watched.
    """

    def __init__(
        self,
        *,
        ground: list[GroundPoint],
        coordinates: Coordinates = "pixels",
        above: MetresPerSecond | None = None,
        below: MetresPerSecond | None = None,
        over: Again = 1.0,
        for_seconds: Seconds = 0.5,
        slack: Slack = 0.15,
        name: Name = "speed",
        gap: Seconds = 1.0,
        active: tuple[str, ...] = (),
        time_zone: str = "",
        recorded_at: str = "",
    ) -> None:
        checked(coordinates, [point[:2] for point in ground])

        def opened(size: Size) -> Speed:
            plane = ground_of(ground, size, coordinates)
            assert isinstance(plane, Homography)
            limits = {"above": above, "below": below}
            return Speed(plane, **limits, over=over, for_seconds=for_seconds, slack=slack, name=name, gap=gap)

        self._running: Running[Speed] = Running(opened, Clock(active, time_zone, recorded_at))
        self._ground, self._coordinates = ground, coordinates
        self._shapes: Shapes | None = None

    def __call__(self, tracks: Tracks, size: FrameSize, time: MediaTime, wall: WallTime) -> Told:
        _, events = self._running.step(tracks, size, time, wall)
        if self._shapes is None:
            places = in_pixels([point[:2] for point in self._ground], size, self._coordinates)
            self._shapes = Shapes((Shape("ground", places.astype(np.float32)),))
        return Told(events, self._shapes)

    def on_track_end(self, track_id: int) -> None:
        self._running.end(track_id)
