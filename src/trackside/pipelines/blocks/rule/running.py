"""What every rule block does: works at its hours, in the picture's pixels, and tells what ended tracks cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, NamedTuple, TypeAlias, TypeVar

import numpy as np
from pydantic import Field

from trackside.core import Events, SettingError, Shape, Shapes, Tracks
from trackside.core.units import Coordinate, Polygon, Seconds
from trackside.geometry.planes import Homography
from trackside.perception.rules import Rule, Schedule
from trackside.perception.tracking.ground import homography_of
from trackside.pipelines.blocks.places import Coordinates, in_pixels, refuse_fractions_as_pixels

R = TypeVar("R", bound=Rule)

Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=60)]
GroundPoint: TypeAlias = tuple[Coordinate, Coordinate, Coordinate, Coordinate]
Again: TypeAlias = Annotated[Seconds, Field(gt=0)]
# Any picture will do to find settings that contradict each other before anything runs.
_SOME_SIZE = (1920, 1080)


class Told(NamedTuple):
    """What a rule gives."""

    events: Events
    shapes: Shapes


class Clock:
    """The hours at which a rule works.

    Args:
        active: spans of hours; none for always.
        time_zone: what they are in; empty for this machine's own.
        recorded_at: when a file's recording began; empty for not known.

    Raises:
        SettingError: one cannot be read, or changes nothing.
    """

    def __init__(self, active: Sequence[str], time_zone: str, recorded_at: str) -> None:
        for name, value in (("time_zone", time_zone), ("recorded_at", recorded_at)):
            if value.strip() and not active:
                fix = f"say at which hours the rule is active, or leave out `{name}`"
                raise SettingError(f"`{name}` changes nothing without `active`", where=name, fix=fix)
        self._schedule = Schedule(active, time_zone=time_zone)
        self._start = self._schedule.wall_of(recorded_at) if recorded_at.strip() else None

    def holds(self, time: float, wall: float | None) -> bool:
        """Whether the rule works at a media time, which the wall clock shows as `wall` if the source is live."""
        if wall is None and self._start is not None:
            wall = self._start + time
        return wall is None or self._schedule.holds(wall)


class Running(Generic[R]):
    """Runs one rule of one stream.

    Args:
        opened: makes the rule for pictures of a width and height.
        clock: the hours at which it works.

    Raises:
        SettingError: the rule's settings contradict each other.
    """

    def __init__(self, opened: Callable[[tuple[int, int]], R], clock: Clock) -> None:
        opened(_SOME_SIZE)
        self._opened, self._clock = opened, clock
        self.rule: R | None = None
        self._works = True
        self._late: list[Events] = []

    def step(self, tracks: Tracks, size: tuple[int, int], time: float, wall: float | None) -> tuple[R, Events]:
        """Take in one look."""
        rule = self.rule = self.rule or self._opened(size)
        late, self._late = self._late, []
        works = self._clock.holds(time, wall)
        if works != self._works:
            self._works = works
            rule.reset()
        return rule, Events.joined([*late, rule.update(tracks, time)]) if works else Events()

    def end(self, track_id: int) -> None:
        """A track ended."""
        if self.rule is not None and len(events := self.rule.end([track_id])):
            self._late.append(events)


def checked(coordinates: Coordinates, *zones: Sequence[Sequence[float]]) -> None:
    """Refuse corners in pixels that are surely fractions.

    Raises:
        SettingError: they are.
    """
    if points := [point for zone in zones for point in zone]:
        refuse_fractions_as_pixels(points, coordinates)


def length_in_pixels(length: float, size: tuple[int, int], coordinates: Coordinates) -> float:
    """A margin in pixels: fractions are of the picture's height."""
    return length * size[1] if coordinates == "fraction" else length


def ground_of(points: Sequence[GroundPoint] | None, size: tuple[int, int], coordinates: Coordinates) -> Homography | None:
    """The map from pixels to metres, if points of the ground are given.

    Raises:
        SettingError: they do not make a map.
    """
    if points is None:
        return None
    given = np.array(points, np.float64)
    given[:, :2] = in_pixels(given[:, :2].tolist(), size, coordinates)
    return Homography(homography_of(given))


def outline(name: str, zone: Polygon, size: tuple[int, int], coordinates: Coordinates, label: str = "") -> Shape:
    """A zone as it is drawn."""
    return Shape(name, in_pixels(zone, size, coordinates).astype(np.float32), True, label)
