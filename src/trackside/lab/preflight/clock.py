"""A budget of seconds that rungs share."""

from __future__ import annotations

import time


class Clock:
    """Counts down a budget.

    Args:
        seconds: the whole budget.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left of the whole; 0 when it is spent."""
        return max(self._end - time.monotonic(), 0.0)

    def share(self, share: float) -> Clock:
        """A clock of its own with a share of the whole budget, or with what is left if that is less."""
        return Clock(min(self.seconds * share, self.left))

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0
