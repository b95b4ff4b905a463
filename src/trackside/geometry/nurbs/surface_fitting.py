"""Surfaces near points: on a grid, or at scattered parameters.

NumPy and SciPy. Least squares on a grid is Piegl and Tiller, The NURBS Book, 2nd edition, A9.7; smoothing as for curves
(see `fitting`).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.collocation import design, roughness, solved
from trackside.geometry.nurbs.fitting import (
    FEWER,
    check_counts,
    checked_smoothing,
    even_knots,
    fitted,
    held_rows,
    point_weights,
)
from trackside.geometry.nurbs.interpolation import surface_parameters
from trackside.geometry.nurbs.parametrisation import Spacing, checked_degree, checked_points, fitting_knots
from trackside.geometry.nurbs.primitives import Floats, finite
from trackside.geometry.nurbs.shapes import Surface


def fit_surface(
    points: ArrayLike,
    counts: tuple[int, int],
    degrees: tuple[int, int] = (3, 3),
    *,
    parameters: Spacing | tuple[ArrayLike, ArrayLike] = "chord",
    hold: Literal["corners", "none"] = "corners",
    smoothing: float = 0.0,
) -> Surface:
    """The surface nearest to a grid of points [n, m, dim] by least squares (A9.7).

    Args:
        points: first index along u.
        counts: of control points along u and v.
        degrees: along u and v.
        parameters: a rule, or two vectors [n], [m].
        hold: whether it goes through its four corners, and its sides are the curves nearest to the outer points; noise
            there is then followed more closely than inside.
        smoothing: as for `fit`, along each direction.

    Raises:
        InputError: as `fit`.
    """
    control = checked_points(points, axes=2)
    if control.ndim != 3:
        raise InputError(f"points are an array [n, m, dim], got {list(control.shape)}", where="fit_surface")
    if hold not in ("corners", "none"):
        raise SettingError(f"what is held is 'corners' or 'none', got {hold!r}", where="fit_surface")
    vectors = []
    for places, count, degree in zip(surface_parameters(control, parameters), counts, degrees, strict=True):
        n = control.shape[0]
        check_counts(count, degree, n, smoothing)
        vectors.append(fitting_knots(places, count, degree) if count <= n else even_knots(places, count, degree))
        # On a grid the surface of least squares is that of the columns, then of the rows of what they gave.
        control = fitted(
            control,
            places,
            vectors[-1],
            degree,
            np.ones(n),
            held_rows("ends" if hold == "corners" else "none", n),
            smoothing,
        ).swapaxes(0, 1)
    return Surface(control, degrees, vectors)


def fit_scattered(
    u: ArrayLike,
    v: ArrayLike,
    values: ArrayLike,
    counts: tuple[int, int],
    degrees: tuple[int, int] = (3, 3),
    *,
    domain: tuple[tuple[float, float], tuple[float, float]] | None = None,
    weights: ArrayLike | None = None,
    smoothing: float = 0.0,
) -> Surface:
    """The surface with given values at scattered parameters, by least squares.

    Args:
        u: parameters [n], in any order.
        v: parameters [n].
        values: [n, dim]; a height field has dim 1.
        counts: of control points along u and v; knots are even.
        degrees: along u and v.
        domain: lowest and highest u, and v; None for those of the points.
        weights: [n], at least 0.
        smoothing: of the squared second derivatives along u and along v; above 0 it fills parts without points.

    Raises:
        InputError: shapes that do not fit, parameters outside the domain, or parts of the surface without points.
    """
    given = checked_points(values)
    places = [finite(u, "u"), finite(v, "v")]
    if given.ndim != 2 or any(one.shape != given.shape[:1] for one in places):
        raise InputError("u and v are [n] and values [n, dim]", where="fit_scattered")
    ends = domain or tuple((float(one.min()), float(one.max())) for one in places)
    matrices, penalties, knots = [], [], []
    for one, count, degree, (low, high) in zip(places, counts, degrees, ends, strict=True):
        if not (low < high and low <= one.min() and one.max() <= high):
            raise InputError("parameters are outside the domain, or all the same", where="fit_scattered")
        checked_degree(degree, count)
        knots.append(even_knots(np.array([low, high]), count, degree))
        matrices.append(design(knots[-1], degree, one))
        penalties.append(roughness(knots[-1], degree, 2))
    control = _scattered(matrices, penalties, given, point_weights(weights, len(given)), checked_smoothing(smoothing))
    return Surface(control.reshape(*counts, -1), degrees, knots)


def _scattered(matrices: list[Any], penalties: list[Any], values: Floats, weights: Floats, smoothing: float) -> Floats:
    from scipy.sparse import csr_array, eye_array, kron

    a, b = (csr_array(matrix) for matrix in matrices)
    # Row by row, the products of all functions of u with all of v.
    per_a, per_b = np.diff(a.indptr), np.diff(b.indptr)
    if (per_a != per_a[0]).any() or (per_b != per_b[0]).any():
        raise InputError("parameters without basis functions", where="fit_scattered")
    columns = a.indices.reshape(-1, per_a[0], 1) * b.shape[1] + b.indices.reshape(-1, 1, per_b[0])
    entries = a.data.reshape(-1, per_a[0], 1) * b.data.reshape(-1, 1, per_b[0])
    starts = np.arange(len(values) + 1) * per_a[0] * per_b[0]
    both = csr_array((entries.reshape(-1), columns.reshape(-1), starts), shape=(len(values), a.shape[1] * b.shape[1]))
    weighted = both.T * weights
    matrix = weighted @ both
    if smoothing:
        along_u = kron(penalties[0], eye_array(b.shape[1]))
        matrix = matrix + smoothing * (along_u + kron(eye_array(a.shape[1]), penalties[1]))
    return solved(matrix, weighted @ values, fix=FEWER)
