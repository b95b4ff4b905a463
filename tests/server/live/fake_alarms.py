"""TEST FIXTURE: alarms of the fake cameras. What they claim to have seen is synthetic."""

from __future__ import annotations

import math

from tests.server.live.fake_port import camera_name, synthetic_picture, walker
from trackside.core.alarms import Alarm, Look, Reason
from trackside.pipelines.live import CameraAlarm

SIZE = 1280, 720
# What, who, where, rule.
KINDS = [
    ("dwell", "person", "yard", "yard"),
    ("enter", "person", "loading bay", "bay"),
    ("cross_in", "truck", "north line", "line"),
    ("missing helmet", "person", "site", "helmet"),
]
_STEP = 0.2


def fake_alarm(number: int, wall: float, *, kind: int = 0, score: float = 0.7, looks: int = 28) -> CameraAlarm:
    """A raised alarm of camera `number` at `wall` (seconds since 1970), with reasons, looks and a picture."""
    what, label, place, rule = KINDS[kind % len(KINDS)]
    reasons = (
        Reason("median score", True, f"median score {score:.2f} of {looks} looks, at least 0.50 was asked", score, 0.5),
        Reason("dwell", True, "it stayed for 6.2 s, at least 3 s were asked", 6.2, 3.0),
        Reason("foot point", True, f"its feet were in the zone in {looks - 3} of {looks} looks", (looks - 3) / looks, 0.8),
        Reason("schedule", True, "the rule holds all day"),
    )
    alarm = Alarm(
        rule, what, time=100.0, decided=101.0, track=40 + number, place=place, label=label, score=score, value=6.2,
        reasons=reasons, looks=tuple(_look(number, wall, score, back) for back in reversed(range(looks))),
    )  # fmt: skip
    picture = synthetic_picture(number, wall, SIZE, boxes=False)
    return CameraAlarm(camera_name(number), alarm, wall, "intrusion", picture)


def _look(number: int, wall: float, score: float, back: int) -> Look:
    x1, y1, x2, y2 = walker(number, wall - _STEP * back, SIZE)
    return Look(101.0 - _STEP * back, (x1, y1, x2, y2), min(0.99, max(0.05, score + 0.1 * math.sin(1.3 * back))))
