"""Outliers: pictures that look like none of the others.

The measure is the distance to the k-th nearest neighbour (Ramaswamy et al. 2000) over what is usual where its neighbours
lie, so that a sparse class is no set of outliers. Healthy sets have a tail too, of a length of their own: the limit
continues the set's own tail (an exponential law above the 80th hundredth, as in extreme-value statistics, Pickands 1975),
and a picture is an outlier only if, by that tail, fewer than a twentieth of healthy sets of this size would hold any as far
out.
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
_DIMENSIONS = 64
_BODY, _EXTREME = 0.8, 0.98
FALSE_ALARMS = 0.05
LEAST = 30


@dataclass(frozen=True, slots=True)
class Outliers:
    """How far each picture lies from the others.

    Attributes:
        strangeness: float64 [n], log of its distance over what is usual around it; NaN where not known.
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
        points = principal(points, _DIMENSIONS)(points)
        distances, neighbours = _distances(points, seed)
    usual = np.median(distances[neighbours], axis=1)
    inner = np.log(np.maximum(distances, 1e-6) / np.maximum(usual, 1e-6))
    limit, expected = _tail(inner)
    found, hopes = np.full(len(features), np.nan), np.full(len(features), np.nan)
    found[rows], hopes[rows] = inner, expected
    return Outliers(found, limit, hopes)


def _distances(points: NDArray[np.float32], seed: int) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Distance to the k-th neighbour [n], and the rows of the neighbours [n, k]."""
    references = np.arange(len(points))
    if len(points) > _MOST_REFERENCES:
        references = np.sort(np.random.default_rng(seed).choice(len(points), _MOST_REFERENCES, replace=False))
    others = points[references]
    squares = (others * others).sum(axis=1)
    distances = np.empty(len(points))
    neighbours = np.empty((len(points), _NEIGHBOURS), np.intp)
    for start in range(0, len(points), _BLOCK):
        block = points[start : start + _BLOCK]
        table = squares - 2 * block @ others.T
        table[np.arange(start, start + len(block))[:, None] == references] = np.inf
        best = np.argpartition(table, _NEIGHBOURS - 1, axis=1)[:, :_NEIGHBOURS]
        far = np.take_along_axis(table, best, axis=1).max(axis=1) + (block * block).sum(axis=1)
        distances[start : start + _BLOCK] = np.sqrt(np.maximum(far, 0))
        neighbours[start : start + _BLOCK] = references[best]
    return distances, neighbours


def _tail(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """The limit, and how many values as large a healthy set would hold, by an exponential tail.

    The tail's rate comes from its values below the 98th hundredth, so that outliers do not stretch it themselves.
    """
    body, extreme = np.quantile(values, (_BODY, _EXTREME))
    tail = values[(values > body) & (values <= extreme)] - body
    above = len(values) * (1 - _BODY)
    # Censored at `extreme`: the sum of excesses over the number of uncensored ones (Lawless 2003, section 4.1).
    censored = int((values > extreme).sum())
    rate = max(float(tail.sum() + censored * (extreme - body)) / max(len(tail), 1), 1e-9)
    # An estimate from m values is off by 1 / sqrt(m); the limit allows for that.
    rate *= 1 + 1.645 / np.sqrt(max(len(tail), 1))
    expected = above * np.exp(-np.maximum(values - body, 0) / rate)
    return float(body + rate * np.log(above / FALSE_ALARMS)), expected
