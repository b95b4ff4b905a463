"""Agreement beyond chance: Cohen's and Fleiss' kappa, Krippendorff's alpha.

All are 1 for perfect agreement, 0 for what chance alone gives, and may be negative. They differ in what chance is: Cohen's
lets each annotator have a habit of their own, Fleiss' and Krippendorff's give all the same. Alpha takes any number of
annotators, missing judgements, and scales with an order; it is what the report leads with.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import InputError
from trackside.data.agreement.intervals import Interval, bootstrap

Level: TypeAlias = Literal["nominal", "ordinal", "interval", "ratio"]
Weights: TypeAlias = Literal["none", "linear", "quadratic"]
_MISSING = -1
# Classes for which a square table is kept; nominal alpha needs none.
_MOST_VALUES = 3000


def cohen_kappa(first: ArrayLike, second: ArrayLike, *, weights: Weights = "none", seed: int = 0) -> Interval:
    """Cohen's kappa of two annotators (Cohen 1960; weighted: Cohen 1968), with an interval over resampled units.

    Args:
        first: int [units], class numbers; -1 where the unit was not judged. Units that one of them left out do not count.
        second: int [units].
        weights: how much a disagreement counts: all the same, or by the distance of class numbers or its square.
        seed: of the resampling.

    Raises:
        InputError: the lengths differ.
    """
    a, b = np.asarray(first, np.int64), np.asarray(second, np.int64)
    if a.shape != b.shape or a.ndim != 1:
        raise InputError(f"two annotators judge the same units, got {a.shape} and {b.shape}", fix="give one value a unit")
    both = (a >= 0) & (b >= 0)
    values, places = np.unique(np.concatenate([a[both], b[both]]), return_inverse=True)
    rows, columns = np.split(places, 2)
    if weights != "none" and len(values) > _MOST_VALUES:
        raise InputError(f"{len(values)} classes are too many to weigh", fix="give unweighted kappa")
    cost = None if weights == "none" else _kappa_cost(values, weights)
    paid = (rows != columns).astype(np.float64) if cost is None else cost[rows, columns]
    in_a, in_b = _one_hot(rows, len(values)), _one_hot(columns, len(values))

    def kappas(draws: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.maximum(draws.sum(axis=1), 1)
        of_a, of_b = (in_a.T @ draws.T).T, (in_b.T @ draws.T).T
        if cost is None:
            expected = 1 - (of_a * of_b).sum(axis=1) / total**2
        else:
            expected = ((of_a @ cost) * of_b).sum(axis=1) / total**2
        return _beyond_chance(draws @ paid / total, expected)

    count = int(both.sum())
    return bootstrap(float(kappas(np.ones((1, count)))[0]) if count else float("nan"), kappas, count, seed)


def fleiss_kappa(counts: ArrayLike, *, seed: int = 0) -> Interval:
    """Fleiss' kappa (Fleiss 1971): every unit judged by the same number of annotators, whoever they are.

    Args:
        counts: int [units, classes], how many annotators chose each class.
        seed: of the resampling.

    Raises:
        InputError: units were judged by different numbers of annotators, or by fewer than two.
    """
    table = np.asarray(counts, np.float64)
    judges = table.sum(axis=1) if table.ndim == 2 else np.empty(0)
    if table.ndim != 2 or len(set(judges.tolist())) > 1 or (len(judges) and judges[0] < 2):
        fix = "use Krippendorff's alpha, which takes missing judgements"
        raise InputError("Fleiss' kappa needs the same number of annotators, at least two, for every unit", fix=fix)
    if not len(table):
        return Interval(float("nan"), float("nan"), float("nan"))
    n = judges[0]
    disagreed = 1 - (table * (table - 1)).sum(axis=1) / (n * (n - 1))

    def kappas(draws: NDArray[np.float64]) -> NDArray[np.float64]:
        total = draws.sum(axis=1)
        shares = draws @ table / (total * n)[:, None]
        return _beyond_chance(draws @ disagreed / total, 1 - (shares**2).sum(axis=1))

    return bootstrap(float(kappas(np.ones((1, len(table))))[0]), kappas, len(table), seed)


def krippendorff_alpha(values: ArrayLike, *, level: Level = "nominal", missing: float = _MISSING, seed: int = 0) -> Interval:
    """Krippendorff's alpha (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability), with an interval.

    Args:
        values: [units, annotators], class numbers, or numbers on a scale.
        level: of measurement: nominal (classes), ordinal (grades), interval, ratio.
        missing: what stands where somebody did not judge; NaN always does.
        seed: of the resampling.
    """
    given = np.asarray(values, np.float64)
    if given.ndim != 2:
        raise InputError(f"values are [units, annotators], got {given.shape}", fix="give a row a unit")
    known = np.isfinite(given) & (given != missing)
    pairable = known.sum(axis=1) >= 2
    given, known = given[pairable], known[pairable]
    scale, places = np.unique(given[known], return_inverse=True)
    if not len(scale):
        return Interval(float("nan"), float("nan"), float("nan"))
    if level != "nominal" and len(scale) > _MOST_VALUES:
        raise InputError(f"{len(scale)} different values on a scale are too many", fix=f"round them to {_MOST_VALUES} steps")
    units = np.nonzero(known)[0]
    counts = _one_hot(places, len(scale), units, len(given))
    return _alpha(counts, scale, level, seed)


def _alpha(counts: Any, scale: NDArray[np.float64], level: Level, seed: int) -> Interval:
    judges = np.asarray(counts.sum(axis=1)).reshape(-1)
    cost = None if level == "nominal" else _alpha_cost(scale, np.asarray(counts.sum(axis=0)).reshape(-1), level)
    squares = np.asarray(counts.multiply(counts).sum(axis=1)).reshape(-1)
    paid = (judges**2 - squares if cost is None else _paid(counts.toarray(), cost)) / (judges - 1)

    def alphas(draws: NDArray[np.float64]) -> NDArray[np.float64]:
        totals = (counts.T @ draws.T).T
        n = totals.sum(axis=1)
        expected = _paid(totals, cost) / np.maximum(n * (n - 1), 1)
        return _beyond_chance(draws @ paid / np.maximum(n, 1), expected)

    return bootstrap(float(alphas(np.ones((1, len(judges))))[0]), alphas, len(judges), seed)


def _paid(counts: NDArray[np.float64], cost: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """The cost of all ordered pairs of judgements within each row."""
    if cost is None:
        total = counts.sum(axis=1)
        return np.asarray(total * total - (counts * counts).sum(axis=1))
    return np.asarray(((counts @ cost) * counts).sum(axis=1))


def _one_hot(columns: NDArray[Any], width: int, rows: NDArray[Any] | None = None, height: int | None = None) -> Any:
    """A sparse table [height, width] with a one (or the sum of several) at each place."""
    from scipy.sparse import csr_matrix

    where = np.arange(len(columns)) if rows is None else rows
    return csr_matrix((np.ones(len(columns)), (where, columns)), shape=(len(columns) if height is None else height, width))


def _alpha_cost(scale: NDArray[np.float64], totals: NDArray[np.float64], level: Level) -> NDArray[np.float64]:
    """The squared difference of two values at a level of measurement (Krippendorff 2011, section E)."""
    if level == "ordinal":
        middle = np.cumsum(totals) - totals / 2
        return np.asarray((middle[:, None] - middle[None]) ** 2)
    difference = (scale[:, None] - scale[None]) ** 2
    if level == "interval":
        return np.asarray(difference)
    sums = (scale[:, None] + scale[None]) ** 2
    return np.asarray(np.divide(difference, sums, out=np.zeros_like(difference), where=sums > 0))


def _kappa_cost(values: NDArray[np.int64], weights: Weights) -> NDArray[np.float64]:
    distance = np.abs(values[:, None] - values[None]).astype(np.float64)
    return np.asarray(distance if weights == "linear" else distance**2)


def _beyond_chance(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 - observed / expected disagreement; NaN where only one value occurs, so that nothing could have differed."""
    return np.asarray(1 - np.divide(observed, expected, out=np.full(len(observed), np.nan), where=expected > 0))
