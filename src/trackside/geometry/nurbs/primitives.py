"""Curves of known form, exactly: lines, polylines, arcs, circles, ellipses, and curves that run in a circle.

NumPy. A conic is a rational quadratic of segments of at most 90 degrees (Piegl and Tiller, The NURBS Book, 2nd edition,
section 7.3, algorithm A7.1).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.shapes import Curve

Floats = NDArray[np.float64]

# Two directions count as parallel if their unit vectors span less area than this.
_PARALLEL = 1e-12


def line(start: ArrayLike, end: ArrayLike) -> Curve:
    """The straight line between two points [dim] (or batches of them [..., dim]), parameter 0 to 1."""
    try:
        ends = np.broadcast_arrays(finite(start, "the start"), finite(end, "the end"))
    except ValueError:
        what = f"the start has the shape {list(np.shape(start))}, the end {list(np.shape(end))}"
        raise InputError(what, where="line", fix="give both the same number of coordinates") from None
    return Curve(np.stack(ends, axis=-2), 1)


def polyline(points: ArrayLike, *, closed: bool = False) -> Curve:
    """Straight lines through points [n, dim], degree 1; the parameter is the length run through.

    Args:
        points: n >= 2; a point that repeats the one before is dropped.
        closed: whether a last line leads back to the first point.

    Raises:
        InputError: fewer than two different points.
    """
    corners = finite(points, "points")
    if corners.ndim != 2:
        raise InputError(f"points are an array [n, dim], got {list(corners.shape)}", where="polyline")
    if closed and len(corners):
        corners = np.concatenate([corners, corners[:1]])
    steps = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    kept = corners[np.concatenate([[True], steps > 0])] if len(corners) else corners
    if len(kept) < 2:
        raise InputError("a polyline needs two different points", where="polyline")
    run = np.concatenate([[0.0], np.cumsum(steps[steps > 0])])
    return Curve(kept, 1, np.concatenate([run[:1], run, run[-1:]]))


def arc(
    centre: ArrayLike,
    radius: float,
    start: float = 0.0,
    sweep: float = 2 * math.pi,
    *,
    axes: ArrayLike | None = None,
) -> Curve:
    """A circular arc as a rational quadratic, parameter 0 to 1 (A7.1).

    Args:
        centre: [2] or [3].
        radius: above 0.
        start: angle of the first point from the first axis, radians.
        sweep: angle run through, radians, at most a full turn either way; negative runs from the second axis to the first.
        axes: [2, dim], two directions that span the plane; made orthonormal. By default x and y.

    Raises:
        SettingError: radius or sweep out of range.
        InputError: axes that are parallel.
    """
    return elliptic_arc(centre, (radius, radius), start, sweep, axes=axes)


def circle(centre: ArrayLike, radius: float, *, axes: ArrayLike | None = None) -> Curve:
    """A full circle of nine control points, from the first axis to the second and on."""
    return arc(centre, radius, axes=axes)


def ellipse(centre: ArrayLike, semi_axes: tuple[float, float], *, axes: ArrayLike | None = None) -> Curve:
    """A full ellipse; semi-axes along the first and second axis."""
    return elliptic_arc(centre, semi_axes, axes=axes)


def elliptic_arc(
    centre: ArrayLike,
    semi_axes: tuple[float, float],
    start: float = 0.0,
    sweep: float = 2 * math.pi,
    *,
    axes: ArrayLike | None = None,
) -> Curve:
    """An arc of an ellipse; angles are of the circle that it is the affine image of. Otherwise as `arc`."""
    middle = finite(centre, "the centre")
    if middle.ndim != 1 or len(middle) < 2:
        raise InputError(f"a centre is one point of two or more numbers, got shape {list(middle.shape)}", where="arc")
    if not all(0 < length < math.inf for length in semi_axes):
        raise SettingError(f"a radius is above 0, got {' and '.join(f'{length:g}' for length in semi_axes)}", where="arc")
    plane, weights, knots = unit_arc(start, sweep)
    frame = _frame(axes, len(middle)) * np.array(semi_axes)[:, None]
    return Curve(middle + plane @ frame, 2, knots, weights)


def unit_arc(start: float, sweep: float) -> tuple[Floats, Floats, Floats]:
    """Control points [n, 2], weights [n] and knots of an arc of the unit circle about 0, as few segments as can be.

    Raises:
        SettingError: the sweep is 0, more than a full turn, or not finite.
    """
    if not (math.isfinite(start) and 0 < abs(sweep) <= 2 * math.pi * (1 + 1e-15)):
        raise SettingError(
            f"an arc sweeps more than 0 and at most a full turn, got {math.degrees(sweep):g} deg", where="arc"
        )
    # A little beyond 90 degrees by rounding is still 90 degrees.
    segments = max(1, math.ceil(abs(sweep) / (math.pi / 2) - 1e-9))
    half = sweep / segments / 2
    angles = start + half * np.arange(2 * segments + 1)
    inner = np.arange(2 * segments + 1) % 2 == 1
    weights = np.where(inner, math.cos(half), 1.0)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1) / weights[:, None]
    if abs(sweep) >= 2 * math.pi:
        points[-1] = points[0]  # Closed to the last bit.
    breaks = np.linspace(0, 1, segments + 1)
    return points, weights, np.concatenate([[0.0], np.repeat(breaks, 2), [1.0]])


def periodic_curve(
    control_points: ArrayLike, degree: int = 3, *, knots: ArrayLike | None = None, weights: ArrayLike | None = None
) -> Curve:
    """A closed curve that is smooth everywhere, from control points that go round once.

    Args:
        control_points: [..., n, dim], the first not repeated at the end; n > degree.
        degree: at least 1.
        knots: [n + 1] ascending, the domain and the breaks in it; None for 0 to 1 in equal steps.
        weights: [..., n] or None.

    Returns:
        A periodic `Curve` of n + degree control points: the last `degree` repeat the first.
    """
    control = finite(control_points, "control points")
    if control.ndim < 2 or control.shape[-2] <= degree or degree < 1:
        got = control.shape[-2] if control.ndim >= 2 else 0
        raise InputError(
            f"{got} control points make no closed curve of degree {degree}", fix="give more points than the degree"
        )
    count = control.shape[-2]
    breaks = np.linspace(0, 1, count + 1) if knots is None else finite(knots, "knots")
    if breaks.shape != (count + 1,) or (np.diff(breaks) < 0).any() or breaks[0] == breaks[-1]:
        raise InputError(f"a closed curve of {count} control points has {count + 1} ascending breaks", where="knots")
    round_ = np.arange(count + degree) % count
    factors = None if weights is None else finite(weights, "weights")[..., round_]
    return Curve(control[..., round_, :], degree, wrapped_knots(breaks, degree), factors, periodic=True)


def wrapped_knots(breaks: Floats, degree: int) -> Floats:
    """Breaks [n + 1] of one turn, carried on for `degree` spans on either side: [n + 1 + 2 degree]."""
    count, turn = len(breaks) - 1, breaks[-1] - breaks[0]
    index = np.arange(-degree, count + degree + 1)
    laps, rest = np.divmod(index, count)
    carried: Floats = breaks[rest] + laps * turn
    carried[degree : degree + count + 1] = breaks
    return carried


def finite(values: ArrayLike, what: str) -> Floats:
    """Numbers as float64.

    Raises:
        InputError: they are no numbers, or NaN or infinite.
    """
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{what}: not an array of numbers") from None
    if not np.isfinite(array).all():
        raise InputError(f"{what}: NaN or infinity among the numbers", fix="leave those points out")
    return array


def _frame(axes: ArrayLike | None, dimension: int) -> Floats:
    if axes is None:
        return np.eye(2, dimension)
    given = finite(axes, "axes")
    if given.shape != (2, dimension):
        raise InputError(f"axes are an array [2, {dimension}], got {list(given.shape)}", where="arc")
    lengths = np.linalg.norm(given, axis=1)
    if not lengths.all():
        raise InputError("an axis has no length", where="arc")
    first, second = given / lengths[:, None]
    across = second - (second @ first) * first
    if np.linalg.norm(across) < _PARALLEL:
        raise InputError("the two axes are parallel", where="arc", fix="give two directions of the plane of the arc")
    return np.stack([first, across / np.linalg.norm(across)])
