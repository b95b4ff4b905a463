"""The losses of a run, step for step: where they begin, where they end, whether they jump."""

from __future__ import annotations

import math
import statistics

JUMP = 8.0
"""A loss that rises to so many times its first values has jumped."""
FIRST = 10
"""Losses that count as the first ones; a run with fewer neither rises nor jumps."""


class Losses(list[float]):
    """Losses of all steps."""

    @property
    def start(self) -> float:
        """The loss of the first step, or the median of the first fiftieth where that is lower."""
        return min(self[0], statistics.median(self[: max(1, len(self) // 50)])) if self else math.nan

    @property
    def end(self) -> float:
        """The median loss of the last tenth of the steps."""
        return _median(self[-max(1, len(self) // 10) :])

    @property
    def falls(self) -> bool:
        """Whether the loss still fell in the last half of the steps."""
        third = self[len(self) // 2 : max(1, 3 * len(self) // 4)]
        return self.end < _median(third) - 0.03 * abs(_median(third))

    @property
    def rises(self) -> bool:
        """Whether the loss ended plainly above where it began."""
        return len(self) >= FIRST and self.end > 1.5 * self.start > 0

    @property
    def jumped(self) -> bool:
        """Whether the loss rose far above its first values."""
        if len(self) < FIRST:
            return False
        first = statistics.median(self[:FIRST])
        return first > 0 and max(self) > JUMP * first

    @property
    def broken(self) -> bool:
        """Whether any loss is NaN or infinite."""
        return not all(map(math.isfinite, self))


def _median(values: list[float]) -> float:
    """The median, of two middle values the lower one; NaN among them counts as the largest."""
    ordered = sorted(values, key=lambda value: math.inf if math.isnan(value) else value)
    return ordered[(len(ordered) - 1) // 2] if ordered else math.nan
