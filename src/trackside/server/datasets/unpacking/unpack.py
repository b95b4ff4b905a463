"""From an archive to a folder that is whole or absent: written beside its place and renamed when all is there."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from trackside.core import InputError, OutputError, TracksideError
from trackside.server.datasets.unpacking.members import FAULTS, Archive, Kind, Member, damaged, opened
from trackside.server.datasets.unpacking.names import is_litter, parts_of, shown

# Files of an archive; and how many times its size it may take once it is unpacked, if that is more than the floor.
_MOST_FILES = 1_000_000
_RATIO, _FLOOR = 100, 1 << 30
# Bytes that stay free on the disk, and after how many it is looked at again.
_RESERVE, _LOOK_AGAIN = 512 << 20, 64 << 20
_PIECE = 1 << 20
_SECONDS = 0.5
# Folders that say what lies in them: one of these alone at the top belongs to the data set.
_MEANT = frozenset(("train", "training", "val", "valid", "validation", "test", "testing", "images", "labels", "annotations"))
_FAULTS: dict[Kind, tuple[str, str]] = {
    "link": ("is a link", "pack the files themselves (zip follows links; tar -h --hard-dereference)"),
    "special": ("is no ordinary file", "leave it out and upload the archive again"),
    "locked": ("is encrypted", "pack it again without a password"),
}
# What systems answer to a name that they do not take.
_NAMES = (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ)
Tell = Callable[[float, int], None]


def unpack(archive: Path, target: Path, room: int, tell: Tell) -> None:
    """Unpack an archive. Litter of operating systems is left out; a single folder at the top gives its inside.

    Args:
        archive: ZIP or TAR, the latter also as .gz, .bz2, .xz; whatever it is called.
        target: the folder to make.
        room: bytes that it may take.
        tell: told how much of the archive was read, 0 to 1, and how many files there are.

    Raises:
        InputError: the archive cannot be used; nothing is left of it.
        OutputError: it has no room; nothing is left of it.
    """
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        with opened(archive) as found:
            writer = _Writer(partial, room, archive.stat().st_size, tell)
            writer.take(found)
        _inside(partial).replace(target)
    except FAULTS:
        raise damaged() from None
    except OSError as error:
        raise _told(error) from error
    except RuntimeError:
        # So the ZIP reader says that a method is unknown to it, or its library is absent.
        fix = "pack it again as ordinary .zip (Deflate) or .tar.gz"
        raise InputError("the archive is packed in a way that cannot be read", fix=fix) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


class _Writer:
    """Writes members below a folder, and counts what it writes: what an archive says of itself is not believed."""

    def __init__(self, folder: Path, room: int, packed: int, tell: Tell) -> None:
        self._folder, self._room, self._tell = folder, room, tell
        self._most = max(_FLOOR, _RATIO * packed)
        self._files = self._bytes = self._looked = 0
        self._told = 0.0

    def take(self, archive: Archive) -> None:
        if archive.size is not None:
            self._check(archive.size)
        for seen, member in enumerate(archive.members):
            if seen >= _MOST_FILES:
                raise InputError("the archive holds too many files", fix="upload it in parts of less than a million files")
            self._put(member)
            if monotonic() - self._told >= _SECONDS:
                self._told = monotonic()
                self._tell(archive.fraction(), self._files)
        if not self._files:
            raise InputError("the archive is empty", fix="pack the folder with the pictures and upload that")

    def _put(self, member: Member) -> None:
        parts = parts_of(member.name)
        if not parts or is_litter(parts):
            return
        if fault := _FAULTS.get(member.kind):
            raise _fault(fault, shown(member.name))
        path = self._folder.joinpath(*parts)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if member.kind == "folder":
                path.mkdir(exist_ok=True)
                return
            self._check(self._bytes + member.size)
            self._write(member, path)
        except (FileExistsError, NotADirectoryError):
            raise _fault(("is in it twice", "leave one out"), shown(member.name)) from None
        except (UnicodeError, OSError) as error:
            if isinstance(error, OSError) and error.errno not in _NAMES:
                raise
            raise _fault(("has a name that cannot be written", "give it a shorter, plain one"), shown(member.name)) from None
        self._files += 1

    def _write(self, member: Member, path: Path) -> None:
        with member.open() as source, path.open("xb") as file:
            while piece := source.read(_PIECE):
                self._bytes += len(piece)
                self._check(self._bytes)
                file.write(piece)

    def _check(self, size: int) -> None:
        """Let so many bytes pass, of all files together."""
        if size > self._most:
            what = f"the archive would unpack to more than {_RATIO} times its size"
            raise InputError(what, fix="pack the pictures themselves and upload that")
        if size > self._room:
            raise OutputError("unpacked, it takes more than is free of the quota", fix="delete what is no longer needed")
        if size - self._looked >= _LOOK_AGAIN:
            self._looked = self._bytes
            if shutil.disk_usage(self._folder).free - (size - self._bytes) < _RESERVE:
                raise OutputError(
                    "the server's disk is too full to unpack it", fix="free some space on it, then check again"
                )


def _inside(folder: Path) -> Path:
    """The one folder in a folder, if nothing lies beside it and its name says nothing of what is in it."""
    first, *others = folder.iterdir()
    return folder if others or not first.is_dir() or first.name.lower() in _MEANT else first


def _fault(fault: tuple[str, str], name: str) -> InputError:
    return InputError(f"the archive cannot be unpacked: {name} {fault[0]}", fix=fault[1])


def _told(error: OSError) -> TracksideError:
    if error.errno is None:
        # Unpackers of bz2 and xz say so that their bytes are broken.
        return damaged()
    fix = "free some space on its disk, then check again"
    return OutputError(f"the server cannot unpack it ({error.strerror})", fix=fix)
