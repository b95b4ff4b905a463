"""Smooth motion from measured positions: a curve whose parameter is time; its derivatives are velocity and acceleration.

A penalised B-spline (O'Sullivan 1986): the squared third derivative costs, the change of acceleration; a thrown thing, whose
acceleration is constant, is not bent. How much to smooth is chosen by generalised cross-validation (Craven & Wahba 1979).
Wild points lose their say in rounds of reweighted least squares (Holland & Welsch 1977): first by Huber's weights, which
have one answer whatever the start, then by Tukey's biweight, which takes the rest of their say. NumPy and SciPy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.collocation import design, factorised, roughness
from trackside.geometry.nurbs.parametrisation import clamped
from trackside.geometry.nurbs.primitives import Floats
from trackside.geometry.nurbs.shapes import Curve

# The derivative that costs: the third leaves constant acceleration alone.
_ORDER = 3
# Tukey's and Huber's constants: 95 % efficiency with Gaussian noise (Holland & Welsch 1977); in units of the spread.
_BIWEIGHT, _HUBER = 4.685, 1.345
# Rounds of reweighting; the first are Huber's, and in those up to `_CHOOSING` the smoothing is chosen anew.
_ROUNDS, _HUBERS, _CHOOSING = 20, 6, 8
# Smoothing tried, as a part of what the points say: from none to a parabola, in powers of ten.
_SMOOTHING = np.linspace(-9.0, 9.0, 37)
# Once chosen, the next round's choice is looked for this near, in powers of ten.
_NEAR = 1.5
# Random signs for the trace of the hat matrix (Hutchinson 1990), where all columns of it would be too many.
_ALL_COLUMNS, _SIGNS = 400, 40
# Spans at most: a day at 100 Hz is fitted in pieces, not at once.
_MOST_SPANS = 20_000
# The median of distances of noise of one unit in 1, 2, 3 dimensions: square roots of the chi-squared medians.
_MEDIAN = {1: 0.6745, 2: 1.1774, 3: 1.5382}


@dataclass(frozen=True, slots=True, eq=False)
class MotionPath:
    """A fitted path.

    Attributes:
        curve: parameter in seconds, from the first to the last time.
        weights: [n], 1 for points taken at their word, 0 for wild ones and for NaN.
        residuals: [n, dim], measured minus fitted; NaN where nothing was measured.
        deviation: standard deviation of what is left, in units of the given deviations (about 1 if these are right).
        smoothing: that was used.
    """

    curve: Curve
    weights: Floats
    residuals: Floats
    deviation: float
    smoothing: float


def fit_path(
    times: ArrayLike,
    points: ArrayLike,
    deviations: ArrayLike | None = None,
    *,
    degree: int = 4,
    spacing: float | None = None,
    smoothing: float | None = None,
    robust: bool = True,
) -> MotionPath:
    """A smooth path through noisy positions, with gaps and wild points.

    A bounce or an instant turn is no smooth path: where noise is far below the rounding of its corner, points there lose
    their weight like wild ones. Fit each side of it apart, or with `robust=False`.

    Args:
        times: [n] seconds, ascending; any spacing, gaps are bridged.
        points: [n, dim], dim 1 to 3; NaN where nothing was measured.
        deviations: standard deviation of each point, a number or [n], in the unit of the points; None for all alike.
        degree: at least 3; 4 makes acceleration smooth.
        spacing: of knots, seconds; None for twice the median time step.
        smoothing: None for cross-validation's choice; which takes errors of neighbouring points for independent.
        robust: whether wild points lose their weight.

    Raises:
        InputError: times that do not ascend, fewer points than degree + 2, shapes that do not fit.
        SettingError: a setting out of range.
    """
    when, where, spread = _checked(times, points, deviations, degree, spacing, smoothing)
    seen = np.isfinite(where).all(axis=1)
    if seen.sum() < degree + 2:
        raise InputError(f"{int(seen.sum())} points for a path of degree {degree}", where="fit_path", fix="give more points")
    knots = _knots(when, degree, spacing)
    problem = _Problem(design(knots, degree, when[seen]), where[seen], roughness(knots, degree, _ORDER))
    trust = 1 / spread[seen] ** 2
    control, given, chosen = _reweighted(problem, trust, smoothing, robust=robust)
    residuals = where - design(knots, degree, when) @ control
    weights = np.zeros(len(when))
    weights[seen] = given
    kept = weights > 0
    error = float(_scale(np.linalg.norm(residuals[kept], axis=1) / spread[kept], where.shape[1]))
    return MotionPath(Curve(control, degree, knots), weights, residuals, error, chosen)


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    basis: Any
    points: Floats
    penalty: Any

    def solve(self, weights: Floats, smoothing: float, more: Floats | None = None) -> tuple[Floats, Floats | None]:
        """Control points; and the system's solution for more right sides."""
        weighted = self.basis.T * weights
        matrix = weighted @ self.basis
        # In units of the data's own say, so that the same smoothing means the same for millimetres and metres.
        unit = matrix.diagonal().sum() / self.penalty.diagonal().sum()
        factors = factorised(matrix + smoothing * unit * self.penalty, fix="raise the smoothing, or the spacing of knots")
        return factors.solve(weighted @ self.points), None if more is None else factors.solve(more)


def _reweighted(problem: _Problem, trust: Floats, smoothing: float | None, *, robust: bool) -> tuple[Floats, Floats, float]:
    """Control points, weights in 0 to 1, and the smoothing."""
    given = np.ones(len(trust))
    chosen, tried = 1.0 if smoothing is None else smoothing, _SMOOTHING
    for round_ in range(_ROUNDS):
        if smoothing is None and round_ < _CHOOSING:
            chosen = _cross_validated(problem, trust * given, tried)
            tried = _SMOOTHING[np.abs(_SMOOTHING - math.log10(chosen)) <= _NEAR]
        control, _ = problem.solve(trust * given, chosen)
        if not robust:
            break
        apart = np.linalg.norm(problem.points - problem.basis @ control, axis=1) * np.sqrt(trust)
        after = (_huber if round_ < _HUBERS else _biweight)(apart, problem.points.shape[1])
        if np.abs(after - given).max() < 1e-6 and round_ >= _CHOOSING:
            break
        given = after
    return control, given, chosen


def _cross_validated(problem: _Problem, weights: Floats, tried: Floats) -> float:
    """The smoothing of the least generalised cross-validation score: n |W (y - f)|^2 / (n - trace)^2."""
    kept = np.flatnonzero(weights > 0)
    count = len(kept)
    root = np.sqrt(weights[kept])
    rows = problem.basis[kept]
    if problem.basis.shape[1] <= _ALL_COLUMNS:
        signs = None
        probes = np.asarray((rows.T * weights[kept] @ rows).todense())
    else:
        signs = np.random.default_rng(0).choice([-1.0, 1.0], (count, _SIGNS))
        probes = (rows.T * root) @ signs
    best = (math.inf, float(10.0 ** tried[len(tried) // 2]))
    for smoothing in 10.0**tried:
        try:
            control, answers = problem.solve(weights, smoothing, probes)
        except InputError:
            continue
        if answers is None:
            continue
        trace = np.trace(answers) if signs is None else ((rows @ answers) * root[:, None] * signs).sum() / _SIGNS
        left = ((problem.points[kept] - rows @ control) * root[:, None]) ** 2
        # With the trace near n the curve goes through all points and the score is 0 / 0.
        if count - trace > 1e-3 * count:
            best = min(best, (count * float(left.sum()) / (count - trace) ** 2, float(smoothing)))
    return best[1]


def _biweight(distances: Floats, dimension: int) -> Floats:
    """Weights from distances in units of their deviations: 0 for the wild ones."""
    limit = _BIWEIGHT * _scale(distances, dimension) * math.sqrt(dimension)
    if limit == 0:
        return np.ones(len(distances))
    return np.asarray(np.clip(1 - (distances / limit) ** 2, 0, None) ** 2)


def _huber(distances: Floats, dimension: int) -> Floats:
    """Weights that fall with the distance, and never to 0."""
    limit = _HUBER * _scale(distances, dimension) * math.sqrt(dimension)
    return np.asarray(limit / np.maximum(distances, limit)) if limit else np.ones(len(distances))


def _scale(distances: Floats, dimension: int) -> float:
    """The deviation of one coordinate, by the median distance."""
    return float(np.median(distances) / _MEDIAN[dimension])


def _knots(when: Floats, degree: int, spacing: float | None) -> Floats:
    step = 2 * float(np.median(np.diff(when))) if spacing is None else spacing
    spans = int(np.clip(math.ceil((when[-1] - when[0]) / step), 1, _MOST_SPANS))
    inner = np.linspace(when[0], when[-1], spans + 1)[1:-1]
    return clamped(inner, when[0], when[-1], degree)


def _checked(
    times: ArrayLike,
    points: ArrayLike,
    deviations: ArrayLike | None,
    degree: int,
    spacing: float | None,
    smoothing: float | None,
) -> tuple[Floats, Floats, Floats]:
    try:
        when, where = np.asarray(times, np.float64), np.asarray(points, np.float64)
    except (TypeError, ValueError):
        fix = "give arrays, and NaN where nothing was measured"
        raise InputError("times and points are not arrays of numbers", where="fit_path", fix=fix) from None
    if when.ndim != 1 or where.ndim != 2 or len(when) != len(where) or where.shape[1] not in _MEDIAN:
        got = f"got {list(when.shape)} and {list(where.shape)}"
        raise InputError(f"times are [n] and points [n, dim] with dim 1 to 3, {got}", where="fit_path")
    if len(when) < 2 or not np.isfinite(when).all() or not (np.diff(when) > 0).all():
        raise InputError("times do not ascend", where="fit_path", fix="sort by time, and keep one point for each time")
    if np.isinf(where).any():
        raise InputError("a point is infinite", where="fit_path", fix="write NaN where nothing was measured")
    if degree < _ORDER:
        raise SettingError(f"the degree is at least {_ORDER}, got {degree}", where="fit_path")
    for name, value in (("spacing", spacing), ("smoothing", smoothing)):
        if value is not None and not 0 < value < math.inf:
            raise SettingError(f"need a positive number, got {name}={value:g}", where="fit_path")
    try:
        spread = np.broadcast_to(np.asarray(1.0 if deviations is None else deviations, np.float64), when.shape)
    except ValueError:
        raise InputError(f"deviations are one number or {len(when)}", where="fit_path") from None
    if not (spread > 0).all() or not np.isfinite(spread).all():
        raise InputError("a deviation is not above 0", where="fit_path")
    return when, where, spread
