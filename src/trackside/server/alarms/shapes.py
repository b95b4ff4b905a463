"""Alarms as the API shows them, and what people do with them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from trackside.server.library.plain import PlainText
from trackside.server.shapes import Body, Shape

AlarmState = Literal["open", "acknowledged", "snoozed", "false"]
NoteKind = Literal["comment", "acknowledged", "snoozed", "false", "reopened"]
DeliveryState = Literal["waiting", "sent", "given up"]
ChannelKind = Literal["mqtt", "webhook", "email", "file"]
_Text = Annotated[PlainText, Field(max_length=2000)]


class AlarmShape(Shape):
    """An alarm in a list. `time` is media time in seconds, `wall` when the camera saw it. `picture` and `clip` are
    addresses, empty while there is none."""

    id: str
    camera: str
    title: str
    pipeline: str
    rule: str
    what: str
    place: str
    label: str
    track: int
    score: float | None
    value: float | None
    time: float
    wall: datetime
    created: datetime
    state: AlarmState
    snoozed_until: datetime | None
    repeats: int
    why: str
    picture: str = ""
    clip: str = ""


class AlarmPage(Shape):
    """One page, the newest first. `next` goes into `before` for the page after; `counts` are by state, of all that match
    the other filters."""

    items: list[AlarmShape]
    next: str = ""
    total: int
    counts: dict[AlarmState, int]


class ReasonShape(Shape):
    """One question that was asked before the alarm was raised, and its answer."""

    step: str
    passed: bool
    text: str
    value: float | None = None
    asked: float | None = None


class LookShape(Shape):
    """Where the object was: `box` is x1 y1 x2 y2 in pixels of the camera's picture, `time` media time in seconds."""

    time: float
    box: list[float]
    score: float


class NoteShape(Shape):
    """What somebody said or did."""

    who: str
    at: datetime
    kind: NoteKind
    text: str


class AlarmDeliveryShape(Shape):
    """How telling it to one channel went."""

    channel_id: str
    channel: str
    kind: ChannelKind
    state: DeliveryState
    attempts: int
    next_try: datetime
    answer: str


class AlarmFull(AlarmShape):
    """An alarm with its evidence. `width` and `height` are of the picture, 0 without one; `picture_clean` has no boxes."""

    reasons: list[ReasonShape]
    looks: list[LookShape]
    notes: list[NoteShape]
    deliveries: list[AlarmDeliveryShape]
    picture_clean: str = ""
    clip_problem: str = ""
    width: int = 0
    height: int = 0


class Snooze(Body):
    """`scope` alarm: this one is open again afterwards. `scope` rule: until then, all that the rule raises on this camera is
    kept as snoozed and told to nobody."""

    minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)]
    scope: Literal["alarm", "rule"] = "alarm"


class Comment(Body):
    text: Annotated[_Text, Field(min_length=1)]


class FalseAlarm(Body):
    why: _Text = ""


class SnoozeShape(Shape):
    """A rule on a camera that tells nobody until then."""

    id: str
    camera: str
    rule: str
    until: datetime
    who: str


class DayShape(Shape):
    """Alarms of one camera and rule on one day (UTC)."""

    camera: str
    rule: str
    day: str
    raised: int
    false: int
    acknowledged: int


class CameraDays(Shape):
    """One camera over the days asked for. `days` is how long it was watched; `false_per_day` is None below one hour."""

    camera: str
    days: float
    raised: int
    false: int
    false_per_day: float | None


class SummaryShape(Shape):
    """What people's own marks say of the alarms."""

    rows: list[DayShape]
    cameras: list[CameraDays]
    raised: int
    false: int
    acknowledged: int
    days: float
    false_per_camera_day: float | None
