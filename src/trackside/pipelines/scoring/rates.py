"""Shares and rates with exact or score intervals, as counted things deserve."""

from __future__ import annotations

import math
from dataclasses import dataclass

from trackside.core.intervals import wilson

_TAIL = 0.025


def garwood(count: int, exposure: float = 1.0) -> tuple[float, float]:
    """The exact 95 % interval of a Poisson rate (Garwood, Biometrika 28, 1936).

    Args:
        count: events seen.
        exposure: hours in which they were seen; 0 gives (0, infinite).

    >>> tuple(round(edge, 3) for edge in garwood(0))
    (0.0, 3.689)
    >>> tuple(round(edge, 3) for edge in garwood(10))
    (4.795, 18.39)
    """
    from scipy.stats import chi2

    if exposure <= 0:
        return 0.0, math.inf
    low = 0.0 if count == 0 else float(chi2.ppf(_TAIL, 2 * count)) / 2
    return low / exposure, float(chi2.ppf(1 - _TAIL, 2 * count + 2)) / 2 / exposure


def rule_of_three(hours: float) -> float:
    """The rate an hour that remains possible (95 %, one-sided) when nothing happened in so many hours: 3 / hours.

    The exact number is 2.996 (Hanley and Lippman-Hand, JAMA 249, 1983).
    """
    return math.inf if hours <= 0 else -math.log(0.05) / hours


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    count: int

    @property
    def value(self) -> float:
        """0 to 1; NaN of nothing."""
        return self.hits / self.count if self.count else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, 95 %."""
        return wilson(self.hits, self.count)

    def __str__(self) -> str:
        if not self.count:
            return "-"
        low, high = self.interval
        return f"{self.value:.1%} ({low:.0%} to {high:.0%})"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many hours."""

    count: int
    hours: float

    @property
    def value(self) -> float:
        """An hour; NaN of no time."""
        return self.count / self.hours if self.hours > 0 else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Garwood's, 95 %."""
        return garwood(self.count, self.hours)

    def __str__(self) -> str:
        if self.hours <= 0:
            return "-"
        low, high = self.interval
        return f"{self.value:.3g} ({low:.3g} to {high:.3g})"
