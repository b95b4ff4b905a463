"""Whether an upload may begin, before any byte of it is written."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from trackside.server.context import Site
from trackside.server.datasets.tables import DatasetRow
from trackside.server.problems import Refused
from trackside.server.runs.tables import RunVideoRow
from trackside.server.uploads.incoming import folder_of
from trackside.server.uploads.protocol import refused
from trackside.server.videos.tables import UploadRow, VideoRow

# Bytes that stay free on the disk: the database and the runs write too.
RESERVE = 512 << 20
_ARCHIVES = frozenset(("7z", "bz2", "gz", "iso", "rar", "tar", "tgz", "xz", "zip", "zst"))
# How the name of a data set's archive may end.
PACKED = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


def bytes_in_use(db: Session) -> int:
    """Bytes of all videos, results and uploaded data sets, and of what is announced of those on their way."""
    videos = select(func.coalesce(func.sum(VideoRow.bytes), 0)).where(VideoRow.state != "unusable")
    results = select(func.coalesce(func.sum(RunVideoRow.bytes), 0))
    datasets = select(func.coalesce(func.sum(DatasetRow.bytes), 0))
    archives = select(func.coalesce(func.sum(UploadRow.length), 0)).where(UploadRow.dataset != "")
    return sum(int(db.scalar(one) or 0) for one in (videos, results, datasets, archives))


def check(db: Session, site: Site, name: str, length: int, *, dataset: bool = False) -> None:
    """Let an upload of so many bytes pass.

    Args:
        db: the database.
        site: the server.
        name: of the file.
        length: bytes.
        dataset: whether it is an archive that becomes a data set; a video if not.

    Raises:
        Refused: 422 (empty, of the wrong kind), 413 (too long), 429 (too many unfinished), 507 (quota or disk).
    """
    settings = site.settings
    if length == 0:
        raise refused(422, f"{name} is empty", "pack it again" if dataset else "record or copy it again")
    _check_kind(name, dataset)
    if length > settings.most_upload:
        what = f"{name} has {size(length)}; one upload may have {size(settings.most_upload)}"
        raise refused(413, what, "cut it in parts")
    unfinished = db.scalar(select(func.count()).select_from(UploadRow)) or 0
    if unfinished >= settings.most_uploads:
        raise refused(429, f"{unfinished} uploads are not finished yet", "wait for them, or cancel those you do not need")
    free = settings.quota - bytes_in_use(db)
    if length > free:
        what = f"{name} has {size(length)}, and {size(max(free, 0))} of the quota are free"
        raise refused(507, what, "delete videos, results or data sets that are no longer needed")
    _check_disk(db, site, length)


def archive(name: str) -> Refused:
    """The refusal of an archive as a video: it is never opened."""
    fix = "unpack it and upload the videos in it; data sets are uploaded at Data sets"
    return refused(422, f"{name} is an archive, not a video", fix)


def size(count: int) -> str:
    """Bytes in words."""
    for unit, many in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= many:
            return f"{count / many:.1f} {unit}"
    return f"{count} bytes"


def _check_kind(name: str, dataset: bool) -> None:
    if not dataset and name.rpartition(".")[2].lower() in _ARCHIVES:
        raise archive(name)
    if dataset and not name.lower().endswith(PACKED):
        raise refused(422, f"{name} is no .zip, .tar or .tar.gz", "pack the data set's folder as .zip and upload that")


def _check_disk(db: Session, site: Site, length: int) -> None:
    folder = folder_of(site)
    folder.mkdir(parents=True, exist_ok=True)
    announced = int(db.scalar(select(func.coalesce(func.sum(UploadRow.length), 0))) or 0)
    if shutil.disk_usage(folder).free - max(announced - _come(folder), 0) - RESERVE < length:
        raise refused(507, "the server's disk is too full for this upload", "free some space on it")


def _come(folder: Path) -> int:
    """Bytes that lie there; files may be moved away meanwhile."""
    come = 0
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            come += path.stat().st_size
    return come
