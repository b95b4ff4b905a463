"""How long things are kept: what an administrator set, and the deletion of what is older."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from trackside.core import TracksideError
from trackside.server.access.audit import note
from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.problems import Refused
from trackside.server.runs.tables import RunRow, RunVideoRow
from trackside.server.site.shapes import SiteSettings
from trackside.server.site.tables import SiteSettingRow
from trackside.server.videos.tables import VideoRow

log = logging.getLogger("trackside.server.site")

_NAME = "retention"
WHO = "retention"
_OVER = ("done", "failed", "cancelled")


def read(db: Session) -> SiteSettings:
    """What is set; by default everything is kept for ever."""
    row = db.get(SiteSettingRow, _NAME)
    return SiteSettings() if row is None else SiteSettings.model_validate(row.value)


def write(db: Session, settings: SiteSettings) -> None:
    """Set it."""
    db.merge(SiteSettingRow(name=_NAME, value=settings.model_dump()))


def delete_old(site: Site, should_stop: Callable[[], bool]) -> None:
    """Delete videos and results beyond their time, the oldest first. What is being worked on is left alone.

    Args:
        site: where.
        should_stop: asked between two deletions.
    """
    # Here, because those rooms tell this one's neighbours about themselves.
    from trackside.server.runs.deletion import delete_run
    from trackside.server.videos.deletion import delete_video

    with site.database.session() as db:
        keep = read(db)
        runs = _old_runs(db, _before(keep.keep_results_days))
        videos = _old_videos(db, _before(keep.keep_videos_days))
    _delete(site, "run.delete", runs, delete_run, should_stop)
    _delete(site, "video.delete", videos, delete_video, should_stop)


def _before(days: int | None) -> datetime | None:
    return None if days is None else now() - timedelta(days=days)


def _old_runs(db: Session, before: datetime | None) -> list[tuple[str, str]]:
    if before is None:
        return []
    old = select(RunRow.id, RunRow.name).where(RunRow.state.in_(_OVER), RunRow.finished < before)
    return [(row.id, row.name) for row in db.execute(old.order_by(RunRow.finished))]


def _old_videos(db: Session, before: datetime | None) -> list[tuple[str, str]]:
    if before is None:
        return []
    in_use = select(RunVideoRow.video_id).where(RunVideoRow.state.in_(("queued", "running")))
    old = select(VideoRow.id, VideoRow.name).where(VideoRow.created < before, VideoRow.id.not_in(in_use))
    return [(row.id, row.name) for row in db.execute(old.order_by(VideoRow.created))]


def _delete(
    site: Site,
    action: str,
    old: list[tuple[str, str]],
    delete: Callable[[Site, str], object],
    should_stop: Callable[[], bool],
) -> None:
    for id, name in old:
        if should_stop():
            return
        try:
            delete(site, id)
        except Refused:
            # Somebody deleted it, or began to use it, since we looked.
            continue
        except TracksideError as error:
            log.warning("%s of %s, which is beyond its time, failed: %s", action, id, error)
            continue
        with site.database.session() as db:
            note(db, WHO, action, name)
