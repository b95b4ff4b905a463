"""The error of one split, with what is needed for an interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.core.intervals import Z95, wilson


@dataclass(frozen=True, slots=True)
class Measured:
    """The error on a split.

    Attributes:
        error: its mean: a share of wrong answers, or an error in the task's unit.
        count: items that it was measured on; None where the error is taken as known (human error from a book).
        spread: standard deviation over items; None for shares, whose spread follows from the error.
    """

    error: float
    count: int | None = None
    spread: float | None = None

    @classmethod
    def of(cls, errors: NDArray[np.floating] | NDArray[np.bool_] | Sequence[float]) -> Measured:
        """The error of items.

        Args:
            errors: [n], true or 1 for a wrong answer, or each item's own error.

        Raises:
            InputError: there are no items, or an error is NaN.
        """
        values = np.asarray(errors, np.float64).reshape(-1)
        if not len(values):
            raise InputError("a split without items has no error", fix="give the errors of at least one item")
        if not np.isfinite(values).all():
            raise InputError("an item's error is NaN or infinite", fix="leave such items out, and say so")
        mean = float(values.mean())
        if np.isin(values, (0.0, 1.0)).all():
            return cls(mean, len(values))
        return cls(mean, len(values), float(values.std(ddof=1)) if len(values) > 1 else math.inf)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval: Wilson's for shares, the normal one for means."""
        if self.count is None:
            return self.error, self.error
        if self.spread is None:
            return wilson(self.error * self.count, self.count)
        half = Z95 * self.spread / math.sqrt(self.count)
        return self.error - half, self.error + half


def difference(above: Measured, below: Measured) -> tuple[float, float]:
    """The 95 % interval of the difference of two errors on different items.

    Newcombe's hybrid interval (Statistics in Medicine 17, 1998, method 10): the distances of both estimates to the ends
    of their own intervals, added in squares. For shares it keeps its promise where a normal interval does not, near 0.
    """
    (low_above, high_above), (low_below, high_below) = above.interval, below.interval
    middle = above.error - below.error
    down = math.hypot(above.error - low_above, high_below - below.error)
    up = math.hypot(high_above - above.error, below.error - low_below)
    return middle - down, middle + up
