"""Zips that are made while they are sent: no temporary file, and memory that does not grow with them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from starlette.responses import StreamingResponse

from trackside.server.files import Files
from trackside.server.results.finding import Result
from trackside.server.sending import saved_as

# They are compressed already.
_STORED = (".mp4", ".parquet", ".jpg")
# Names that Windows keeps for devices.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)
_MOST_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a zip: its name there, its key, its bytes, and when it was written; `data` if it has no key."""

    name: str
    key: str
    size: int
    modified: datetime
    data: bytes | None = None


def zip_answer(files: Files, members: Iterable[Member], name: str) -> StreamingResponse:
    """An answer that is a zip."""
    headers = {"content-disposition": saved_as(f"{safe_name(name)}.zip")}
    return StreamingResponse(zipped(files, members), headers=headers, media_type="application/zip")


def zipped(files: Files, members: Iterable[Member]) -> Iterator[bytes]:
    """The bytes of a zip, in pieces of about a megabyte."""
    sink = _Sink()
    with ZipFile(sink, "w") as archive:
        for member in members:
            with archive.open(_entry(member), "w") as target:
                for chunk in files.chunks(member.key, 0, member.size) if member.data is None else (member.data,):
                    target.write(chunk)
                    yield from sink.drained()
    yield from sink.drained()


def members_of(result: Result, folder: str) -> list[Member]:
    """The files of a result, under a folder of the zip."""
    stats = {name: result.site.files.stat(key) for name, key in result.files.items()}
    return [Member(f"{folder}/{n}", result.files[n], stat.size, stat.modified) for n, stat in stats.items()]


def folder_names(names: Iterable[str]) -> list[str]:
    """A folder for each video: its name without suffix, made safe for every system, and unique also where case is none."""
    taken: set[str] = set()
    folders = []
    for name in names:
        stem = safe_name(name.rpartition(".")[0] or name)
        folder, number = stem, 2
        while folder.lower() in taken:
            folder, number = f"{stem}-{number}", number + 1
        taken.add(folder.lower())
        folders.append(folder)
    return folders


def safe_name(name: str) -> str:
    """A name for a file or folder on every system.

    >>> safe_name("../Heat 3: final?")
    'Heat 3_ final'
    """
    plain = re.sub(r"[^\w .()+-]+", "_", name)[:_MOST_LETTERS].strip(" ._")
    return f"_{plain}" if _DEVICES.match(plain) else plain or "video"


def _entry(member: Member) -> ZipInfo:
    moment = member.modified.timetuple()[:6]
    entry = ZipInfo(member.name, (max(1980, moment[0]), *moment[1:]))
    entry.file_size = member.size  # So that it is known before the first byte whether Zip64 is needed.
    entry.compress_type = ZIP_STORED if member.name.endswith(_STORED) else ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


class _Sink(io.RawIOBase):
    """What a zip is written to: it cannot go back, so sizes follow each file. What was written is taken out in pieces."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        before = len(self._held)
        self._held += memoryview(data)  # type: ignore[arg-type]
        return len(self._held) - before

    def drained(self) -> Iterator[bytes]:
        """What was written since."""
        if self._held:
            yield bytes(self._held)
            self._held.clear()
