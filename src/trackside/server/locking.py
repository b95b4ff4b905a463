"""One server a data folder: two would take each other's unfinished work for their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trackside.core import InputError
from trackside.core.files import cannot_write


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold a data folder; it is let go when the process ends, however it ends.

    Raises:
        InputError: another server holds it.
        OutputError: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = FileLock(data / "server.lock")
        lock.acquire(timeout=0)
    except Timeout:
        fix = "open its page, or stop it, or give this one a folder of its own with --data"
        raise InputError("another Trackside server works in this folder", where=str(data), fix=fix) from None
    except OSError as error:
        raise cannot_write(data, error) from error
    try:
        yield
    finally:
        lock.release()
