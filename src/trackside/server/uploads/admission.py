"""Whether an upload may begin, before any byte of it is written."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from trackside.server.context import Site
from trackside.server.problems import Refused
from trackside.server.runs.tables import RunVideoRow
from trackside.server.uploads.incoming import folder_of
from trackside.server.uploads.protocol import refused
from trackside.server.videos.tables import UploadRow, VideoRow

# Bytes that stay free on the disk: the database and the runs write too.
RESERVE = 512 << 20
_ARCHIVES = frozenset(("7z", "bz2", "gz", "iso", "rar", "tar", "tgz", "xz", "zip", "zst"))


def bytes_in_use(db: Session) -> int:
    """Bytes of all videos, of what is announced of those on their way, and of all results."""
    videos = select(func.coalesce(func.sum(VideoRow.bytes), 0)).where(VideoRow.state != "unusable")
    results = select(func.coalesce(func.sum(RunVideoRow.bytes), 0))
    return int(db.scalar(videos) or 0) + int(db.scalar(results) or 0)


def check(db: Session, site: Site, name: str, length: int) -> None:
    """Let an upload of so many bytes pass.

    Raises:
        Refused: 422 (empty, an archive), 413 (too long), 429 (too many unfinished), 507 (quota or disk).
    """
    settings = site.settings
    if length == 0:
        raise refused(422, f"{name} is empty", "record or copy it again")
    if name.rpartition(".")[2].lower() in _ARCHIVES:
        raise archive(name)
    if length > settings.most_upload:
        raise refused(
            413, f"{name} has {_size(length)}; one video may have {_size(settings.most_upload)}", "cut it in parts"
        )
    unfinished = db.scalar(select(func.count()).select_from(UploadRow)) or 0
    if unfinished >= settings.most_uploads:
        raise refused(429, f"{unfinished} uploads are not finished yet", "wait for them, or cancel those you do not need")
    free = settings.quota - bytes_in_use(db)
    if length > free:
        what = f"{name} has {_size(length)}, and {_size(max(free, 0))} of the quota are free"
        raise refused(507, what, "delete videos or results that are no longer needed")
    _check_disk(db, site, length)


def archive(name: str) -> Refused:
    """The refusal of an archive: it is never opened."""
    return refused(422, f"{name} is an archive, not a video", "unpack it and upload the videos in it")


def _check_disk(db: Session, site: Site, length: int) -> None:
    folder = folder_of(site)
    folder.mkdir(parents=True, exist_ok=True)
    announced = int(db.scalar(select(func.coalesce(func.sum(UploadRow.length), 0))) or 0)
    if shutil.disk_usage(folder).free - max(announced - _come(folder), 0) - RESERVE < length:
        raise refused(507, "the server's disk is too full for this video", "free some space on it")


def _come(folder: Path) -> int:
    """Bytes that lie there; files may be moved away meanwhile."""
    size = 0
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            size += path.stat().st_size
    return size


def _size(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"
