"""Outliers: pictures that look like none of the others.

The measure is the distance to the k-th nearest neighbour (Ramaswamy et al. 2000) on the first principal components, each at
the same spread, since what is strange often shows in a direction in which others hardly differ. Healthy sets have a tail
too, of a length of their own: the limit continues the set's own tail (a generalised Pareto law, Pickands 1975), and a
picture is an outlier only if, by that tail, fewer than a twentieth of healthy sets of this size would hold any as far out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.data.extras import need
from trackside.data.features.reducing import principal

_NEIGHBOURS = 10
_BLOCK = 1024
_MOST_REFERENCES = 20_000
# Of 16, 32 and 64, the only number without a false alarm on subsets of hymenoptera, MNIST and Omniglot.
_DIMENSIONS = 16
# The tail is read between these; outliers beyond the last do not stretch it themselves.
_BODY, _MIDDLE, _UPPER, _EXTREME = 0.8, 0.9, 0.95, 0.98
FALSE_ALARMS = 0.05
# Standard errors that the tail's shape and scale are stretched by: one in twenty-five errs by more.
_SURE = 1.75
# Items a dimension: a spread from fewer is too rough to divide by.
_ITEMS = 12
LEAST = 30


@dataclass(frozen=True, slots=True)
class Outliers:
    """How far each picture lies from the others.

    Attributes:
        strangeness: float64 [n], log of the distance to the k-th neighbour over the median of all; NaN where not known.
        limit: what only one healthy set in twenty exceeds anywhere.
        expected: float64 [n], how many as far out a healthy set of this size would hold; NaN where not known.
    """

    strangeness: NDArray[np.float64]
    limit: float
    expected: NDArray[np.float64]

    @property
    def rows(self) -> NDArray[np.intp]:
        """The outliers, the farthest first."""
        order = np.argsort(-np.nan_to_num(self.strangeness, nan=-np.inf), kind="stable")
        return order[: int((np.nan_to_num(self.strangeness, nan=-np.inf) > self.limit).sum())]


def find_outliers(features: NDArray[np.floating], seed: int = 0) -> Outliers | None:
    """Measure how far pictures lie from their neighbours.

    Args:
        features: [n, d]; rows that are not finite stay unknown.
        seed: of the references that neighbours are sought among where there are more than 20,000 pictures.

    Returns:
        None for fewer than 30 pictures: whether one is strange takes others.
    """
    rows = np.flatnonzero(np.isfinite(features).all(axis=1))
    if len(rows) < LEAST:
        return None
    with need("threadpoolctl").threadpool_limits(1):
        points = np.asarray(features[rows], np.float32)
        points = principal(points, min(_DIMENSIONS, len(points) // _ITEMS))(points)
        distances = _distances(points / np.maximum(np.sqrt((points**2).mean(axis=0)), 1e-6), seed)
    inner = np.log(np.maximum(distances, 1e-6) / max(float(np.median(distances)), 1e-6))
    limit, expected = _tail(inner)
    found, hopes = np.full(len(features), np.nan), np.full(len(features), np.nan)
    found[rows], hopes[rows] = inner, expected
    return Outliers(found, limit, hopes)


def _distances(points: NDArray[np.float32], seed: int) -> NDArray[np.float64]:
    """Distance to the k-th neighbour, [n]."""
    references = np.arange(len(points))
    if len(points) > _MOST_REFERENCES:
        references = np.sort(np.random.default_rng(seed).choice(len(points), _MOST_REFERENCES, replace=False))
    others = points[references]
    squares = (others * others).sum(axis=1)
    distances = np.empty(len(points))
    for start in range(0, len(points), _BLOCK):
        block = points[start : start + _BLOCK]
        table = squares - 2 * block @ others.T
        table[np.arange(start, start + len(block))[:, None] == references] = np.inf
        far = np.partition(table, _NEIGHBOURS - 1, axis=1)[:, _NEIGHBOURS - 1] + (block * block).sum(axis=1)
        distances[start : start + _BLOCK] = np.sqrt(np.maximum(far, 0))
    return distances


def _tail(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """The limit, and how many values as large a healthy set would hold, by a generalised Pareto tail.

    The shape by Pickands's estimator, with what it may err by (its theorem 3 at shape 0) added, between -0.25, a tail that
    ends, and 0, an exponential one; the scale from the values between the 80th and the 98th hundredth, likewise.
    """
    n = len(values)
    body, middle, upper, extreme = np.quantile(values, (_BODY, _MIDDLE, _UPPER, _EXTREME))
    shape = float(np.log2(max(upper - middle, 1e-12) / max(middle - body, 1e-12)))
    shape = float(np.clip(shape + _SURE * 1.8 / np.sqrt((1 - _UPPER) * n), -0.25, 0.0))
    scale = (extreme - body) / _excess(shape, (1 - _EXTREME) / (1 - _BODY))
    scale = max(float(scale), 1e-9) * (1 + _SURE / np.sqrt((_EXTREME - _BODY) * n))
    above = n * (1 - _BODY)
    beyond = np.maximum(values - body, 0) / scale
    # At a shape below 0 the tail ends; what lies beyond its end is expected nowhere.
    expected = np.exp(-beyond) if shape > -1e-6 else np.maximum(1 + shape * beyond, 0) ** (-1 / shape)
    return float(body + scale * _excess(shape, FALSE_ALARMS / above)), above * expected


def _excess(shape: float, share: float) -> float:
    """What a share of a generalised Pareto law of scale 1 exceeds."""
    return float(np.log(1 / share)) if shape > -1e-6 else float((share**-shape - 1) / shape)
