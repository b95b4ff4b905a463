"""Names of items: paths below the data set's root that can never lead out of it."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from trackside.data.formats.there import is_folder_entry

PICTURES = frozenset((".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".pgm", ".tif", ".tiff", ".webp"))
"""Suffixes of files that are taken for pictures."""

SPLITS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "val"),
    **dict.fromkeys(("test", "testing"), "test"),
}
"""Names of folders and files that mean a split, and the split."""

_LONGEST = 4096
_DRIVE = re.compile("[A-Za-z]:/")
"""The beginning of an absolute path of Windows."""


class BadName(ValueError):
    """A name that cannot be an item's; the text says why, one clause."""


def clean_name(text: str, base: str = "", root: Path | None = None) -> str:
    """The name of an item from what a file says.

    Args:
        text: a path relative to `base`; back slashes count as slashes; an absolute path must lie below `root`.
        base: a folder below the root, with `/`.
        root: the data set's root, for absolute paths.

    Raises:
        BadName: the path is empty, leads out of the root, or holds what no file name can.
    """
    path = text.replace("\\", "/")
    if not path.strip("/. ") or "\0" in path or len(path) > _LONGEST:
        raise BadName("the path is empty" if not path.strip("/. ") else "the path is none")
    if not _is_unicode(path):
        raise BadName("the path is not UTF-8")
    if path.startswith("/"):
        path = _below(path, root)
        base = ""
    if _DRIVE.match(path):
        raise BadName("the path is absolute and leads out of the data set")
    name = posixpath.normpath(posixpath.join(base, path))
    if name == ".." or name.startswith("../"):
        raise BadName("the path leads out of the data set")
    return name


def _below(path: str, root: Path | None) -> str:
    for folder in () if root is None else (root.absolute().as_posix(), root.resolve().as_posix()):
        if path.startswith(folder.rstrip("/") + "/"):
            return path[len(folder.rstrip("/")) + 1 :]
    raise BadName("the path is absolute and leads out of the data set")


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def is_picture(name: str) -> bool:
    """Whether a file's name ends as pictures' names do."""
    return os.path.splitext(name)[1].lower() in PICTURES  # noqa: PTH122 - a million times


def split_in(name: str) -> str:
    """The split that a file's name tells (`instances_train2017.json`), or an empty text."""
    word = ""
    for letter in name.lower() + " ":
        if letter.isascii() and letter.isalpha():
            word += letter
        elif word in SPLITS:
            return SPLITS[word]
        else:
            word = ""
    return ""


def walk(root: Path) -> Iterator[tuple[str, list[str], list[str], str]]:
    """Folders below a root in order of name: the folder's name ("" for the root), its files, its folders, and a trouble.

    Links to folders are followed, but no folder is entered from within itself. Hidden files and folders are left out.
    """
    waiting: list[tuple[str, frozenset[str]]] = [("", frozenset())]
    while waiting:
        name, above = waiting.pop()
        real = os.path.realpath(root / name)
        if real in above:
            yield name, [], [], "the link leads back to a folder above it"
            continue
        try:
            files, folders = _listing(root / name)
        except OSError as error:
            yield name, [], [], f"the folder cannot be read ({error.strerror or error})"
            continue
        yield name, files, folders, ""
        waiting.extend((f"{name}/{folder}" if name else folder, above | {real}) for folder in reversed(folders))


def _listing(folder: Path) -> tuple[list[str], list[str]]:
    files: list[str] = []
    folders: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                (folders if is_folder_entry(entry) else files).append(entry.name)
    return sorted(files), sorted(folders)
