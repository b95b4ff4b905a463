"""Files by key, in a folder or in a bucket. Keys are made by us; no name from a user reaches the file system."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fsspec

from trackside.core import InputError, OutputError

_KEY = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w. -]*)*\Z")
_CHUNK = 1 << 20


class Files:
    """Files by key, such as `videos/<id>/source.mp4`.

    Args:
        address: a folder, or an fsspec address such as `s3://bucket/prefix`.
        scratch: a local folder for copies of remote files.
        options: for the file system (endpoint, keys); from the environment if left out.
    """

    def __init__(self, address: str, scratch: Path, **options: Any) -> None:
        self._system, self._root = fsspec.core.url_to_fs(address, **options)
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

    def size(self, key: str) -> int:
        """Its bytes. Raises InputError if it is not there."""
        try:
            return int(self._system.size(self.path(key)))
        except FileNotFoundError:
            raise InputError("the file is gone", where=key, fix="run the video again") from None

    def keys(self, prefix: str) -> list[str]:
        """All files under a prefix, sorted."""
        found = self._system.find(self.path(prefix)) if self._system.exists(self.path(prefix)) else []
        return sorted(str(path).removeprefix(f"{self._root}/") for path in found)

    def chunks(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end` (not included), in pieces of at most 1 MiB."""
        with self._system.open(self.path(key), "rb", **({} if self.is_local else {"cache_type": "none"})) as file:
            file.seek(start)
            left = (self.size(key) if end is None else end) - start
            while left > 0 and (chunk := file.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk

    def read(self, key: str) -> bytes:
        """A small file's bytes."""
        return bytes(self._system.cat_file(self.path(key)))

    def take(self, source: Path, key: str) -> None:
        """Move a local file in; it appears whole.

        Raises:
            OutputError: no space, no permission, or the bucket does not answer.
        """
        target = self.path(key)
        try:
            if self.is_local:
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                partial = Path(f"{target}.partial-{os.getpid()}")
                shutil.move(source, partial)
                partial.replace(target)
            else:
                self._system.put_file(str(source), target)
                source.unlink()
        except OSError as error:
            raise OutputError(f"cannot keep the file ({error.strerror or error})", fix="free some space") from error

    def take_folder(self, folder: Path, prefix: str) -> None:
        """Move a folder's files in under a prefix; what lay there is replaced."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.take(path, f"{prefix}/{path.relative_to(folder).as_posix()}")

    def delete(self, prefix: str) -> None:
        """Remove a file, or all files under a prefix; nothing to do if there are none."""
        path = self.path(prefix)
        if self._system.exists(path):
            self._system.rm(path, recursive=True)

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """The file as a local path: itself in a folder, a copy that goes away afterwards else."""
        if self.is_local:
            path = Path(self.path(key))
            if not path.is_file():
                raise InputError("the file is gone", where=key, fix="upload the video again")
            yield path
            return
        self._scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="copy-", dir=self._scratch) as folder:
            path = Path(folder) / key.rpartition("/")[2]
            self._system.get_file(self.path(key), str(path))
            yield path
