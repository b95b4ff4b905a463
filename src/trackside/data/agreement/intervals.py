"""Intervals of agreement by resampling units: what another draw of images would have given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
_LEVEL = 0.95
# Resamples that are weighed at once: bounds memory at a hundred thousand units.
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Interval:
    """A number and its 95 % interval; NaN where there is too little to say."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} (95 % interval {self.low:.3f} to {self.high:.3f})"


def share(parts: NDArray[np.float64], seed: int = 0) -> Interval:
    """A share whose numerator and denominator are sums over units: float64 [units, 2], above and below the line."""

    def shares(draws: NDArray[np.float64]) -> NDArray[np.float64]:
        above, below = (draws @ parts).T
        return np.asarray(np.divide(above, below, out=np.full(len(draws), np.nan), where=below > 0))

    return bootstrap(float(shares(np.ones((1, len(parts))))[0]), shares, len(parts), seed)


def bootstrap(
    value: float, statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]], units: int, seed: int = 0
) -> Interval:
    """The percentile interval over resampled units (Efron and Tibshirani 1993, An Introduction to the Bootstrap, 13.3).

    Args:
        value: of the units as they are.
        statistic: float64 [resamples, units], how often each unit was drawn, to float64 [resamples], the number.
        units: how many there are.
        seed: of the draws.
    """
    if units < 2 or not np.isfinite(value):
        return Interval(value, float("nan"), float("nan"))
    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(0, RESAMPLES, _AT_ONCE):
        weights = random.multinomial(units, np.full(units, 1 / units), _AT_ONCE).astype(np.float64)
        drawn.append(statistic(weights))
    found = np.concatenate(drawn)
    found = found[np.isfinite(found)]
    if len(found) < RESAMPLES // 2:
        return Interval(value, float("nan"), float("nan"))
    low, high = np.quantile(found, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Interval(value, float(low), float(high))
