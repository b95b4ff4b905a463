"""Deletion that really deletes."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from trackside.server.context import Site
from trackside.server.problems import Refused, missing
from trackside.server.runs.tables import RunVideoRow
from trackside.server.uploads import handling, incoming
from trackside.server.videos.news import publish
from trackside.server.videos.tables import UploadRow, VideoRow


def delete_video(site: Site, video_id: str) -> str:
    """Delete a video: its upload, its file, its thumbnail, its row. Gives its name.

    The file goes before the row, so that a server killed in between shows a video that can be deleted again; and once
    more after it, for what a probe put there meanwhile.

    Raises:
        Refused: 404, there is none; 409, a run needs it.
        OutputError: the files cannot be deleted.
    """
    with site.database.session() as db:
        video = db.get(VideoRow, video_id)
        if video is None:
            raise missing("video")
        _check_unused(db, video_id)
        uploads = list(db.scalars(select(UploadRow.id).where(UploadRow.video_id == video_id)))
    for upload_id in uploads:
        handling.stop_writing(upload_id)
    site.files.delete(f"videos/{video_id}")
    with site.database.session() as db:
        _check_unused(db, video_id)
        db.execute(delete(VideoRow).where(VideoRow.id == video_id))
        db.execute(delete(UploadRow).where(UploadRow.id.in_(uploads)))
    for upload_id in uploads:
        incoming.remove(site, upload_id)
    site.files.delete(f"videos/{video_id}")
    publish(site, video_id)
    return video.name


def _check_unused(db: Session, video_id: str) -> None:
    busy = select(RunVideoRow.id).where(RunVideoRow.video_id == video_id, RunVideoRow.state.in_(("queued", "running")))
    if db.scalar(busy.limit(1)) is not None:
        raise Refused(409, "a run still needs this video", "wait for the run, or cancel it first")
