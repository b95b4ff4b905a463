"""Videos as lists show them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from trackside.server.context import Site
from trackside.server.problems import missing
from trackside.server.uploads import incoming
from trackside.server.videos.shapes import FolderShape, VideoShape
from trackside.server.videos.tables import UploadRow, VideoRow


def find(db: Session, video_id: str) -> VideoRow:
    """A video.

    Raises:
        Refused: 404, there is none.
    """
    row = db.get(VideoRow, video_id) if video_id.isascii() and video_id.isprintable() else None
    if row is None:
        raise missing("video")
    return row


def chosen(q: str, folder: str | None, state: str | None) -> Select[Any]:
    """The query of a list."""
    query = select(VideoRow)
    if q:
        query = query.where(VideoRow.name.icontains(q, autoescape=True))
    if folder is not None:
        query = query.where(VideoRow.folder == folder)
    return query.where(VideoRow.state == state) if state else query


def shapes(db: Session, site: Site, rows: list[VideoRow]) -> list[VideoShape]:
    """Rows as the API shows them; those on their way with what has come and where the rest goes."""
    coming = [row.id for row in rows if row.state == "uploading"]
    uploads = {}
    if coming:
        uploads = {row.video_id: row for row in db.scalars(select(UploadRow).where(UploadRow.video_id.in_(coming)))}
    return [_shape(site, row, uploads.get(row.id)) for row in rows]


def folders(db: Session) -> list[FolderShape]:
    """All folders with a video, by name."""
    query = select(VideoRow.folder, func.count()).group_by(VideoRow.folder).order_by(VideoRow.folder)
    return [FolderShape(name=name, videos=count) for name, count in db.execute(query)]


def _shape(site: Site, row: VideoRow, upload: UploadRow | None) -> VideoShape:
    own = {name: getattr(row, name) for name in VideoShape.model_fields if name not in ("received", "upload", "thumbnail")}
    return VideoShape(
        **own,
        received=incoming.received(site, upload.id) if upload else row.bytes,
        upload=f"/api/uploads/{upload.id}" if upload else None,
        thumbnail=f"/api/videos/{row.id}/thumbnail" if row.thumbnail and row.state == "ready" else "",
    )
