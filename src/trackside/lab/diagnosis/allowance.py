"""Time for experiments, in seconds of this thread's own work: on a busy machine the clock runs on while nothing is tried."""

from __future__ import annotations

import time

PATIENCE = 2.0
"""How many times the allowance may pass by the clock."""


class Allowance:
    """So many seconds of work, and at most twice as many by the clock."""

    def __init__(self, seconds: float) -> None:
        self._work = time.thread_time() + seconds
        self._clock = time.perf_counter() + PATIENCE * seconds

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return min(self._work - time.thread_time(), self._clock - time.perf_counter())
