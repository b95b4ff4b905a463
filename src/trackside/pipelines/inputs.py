"""From what a user names (files, folders, patterns already expanded by the shell) to the streams of a run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from trackside.core import InputError

VIDEO_SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in (
        *("3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg"),
        *("mpg", "mts", "mxf", "ogv", "ts", "vob", "webm", "wmv"),
    )
)


def expand_inputs(paths: Iterable[Path]) -> dict[str, Path]:
    """Streams by unique, file-system-safe name. A folder that holds videos stands for them; one of images is one stream.

    Raises:
        InputError: a path that does not exist.
    """
    streams: dict[str, Path] = {}
    for path in paths:
        if not path.exists():
            raise InputError("no such file or folder", where=str(path), fix="check the path")
        for one in _videos_in(path) or [path]:
            streams[_unique_name(one, streams)] = one
    return streams


def safe_stem(path: Path) -> str:
    """The input's name without suffix, fit for a folder's name."""
    return re.sub(r"[^\w.-]+", "_", path.resolve().stem).strip("._") or "input"


def _videos_in(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    return sorted(child for child in path.iterdir() if child.suffix.lower() in VIDEO_SUFFIXES and child.is_file())


def _unique_name(path: Path, taken: dict[str, Path]) -> str:
    stem = safe_stem(path)
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name
