"""Which moments of a stream to keep."""

from __future__ import annotations

import math

from trackside.core import SettingError

# Time stamps are multiples of a time base and fall just beside round numbers of seconds: half a microsecond is taken as
# equal.
TIME_SLACK = 5e-7


class Grid:
    """Which times to keep: the first at or after each multiple of `every` seconds, between `start` and `end`.

    A grid instead of a distance to the last one kept: it does not drift, and finds the same moments at any frame rate.

    Raises:
        SettingError: a time is negative or no number, or the end does not come after the start.
    """

    def __init__(self, every: float, start: float, end: float | None) -> None:
        for name, value in (("every", every), ("start", start)):
            if not (value >= 0 and math.isfinite(value)):
                raise SettingError(f"{value} is no time", where=name, fix="give seconds, 0 or more")
        if end is not None and not end > start:
            raise SettingError(f"{end:g} s does not come after the start, {start:g} s", where="end", fix="give a later end")
        self.end = end
        self._every, self._start = every, start
        self._next = 0

    def is_over(self, time: float) -> bool:
        """Whether this time is at or after the end."""
        return self.end is not None and time >= self.end - TIME_SLACK

    def takes(self, time: float) -> bool:
        """Whether to keep the frame of this time. Ask in order, once each."""
        if time < self._start - TIME_SLACK:
            return False
        if self._every <= 0:
            return True
        slot = int((time - self._start + TIME_SLACK) // self._every)
        if slot < self._next:
            return False
        self._next = slot + 1
        return True
