"""The life of an upload: begun, resumed, finished, given up, forgotten, and picked up again after a killed server."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.datasets import uploaded
from trackside.server.problems import Refused
from trackside.server.uploads import admission, incoming
from trackside.server.uploads.names import clean_folder, clean_name
from trackside.server.uploads.protocol import refused
from trackside.server.videos.news import publish
from trackside.server.videos.tables import UploadRow, VideoRow

KEPT = timedelta(hours=24)
# Two that begin at the same time must not both get the last of the quota.
_ADMISSION = threading.Lock()
_LOST = "the upload was lost when the server stopped", "upload the video again"


def begin(site: Site, name: str, folder: str, length: int, owner: str) -> UploadRow:
    """Make the rows of an upload.

    Raises:
        Refused: it may not begin; nothing was written.
    """
    name, folder = clean_name(name), clean_folder(folder)
    with _ADMISSION, site.database.session() as db:
        admission.check(db, site, name, length)
        video = VideoRow(name=name, folder=folder, bytes=length, owner=owner)
        db.add(video)
        db.flush()
        upload = UploadRow(video_id=video.id, length=length, owner=owner, expires=now() + KEPT)
        db.add(upload)
    publish(site, video.id)
    return upload


def begin_dataset(site: Site, name: str, called: str, length: int, owner: str) -> UploadRow:
    """Make the row of an upload that becomes a data set.

    Args:
        site: the server.
        name: of the archive.
        called: how the data set shall be called; as the archive, without its suffix, if empty.
        length: bytes.
        owner: who uploads.

    Raises:
        Refused: it may not begin; nothing was written.
    """
    name = clean_name(name)
    suffix = next((end for end in admission.PACKED if name.lower().endswith(end)), "")
    called = clean_name(called if called.strip() else name[: len(name) - len(suffix)], "data set")[:150].strip()
    with _ADMISSION, site.database.session() as db:
        admission.check(db, site, name, length, dataset=True)
        upload = UploadRow(dataset=called, length=length, owner=owner, expires=now() + KEPT)
        db.add(upload)
    return upload


def find(db: Session, upload_id: str, *, datasets: bool | None = None) -> UploadRow:
    """An upload that is not finished; of data sets, of videos, or of either if `datasets` is None.

    Raises:
        Refused: 404, there is none.
    """
    row = db.get(UploadRow, upload_id) if upload_id.isascii() and upload_id.isprintable() else None
    if row is None or datasets not in (None, bool(row.dataset)):
        raise refused(404, "there is no such upload", "begin it again: it was finished, cancelled or left for a day")
    return row


def touch(site: Site, upload_id: str) -> UploadRow:
    """Note that bytes came; when all have, the video is about to be probed.

    Raises:
        Refused: 404, it was given up meanwhile; what came is deleted.
    """
    try:
        with site.database.session() as db:
            # Written first: who gives it up at this moment waits, or has done so already and it is not found.
            db.execute(update(UploadRow).where(UploadRow.id == upload_id).values(expires=now() + KEPT))
            upload = find(db, upload_id)
            if incoming.received(site, upload_id) >= upload.length:
                mine = VideoRow.id == upload.video_id, VideoRow.state == "uploading"
                db.execute(update(VideoRow).where(*mine).values(state="probing"))
    except Refused:
        incoming.remove(site, upload_id)
        raise
    return upload


def give_up(site: Site, upload_id: str) -> str:
    """Delete an upload that is not finished, and its video. Gives the id of what it would have become.

    Raises:
        Refused: 404, there is none.
    """
    with site.database.session() as db:
        upload = find(db, upload_id)
        db.execute(delete(VideoRow).where(VideoRow.id == upload.video_id))
        db.execute(delete(UploadRow).where(UploadRow.id == upload_id))
    incoming.remove(site, upload_id)
    if upload.video_id:
        publish(site, upload.video_id)
    return upload.becomes


def expire(site: Site) -> int:
    """Give up uploads that were left for a day, and tell how many."""
    with site.database.session() as db:
        query = select(UploadRow.id).join(VideoRow, VideoRow.id == UploadRow.video_id, isouter=True)
        waits = (VideoRow.state == "uploading") | (UploadRow.dataset != "")
        late = db.scalars(query.where(UploadRow.expires < now(), waits)).all()
    for upload_id in late:
        give_up(site, upload_id)
    return len(late)


def recover(site: Site) -> list[str]:
    """Put in order what a killed server left behind, when it starts again.

    Returns:
        Uploads whose bytes have all come: they are to be probed, or taken over (again).
    """
    with site.database.session() as db:
        uploads = {row.id: row for row in db.scalars(select(UploadRow))}
        _tell_lost(db, {row.video_id for row in uploads.values()})
    folder = incoming.folder_of(site)
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_file() and incoming.upload_of(path) not in uploads:
            path.unlink()
    whole = [row.id for row in uploads.values() if touch(site, row.id) and _is_whole(site, row)]
    expire(site)
    return whole


def _is_whole(site: Site, upload: UploadRow) -> bool:
    if upload.dataset:
        return incoming.received(site, upload.id) >= upload.length or uploaded.archive_of(site, upload.id).exists()
    with site.database.session() as db:
        video = db.get(VideoRow, upload.video_id)
        return video is not None and video.state == "probing"


def _tell_lost(db: Session, known: set[str]) -> None:
    """Videos on their way without an upload will never come."""
    for video in db.scalars(select(VideoRow).where(VideoRow.state.in_(("uploading", "probing")))):
        if video.id not in known:
            video.state, (video.problem, video.fix) = "unusable", _LOST
