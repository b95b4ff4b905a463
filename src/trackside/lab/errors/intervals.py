"""Intervals for shares of weighted draws, and for products of two shares."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trackside.core.intervals import Z95 as Z95, wilson as wilson

# Points on each quantile function. 400 x 400 products give the ends of an interval to about 0.1 % of its width.
_GRID = 400


def effective_count(has: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    """How many equally weighted draws these are worth for this share.

    The variance of a stratified estimate, sum W^2 p (1 - p) / n over strata (Cochran, Sampling Techniques, 1977, 5.4),
    against that of equal draws, p (1 - p) / n. Rows of one weight are a stratum; its share is Agresti and Coull's
    (hits + 1) / (n + 2), which is never 0 or 1. With equal weights this is the number of rows.
    """
    if not len(weights):
        return 0.0
    _, stratum = np.unique(weights, return_inverse=True)
    count = np.bincount(stratum).astype(np.float64)
    part = np.bincount(stratum, weights) / weights.sum()
    share = (np.bincount(stratum, has) + 1) / (count + 2)
    whole = float((part * share).sum())
    return whole * (1 - whole) / float((part**2 * share * (1 - share) / count).sum())


def weighted_share(has: NDArray[np.bool_], weights: NDArray[np.float64]) -> tuple[float, tuple[float, float], float]:
    """The share of weighted rows that have something, its 95 % interval (Wilson's), and how many equal draws it rests on.

    Args:
        has: bool [n].
        weights: float64 [n], above 0: how many rows of the whole each drawn row stands for.
    """
    count = effective_count(has, weights)
    if count <= 0:
        return math.nan, (0.0, 1.0), 0.0
    share = float(weights[has].sum() / weights.sum())
    return share, wilson(share * count, count), count


def product_interval(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    """A 95 % interval for the product of two shares that were measured apart.

    Each share gets the Jeffreys posterior Beta(hits + 1/2, misses + 1/2) (Brown, Cai, DasGupta, Statistical Science 16,
    2001); the quantiles of the product are those of all pairs of evenly spaced quantiles: no random numbers.

    Args:
        first: hits and count.
        second: hits and count.
    """
    from scipy import stats

    middles = (np.arange(_GRID) + 0.5) / _GRID
    quantiles = [stats.beta.ppf(middles, hits + 0.5, max(count - hits, 0.0) + 0.5) for hits, count in (first, second)]
    products = np.multiply.outer(*quantiles).reshape(-1)
    low, high = np.quantile(products, (0.025, 0.975))
    nothing, everything = (any(hits <= 0 for hits, _ in (first, second)), all(hits >= n for hits, n in (first, second)))
    return 0.0 if nothing else float(low), 1.0 if everything else float(high)
