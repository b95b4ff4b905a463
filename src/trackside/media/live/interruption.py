"""Making a read that waits for a silent camera return at once.

FFmpeg asks a callback ten times a second, while it waits for the network, whether it shall give up. PyAV's callback knows
timeouts only: it looks at `time.monotonic()` in the reading thread. Closing the container from another thread meanwhile
would free memory that is in use. So the module that holds the callback gets a clock of ours, which for a reader that was
told to stop runs ahead by years: its timeout is over, and FFmpeg gives up in good order. Where a later PyAV looks elsewhere,
reads end with their ordinary timeout.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_YEARS = 1e9
_stops: dict[int, threading.Event] = {}
_leaps = itertools.count(1)
_lock = threading.Lock()


class _Clock:
    """Stands in for the module `time` where PyAV looks at it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    @staticmethod
    def monotonic() -> float:
        """Seconds; further ahead at every call in a thread that was told to stop, whenever its timeout began."""
        stop = _stops.get(threading.get_ident())
        if stop is not None and stop.is_set():
            return time.monotonic() + _YEARS * next(_leaps)
        return time.monotonic()


@contextmanager
def stoppable(stop: threading.Event) -> Iterator[None]:
    """While inside, PyAV's reads with a timeout in this thread end within about a tenth of a second after `stop` is set."""
    _install()
    thread = threading.get_ident()
    before = _stops.get(thread)
    _stops[thread] = stop
    try:
        yield
    finally:
        if before is None:
            _stops.pop(thread, None)
        else:
            _stops[thread] = before


def _install() -> None:
    from av.container import core

    module: Any = core
    if module.time is not time:
        return
    with _lock:
        if module.time is time:
            module.time = _Clock()
