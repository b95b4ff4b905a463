"""How fast a video goes and how long it still takes, by its last half minute: steady to read, soon right after a change."""

from __future__ import annotations

from collections import deque
from time import monotonic

from trackside.pipelines.progress import Progress

# Seconds of the past that count.
_WINDOW = 30.0


class Pace:
    """Fractions and records over time."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float, int]] = deque()

    def add(self, progress: Progress, at: float | None = None) -> None:
        """Take a report, at this moment or at `at` seconds of a steady clock."""
        at = monotonic() if at is None else at
        self._seen.append((at, progress.fraction or 0.0, progress.records))
        while len(self._seen) > 2 and at - self._seen[0][0] > _WINDOW:
            self._seen.popleft()

    @property
    def rate(self) -> float:
        """Records a second."""
        return self._speed(2)

    @property
    def seconds_left(self) -> float | None:
        """To the end of the video; None while there is nothing to tell it by."""
        speed = self._speed(1)
        return (1.0 - self._seen[-1][1]) / speed if speed > 0 else None

    @property
    def seconds_each(self) -> float | None:
        """For a whole video like this one; None while there is nothing to tell it by."""
        speed = self._speed(1)
        return 1.0 / speed if speed > 0 else None

    def _speed(self, column: int) -> float:
        if len(self._seen) < 2:
            return 0.0
        first, last = self._seen[0], self._seen[-1]
        return max(0.0, last[column] - first[column]) / max(last[0] - first[0], 1e-6)
