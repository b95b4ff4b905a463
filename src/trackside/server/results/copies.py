"""Local copies of files in a bucket, since readers of tables and videos need a real file. Bounded: the oldest go first."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from trackside.core import InputError
from trackside.server.context import Site
from trackside.server.files import Files
from trackside.server.problems import missing

NAME = "copies"
# A day's results of one team: what does not fit is fetched again.
_MOST_BYTES = 2 << 30


class Copies:
    """Copies of remote files by key and content; files of a local folder are used as they are.

    Args:
        files: where they lie.
        folder: for the copies. What an earlier server left there is removed at the first copy.
        most: bytes of all copies together; a copy that is being read stays readable.
    """

    def __init__(self, files: Files, folder: Path, *, most: int = _MOST_BYTES) -> None:
        self._files, self._folder, self._most = files, folder, most
        self._sizes: OrderedDict[Path, int] = OrderedDict()
        self._lock = threading.Lock()
        self._fetching: dict[Path, threading.Lock] = {}
        self._swept = False

    def start(self) -> None:
        """Nothing: copies are made when they are asked for."""

    def stop(self) -> None:
        """Remove all copies."""
        with self._lock:
            self._sizes.clear()
            self._swept = False
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """The file as a local path.

        Raises:
            Refused: 404, it is gone.
        """
        try:
            if self._files.is_local:
                with self._files.local(key) as path:
                    yield path
                return
            yield self._copy(key)
        except InputError as error:
            if error.where == key:
                raise missing("file") from error
            raise

    def _copy(self, key: str) -> Path:
        stat = self._files.stat(key)
        name = hashlib.sha256(f"{key} {stat.tag}".encode()).hexdigest()[:32]
        path = self._folder / f"{name}{Path(key).suffix}"
        with self._lock:
            self._sweep()
            fetching = self._fetching.setdefault(path, threading.Lock())
        with fetching:
            if not path.is_file():
                with self._files.local(key) as fetched:
                    fetched.replace(path)
        with self._lock:
            self._fetching.pop(path, None)
            self._sizes[path] = stat.size
            self._sizes.move_to_end(path)
            self._make_room()
        return path

    def _sweep(self) -> None:
        if not self._swept:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
            self._swept = True

    def _make_room(self) -> None:
        while len(self._sizes) > 1 and sum(self._sizes.values()) > self._most:
            oldest, _ = self._sizes.popitem(last=False)
            with suppress(OSError):
                oldest.unlink(missing_ok=True)


def copies_of(site: Site) -> Copies:
    """The copies of a site."""
    found: Copies = site.services.setdefault(NAME, Copies(site.files, site.settings.data / "copies"))
    return found
