"""Rules about one zone: presence, dwell, loitering, counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeAlias

from pydantic import Field

from trackside.core import Shapes, Tracks
from trackside.core.units import Count, Polygon, Positive, Seconds
from trackside.perception.rules import Counting, Dwell, Loitering, Presence
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

ZoneRule: TypeAlias = Presence | Dwell | Loitering | Counting
Size: TypeAlias = tuple[int, int]
Distance: TypeAlias = Annotated[Positive, Field(gt=0)]
Someone: TypeAlias = Annotated[Count, Field(ge=1)]


class _InZone:
    """A rule about one zone, which is drawn with the number of those inside."""

    def __init__(self, zone: Polygon, coordinates: Coordinates, opened: Callable[[Size], ZoneRule], clock: Clock) -> None:
        checked(coordinates, zone)
        self._zone, self._coordinates = zone, coordinates
        self._running: Running[ZoneRule] = Running(opened, clock)
        self._drawn: tuple[Size, int] | None = None

    def __call__(self, tracks: Tracks, size: FrameSize, time: MediaTime, wall: WallTime) -> Told:
        rule, events = self._running.step(tracks, size, time, wall)
        # The outline is made anew only when the number changes.
        if self._drawn != (size, rule.inside):
            self._drawn = (size, rule.inside)
            self._shapes = Shapes((outline(rule.name, self._zone, size, self._coordinates, str(rule.inside)),))
        return Told(events, self._shapes)

    def on_track_end(self, track_id: int) -> None:
        self._running.end(track_id)


@block("rule.presence@1")
class TellPresence(_InZone):
    """Tell who enters and who leaves a zone, once each, however much they tremble at its edge.

    Somebody is where their feet are: the middle of the lower edge of their box. The moment told is that at which the edge
    was passed. Whoever is lost inside left when last seen there.

    Args:
        tracks: who is where, from a block that tracks.
        size: the picture's size.
        time: media time.
        wall: the time of day, of live cameras.
        zone: the area, by its corners.
        coordinates: whether corners and margin are in pixels, or in fractions of the picture (the margin: of its height).
        name: what the zone is called in tables and on the picture.
        enter_after: how long somebody must be inside to have entered.
        leave_after: how long somebody must be outside to have left.
        margin: a second border: somebody inside counts as outside only so far beyond the zone's edge.
        gap: how long somebody may be out of sight without being taken for gone.
        active: at which hours the rule watches, such as "Mon-Fri 18:00-06:00", "22:00-05:00" or "Sat Sun"; empty for always.
        time_zone: what these hours are in, such as Europe/Berlin or +02:00; empty for that of this machine.
        recorded_at: for files, when the recording began, such as 2026-03-01 08:00; empty: a file is always watched.
    """

    def __init__(
        self,
        *,
        zone: Polygon,
        coordinates: Coordinates = "pixels",
        name: Name = "zone",
        enter_after: Seconds = 0.4,
        leave_after: Seconds = 1.0,
        margin: Positive = 0.0,
        gap: Seconds = 1.0,
        active: tuple[str, ...] = (),
        time_zone: str = "",
        recorded_at: str = "",
    ) -> None:
        def opened(size: Size) -> Presence:
            corners, border = in_pixels(zone, size, coordinates), length_in_pixels(margin, size, coordinates)
            return Presence(corners, name=name, enter_after=enter_after, leave_after=leave_after, margin=border, gap=gap)

        super().__init__(zone, coordinates, opened, Clock(active, time_zone, recorded_at))


@block("rule.dwell@1")
class TellDwell(_InZone):
    """Tell who stays in a zone for a while: once a stay, at the moment the time is full.

    Args:
        tracks: who is where, from a block that tracks.
        size: the picture's size.
        time: media time.
        wall: the time of day, of live cameras.
        zone: the area, by its corners.
        coordinates: whether corners and margin are in pixels, or in fractions of the picture (the margin: of its height).
        name: what the zone is called in tables and on the picture.
        at_least: how long somebody must stay.
        again_after: after how long a stay that goes on is told again; empty for never.
        leave_after: how long somebody must be outside to have left; shorter absences count as inside.
        margin: a second border: somebody inside counts as outside only so far beyond the zone's edge.
        gap: how long somebody may be out of sight without being taken for gone.
        active: at which hours the rule watches, such as "Mon-Fri 18:00-06:00", "22:00-05:00" or "Sat Sun"; empty for always.
        time_zone: what these hours are in, such as Europe/Berlin or +02:00; empty for that of this machine.
        recorded_at: for files, when the recording began, such as 2026-03-01 08:00; empty: a file is always watched.
    """

    def __init__(
        self,
        *,
        zone: Polygon,
        coordinates: Coordinates = "pixels",
        name: Name = "zone",
        at_least: Seconds = 3.0,
        again_after: Again | None = None,
        leave_after: Seconds = 1.0,
        margin: Positive = 0.0,
        gap: Seconds = 1.0,
        active: tuple[str, ...] = (),
        time_zone: str = "",
        recorded_at: str = "",
    ) -> None:
        def opened(size: Size) -> Dwell:
            corners, border = in_pixels(zone, size, coordinates), length_in_pixels(margin, size, coordinates)
            hysteresis = {"leave_after": leave_after, "margin": border, "gap": gap}
            return Dwell(corners, at_least=at_least, name=name, again_after=again_after, **hysteresis)

        super().__init__(zone, coordinates, opened, Clock(active, time_zone, recorded_at))


@block("rule.loitering@1")
class TellLoitering(_InZone):
    """Tell who spends a long time in a zone altogether, also in several visits, without going far away between them.

    Args:
        tracks: who is where, from a block that tracks.
        size: the picture's size.
        time: media time.
        wall: the time of day, of live cameras.
        zone: the area, by its corners.
        coordinates: whether corners and margin are in pixels, or in fractions of the picture (the margin: of its height).
        name: what the zone is called in tables and on the picture.
        at_least: how long somebody must have been inside, all visits together.
        window: how far back visits count.
        far: whoever goes further away from the zone than this starts anew; in metres with `ground`, otherwise in heights of
            their own box.
        again_after: after how long it is told again; empty for never.
        bridge: how long an absence from the zone counts as inside.
        gap: how long somebody may be out of sight without being taken for gone.
        ground: at least four points of which you know the place on the ground in metres; empty for heights instead of
            metres.
        active: at which hours the rule watches, such as "Mon-Fri 18:00-06:00", "22:00-05:00" or "Sat Sun"; empty for always.
        time_zone: what these hours are in, such as Europe/Berlin or +02:00; empty for that of this machine.
        recorded_at: for files, when the recording began, such as 2026-03-01 08:00; empty: a file is always watched.
    """

    def __init__(
        self,
        *,
        zone: Polygon,
        coordinates: Coordinates = "pixels",
        name: Name = "zone",
        at_least: Again = 30.0,
        window: Again = 120.0,
        far: Distance = 3.0,
        again_after: Again | None = None,
        bridge: Seconds = 2.0,
        gap: Seconds = 2.0,
        ground: list[GroundPoint] | None = None,
        active: tuple[str, ...] = (),
        time_zone: str = "",
        recorded_at: str = "",
    ) -> None:
        def opened(size: Size) -> Loitering:
            return Loitering(
                in_pixels(zone, size, coordinates),
                at_least=at_least,
                window=window,
                far=far,
                ground=ground_of(ground, size, coordinates),
                name=name,
                again_after=again_after,
                bridge=bridge,
                gap=gap,
            )

        super().__init__(zone, coordinates, opened, Clock(active, time_zone, recorded_at))


@block("rule.count@1")
class TellCount(_InZone):
    """Tell when too many, or too few, are in a zone for a while: when it begins, and when it is over.

    Args:
        tracks: who is where, from a block that tracks.
        size: the picture's size.
        time: media time.
        wall: the time of day, of live cameras.
        zone: the area, by its corners.
        coordinates: whether corners and margin are in pixels, or in fractions of the picture (the margin: of its height).
        name: what the zone is called in tables and on the picture.
        at_least: tell when so many or more are inside; empty for not asked.
        at_most: tell when so many or fewer are inside; empty for not asked.
        for_seconds: how long that must last.
        end_after: how long it must no longer be so to be over.
        margin: a second border: somebody inside counts as outside only so far beyond the zone's edge.
        gap: how long somebody may be out of sight and is still counted.
        active: at which hours the rule watches, such as "Mon-Fri 18:00-06:00", "22:00-05:00" or "Sat Sun"; empty for always.
        time_zone: what these hours are in, such as Europe/Berlin or +02:00; empty for that of this machine.
        recorded_at: for files, when the recording began, such as 2026-03-01 08:00; empty: a file is always watched.
    """

    def __init__(
        self,
        *,
        zone: Polygon,
        coordinates: Coordinates = "pixels",
        name: Name = "zone",
        at_least: Someone | None = None,
        at_most: Count | None = None,
        for_seconds: Seconds = 2.0,
        end_after: Seconds = 2.0,
        margin: Positive = 0.0,
        gap: Seconds = 1.0,
        active: tuple[str, ...] = (),
        time_zone: str = "",
        recorded_at: str = "",
    ) -> None:
        def opened(size: Size) -> Counting:
            return Counting(
                in_pixels(zone, size, coordinates),
                at_least=at_least,
                at_most=at_most,
                for_seconds=for_seconds,
                end_after=end_after,
                name=name,
                margin=length_in_pixels(margin, size, coordinates),
                gap=gap,
            )

        super().__init__(zone, coordinates, opened, Clock(active, time_zone, recorded_at))
