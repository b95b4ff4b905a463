"""Parameters for points, and knots for parameters: what interpolation and fitting stand on.

Parameters are the sums of chord lengths to a power: 1 is chord length, 1/2 centripetal (E. Lee 1989), 0 uniform
(Piegl and Tiller, The NURBS Book, 2nd edition, eq. 9.3 to 9.6). Knots follow eq. 9.8 and 9.68, 9.69.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.arrays import is_count
from trackside.geometry.nurbs.primitives import Floats, finite

Spacing: TypeAlias = Literal["chord", "centripetal", "uniform"]

EXPONENTS: dict[str, float] = {"chord": 1.0, "centripetal": 0.5, "uniform": 0.0}


def parametrised(points: Floats, exponent: float) -> Floats:
    """Parameters [n] from 0 to 1 for points [n, dim]: sums of chord length to a power, over the whole."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1) ** exponent
    run = np.concatenate([[0.0], np.cumsum(steps)])
    if not run[-1] > 0:
        raise InputError("all points are the same", fix="give points that differ, or parameters")
    found: Floats = run / run[-1]
    found[-1] = 1.0
    return found


def chosen_parameters(points: Floats, parameters: Spacing | ArrayLike) -> Floats:
    """Parameters [n] for points [n, dim]: given ones, checked, or those of a rule.

    Raises:
        SettingError: no such rule.
        InputError: given parameters are not ascending numbers, one a point.
    """
    if isinstance(parameters, str):
        if parameters not in EXPONENTS:
            known = ", ".join(EXPONENTS)
            raise SettingError(
                f"no rule for parameters is called {parameters!r}", fix=f"choose one of {known}, or give numbers"
            )
        return parametrised(points, EXPONENTS[parameters])
    given = finite(parameters, "parameters")
    if given.shape != points.shape[:1]:
        raise InputError(f"{len(points)} points need as many parameters, got shape {list(given.shape)}")
    if (np.diff(given) < 0).any() or given[0] == given[-1]:
        raise InputError("parameters decrease, or are all the same", fix="sort points by their parameter")
    return given


def averaged_knots(parameters: Floats, degree: int) -> Floats:
    """Clamped knots [n + degree + 1] for interpolation at parameters [n]: inner ones are means of them (eq. 9.8)."""
    sums = np.concatenate([[0.0], np.cumsum(parameters)])
    means = (sums[degree + 1 : -1] - sums[1 : -degree - 1]) / degree
    inner = np.clip(means, parameters[0], parameters[-1])
    return clamped(inner, parameters[0], parameters[-1], degree)


def fitting_knots(parameters: Floats, count: int, degree: int) -> Floats:
    """Clamped knots for `count` control points so that every span holds parameters (eq. 9.68 and 9.69).

    With as many control points as points, those of interpolation.
    """
    if count == len(parameters):
        return averaged_knots(parameters, degree)
    step = len(parameters) / (count - degree)
    place = np.arange(1, count - degree) * step
    whole = place.astype(int)
    part = place - whole
    inner = (1 - part) * parameters[whole - 1] + part * parameters[whole]
    return clamped(inner, parameters[0], parameters[-1], degree)


def clamped(inner: Floats, low: float, high: float, degree: int) -> Floats:
    """A clamped knot vector of inner knots and the two ends."""
    return np.concatenate([np.full(degree + 1, low), inner, np.full(degree + 1, high)])


def checked_degree(degree: int, count: int) -> int:
    """The degree, if so many points allow it.

    Raises:
        SettingError: the degree is below 1.
        InputError: not more points than the degree.
    """
    if not is_count(degree):
        raise SettingError(f"a degree is a whole number of at least 1, got {degree!r}", where="degree")
    if count <= degree:
        fix = f"lower the degree to {count - 1}" if count > 1 else "give at least two points"
        raise InputError(f"{count} points for a curve of degree {degree}", fix=fix)
    return degree


def checked_points(points: ArrayLike, axes: int = 1) -> Floats:
    """Points as float64 [..., n, dim], or [..., n, m, dim] for two axes.

    Raises:
        InputError: of another shape, empty, NaN or infinite.
    """
    given = finite(points, "points")
    if given.ndim < axes + 1 or 0 in given.shape:
        names = "n, m"[: 1 if axes == 1 else 4]
        raise InputError(f"points are an array [..., {names}, dim] with something in it, got {list(given.shape)}")
    return given
