"""How long alarms are kept: as long as an administrator set, and no more than the server's settings allow."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from trackside.server.access.audit import note
from trackside.server.alarms import keys, outbox
from trackside.server.alarms.tables import AlarmRow, LabelTaskRow
from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.live.tables import CameraDayRow
from trackside.server.site import retention

log = logging.getLogger("trackside.server.alarms")

# Alarms of one transaction.
_BATCH = 200
_MOST_TASKS = 20_000
_DELIVERIES, _CAMERA_DAYS = timedelta(days=30), timedelta(days=400)


def delete_old(site: Site, should_stop: Callable[[], bool]) -> int:
    """Delete alarms beyond their time or number with their files, the oldest first; gives how many.

    Args:
        site: where.
        should_stop: asked between two batches.
    """
    gone = 0
    while not should_stop():
        with site.database.session() as db:
            ids = _beyond(db, site)
            db.execute(delete(AlarmRow).where(AlarmRow.id.in_(ids)))
        _remove_files(site, [keys.folder(one) for one in ids])
        gone += len(ids)
        if len(ids) < _BATCH:
            break
    if gone:
        with site.database.session() as db:
            note(db, retention.WHO, "alarm.delete", f"{gone} alarms")
    _sweep_others(site)
    return gone


def _beyond(db: Session, site: Site) -> list[str]:
    """A batch of alarms to delete."""
    days = retention.read(db).keep_alarms_days
    if days is not None and (ids := _oldest(db, _BATCH, AlarmRow.wall < now() - timedelta(days=days))):
        return ids
    count = db.scalar(select(func.count()).select_from(AlarmRow)) or 0
    return _oldest(db, min(_BATCH, max(0, count - site.settings.most_alarms)))


def _oldest(db: Session, limit: int, *conditions: ColumnElement[bool]) -> list[str]:
    asked = select(AlarmRow.id).where(*conditions).order_by(AlarmRow.wall, AlarmRow.id)
    return list(db.scalars(asked.limit(limit))) if limit else []


def _sweep_others(site: Site) -> None:
    with site.database.session() as db:
        outbox.sweep(db, now() - _DELIVERIES)
        db.execute(delete(CameraDayRow).where(CameraDayRow.day < (now() - _CAMERA_DAYS).date().isoformat()))
        count = db.scalar(select(func.count()).select_from(LabelTaskRow)) or 0
        old = select(LabelTaskRow.id, LabelTaskRow.picture).order_by(LabelTaskRow.created)
        tasks = db.execute(old.limit(max(0, count - _MOST_TASKS))).all() if count > _MOST_TASKS else []
        db.execute(delete(LabelTaskRow).where(LabelTaskRow.id.in_([task.id for task in tasks])))
    _remove_files(site, [task.picture for task in tasks])


def _remove_files(site: Site, prefixes: Sequence[str]) -> None:
    for prefix in prefixes:
        try:
            site.files.delete(prefix)
        except OSError as error:
            log.warning("%s cannot be removed: %s", prefix, error)
