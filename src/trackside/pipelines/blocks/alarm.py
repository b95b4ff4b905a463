"""From a rule's events to alarms that deserve attention."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from trackside.core import Alarms, Events, SettingError, Tracks
from trackside.core.units import Coordinate, Fraction, Polygon, Positive, Seconds
from trackside.geometry.planes import Homography
from trackside.perception.alarms import Ladder, LadderSettings
from trackside.perception.tracking.ground import homography_of
from trackside.pipelines.block import block
from trackside.pipelines.blocks.places import Coordinates, in_pixels, refuse_fractions_as_pixels
from trackside.pipelines.kinds import FrameSize, MediaTime

Range = tuple[Positive, Positive]
Zones = Annotated[dict[str, Polygon], Field(max_length=100)]
GroundPoint = tuple[Coordinate, Coordinate, Coordinate, Coordinate]
Looks = Annotated[int, Field(ge=1, le=100)]
Vote = Annotated[float, Field(ge=0.5, le=1, allow_inf_nan=False)]
Duration = Annotated[Seconds, Field(gt=0, le=30)]
_DEFAULT = LadderSettings()


class Decisions(NamedTuple):
    """What became of the events."""

    alarms: Alarms
    refused: Alarms


@block("alarm.raise@1")
class RaiseAlarms:
    """Raise an alarm for an event of a rule once the history of its object speaks for it, and tell why, or why not.

    An event waits until every step that you ask for speaks for it, so a true one is late rather than lost. It is refused
    when a step speaks against it for good, when its object is gone, or when it has waited long enough. Whatever is
    decided carries each step with its numbers. Repeats of an alarm that is already raised are counted only. Events that
    still wait when the video ends are not decided.

    Args:
        events: what rules saw; several may be wired.
        tracks: who is where, from the block that the rules read from.
        size: the picture's size.
        time: media time.
        name: what the alarms are called; empty for the name of the event's zone or line.
        only: which events may become alarms, such as enter; empty for all.
        least_score: how sure the detector must be at the moment of the event; empty to not ask.
        median_score: how sure it must be over the last seconds, as the median; time in which the object was not there counts
            as 0. Empty to not ask.
        over: how many seconds the median of scores, size and shape is taken over.
        looks: how often the object must have been seen; at most five looks a second count.
        height: least and most height of the object.
        width: least and most width of the object.
        area: least and most area of the object's box.
        aspect: least and most width divided by height; a standing person has about 0.2 to 0.6.
        unit: what height, width and area are in; metres need `ground`.
        within: areas of which the feet must stand in one at the event.
        ignore: areas in which events do not count.
        coordinates: whether corners are in pixels, or in fractions of the picture's width and height.
        stay: for how long the event must not be taken back: whoever enters must stay inside, whoever crosses a line must not
            step back. Wire all events of the rule, and choose with `only`.
        dwell: how long the object must have been there, before and after the event together.
        moved: how far its feet must have come from where it was first seen: in metres with `ground`, else in heights of
            its box. Keeps posters and puppets from raising alarms. Empty it for things that stand, such as left objects.
        classes: what the object must be, by most of its looks; empty for anything.
        vote: share of looks with which a class takes the object; it keeps it until another class has as many.
        cooldown: after an alarm, how long events of the same kind at the same place are repeats of it; empty for never.
        merge: how long events of one object are one alarm, also where its number changed in between; empty for never.
        merge_distance: how far the new number may begin from where the old one ended: in metres with `ground`, else in
            heights of its box.
        merge_together: whether several objects that are seen together and come within `merge` and `merge_distance` are one
            alarm too.
        repeats: whether repeats are only counted, or come out as refused with the reason.
        wait: how long an event may wait for its object to be sure enough.
        ground: at least four points of which you know the place on the ground in metres: x and y in pixels, x and y in
            metres.
    """

    def __init__(
        self,
        *,
        name: str = "",
        only: tuple[str, ...] = (),
        least_score: Fraction | None = _DEFAULT.least_score,
        median_score: Fraction | None = _DEFAULT.median_score,
        over: Duration = _DEFAULT.over,
        looks: Looks = _DEFAULT.looks,
        height: Range | None = None,
        width: Range | None = None,
        area: Range | None = None,
        aspect: Range | None = _DEFAULT.aspect,
        unit: Literal["pixels", "metres"] = "pixels",
        within: Zones | None = None,
        ignore: Zones | None = None,
        coordinates: Coordinates = "pixels",
        stay: Seconds | None = _DEFAULT.stay,
        dwell: Seconds | None = _DEFAULT.dwell,
        moved: Positive | None = _DEFAULT.moved,
        classes: tuple[str, ...] = (),
        vote: Vote = _DEFAULT.vote,
        cooldown: Seconds | None = _DEFAULT.cooldown,
        merge: Seconds | None = _DEFAULT.merge,
        merge_distance: Positive = _DEFAULT.merge_distance,
        merge_together: bool = False,
        repeats: Literal["count", "refuse"] = "count",
        wait: Seconds = _DEFAULT.wait,
        ground: list[GroundPoint] | None = None,
    ) -> None:
        self._name, self._coordinates = name, coordinates
        self._zones = {"within": within or {}, "ignore": ignore or {}}
        for zones in self._zones.values():
            points = [point for corners in zones.values() for point in corners]
            if points:
                refuse_fractions_as_pixels(points, coordinates)
        if name.strip() != name:
            raise SettingError("a name does not begin or end with a blank", where="name", fix="leave the blanks out")
        self._settings = LadderSettings(
            only=only,
            least_score=least_score,
            median_score=median_score,
            over=over,
            looks=looks,
            height=height,
            width=width,
            area=area,
            aspect=aspect,
            unit=unit,
            stay=stay,
            dwell=dwell,
            moved=moved,
            classes=classes,
            vote=vote,
            cooldown=cooldown,
            merge=merge,
            merge_distance=merge_distance,
            merge_together=merge_together,
            repeats=repeats,
            wait=wait,
            ground=None if ground is None else Homography.of(homography_of(ground), seen=ground[0][:2]),
        )
        self._ladder: Ladder | None = None

    def __call__(self, tracks: Tracks, size: FrameSize, time: MediaTime, *events: Events) -> Decisions:
        ladder = self._ladder = self._ladder or self._opened(size)
        joined = Events.joined([part for part in events if part is not None and len(part)])
        decided = ladder.update(tracks, joined, time)
        return Decisions(Alarms(decided.alarms), Alarms(decided.refused))

    def on_track_end(self, track_id: int) -> None:
        if self._ladder is not None:
            self._ladder.end([track_id])

    def on_stream_end(self) -> None:
        if self._ladder is not None:
            self._ladder.close()

    def _opened(self, size: tuple[int, int]) -> Ladder:
        zones: dict[str, Any] = {
            kind: {name: in_pixels(corners, size, self._coordinates) for name, corners in zones.items()}
            for kind, zones in self._zones.items()
        }
        return Ladder(replace(self._settings, **zones), name=self._name)
