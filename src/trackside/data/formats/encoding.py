"""How the letters of a text file are written: UTF-8 as all should be, or what spreadsheets save.

A file whose letters beyond ASCII are none of them UTF-8 is taken for Windows-1252, which holds Latin-1 (WHATWG, Encoding
Standard: the label `latin1` means windows-1252). Replacing them would make "Äste" and "Öste" one class.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

UTF8 = "utf-8"
_WINDOWS, _LATIN = "cp1252", "latin-1"
_TITLES = {_WINDOWS: "Windows-1252", _LATIN: "Latin-1", "utf-16": "UTF-16"}
# Bytes that mean nothing in Windows-1252.
_NOT_WINDOWS = frozenset(b"\x81\x8d\x8f\x90\x9d")
_CHUNK = 1 << 20


def encoding_of(file: Path, *, quick: bool = False) -> str:
    """The encoding of a file's text; UTF-8 also where only some of it is broken, and where it cannot be read.

    Args:
        file: the file.
        quick: whether its beginning is enough.
    """
    try:
        with file.open("rb") as opened:
            chunks = iter(lambda: opened.read(_CHUNK), b"")
            first = next(chunks, b"")
            if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and b"\0" in first:
                return "utf-16"
            return _of_bytes(first, iter(()) if quick else chunks)
    except OSError:
        return UTF8


def _of_bytes(first: bytes, chunks: Iterator[bytes]) -> str:
    """UTF-8 if a letter beyond ASCII is, or if there is none; else what spreadsheets of the West save."""
    decoder = codecs.getincrementaldecoder(UTF8)("surrogateescape")
    is_windows, broken, chunk = True, False, first
    while True:
        text = decoder.decode(chunk, not chunk)
        if not text.isascii():
            escaped = [letter for letter in set(text) if "\udc80" <= letter <= "\udcff"]
            if any(letter > "\x7f" and letter != "\ufeff" and letter not in escaped for letter in set(text)):
                return UTF8
            broken = broken or bool(escaped)
            is_windows = is_windows and not any(ord(letter) - 0xDC00 in _NOT_WINDOWS for letter in escaped)
        if not chunk:
            break
        chunk = next(chunks, b"")
    return UTF8 if not broken else _WINDOWS if is_windows else _LATIN


def title_of(encoding: str) -> str:
    """An encoding as people know it."""
    return _TITLES.get(encoding, encoding.upper())


def mended(text: str) -> str:
    """A text with bytes that are not UTF-8 as surrogates (PEP 383), read as Windows-1252 as a whole.

    >>> mended(b"\\xc4ste".decode("utf-8", "surrogateescape"))
    'Äste'
    """
    data = text.encode(UTF8, "surrogateescape")
    try:
        return data.decode(_WINDOWS)
    except UnicodeDecodeError:
        return data.decode(_LATIN)
