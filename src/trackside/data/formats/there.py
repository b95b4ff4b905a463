"""Whether a file or a folder is there, asked of folders that may hold what we may not look at.

`Path.is_file` and its like raise `PermissionError` below a folder that cannot be entered (Python 3.11), and one such folder
must not cost the rest of a data set: what cannot be looked at counts as not there, and `walk` tells it as a trouble.
"""

from __future__ import annotations

import os
from pathlib import Path


def is_file(path: Path | str) -> bool:
    """Whether a file is there that we may look at."""
    return os.path.isfile(path)  # noqa: PTH113 - does not raise


def is_folder(path: Path | str) -> bool:
    """Whether a folder is there that we may look at."""
    return os.path.isdir(path)  # noqa: PTH112 - does not raise


def is_there(path: Path | str) -> bool:
    """Whether anything is there that we may look at."""
    return os.path.exists(path)  # noqa: PTH110 - does not raise


def is_folder_entry(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a folder is a folder, or a link to one that we may look at."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def files_at(path: Path, *patterns: str) -> list[Path]:
    """The path itself if it is a file; of a folder, what fits the patterns, in order of name."""
    if is_file(path):
        return [path]
    return sorted({found for pattern in patterns for found in path.glob(pattern)}) if is_folder(path) else []
