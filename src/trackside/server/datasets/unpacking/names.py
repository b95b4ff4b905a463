"""Names of files in archives, which may be hostile: they become parts of a path below a folder, or are refused."""

from __future__ import annotations

import re

from trackside.core import InputError
from trackside.server.datasets.indexing import clean
from trackside.server.uploads.names import clean_name

_MOST_PARTS = 40
_DRIVE = re.compile(r"[A-Za-z]:")
# What operating systems put beside people's files.
_LITTER = frozenset((".ds_store", "thumbs.db", "desktop.ini", "__macosx", ".spotlight-v100", ".trashes", ".fseventsd"))


def parts_of(name: str) -> tuple[str, ...]:
    r"""The parts of a name; none for the top itself. Windows' `\` parts too.

    >>> parts_of("./swim\\day 1/a.jpg")
    ('swim', 'day 1', 'a.jpg')

    Raises:
        InputError: it leads out of the archive's folder, or is no name.
    """
    plain = name.replace("\\", "/")
    parts = tuple(part for part in plain.split("/") if part not in ("", "."))
    if plain.startswith("/") or ".." in parts or _DRIVE.match(plain):
        what = f"the archive cannot be unpacked: {shown(name)} leads out of its folder"
        raise InputError(what, fix="pack the folder itself, without absolute paths, and upload that")
    if len(parts) > _MOST_PARTS or any(ord(sign) < 32 for sign in plain):
        what = f"the archive cannot be unpacked: {shown(name)} is no name for a file"
        raise InputError(what, fix="give it a shorter, plain one")
    return parts


def is_litter(parts: tuple[str, ...]) -> bool:
    """Whether a file is none of the data set: what macOS and Windows put there."""
    return any(part.lower() in _LITTER for part in parts) or parts[-1].startswith("._")


def shown(name: str) -> str:
    """The end of a name, fit to be shown."""
    return clean_name(clean(name), "a file")[:80]
