"""What an archive holds, one file after the other, of ZIP and TAR alike. Nothing is written here, and nothing is trusted."""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias, cast

from trackside.core import InputError
from trackside.server.datasets.unpacking.directory import check_directory
from trackside.server.datasets.unpacking.stream import Stream

Kind: TypeAlias = Literal["file", "folder", "link", "special", "locked"]
# What readers raise of bytes that are no whole archive.
FAULTS = (
    zipfile.BadZipFile,
    tarfile.TarError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    ValueError,
    IndexError,
)
_PACKED: tuple[tuple[bytes, Callable[..., Any]], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ", lzma.open),
)
_LOCKED = 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive.

    Attributes:
        name: as it stands there.
        kind: what it is; only files and folders may be unpacked.
        size: bytes that the archive says it has.
        open: gives its bytes; to be read before the next member is asked for.
    """

    name: str
    kind: Kind
    size: int
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that was opened.

    Attributes:
        members: of it, in its order; each is looked at once.
        size: bytes that it says it has unpacked; None if that is not known beforehand.
        fraction: how much of it was read, 0 to 1.
    """

    members: Iterator[Member]
    size: int | None
    fraction: Callable[[], float]


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open an archive, whatever it is called.

    Raises:
        InputError: it is none, or damaged; also while its members are looked at.
    """
    with ExitStack() as stack, path.open("rb") as raw:
        length = max(path.stat().st_size, 1)

        def fraction() -> float:
            return min(1.0, raw.tell() / length)

        if raw.read(4) in (b"PK\3\4", b"PK\5\6"):
            check_directory(raw, length)
            archive = stack.enter_context(zipfile.ZipFile(raw))
            infos = archive.infolist()
            yield Archive(_of_zip(archive, infos), sum(one.file_size for one in infos), fraction)
            return
        stream = stack.enter_context(_unpacked(raw))
        yield Archive(_of_tar(stack.enter_context(_tar(stream)), stream), None, fraction)


def damaged() -> InputError:
    """The refusal of what is no whole archive."""
    return InputError("the archive is damaged or cut off", fix="pack it again and upload it again")


def _of_zip(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> Iterator[Member]:
    for info in infos:
        mode = info.external_attr >> 16
        kind: Kind = "folder" if info.is_dir() else "file"
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            kind = "link" if stat.S_ISLNK(mode) else "special"
        elif info.flag_bits & _LOCKED:
            kind = "locked"
        yield Member(info.filename, kind, info.file_size, lambda one=info: archive.open(one))  # type: ignore[misc]


def _of_tar(tar: tarfile.TarFile, stream: Stream) -> Iterator[Member]:
    while (info := tar.next()) is not None:
        kind: Kind = "link" if info.issym() or info.islnk() else "special"
        if info.isreg() or info.isdir():
            kind = "folder" if info.isdir() else "file"
        yield Member(info.name, kind, info.size, lambda one=info: cast("IO[bytes]", tar.extractfile(one)))  # type: ignore[misc]
        # It keeps all that it has seen; a million of them take a gigabyte.
        tar.members.clear()  # type: ignore[attr-defined]
    # Broken headers end it too, without a word; the right end is a block of zeros.
    if stream.last.strip(b"\0") or not stream.last:
        raise damaged()


@contextmanager
def _unpacked(raw: IO[bytes]) -> Iterator[Stream]:
    raw.seek(0)
    start = raw.read(6)
    raw.seek(0)
    opener = next((opener for magic, opener in _PACKED if start.startswith(magic)), None)
    if opener is None:
        yield Stream(raw)
        return
    with opener(raw) as inside:
        yield Stream(inside)


def _tar(stream: Stream) -> tarfile.TarFile:
    try:
        return tarfile.TarFile(fileobj=cast("IO[bytes]", stream), errors="surrogateescape")
    except tarfile.TarError:
        fix = "pack the data set's folder as .zip and upload that"
        raise InputError("this is no .zip, .tar or .tar.gz archive", fix=fix) from None
