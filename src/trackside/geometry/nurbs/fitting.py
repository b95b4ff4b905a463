"""Curves near points: least squares with weights, with points held, with smoothing.

NumPy and SciPy. Piegl and Tiller, The NURBS Book, 2nd edition, section 9.4 (A9.6: weighted and constrained).
Smoothing is the penalty on the second derivative of O'Sullivan 1986 (see `collocation.roughness`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.collocation import design, roughness, solved
from trackside.geometry.nurbs.parametrisation import (
    Spacing,
    checked_degree,
    checked_points,
    chosen_parameters,
    clamped,
    fitting_knots,
)
from trackside.geometry.nurbs.primitives import Floats, finite
from trackside.geometry.nurbs.shapes import Curve

FEWER = "use fewer control points, or smoothing above 0"


def fit(
    points: ArrayLike,
    count: int,
    degree: int = 3,
    *,
    parameters: Spacing | ArrayLike = "chord",
    knots: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    hold: Literal["ends", "none"] | Sequence[int] = "ends",
    smoothing: float = 0.0,
) -> Curve:
    """The curve of so many control points that is nearest to points, by least squares at their parameters.

    Args:
        points: [..., n, dim]; a batch has its own parameters and knots each, unless parameters are given.
        count: of control points, more than the degree and (without smoothing) at most n.
        degree: at least 1.
        parameters: a rule, or ascending numbers [n] for all.
        knots: [count + degree + 1]; None for knots with points in every span (eq. 9.68).
        weights: [n] of the points, at least 0: 1 / variance where that is known.
        hold: points that the curve goes through exactly: the two ends, none, or these rows.
        smoothing: weight of the integral of the squared second derivative; 0 for none. With it, count may exceed n.

    Raises:
        InputError: points do not tell all control points, NaN, fewer points than control points.
        SettingError: a setting out of range.
    """
    given = checked_points(points)
    n, dimension = given.shape[-2:]
    check_counts(count, degree, n, smoothing)
    held = held_rows(hold, n)
    factors = point_weights(weights, n)
    found = []
    for one in given.reshape(-1, n, dimension):
        places = chosen_parameters(one, parameters)
        own = _knots(knots, places, count, degree)
        found.append((fitted(one, places, own, degree, factors, held, smoothing), own))
    batch = given.shape[:-2]
    control = np.stack([one for one, _ in found]).reshape(*batch, count, dimension)
    vectors = np.stack([one for _, one in found]).reshape(*batch, -1)
    return Curve(control, degree, (vectors if batch and isinstance(parameters, str) and knots is None else found[0][1],))


def fit_within(points: ArrayLike, tolerance: float, degree: int = 3, *, parameters: Spacing | ArrayLike = "chord") -> Curve:
    """A curve of few control points that passes each point within a tolerance, through both ends.

    Starts with one span and adds a knot wherever a span has a point that is too far, until none is. In the end it goes
    through the points if nothing less will do.

    Args:
        points: [n, dim].
        tolerance: largest distance of a point from the curve at the point's parameter, above 0.
        degree: lowered to n - 1.
        parameters: as for `fit`.

    Raises:
        InputError: points that are all the same, NaN; points that repeat, if the tolerance needs interpolation.
    """
    from trackside.geometry.nurbs.interpolation import interpolate

    given = checked_points(points)
    if given.ndim != 2:
        raise InputError(f"points are an array [n, dim], got {list(given.shape)}", where="fit_within")
    if not tolerance > 0:
        raise SettingError(f"a tolerance is above 0, got {tolerance:g}", where="fit_within")
    degree = min(degree, len(given) - 1)
    checked_degree(degree, len(given))
    places = chosen_parameters(given, parameters)
    inner = np.empty(0)
    while len(inner) + degree + 1 < len(given):
        knots = clamped(inner, places[0], places[-1], degree)
        control = fitted(given, places, knots, degree, np.ones(len(given)), held_rows("ends", len(given)), 0.0)
        errors = np.linalg.norm(design(knots, degree, places) @ control - given, axis=1)
        if (errors <= tolerance).all():
            return Curve(control, degree, knots)
        added = _split_spans(knots, degree, places, errors > tolerance)
        if not len(added):
            break
        inner = np.sort(np.concatenate([inner, added]))
    return interpolate(given, degree, parameters=places)


def fitted(
    points: Floats,
    places: Floats,
    knots: Floats,
    degree: int,
    weights: Floats,
    held: NDArray[np.intp],
    smoothing: float,
) -> Floats:
    """Control points [count, ...] for points [n, ...]: normal equations, held points by Lagrange multipliers."""
    from scipy.sparse import block_array

    basis = design(knots, degree, places)
    count = basis.shape[1]
    flat = points.reshape(len(points), -1)
    weighted = basis.T * weights
    matrix, right = weighted @ basis, weighted @ flat
    if smoothing:
        matrix = matrix + smoothing * roughness(knots, degree, 2)
    if len(held):
        rows = basis[held]
        matrix = block_array([[matrix, rows.T], [rows, None]])
        right = np.concatenate([right, flat[held]])
    return solved(matrix, right, fix=FEWER)[:count].reshape(count, *points.shape[1:])


def _split_spans(knots: Floats, degree: int, places: Floats, wrong: NDArray[np.bool_]) -> Floats:
    """A new knot for each span that has a wrong point: midway between the two points in its middle.

    Spans with fewer than four points are left: halves of them would not tell their control points.
    """
    breaks = np.unique(knots[degree : len(knots) - degree])
    span = np.clip(np.searchsorted(breaks, places, side="right") - 1, 0, len(breaks) - 2)
    added = []
    for index in np.unique(span[wrong]).tolist():
        inside = np.unique(places[span == index])
        middle = len(inside) // 2
        if len(inside) >= 4:
            added.append((inside[middle - 1] + inside[middle]) / 2)
    return np.array(added)


def _knots(given: ArrayLike | None, places: Floats, count: int, degree: int) -> Floats:
    if given is None:
        return fitting_knots(places, count, degree) if count <= len(places) else even_knots(places, count, degree)
    knots = finite(given, "knots")
    if knots.shape != (count + degree + 1,) or (np.diff(knots) < 0).any():
        raise InputError(f"{count} control points of degree {degree} need {count + degree + 1} ascending knots", where="fit")
    if knots[degree] > places[0] or knots[count] < places[-1]:
        raise InputError("parameters are outside the domain of the knots", where="fit")
    return knots


def even_knots(places: Floats, count: int, degree: int) -> Floats:
    inner = np.linspace(places[0], places[-1], count - degree + 1)[1:-1]
    return clamped(inner, places[0], places[-1], degree)


def held_rows(hold: str | Sequence[int], count: int) -> NDArray[np.intp]:
    if isinstance(hold, str):
        if hold not in ("ends", "none"):
            raise SettingError(f"held points are 'ends', 'none', or rows, got {hold!r}", where="fit")
        return np.array([0, count - 1] if hold == "ends" else [], np.intp)
    rows = np.unique(np.asarray(hold, np.intp))
    if len(rows) and not (rows[0] >= 0 and rows[-1] < count):
        raise SettingError(f"a held point is a row from 0 to {count - 1}", where="fit")
    return rows


def point_weights(weights: ArrayLike | None, count: int) -> Floats:
    factors = np.ones(count) if weights is None else finite(weights, "weights")
    if factors.shape != (count,) or (factors < 0).any() or not factors.any():
        raise InputError(f"weights are {count} numbers, at least 0 and not all 0", where="fit")
    return factors


def check_counts(count: int, degree: int, points: int, smoothing: float) -> None:
    if not isinstance(count, (int, np.integer)):
        raise SettingError(f"control points are counted in whole numbers, got {count}", where="fit")
    checked_degree(degree, count)
    if not checked_smoothing(smoothing) and count > points:
        raise InputError(f"{points} points for {count} control points", where="fit", fix=FEWER)
    if points < 2:
        raise InputError("one point makes no curve", where="fit")


def checked_smoothing(value: float) -> float:
    if not 0 <= value < np.inf:
        raise SettingError(f"smoothing is at least 0, got {value:g}", where="fit")
    return value
