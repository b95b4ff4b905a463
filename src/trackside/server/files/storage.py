"""Files by key, in a folder or in a bucket. Keys are made by us; no name from a user reaches the file system."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fsspec

from trackside.core import InputError, OutputError

_KEY = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w. -]*)*\Z", re.ASCII)
_CHUNK = 1 << 20
# Bytes of one part of an upload to a bucket: S3 takes 10,000 parts, so 320 GiB.
_PART = 32 << 20
# Marks files that are not whole yet. No key has a part that begins with a dot.
_PARTIAL = ".partial-"
_GONE = "the file is gone"


@dataclass(frozen=True, slots=True)
class Stat:
    """What is known of a file without reading it.

    Attributes:
        size: bytes.
        modified: when it was written.
        tag: another one if the content changes; letters and digits.
    """

    size: int
    modified: datetime
    tag: str


class Files:
    """Files by key, such as `videos/<id>/source.mp4`.

    Args:
        address: a folder, or an fsspec address such as `s3://bucket/prefix`.
        scratch: a local folder for copies of remote files.
        options: for the file system (`endpoint_url`, `key`, `secret`); from the environment (`AWS_ENDPOINT_URL`,
            `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, ...) if left out.

    Raises:
        InputError: no such kind of file system, or what it needs is not installed.
    """

    def __init__(self, address: str, scratch: Path, **options: Any) -> None:
        # Other processes (workers) write there too: a listing that is kept would be wrong.
        more = {"use_listings_cache": False} if "://" in address and not address.startswith("file:") else {}
        try:
            self._system, self._root = fsspec.core.url_to_fs(address, **more, **options)
        except (ValueError, ImportError) as error:
            fix = "give a folder, or s3://bucket/prefix with the extra `s3` installed"
            raise InputError(f"files cannot be kept there ({error})", where="--files", fix=fix) from error
        self.is_local = "file" in self._system.protocol
        self._scratch = scratch

    def path(self, key: str) -> str:
        """Where a key lies, as the file system names it. Raises ValueError for what is no key."""
        if not _KEY.match(key) or ".." in key.split("/"):
            raise ValueError(f"{key!r} is no key")
        return f"{self._root}/{key}"

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        return bool(self._system.isfile(self.path(key)))

    def stat(self, key: str) -> Stat:
        """Its size and age. Raises InputError if it is not there."""
        path = self.path(key)
        try:
            if self.is_local:
                return _stat_of(Path(path))
            info = self._system.info(path)
        except OSError as error:
            raise _unreadable(key, error) from error
        if info["type"] != "file":
            raise InputError(_GONE, where=key)
        modified = info.get("LastModified") or datetime.fromtimestamp(0, UTC)
        tag = re.sub(r"\W", "", str(info.get("ETag") or f"{info['size']}"), flags=re.ASCII)
        return Stat(int(info["size"]), modified, tag)

    def size(self, key: str) -> int:
        """Its bytes. Raises InputError if it is not there."""
        return self.stat(key).size

    def keys(self, prefix: str) -> list[str]:
        """All files under a prefix (a file is under itself), sorted; files that are not whole yet are left out."""
        try:
            found = self._system.find(self.path(prefix))
        except FileNotFoundError:
            return []
        keys = (str(path).removeprefix(f"{self._root}/") for path in found)
        return sorted(key for key in keys if _PARTIAL not in key)

    def chunks(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end` (not included), in pieces of at most 1 MiB."""
        left = (self.size(key) if end is None else end) - start
        with self._open(key) as file:
            file.seek(start)
            while left > 0 and (chunk := file.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk

    def read(self, key: str) -> bytes:
        """A small file's bytes. Raises InputError if it is not there."""
        try:
            return bytes(self._system.cat_file(self.path(key)))
        except OSError as error:
            raise _unreadable(key, error) from error

    def take(self, source: Path, key: str) -> None:
        """Move a local file in; it appears whole, and stays even if the power fails right afterwards.

        Raises:
            OutputError: no space, no permission, or the bucket does not answer.
        """
        target = self.path(key)
        try:
            if self.is_local:
                _move(source, Path(target))
            else:
                self._system.put_file(str(source), target, chunksize=_PART)
                source.unlink()
        except OSError as error:
            raise OutputError(f"cannot keep the file ({error.strerror or error})", fix="free some space") from error

    def take_folder(self, folder: Path, prefix: str) -> None:
        """Move a folder's files in under a prefix. What lay there is replaced, and what is not in the folder goes.

        Raises:
            OutputError: as `take`.
        """
        before = set(self.keys(prefix))
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                key = f"{prefix}/{path.relative_to(folder).as_posix()}"
                self.take(path, key)
                before.discard(key)
        for key in before:
            self.delete(key)

    def delete(self, prefix: str) -> None:
        """Remove a file, or all files under a prefix; nothing to do if there are none."""
        path = self.path(prefix)
        if not self.is_local:
            with suppress(FileNotFoundError):
                self._system.rm(path, recursive=True)
            return
        with suppress(FileNotFoundError):
            if Path(path).is_dir():
                shutil.rmtree(path)
            else:
                Path(path).unlink()

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """The file as a local path: itself in a folder, a copy that goes away afterwards else.

        Raises:
            InputError: it is not there.
        """
        if self.is_local:
            path = Path(self.path(key))
            if not path.is_file():
                raise InputError(_GONE, where=key, fix="upload the video again")
            yield path
            return
        self._scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="copy-", dir=self._scratch) as folder:
            path = Path(folder) / key.rpartition("/")[2]
            try:
                self._system.get_file(self.path(key), str(path))
            except OSError as error:
                raise _unreadable(key, error) from error
            yield path

    def _open(self, key: str) -> Any:
        try:
            return self._system.open(self.path(key), "rb", **({} if self.is_local else {"cache_type": "none"}))
        except OSError as error:
            raise _unreadable(key, error) from error


def _unreadable(key: str, error: OSError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError(_GONE, where=key, fix="upload the video or run it again")
    return InputError(f"the file cannot be read ({error.strerror or error})", where=key, fix="try again")


def _stat_of(path: Path) -> Stat:
    found = path.stat()
    if not path.is_file():
        raise FileNotFoundError(path)
    modified = datetime.fromtimestamp(found.st_mtime, UTC)
    return Stat(found.st_size, modified, f"{found.st_mtime_ns:x}g{found.st_size:x}")


def _move(source: Path, target: Path) -> None:
    """Move a file, over disks too: its bytes are on the disk before its name is."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}{_PARTIAL}{os.getpid()}")
    try:
        flush(source)
        try:
            source.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            shutil.copyfile(source, partial)
            flush(partial)
            partial.replace(target)
            source.unlink()
    finally:
        partial.unlink(missing_ok=True)
    flush(target.parent)


def flush(path: Path) -> None:
    """Wait until a file, or a folder's list of files, is on the disk."""
    if os.name != "posix" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
