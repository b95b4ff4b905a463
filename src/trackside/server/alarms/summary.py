"""What people's marks say: alarms by camera, rule and day, and false alarms per camera and day."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from trackside.server.alarms.shapes import CameraDays, DayShape, SummaryShape
from trackside.server.alarms.tables import AlarmRow
from trackside.server.database import now
from trackside.server.live.tables import CameraDayRow

_DAY = 86_400.0
# Below one hour of watching, a number per day says nothing.
_LEAST = 1 / 24
_MOST_ROWS = 20_000


def summary(db: Session, days: int) -> SummaryShape:
    """The last days, today included (UTC)."""
    first = (now() - timedelta(days=days - 1)).date().isoformat()
    rows = _rows(db, first)
    watched = _watched(db, first)
    cameras = [_camera(name, rows, watched.get(name, 0.0)) for name in sorted({row.camera for row in rows} | watched.keys())]
    false, whole = sum(row.false for row in rows), sum(watched.values())
    return SummaryShape(
        rows=rows,
        cameras=cameras,
        raised=sum(row.raised for row in rows),
        false=false,
        acknowledged=sum(row.acknowledged for row in rows),
        days=whole,
        false_per_camera_day=false / whole if whole >= _LEAST else None,
    )


def _rows(db: Session, first: str) -> list[DayShape]:
    keys = (AlarmRow.day, AlarmRow.camera, AlarmRow.rule)
    false, seen = (func.sum(case((AlarmRow.state == state, 1), else_=0)) for state in ("false", "acknowledged"))
    asked = select(*keys, func.count(), false, seen).where(AlarmRow.day >= first).group_by(*keys).order_by(*keys)
    return [
        DayShape(day=day, camera=camera, rule=rule, raised=raised, false=wrong, acknowledged=right)
        for day, camera, rule, raised, wrong, right in db.execute(asked.limit(_MOST_ROWS))
    ]


def _watched(db: Session, first: str) -> dict[str, float]:
    """Days for which each camera was watched."""
    asked = select(CameraDayRow.camera, func.sum(CameraDayRow.seconds)).where(CameraDayRow.day >= first)
    return {camera: seconds / _DAY for camera, seconds in db.execute(asked.group_by(CameraDayRow.camera))}


def _camera(name: str, rows: list[DayShape], days: float) -> CameraDays:
    counted: Counter[str] = Counter()
    for row in rows:
        if row.camera == name:
            counted += Counter(raised=row.raised, false=row.false)
    per_day = counted["false"] / days if days >= _LEAST else None
    return CameraDays(camera=name, days=days, raised=counted["raised"], false=counted["false"], false_per_day=per_day)
