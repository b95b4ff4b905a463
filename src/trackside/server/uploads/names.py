"""Names from users, made fit to be shown. They reach no file system: files are named by us."""

from __future__ import annotations

import re
import unicodedata

_MOST_NAME, _MOST_FOLDER, _MOST_SUFFIX = 255, 500, 12
# Marks that turn the direction of writing: `gpj.exe` would be shown as `exe.jpg` (Unicode TR 36, section 2.5).
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PATH = re.compile(r"[\\/]+")


def clean_name(text: str, otherwise: str = "video") -> str:
    """The last part of a path, without control characters, at most 255 characters with its suffix kept; never empty."""
    parts = [part for part in (_plain(part) for part in _PATH.split(text)) if part.strip(".")]
    name = parts[-1] if parts else otherwise
    if len(name) <= _MOST_NAME:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix) > _MOST_SUFFIX:
        return name[:_MOST_NAME].strip()
    return f"{stem[: _MOST_NAME - len(suffix) - 1].strip()}{dot}{suffix}"


def clean_folder(text: str) -> str:
    """A folder's name, a label such as `Heats/Day 2`: no control characters, no empty parts, at most 500 characters."""
    parts = [part for part in (_plain(part) for part in _PATH.split(text)) if part.strip(".")]
    return "/".join(parts)[:_MOST_FOLDER].strip("/ ")


def _plain(text: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(c for c in text if c not in _DIRECTION and unicodedata.category(c) not in ("Cc", "Cs")).strip()
