"""Files of a run: which there are, and sending one.

The store tells where they lie, and others may write into the store: only a folder that MLflow made for the run is read, and
nothing that leads out of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from fastapi import Request, Response

from trackside.core import InputError
from trackside.lab.records import Run
from trackside.server.experiments.service import Records
from trackside.server.experiments.shapes import Kind, RunFile
from trackside.server.files.storage import Stat
from trackside.server.problems import missing
from trackside.server.results.reports import HEADERS
from trackside.server.sending import send, type_of

MOST_FILES = 2000
_CHUNK = 1 << 20
_TEXTS = ("diff", "log", "md", "patch", "py", "toml", "txt", "yaml", "yml")
_TYPES = {"svg": "image/svg+xml", **dict.fromkeys(_TEXTS, "text/plain; charset=utf-8")}
_KINDS: dict[str, Kind] = {"csv": "table", "html": "page", "json": "facts"}
# A picture may hold scripts (SVG), and any file may be looked at as a page: none of it runs, or is asked for anything.
_STRANGER = {
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'"
}


@dataclass(frozen=True)
class RunFolder:
    """The files of a run as `send` takes them; keys are paths below the folder.

    Attributes:
        root: the folder, without links.
    """

    root: Path

    def path(self, key: str) -> Path:
        """Where a file lies. Raises InputError for what is no file of the run."""
        named = PurePosixPath(key)
        path = self.root.joinpath(*named.parts)
        # A path without links on the way is its own real path: nothing leads out of the folder.
        straight = not named.is_absolute() and ".." not in named.parts and os.path.realpath(path) == str(path)
        if not straight or not path.is_file():
            raise InputError("there is no such file", where=key)
        return path

    def stat(self, key: str) -> Stat:
        """Its size and age. Raises InputError if it is not there."""
        try:
            found = self.path(key).stat()
        except (OSError, ValueError) as error:
            raise InputError("the file cannot be read", where=key) from error
        tag = f"{found.st_mtime_ns:x}g{found.st_size:x}"
        return Stat(found.st_size, datetime.fromtimestamp(found.st_mtime, UTC), tag)

    def chunks(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end` (not included), in pieces of at most 1 MiB."""
        left = (self.stat(key).size if end is None else end) - start
        with self.path(key).open("rb") as file:
            file.seek(start)
            while left > 0 and (chunk := file.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk


def folder_of(run: Run) -> RunFolder | None:
    """Where its files lie: as it was recorded, or beside a store that was moved since; None if not on this machine."""
    told = urlsplit(run.files)
    places = [Path(unquote(told.path))] if told.path and told.scheme in ("", "file") else []
    if run.store.folder is not None:
        places.append(run.store.folder / "artifacts" / run.id / "artifacts")
    for place in places:
        root = Path(os.path.realpath(place))
        if place.is_absolute() and root.parts[-2:] == (run.id, "artifacts") and root.is_dir():
            return RunFolder(root)
    return None


def listed(run: Run, folder: RunFolder | None) -> tuple[list[RunFile], str]:
    """Files by path, and why there are no more."""
    if folder is None:
        scheme = urlsplit(run.files).scheme
        elsewhere = scheme not in ("", "file")
        return [], f"its files lie elsewhere ({scheme}) and are not shown here: `mlflow ui` shows them" if elsewhere else ""
    found: list[RunFile] = []
    for path in _walk(folder.root):
        if len(found) == MOST_FILES:
            return found, f"only the first {MOST_FILES:,} files are shown"
        found.append(_file(run, path, folder.root / path))
    return found, ""


def address_of(run: Run, path: str) -> str:
    """The address of a file of a run."""
    return f"/api/experiments/runs/{run.id}/file?path={quote(path, safe='/')}"


def answer(records: Records, run: str, path: str, request: Request, *, download: bool) -> Response:
    """Send a file.

    Raises:
        Refused: 404, there is no such run or file; 416, the part that is asked for lies outside.
    """
    found, _ = records.run(run)
    folder = folder_of(found)
    if folder is None:
        raise missing("file")
    name = path.rpartition("/")[2]
    sent = send(folder, path, request, name=name if download else "", media_type=media_type(path))
    sent.headers.update(HEADERS if _suffix(path) == "html" else _STRANGER)
    return sent


def media_type(path: str) -> str:
    """By the suffix."""
    return _TYPES.get(_suffix(path)) or type_of(path)


def _suffix(path: str) -> str:
    return path.rpartition(".")[2].lower()


def _walk(root: Path) -> Iterator[str]:
    """Paths of files below a folder, those of a folder before those of the folders in it; links are left out."""
    for place, folders, names in os.walk(root):
        folders.sort()
        below = Path(place).relative_to(root)
        yield from ((below / name).as_posix() for name in sorted(names) if not (Path(place) / name).is_symlink())


def _file(run: Run, path: str, there: Path) -> RunFile:
    kind = media_type(path)
    try:
        size = there.stat().st_size
    except OSError:  # It went away while we looked.
        size = 0
    return RunFile(path=path, bytes=size, media_type=kind, kind=_kind(path, kind), address=address_of(run, path))


def _kind(path: str, media: str) -> Kind:
    first = media.partition("/")[0]
    known: dict[str, Kind] = {"image": "picture", "video": "video", "text": "text"}
    return _KINDS.get(_suffix(path)) or known.get(first, "other")
