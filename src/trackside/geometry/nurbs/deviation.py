"""How far apart two shapes are at most: a bound that holds everywhere, from control points.

For shapes on the same knots, with control points P and Q and weights w and v, write the difference of the two quotients over
the first denominator: S - T = sum of N_j w_j ((P_j - Q_j) + (1 - v_j / w_j) (Q_j - T)) / sum of N_j w_j. A quotient of sums
is at most the largest quotient, and T lies in the hull of the Q around Q_j; so no distance exceeds the largest

    |P_j - Q_j| + |1 - v_j / w_j| * (reach of the Q around Q_j).

It is tighter than equation 5.30 of The NURBS Book where weights vary, and does not depend on the origin.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.nurbs.arrays import as_numpy
from trackside.geometry.nurbs.blossom import refinement
from trackside.geometry.nurbs.linear import Shape, knots_of, mapped
from trackside.geometry.nurbs.shapes import Nurbs

# The bound of control points falls with the square of their distance: with four times as many it is near the true value.
_FINER = 4


def deviation_bound(shape: Shape, other: Shape, parameter: int, enough: float = 0.0) -> float:
    """No point of one is further from the point of the other with the same parameters; of a batch, the largest.

    Args:
        shape: with positive weights, or none.
        other: the same degrees and knots; its weights may be anything: where they are not positive, the bound is infinite.
        parameter: along which the two differ most: there the bound is made tighter by more knots.
        enough: a bound that needs not be tighter.
    """
    return float(deviations_along(shape, other, parameter, enough)[0].max(initial=0.0))


def deviations_along(
    shape: Shape, other: Shape, parameter: int, enough: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The bound by place along a parameter: arguments as of `deviation_bound`.

    Returns:
        Distances [r, m], one a control point, and the knots [r, m + degree + 1] that tell where it counts; one row for each
        vector of knots. Where some weights are not positive, those are infinite and nothing is said of the others: 0.
    """
    old, degree = knots_of(shape, parameter), shape.degrees[parameter]
    wrong = weightless(other)
    first = np.where(wrong, np.inf, 0.0) if wrong.any() else _distances(shape, other)
    if wrong.any() or first.max(initial=0.0) <= enough:
        return _rows(first, shape, old, parameter), _flat(old)
    low, high = old[..., degree, None], old[..., -degree - 1, None]
    inner = np.linspace(0.0, 1.0, _FINER * shape.counts[parameter] + 2)[1:-1]
    new = np.sort(np.concatenate([old, low + (high - low) * inner], axis=-1), axis=-1)
    rows = refinement(old, new, degree)
    second = _distances(mapped(shape, rows, new, parameter), mapped(other, rows, new, parameter))
    return _rows(second, shape, new, parameter), _flat(new)


def weightless(shape: Nurbs) -> NDArray[np.bool_]:
    """Which control points [..., n_1, .., n_d] have a weight that is not positive."""
    if shape.weights is None:
        return np.zeros(tuple(shape.control_points.shape[:-1]), bool)
    return np.asarray(~(as_numpy(shape.weights) > 0))


def _rows(distances: NDArray[np.float64], shape: Nurbs, knots: NDArray[np.float64], parameter: int) -> NDArray[np.float64]:
    """The largest distances [r, m] along a parameter, of [..., n_1, .., n_d]: a row for each vector of knots."""
    moved = np.moveaxis(distances, len(shape.batch) + parameter, len(shape.batch))
    others = tuple(range(len(shape.batch) + 1, moved.ndim))
    most = moved.max(axis=others, initial=0.0)
    flat = most.reshape(math.prod(shape.batch), most.shape[-1])
    return np.asarray(flat if knots.ndim > 1 else flat.max(axis=0, keepdims=True, initial=0.0))


def _flat(knots: NDArray[np.float64]) -> NDArray[np.float64]:
    return knots.reshape(-1, knots.shape[-1])


def _distances(shape: Nurbs, other: Nurbs) -> NDArray[np.float64]:
    ours, theirs = np.asarray(as_numpy(shape.control_points)), np.asarray(as_numpy(other.control_points))
    apart = np.linalg.norm(ours - theirs, axis=-1)
    if shape.weights is None or other.weights is None:
        return np.asarray(apart)
    change = np.abs(1.0 - as_numpy(other.weights) / as_numpy(shape.weights))
    return np.asarray(apart + change * _reach(theirs, shape.degrees))


def _reach(points: NDArray[np.float64], degrees: tuple[int, ...]) -> NDArray[np.float64]:
    """From each control point to the furthest corner of the box of those that share a span with it."""
    from scipy.ndimage import maximum_filter1d, minimum_filter1d

    high, low = points, points
    for axis, degree in enumerate(degrees):
        place, width = points.ndim - 1 - len(degrees) + axis, 2 * degree + 1
        high = maximum_filter1d(high, width, axis=place, mode="nearest")
        low = minimum_filter1d(low, width, axis=place, mode="nearest")
    return np.asarray(np.linalg.norm(np.maximum(high - points, points - low), axis=-1))
