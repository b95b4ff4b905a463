"""Numbers on their way to a store: kept in memory for at most a second, written by a thread, so that no loop waits."""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trackside.core import TracksideError

SECONDS = 1.0
NUMBERS = 500
PATIENCE = 60.0
"""Seconds that `close` goes on trying where the store is busy."""
_BATCH = 1000
_MOST = 200_000
_LONGEST_PAUSE = 10.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One number: name, value, step, and when it was told (milliseconds since 1970)."""

    name: str
    value: float
    step: int
    time: int


class Buffer:
    """Writes in the background, in the order of telling.

    Args:
        write: takes at most 1000 entries; raises a `TracksideError` if they were not kept.
        trouble: told what went wrong, each time that it begins to.
    """

    def __init__(self, write: Callable[[Sequence[Entry]], None], trouble: Callable[[str], None]) -> None:
        self._write, self._trouble = write, trouble
        self._entries: list[Entry] = []
        self._news = threading.Condition()
        self._closing = False
        self._failing = False
        self._gives_up = float("inf")
        self._owner = os.getpid()
        self.dropped = 0
        self._thread = threading.Thread(target=self._work, name="trackside-records", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def add(self, entries: Sequence[Entry]) -> None:
        """Take entries. Never waits for the store; beyond 200,000 unwritten numbers the oldest are dropped and counted."""
        with self._news:
            self._entries.extend(entries)
            beyond = len(self._entries) - _MOST
            if beyond > 0:
                del self._entries[:beyond]
                self.dropped += beyond
            self._news.notify()

    def close(self) -> int:
        """Write what is left and stop.

        Returns:
            How many numbers could not be written.
        """
        atexit.unregister(self.close)
        if os.getpid() != self._owner:  # A forked child has the entries but not the thread: they are its parent's.
            return 0
        with self._news:
            self._closing = True
            self._gives_up = time.monotonic() + PATIENCE
            self._news.notify()
        self._thread.join()
        return len(self._entries) + self.dropped

    def _work(self) -> None:
        pause = SECONDS
        while True:
            with self._news:
                self._news.wait_for(lambda: self._entries or self._closing)
                self._news.wait_for(lambda: len(self._entries) >= NUMBERS or self._closing, timeout=pause)
                if not self._entries:
                    return
                batch = self._entries[:_BATCH]
                del self._entries[: len(batch)]
            if self._kept(batch):
                pause = SECONDS
                continue
            with self._news:
                self._entries[:0] = batch
            if self._closing and time.monotonic() > self._gives_up:
                return
            pause = min(2 * pause, _LONGEST_PAUSE)
            time.sleep(min(pause, 0.2 if self._closing else pause))

    def _kept(self, batch: Sequence[Entry]) -> bool:
        """Whether a batch was written; trouble is told once until it is over."""
        try:
            self._write(batch)
        except TracksideError as error:
            if not self._failing:
                self._trouble(str(error))
            self._failing = True
            return False
        self._failing = False
        return True
