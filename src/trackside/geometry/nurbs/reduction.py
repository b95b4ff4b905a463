"""Degree reduction with a bound of the error (after The NURBS Book, 5.6, for any knots and all pieces at once).

The reduced shape is the one whose elevation comes closest to the control points of the given one, in the sense of least
squares, with the end points kept. (For one Bezier piece, but for the kept ends, that is the best one in L2 as well:
Lutterkort, Peters and Reif 1999, "Polynomial degree reduction in the L2-norm equals best Euclidean approximation of Bezier
coefficients".)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.arrays import as_array
from trackside.geometry.nurbs.blossom import refinement
from trackside.geometry.nurbs.clamping import clamp
from trackside.geometry.nurbs.deviation import deviation_bound
from trackside.geometry.nurbs.distinct import each
from trackside.geometry.nurbs.elevation import elevation
from trackside.geometry.nurbs.linear import Rows, Shape, along, knots_of, mapped, replaced


def reduce_degree(shape: Shape, by: int = 1, tolerance: float = 1e-9, parameter: int = 0) -> tuple[Shape, float]:
    """A shape of a lower degree that is close to the given one, and a bound of the distance between the two.

    End points along the parameter stay. A knot stands once less than before, but once at least. Knots that are not clamped,
    or periodic, become clamped.

    Args:
        shape: curve, surface or volume.
        by: how much lower; the degree stays 1 at least.
        tolerance: largest distance at equal parameters, in the unit of the control points; `math.inf` for any.
        parameter: 0, 1 or 2 for u, v or w.

    Raises:
        SettingError: `by` or `tolerance` is out of range.
        InputError: no shape of that degree was found within the tolerance; shapes of a batch differ in their knots' pattern.
    """
    knots_of(shape, parameter)
    if not 1 <= by < shape.degrees[parameter]:
        most = shape.degrees[parameter] - 1
        fix = f"give 1 to {most}" if most else "a degree of 1 is the lowest"
        raise SettingError(f"degree {most + 1} is to fall by {by}", where="by", fix=fix)
    if not tolerance >= 0:
        raise SettingError(f"a tolerance of {tolerance:g}", where="tolerance", fix="give 0 or more")
    shape, bound = clamp(shape, parameter), 0.0
    for _ in range(by):
        shape, step = _reduced(shape, parameter)
        bound += step
    if not bound <= tolerance:
        raise InputError(
            f"degree {shape.degrees[parameter]} comes no closer than {bound:.3g}, the tolerance is {tolerance:.3g}",
            where=f"parameter {parameter}",
            fix="allow more, keep the degree, or refine the shape first",
        )
    return shape, bound


def _reduced(shape: Shape, parameter: int) -> tuple[Shape, float]:
    degree, old = shape.degrees[parameter], knots_of(shape, parameter)
    target = each(old, _thinned, "knots after reduction")
    rise, full = elevation(target, degree - 1)
    whole = mapped(shape, refinement(old, full, degree), full, parameter)
    columns = along(whole, parameter)
    fall = as_array(_fall(rise, target.shape[-1] - degree), columns)
    least = fall @ columns
    # Again with what is left: the inverse carries the rounding of large weights to points of small weights.
    for _ in range(2):
        least = least + fall @ (columns - rise(least))
    made = replaced(whole, least, target, parameter, degree - 1)
    again = mapped(made, rise, full, parameter, degree)
    return made, deviation_bound(whole, again, parameter)


def _thinned(knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each knot once less, but inner ones once at least: dropped, they would ask for more smoothness than there is."""
    values, counts = np.unique(knots, return_counts=True)
    return np.repeat(values, np.maximum(counts - 1, 1))


def _fall(rise: Rows, count: int) -> NDArray[np.float64]:
    """The least-squares inverse [..., count, m] of an elevation to m control points, with the first and last kept."""
    dense = _dense(rise, count)
    m = dense.shape[-2]
    back = np.zeros((*dense.shape[:-2], count, m))
    back[..., 0, 0] = back[..., -1, -1] = 1.0
    ends = np.zeros((*dense.shape[:-2], m, m))
    ends[..., [0, -1]] = dense[..., [0, -1]]
    inner = dense[..., 1:-1]
    turned = inner.swapaxes(-1, -2)
    # Normal equations: rows of an elevation are convex combinations of neighbours, far from singular.
    back[..., 1:-1, :] = np.linalg.solve(turned @ inner, turned @ (np.eye(m) - ends))
    return back


def _dense(rows: Rows, count: int) -> NDArray[np.float64]:
    columns = rows.first[..., None] + np.arange(rows.values.shape[-1])
    full = np.zeros((*rows.first.shape, count))
    np.put_along_axis(full, columns, rows.values, axis=-1)
    return full
