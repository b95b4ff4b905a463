"""Where the pictures of a label file lie, and which of them are absent."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from trackside.core import InputError
from trackside.data.dataset import Dataset, Trouble
from trackside.data.formats.names import BadName, clean_name
from trackside.data.formats.there import is_file, is_folder, is_folder_entry

# Names that are tried to find the folder they are relative to, and how many folders are looked into.
_TRIED, _MOST_FOLDERS = 20, 400
_MOST_LISTED = 1000


def root_of(path: Path, images: Path | None, up: Sequence[str] = ("annotations", "labels", "gt")) -> Path:
    """The folder that items are named from: the pictures' if it is given, else the label file's, or the one above it if the
    label file lies in a folder of its own (`annotations/`).

    Raises:
        InputError: the pictures' folder is none.
    """
    if images is not None:
        if not is_folder(images):
            raise InputError("there is no such folder of pictures", where=str(images), fix="give the folder they lie in")
        return images
    folder = path if is_folder(path) else path.parent
    return folder.parent if folder != path and folder.name.lower() in up else folder


def base_of(root: Path, names: Iterable[str], hints: Sequence[str] = ()) -> str:
    """The folder below the root that the most of the first names are relative to; "" if none is found anywhere.

    Args:
        root: the data set's root.
        names: paths as the label file says them.
        hints: folders to try first.
    """
    tried = [name for name in islice(names, _TRIED) if name]
    best, most = "", 0
    for base in _candidates(root, hints):
        found = sum(_is_there(root, base, name) for name in tried)
        if found > most:
            best, most = base, found
        if found == len(tried):
            break
    return best


def _candidates(root: Path, hints: Sequence[str]) -> Iterable[str]:
    yield from dict.fromkeys(("", *hints, "images"))
    waiting = [""]
    for _ in range(_MOST_FOLDERS):
        if not waiting:
            return
        folder = waiting.pop(0)
        try:
            below = sorted(entry.name for entry in os.scandir(root / folder) if is_folder_entry(entry))
        except OSError:
            continue
        inside = [f"{folder}/{name}" if folder else name for name in below if not name.startswith(".")]
        yield from inside
        if folder.count("/") < 1:
            waiting.extend(inside[:_MOST_FOLDERS])


def _is_there(root: Path, base: str, name: str) -> bool:
    try:
        return is_file(root / clean_name(name, base, root))
    except (BadName, OSError, ValueError):
        return False


def absent_pictures(dataset: Dataset) -> list[Trouble]:
    """A trouble for each item whose file is not there; a single one if none is."""
    names = dataset.items.names.tolist()
    root = os.fspath(dataset.root)
    absent = [name for name in names if not _exists(f"{root}/{name}")]
    if absent and len(absent) == len(names):
        what = f"none of the {len(names)} pictures is there, such as {absent[0]}"
        return [Trouble(str(dataset.root), f"{what}; name their folder with images")]
    listed = [Trouble(name, "the picture is not there") for name in absent[:_MOST_LISTED]]
    if len(absent) > _MOST_LISTED:
        listed.append(Trouble(str(dataset.root), f"{len(absent) - _MOST_LISTED} more pictures are not there"))
    return listed


def _exists(path: str) -> bool:
    try:
        return os.path.isfile(path)  # noqa: PTH113 - a million times
    except (OSError, ValueError):
        return False
