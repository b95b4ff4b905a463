"""What is kept of an alarm, as plain data: it goes to the disk first and into the database as soon as that takes it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from trackside.pipelines.live.evidence import CameraAlarm
from trackside.server.alarms.tables import AlarmRow
from trackside.server.database import now

Facts = dict[str, Any]
_NAME, _TITLE, _CAMERA, _WHY = 200, 300, 60, 4000
# Track ids are whole numbers of 64 bits in the database and of 53 in pages.
_LARGEST = 2**53


def facts_of(alarm_id: str, told: CameraAlarm) -> Facts:
    """An alarm as JSON-able data."""
    alarm = told.alarm
    shown = alarm.as_json()
    return {
        "id": alarm_id,
        "camera": _text(told.camera, _CAMERA),
        "title": _text(_title(alarm.what or alarm.rule, alarm.place, alarm.label), _TITLE),
        # A file's place on this machine is nobody's business.
        "pipeline": _text(PurePath(told.pipeline).stem, _NAME),
        **{name: _text(shown[name], _NAME) for name in ("rule", "what", "place", "label")},
        "track": int(alarm.track) if abs(int(alarm.track)) <= _LARGEST else 0,
        "score": shown["score"],
        "value": shown["value"],
        "time": _finite(alarm.time),
        "wall": _moment(told.wall).isoformat(),
        "repeats": int(alarm.repeats),
        "why": _text(alarm.why, _WHY),
        "evidence": {
            "decided": _finite(alarm.decided),
            "reasons": [{**reason, "text": _text(reason["text"], _WHY)} for reason in shown["reasons"]],
            "looks": [
                {"time": _finite(look.time), "box": [_finite(edge) for edge in look.box], "score": _finite(look.score)}
                for look in alarm.looks
            ],
            "clip_comes": told.clip is not None,
            **_size(told),
        },
    }


def row_of(facts: Facts) -> AlarmRow:
    """An alarm as a row; its state is open."""
    wall = datetime.fromisoformat(facts["wall"])
    return AlarmRow(**{**facts, "wall": wall}, day=wall.date().isoformat(), created=now(), state="open")


def _title(what: str, place: str, label: str) -> str:
    """What people read first: `dwell in yard (person)`."""
    return f"{what}{f' in {place}' if place else ''}{f' ({label})' if label else ''}"


def _text(text: str, most: int) -> str:
    """As databases can hold it."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:most]


def _finite(value: float) -> float:
    return float(value) if math.isfinite(value) else 0.0


def _moment(wall: float) -> datetime:
    try:
        found = datetime.fromtimestamp(wall, UTC)
    except (ValueError, OverflowError, OSError):
        return now()
    return found if found.year >= 1971 else now()


def _size(told: CameraAlarm) -> Mapping[str, int]:
    if told.picture is None:
        return {"width": 0, "height": 0}
    height, width = told.picture.shape[:2]
    return {"width": int(width), "height": int(height)}
