"""Alarms as an engine hands them on, with synthetic pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from trackside.core import RGB, Alarm, Look, Reason
from trackside.pipelines.live import CameraAlarm
from trackside.server.alarms.facts import facts_of
from trackside.server.alarms.tables import AlarmChannelRow, AlarmDeliveryRow, AlarmRow
from trackside.server.alarms.writing import write
from trackside.server.context import Site
from trackside.server.database import new_id

WALL = 1_790_000_000.25


def picture(width: int = 160, height: int = 90) -> RGB:
    """A synthetic picture: a bright rectangle on grey."""
    made = np.full((height, width, 3), 90, np.uint8)
    made[30:80, 40:70] = (200, 180, 40)
    return made


def alarm(camera: str = "gate", *, passed: bool = True, wall: float = WALL, **more: Any) -> CameraAlarm:
    """An alarm of a person who stays in a yard; `told` goes to `CameraAlarm`, the rest to `Alarm`."""
    told = more.pop("told", {})
    looks = tuple(Look(8.0 + n, (40.0 + n, 30.0, 70.0 + n, 80.0), 0.7 + n / 100) for n in range(3))
    facts = {
        "rule": "yard",
        "what": "dwell",
        "time": 9.5,
        "decided": 10.0,
        "track": 7,
        "place": "the yard",
        "label": "person",
        "score": 0.71,
        "value": 3.2,
        "reasons": (Reason("median score", passed, "median score 0.71, at least 0.5 was asked", 0.71, 0.5),),
        "looks": looks,
    } | more
    return CameraAlarm(camera, Alarm(**facts), wall, **{"pipeline": "/srv/pipelines/intrusion.yaml", **told})


def kept(site: Site, camera: str = "gate", *, wall: float = WALL, **more: Any) -> str:
    """Put an alarm straight into the database; gives its id."""
    facts = facts_of(new_id(), alarm(camera, wall=wall, **more))
    with site.database.session() as db:
        write(db, facts, "")
    return str(facts["id"])


def channel(site: Site, kind: str, **settings: Any) -> str:
    """A channel; gives its id. `only` are columns of it."""
    only = settings.pop("only", {})
    with site.database.session() as db:
        row = AlarmChannelRow(kind=kind, title=kind, settings=settings, **only)
        db.add(row)
        db.flush()
        return row.id


def rows(site: Site) -> list[AlarmRow]:
    """All alarms, in the order in which they were written."""
    with site.database.session() as db:
        return list(db.scalars(select(AlarmRow).order_by(AlarmRow.wall, AlarmRow.id)))


def row(site: Site, alarm_id: str) -> AlarmRow:
    """One alarm."""
    with site.database.session() as db:
        return db.get_one(AlarmRow, alarm_id)


def deliveries(site: Site) -> list[AlarmDeliveryRow]:
    """All messages, in order."""
    with site.database.session() as db:
        return list(db.scalars(select(AlarmDeliveryRow).order_by(AlarmDeliveryRow.place)))


def clip(data: bytes = b"synthetic clip") -> Any:
    """What writes a clip."""

    def written(path: Path) -> None:
        path.write_bytes(data)

    return written
