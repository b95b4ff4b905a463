"""Curves and surfaces through points.

NumPy. Global interpolation after Piegl and Tiller, The NURBS Book, 2nd edition: curves A9.1, end derivatives section 9.2.2,
surfaces A9.4. Closed curves are periodic splines: knots at the parameters for odd degrees, midway between for even ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from trackside.core import InputError
from trackside.geometry.nurbs.collocation import collocate, design, solved
from trackside.geometry.nurbs.parametrisation import (
    EXPONENTS,
    Spacing,
    averaged_knots,
    checked_degree,
    checked_points,
    chosen_parameters,
    parametrised,
)
from trackside.geometry.nurbs.primitives import Floats, finite, periodic_curve
from trackside.geometry.nurbs.shapes import Curve, Surface


def interpolate(
    points: ArrayLike,
    degree: int = 3,
    *,
    parameters: Spacing | ArrayLike = "chord",
    start: ArrayLike | None = None,
    end: ArrayLike | None = None,
) -> Curve:
    """A curve through points.

    Args:
        points: [..., n, dim]; a batch has its own knots each, unless parameters are given.
        degree: less than n.
        parameters: a rule, or ascending numbers [n] for all.
        start: [dim] (or a batch), the derivative at the first point with respect to the parameter; None for free.
        end: likewise at the last.

    Raises:
        InputError: too few points, points that repeat, NaN.
    """
    given = checked_points(points)
    checked_degree(degree, given.shape[-2])
    batch, (count, dimension) = given.shape[:-2], given.shape[-2:]
    flat = given.reshape(-1, count, dimension)
    slopes = [(row, _slope(value, given.shape)) for row, value in ((0, start), (-1, end)) if value is not None]
    found = []
    for index, one in enumerate(flat):
        own = [(row, value.reshape(-1, dimension)[index]) for row, value in slopes]
        found.append(_through(one, degree, chosen_parameters(one, parameters), own))
    control = np.stack([one for one, _ in found]).reshape(*batch, -1, dimension)
    knots = np.stack([one for _, one in found]).reshape(*batch, -1)
    return Curve(control, degree, (knots if batch and isinstance(parameters, str) else found[0][1],))


def interpolate_closed(points: ArrayLike, degree: int = 3, *, parameters: Spacing | ArrayLike = "chord") -> Curve:
    """A closed, everywhere smooth curve through points [n, dim] that go round once, the first not repeated.

    Args:
        points: n > degree.
        degree: at least 1.
        parameters: a rule (then the curve's domain is one long), or n + 1 ascending numbers, the last for the closing.

    Raises:
        InputError: too few points, points that repeat, NaN.
    """
    given = checked_points(points)
    if given.ndim != 2:
        raise InputError(f"points are an array [n, dim], got {list(given.shape)}", where="interpolate_closed")
    checked_degree(degree, len(given))
    whole = chosen_parameters(np.concatenate([given, given[:1]]), parameters)
    if not (np.diff(whole) > 0).all():
        first = int(np.argmin(np.diff(whole) > 0))
        what = f"points {first + 1} and {(first + 1) % len(given) + 1} are at the same place"
        raise InputError(what, fix="drop points that repeat; the first is not repeated at the end")
    turn = whole[-1] - whole[0]
    middles = (whole[:-1] + whole[1:]) / 2
    breaks = whole if degree % 2 else np.concatenate([[middles[-1] - turn], middles])
    shape = periodic_curve(given, degree, knots=breaks)
    control = collocate(shape.knots[0], degree, whole[:-1], given, periodic=True)
    return periodic_curve(control, degree, knots=breaks)


def interpolate_surface(
    points: ArrayLike, degrees: tuple[int, int] = (3, 3), *, parameters: Spacing | tuple[ArrayLike, ArrayLike] = "chord"
) -> Surface:
    """A surface through a grid of points [n, m, dim] (A9.4).

    Args:
        points: first index along u, second along v.
        degrees: along u and v, each less than the points there.
        parameters: a rule, whose values are averaged over rows and columns; or two vectors [n], [m].

    Raises:
        InputError: too few points, rows or columns that repeat, NaN.
    """
    given = checked_points(points, axes=2)
    if given.ndim != 3:
        raise InputError(f"points are an array [n, m, dim], got {list(given.shape)}", where="interpolate_surface")
    u, v = surface_parameters(given, parameters)
    vectors = []
    for axis, (values, degree) in enumerate(zip((u, v), degrees, strict=True)):
        checked_degree(degree, given.shape[axis])
        vectors.append(averaged_knots(values, degree))
    rows = collocate(vectors[0], degrees[0], u, given)
    control = collocate(vectors[1], degrees[1], v, rows.swapaxes(0, 1)).swapaxes(0, 1)
    return Surface(control, degrees, vectors)


def surface_parameters(points: Floats, parameters: Spacing | tuple[ArrayLike, ArrayLike]) -> tuple[Floats, Floats]:
    """Parameters [n] and [m] for a grid of points: of a rule, the mean over the lines that have length; or given."""
    if not isinstance(parameters, str):
        u, v = parameters
        return chosen_parameters(points[:, 0], u), chosen_parameters(points[0], v)
    return _averaged(points, parameters), _averaged(points.swapaxes(0, 1), parameters)


def drawn_curve(points: ArrayLike, *, closed: bool = False, degree: int = 3) -> Curve:
    """A lane or a boundary through a few points that a person drew.

    Centripetal parameters, which do not overshoot where points are unevenly far apart (Lee 1989). A point drawn twice is
    taken once, and few points lower the degree: two make a line.

    Raises:
        InputError: fewer than two different points (three for a closed curve).
    """
    given = checked_points(points)
    if given.ndim != 2:
        raise InputError(f"points are an array [n, dim], got {list(given.shape)}", where="drawn curve")
    apart = np.linalg.norm(np.diff(given, axis=0), axis=1) > 0
    kept = given[np.concatenate([[True], apart])]
    if closed and len(kept) > 1 and np.array_equal(kept[0], kept[-1]):
        kept = kept[:-1]
    if len(kept) < (3 if closed else 2):
        raise InputError(
            f"{len(kept)} different points", where="drawn curve", fix="draw at least two, or three for a closed one"
        )
    least = min(degree, len(kept) - 1)
    if closed:
        return interpolate_closed(kept, least, parameters="centripetal")
    return interpolate(kept, least, parameters="centripetal")


def _through(points: Floats, degree: int, parameters: Floats, slopes: list[tuple[int, Floats]]) -> tuple[Floats, Floats]:
    """Control points and knots of one curve."""
    if not slopes:
        knots = averaged_knots(parameters, degree)
        return collocate(knots, degree, parameters, points), knots
    from scipy.sparse import vstack

    # A parameter repeated at the end stands for the derivative there: averaging then makes room for it.
    ends = [parameters[row] for row, _ in slopes]
    knots = averaged_knots(np.sort(np.concatenate([parameters, ends])), degree)
    rows = [design(knots, degree, np.array([place]), derivative=1) for place in ends]
    matrix = vstack([design(knots, degree, parameters), *rows])
    right = np.concatenate([points, [value for _, value in slopes]])
    return solved(matrix, right, fix="drop points that repeat"), knots


def _slope(value: ArrayLike, shape: tuple[int, ...]) -> Floats:
    given = finite(value, "an end derivative")
    try:
        return np.broadcast_to(given, (*shape[:-2], shape[-1]))
    except ValueError:
        raise InputError(f"an end derivative has {shape[-1]} numbers, got shape {list(given.shape)}") from None


def _averaged(points: Floats, rule: Spacing) -> Floats:
    if rule not in EXPONENTS:
        chosen_parameters(points[:, 0], rule)  # Says what there is.
    lines = [line for line in points.swapaxes(0, 1) if np.ptp(line, axis=0).any()]
    if not lines:
        raise InputError("the points of every row or column are the same", fix="give points that differ, or parameters")
    return np.asarray(np.mean([parametrised(line, EXPONENTS[rule]) for line in lines], axis=0))
