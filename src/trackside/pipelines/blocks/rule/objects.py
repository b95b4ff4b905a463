"""Rules about things: what is left behind, and what is taken."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import numpy as np
from pydantic import Field

from trackside.core import SettingError, Shape, Shapes, Tracks
from trackside.core.units import Finite, Positive, Seconds
from trackside.perception.rules import LeftObject
from trackside.pipelines.block import block
from trackside.pipelines.blocks.places import Coordinates
from trackside.pipelines.blocks.rule.running import Again, Clock, GroundPoint, Name, Running, Told, checked, ground_of
from trackside.pipelines.kinds import FrameSize, MediaTime, WallTime

Size: TypeAlias = tuple[int, int]
Classes: TypeAlias = Annotated[tuple[str, ...], Field(min_length=1)]
Share: TypeAlias = Annotated[float, Finite, Field(gt=0, le=2)]
Distance: TypeAlias = Annotated[Positive, Field(gt=0)]


@block("rule.left_object@1")
class TellLeftObject:
    """Tell when a thing has been left alone: it stands still, and nobody is near it for a while. And when it is taken.

    The tracks must be of both things and people; let the detector look for both.

    Args:
        tracks: who is where, from a block that tracks.
        size: the picture's size.
        time: media time.
        wall: the time of day, of live cameras.
        objects: the classes of what may be left.
        people: the classes of those it may belong to.
        still: how far a thing may stray and still stands, as a share of its own size.
        for_seconds: how long it must stand.
        near: how near somebody is near; in metres with `ground`, otherwise in heights of that person's box.
        alone_for: how long nobody must have been near.
        gone_after: how long a thing must be away from its place to have been taken; shorter, and somebody only hid it.
        ground: at least four points of which you know the place on the ground in metres; empty for heights instead of
            metres.
        coordinates: whether their places in the picture are in pixels, or in fractions of its width and height.
        name: what the rule is called in tables.
        active: at which hours the rule watches, such as "Mon-Fri 18:00-06:00", "22:00-05:00" or "Sat Sun"; empty for always.
        time_zone: what these hours are in, such as Europe/Berlin or +02:00; empty for that of this machine.
        recorded_at: for files, when the recording began, such as 2026-03-01 08:00; empty: a file is always watched.
    """

    def __init__(
        self,
        *,
        objects: Classes = ("backpack", "suitcase", "handbag"),
        people: Classes = ("person",),
        still: Share = 0.3,
        for_seconds: Seconds = 30.0,
        near: Distance = 1.5,
        alone_for: Seconds = 20.0,
        gone_after: Again = 5.0,
        ground: list[GroundPoint] | None = None,
        coordinates: Coordinates = "pixels",
        name: Name = "left object",
        active: tuple[str, ...] = (),
        time_zone: str = "",
        recorded_at: str = "",
    ) -> None:
        checked(coordinates, [point[:2] for point in ground or ()])

        def opened(size: Size) -> LeftObject:
            return LeftObject(
                objects=objects,
                people=people,
                still=still,
                for_seconds=for_seconds,
                near=near,
                alone_for=alone_for,
                gone_after=gone_after,
                ground=ground_of(ground, size, coordinates),
                name=name,
            )

        self._running: Running[LeftObject] = Running(opened, Clock(active, time_zone, recorded_at))
        self._names: tuple[str, ...] | None = None
        self._wanted = (objects, people)

    def __call__(self, tracks: Tracks, size: FrameSize, time: MediaTime, wall: WallTime) -> Told:
        if tracks.names != self._names:
            self._check(tracks.names)
        rule, events = self._running.step(tracks, size, time, wall)
        return Told(events, Shapes(tuple(_frame(*one) for one in rule.standing if one[3])))

    def on_track_end(self, track_id: int) -> None:
        self._running.end(track_id)

    def _check(self, names: tuple[str, ...]) -> None:
        """A detector that knows no bags, or no people, would make a rule that is silent for ever, or never."""
        self._names = names
        for setting, wanted in zip(("objects", "people"), self._wanted, strict=True):
            if names and not set(wanted) & set(names):
                fix = f"let it look for them too, or name others in `{setting}`"
                raise SettingError(f"the detector finds none of {', '.join(wanted)}", where=setting, fix=fix)


def _frame(track: int, centre: np.ndarray, size: float, left: bool) -> Shape:
    """A square around a thing that was left."""
    corners = centre + size / 2 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return Shape(f"{track}", corners.astype(np.float32), True, "left" if left else "")
