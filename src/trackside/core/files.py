"""Writing that is whole or absent, and hashing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from trackside.core.errors import OutputError

_CHUNK = 1 << 20


@contextlib.contextmanager
def atomic_open(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Open a file that appears at `path` only if the block ends well: temporary file beside it, fsync, rename.

    Raises:
        OutputError: no space, no permission, or a folder in the way.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        with os.fdopen(handle, mode, encoding=None if "b" in mode else "utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all."""
    with atomic_open(path) as file:
        file.write(text)


def write_json(path: Path, data: object) -> None:
    """Write readable JSON, whole or not at all. NaN and infinity are refused: JSON has neither."""
    write_text(path, json.dumps(data, indent=2, allow_nan=False, default=str) + "\n")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def cannot_write(path: Path, error: OSError) -> OutputError:
    """The user's form of a failed write."""
    reason = error.strerror or str(error)
    fix = "free some space and run again" if error.errno == 28 else "choose another output folder"
    return OutputError(f"cannot write ({reason})", where=str(path), fix=fix)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
