"""The files of uploads under way: `<data>/incoming/<upload id>`. How long one is tells how much has come."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from trackside.server.context import Site

# Written while bytes come whose checksum is not known to be right: where they begin.
_UNCHECKED = ".unchecked"


def folder_of(site: Site) -> Path:
    """Where uploads under way lie."""
    return site.settings.data / "incoming"


def path_of(site: Site, upload_id: str) -> Path:
    """The file of an upload. The id is one of ours, read from the table."""
    return folder_of(site) / upload_id


def received(site: Site, upload_id: str) -> int:
    """Bytes that have come and count."""
    path = path_of(site, upload_id)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return 0
    with suppress(FileNotFoundError, ValueError):
        return min(size, int(_mark(path).read_text()))
    return size


def mark_unchecked(path: Path, offset: int) -> None:
    """Note that what comes from here on does not count yet."""
    _mark(path).write_text(str(offset))


def keep(path: Path) -> None:
    """What has come counts."""
    _mark(path).unlink(missing_ok=True)


def drop_from(path: Path, offset: int) -> None:
    """Forget what has come after an offset."""
    with suppress(FileNotFoundError):
        os.truncate(path, offset)
    _mark(path).unlink(missing_ok=True)


def remove(site: Site, upload_id: str) -> None:
    """Delete all that lies there for an upload."""
    path = path_of(site, upload_id)
    for one in (path, _mark(path), thumbnail_of(path)):
        one.unlink(missing_ok=True)


def thumbnail_of(path: Path) -> Path:
    """Where the prober puts the thumbnail."""
    return path.with_name(f"{path.name}.jpg")


def upload_of(path: Path) -> str:
    """The upload to which a file of the folder belongs."""
    return path.name.partition(".")[0]


def _mark(path: Path) -> Path:
    return path.with_name(f"{path.name}{_UNCHECKED}")
