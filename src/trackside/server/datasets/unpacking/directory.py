"""How long the directory at the end of a ZIP is, before it is read: the reader holds all of it in memory.

Structures: APPNOTE.TXT 6.3.10 of PKWARE, sections 4.3.14 to 4.3.16.
"""

from __future__ import annotations

import struct
from typing import IO

from trackside.core import InputError

_END, _LOCATOR, _END64 = b"PK\5\6", b"PK\6\7", b"PK\6\6"
_END_BYTES, _LOCATOR_BYTES, _MOST_COMMENT = 22, 20, 0xFFFF
_IN_64 = 0xFFFFFFFF
# About a million files.
_MOST = 128 << 20


def check_directory(file: IO[bytes], length: int) -> None:
    """Let a ZIP pass whose directory can be held in memory; it is left at its beginning.

    Args:
        file: the ZIP.
        length: of the file, bytes.

    Raises:
        InputError: its directory is too long.
    """
    if _directory_bytes(file, length) > _MOST:
        raise InputError("the archive holds too many files", fix="upload it in parts of less than a million files")
    file.seek(0)


def _directory_bytes(file: IO[bytes], length: int) -> int:
    start = max(0, length - _END_BYTES - _MOST_COMMENT - _LOCATOR_BYTES)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_BYTES > len(tail):
        return 0
    size: int = struct.unpack_from("<L", tail, at + 12)[0]
    before = at - _LOCATOR_BYTES
    if before < 0 or tail[before : before + 4] != _LOCATOR:
        return size
    file.seek(min(struct.unpack_from("<Q", tail, before + 8)[0], length))
    whole = file.read(56)
    return int(struct.unpack_from("<Q", whole, 40)[0]) if len(whole) == 56 and whole.startswith(_END64) else size
