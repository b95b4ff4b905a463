"""Linear systems of B-splines: basis functions at parameters as sparse matrices, and their solution.

NumPy and SciPy. All that interpolates or fits ends here, so that trouble with too few points is told in one way.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trackside.core import InputError
from trackside.geometry.nurbs.primitives import Floats

# A system whose pivots differ by more than this has no answer worth giving in float64.
_SINGULAR = 1e-13


def design(knots: Floats, degree: int, parameters: Floats, *, periodic: bool = False, derivative: int = 0) -> Any:
    """Basis functions [m, n] at parameters [m], sparse (CSR).

    Args:
        knots: [n + degree + 1].
        degree: at least 1.
        parameters: inside the domain; brought back into it if periodic.
        periodic: whether the last `degree` functions are the first ones: then [m, n - degree].
        derivative: of which order, at most the degree.
    """
    from scipy.interpolate import BSpline
    from scipy.sparse import csr_array

    count = len(knots) - degree - 1
    low, high = knots[degree], knots[count]
    places = low + np.mod(parameters - low, high - low) if periodic else np.clip(parameters, low, high)
    inner = knots[derivative : len(knots) - derivative]
    whole = csr_array(BSpline.design_matrix(places, inner, degree - derivative))
    for lowered in reversed(range(derivative)):
        whole = whole @ _differences(knots[lowered : len(knots) - lowered], degree - lowered)
    return whole @ _folding(count, degree) if periodic else whole


def solved(matrix: Any, right: Floats, *, fix: str) -> Floats:
    """The solution of a sparse square system for right sides [n, ...].

    Raises:
        InputError: it has none, or too many; `fix` says what to do.
    """
    flat = right.reshape(len(right), -1)
    return np.asarray(factorised(matrix, fix=fix).solve(flat)).reshape(right.shape)


def factorised(matrix: Any, *, fix: str) -> Any:
    """The sparse LU factors of a square system; `.solve` takes right sides [n, k]. Raises as `solved`."""
    from scipy.sparse import csc_array
    from scipy.sparse.linalg import splu

    try:
        factors = splu(csc_array(matrix))
    except RuntimeError:
        raise InputError("some control points are not told by the points", fix=fix) from None
    pivots = np.abs(factors.U.diagonal())
    if not pivots.min() > _SINGULAR * pivots.max():
        raise InputError("some control points are not told by the points", fix=fix)
    return factors


def collocate(knots: Floats, degree: int, parameters: Floats, values: Floats, *, periodic: bool = False) -> Floats:
    """Control points [n, ...] of the spline that has the values [n, ...] at parameters [n].

    Raises:
        InputError: two parameters are the same, or a basis function has no parameter in its support.
    """
    gaps = np.diff(parameters)
    if not (gaps > 0).all():
        first = int(np.argmin(gaps > 0))
        what = f"points {first + 1} and {first + 2} have the same parameter"
        raise InputError(what, fix="drop points that repeat, or give parameters")
    return solved(design(knots, degree, parameters, periodic=periodic), values, fix="give other parameters or knots")


def roughness(knots: Floats, degree: int, order: int) -> Any:
    """The matrix [n, n] whose quadratic form is the integral over the domain of the squared derivative of an order.

    The penalty of O'Sullivan 1986 (Statistical Science 1): unlike differences of control points (Eilers & Marx 1996) it is
    zero for polynomials below the order on any knots, clamped ones too. Exact, by Gauss and Legendre's rule in each span.
    """
    order = min(order, degree)
    breaks = np.unique(knots[degree : len(knots) - degree])
    nodes, weights = np.polynomial.legendre.leggauss(degree - order + 1)
    half = np.diff(breaks)[:, None] / 2
    places = (breaks[:-1, None] + half * (1 + nodes)).reshape(-1)
    values = design(knots, degree, places, derivative=order)
    return (values.T * (half * weights).reshape(-1)) @ values


def _differences(knots: Floats, degree: int) -> Any:
    """[n - 1, n]: from control points to those of the derivative (The NURBS Book, eq. 3.4)."""
    from scipy.sparse import csr_array, diags_array

    count = len(knots) - degree - 1
    gaps = knots[degree + 1 : -1] - knots[1 : -degree - 1]
    factors = np.divide(degree, gaps, out=np.zeros_like(gaps), where=gaps > 0)
    return csr_array(diags_array([-factors, factors], offsets=[0, 1], shape=(count - 1, count)))


def _folding(count: int, degree: int) -> Any:
    """[n, n - degree]: the last `degree` functions are added to the first."""
    from scipy.sparse import csr_array

    columns = np.arange(count) % (count - degree)
    return csr_array((np.ones(count), (np.arange(count), columns)), shape=(count, count - degree))
