"""Would more data help? The error of a probe against the number of items it was fitted to, continued as a power law.

Errors of learners fall as a power of the number of items down to a floor (Hestness et al. 2017; Cortes et al. 1993): e(n) =
floor + a n^-b. The probe stands for the network to come: its slope tells about the data, its level only about itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.data.extras import need
from trackside.data.features.reducing import principal
from trackside.data.labels.folds import Ints, assign_folds, together
from trackside.data.labels.probes import Floats, KernelRidge

_FRACTIONS = (0.125, 0.177, 0.25, 0.354, 0.5, 0.707, 1.0)
_FOLDS = 5
_REPEATS = 3
_DRAWS = 200
_DIMENSIONS = 64
_LANDMARKS = 400
_MOST = 6000
LEAST = 40

Wide = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """Errors of a probe by the number of items it learned from.

    Attributes:
        sizes: float64 [s], items learned from.
        errors: float64 [s], share of wrong answers out of fold.
        fitted: float64 [s], the power law there.
        at_all: expected error with all items that there are.
        at_twice: expected error with twice as many, its 95 % interval after it.
        low: of the interval.
        high: of the interval.
        gain_low: lower end of the 95 % interval of the error that doubling saves.
        gain_high: its upper end.
        by_class: float64 [classes], error for each class with all items; NaN for classes without items.
    """

    sizes: Wide
    errors: Wide
    fitted: Wide
    at_all: float
    at_twice: float
    low: float
    high: float
    gain_low: float
    gain_high: float
    by_class: Wide

    @property
    def gain(self) -> float:
        """The error that twice the data is expected to save."""
        return self.at_all - self.at_twice


def learning_curve(
    features: NDArray[np.floating], labels: NDArray[np.integer], *, units: Ints | None = None, seed: int = 0
) -> LearningCurve | None:
    """Measure the curve and continue it.

    Args:
        features: [n, d]; rows that are not finite are left out.
        labels: [n]; -1 for none.
        units: of `folds.together`: what may not be torn apart.
        seed: same seed, same answer.

    Returns:
        None where fewer than 40 items or two classes can be used.
    """
    count = int(labels.max(initial=-1)) + 1
    rows = np.flatnonzero((labels >= 0) & np.isfinite(features).all(axis=1))
    generator = np.random.default_rng(seed)
    if len(rows) > _MOST:
        rows = np.sort(generator.choice(rows, _MOST, replace=False))
    if len(rows) < LEAST or len(np.unique(labels[rows])) < 2:
        return None
    own = (together(len(labels)) if units is None else units)[rows]
    with need("threadpoolctl").threadpool_limits(1):
        points = np.asarray(features[rows], np.float32)
        points = principal(points, _DIMENSIONS)(points)
        points /= max(float(np.sqrt((points**2).sum(axis=1).mean())), 1e-9)
        points = KernelRidge(points, seed, _LANDMARKS).features
        wrong, sizes = _errors(points, labels[rows], np.unique(own, return_inverse=True)[1], seed)
    return _continued(wrong, sizes, labels[rows], count, own, generator)


def _errors(points: Floats, labels: NDArray[np.integer], units: Ints, seed: int) -> tuple[Wide, Wide]:
    """How often each item was answered wrongly at each size, [s, n] 0 to 1, and the sizes [s]."""
    wrong = np.zeros((len(_FRACTIONS), len(labels)))
    sizes = np.zeros(len(_FRACTIONS))
    for repeat in range(_REPEATS):
        folds = assign_folds(labels, units, _FOLDS, seed * 1000 + repeat)
        order = np.random.default_rng([seed, repeat]).permutation(int(units.max()) + 1)[units]
        for fold in range(_FOLDS):
            outside = folds == fold
            inside = np.flatnonzero(~outside)
            inside = inside[np.argsort(order[inside], kind="stable")]  # A smaller set is part of every larger one.
            for place, fraction in enumerate(_FRACTIONS):
                part = inside[: max(2, round(fraction * len(inside)))]
                sizes[place] += len(part) / (_REPEATS * _FOLDS)
                wrong[place, outside] += (_answers(points, labels, part, outside) != labels[outside]) / _REPEATS
    return wrong, sizes


def _answers(points: Floats, labels: NDArray[np.integer], part: Ints, outside: NDArray[np.bool_]) -> NDArray[np.integer]:
    """Classes by linear discriminants with a shrunken covariance: one closed form, at home with few items a class."""
    known, inner = np.unique(labels[part], return_inverse=True)
    if len(known) < 2:
        return np.full(int(outside.sum()), known[0])
    members = np.bincount(inner)
    means = np.zeros((len(known), points.shape[1]))
    np.add.at(means, inner, points[part])
    means /= members[:, None]
    rest = points[part] - means[inner]
    covariance = rest.T @ rest / len(part)
    shrink = min(1.0, points.shape[1] / len(part))
    level = max(float(np.trace(covariance)) / len(covariance), 1e-9)
    slopes = np.linalg.solve((1 - shrink) * covariance + (shrink + 1e-3) * level * np.eye(len(covariance)), means.T)
    offsets = np.log(members / members.sum()) - 0.5 * np.einsum("kd,dk->k", means, slopes)
    return np.asarray(known[(points[outside] @ slopes + offsets).argmax(axis=1)])


def _continued(
    wrong: Wide, sizes: Wide, labels: NDArray[np.integer], count: int, units: Ints,
    generator: np.random.Generator,
) -> LearningCurve:  # fmt: skip
    """Fit the law to the measured errors and to those of bootstrap samples of units."""
    # All folds together teach four fifths of the items; the curve is read at all of them.
    whole = sizes[-1] * _FOLDS / (_FOLDS - 1)
    errors = wrong.mean(axis=1)
    fitted, at_all, at_twice = _power_law(sizes, errors, whole)
    members = np.unique(units, return_inverse=True)[1]
    sums = np.stack([np.bincount(members, row) for row in wrong])
    weights = np.bincount(members)
    draws = []
    for _ in range(_DRAWS):
        drawn = generator.integers(0, len(weights), len(weights))
        _, one, two = _power_law(sizes, sums[:, drawn].sum(axis=1) / weights[drawn].sum(), whole)
        draws.append((two, one - two))
    (low, gain_low), (high, gain_high) = np.quantile(np.array(draws), (0.025, 0.975), axis=0)
    by_class = np.bincount(labels, wrong[-1], minlength=count) / np.where(np.bincount(labels, minlength=count) > 0,
        np.bincount(labels, minlength=count), np.nan)  # fmt: skip
    return LearningCurve(
        sizes, errors, fitted, at_all, at_twice, float(low), float(high), float(gain_low), float(gain_high), by_class
    )


def _power_law(sizes: Wide, errors: Wide, whole: float) -> tuple[Wide, float, float]:
    """Least squares of floor + a n^-b over a grid of exponents; the law at `sizes`, at `whole` and at twice that.

    For each exponent the rest is linear; the floor and the slope are held at zero or more, and so errors never rise.
    """
    best: tuple[float, float, float, float] = (np.inf, float(errors.mean()), 0.0, 1.0)
    for power in np.linspace(0.1, 1.5, 29):
        x = (sizes / whole) ** -power
        spread = float(((x - x.mean()) ** 2).sum())
        slope = max(0.0, float(((x - x.mean()) * (errors - errors.mean())).sum()) / spread)
        floor = float(errors.mean() - slope * x.mean())
        if floor < 0:
            floor, slope = 0.0, max(0.0, float((x * errors).sum() / (x * x).sum()))
        residual = float(((floor + slope * x - errors) ** 2).sum())
        if residual < best[0] - 1e-15:
            best = (residual, floor, slope, float(power))
    _, floor, slope, power = best
    return floor + slope * (sizes / whole) ** -power, floor + slope, floor + slope * 2.0**-power
