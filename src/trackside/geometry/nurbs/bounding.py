"""Boxes that hold a shape: of its control points (fast, loose), or tight to a tolerance.

A tight box is found by branch and bound on Bezier pieces: a coordinate of a piece lies between its least and greatest
Bernstein coefficient, and takes the values of the corner ones. Pieces that cannot reach beyond what is already reached
are dropped, the others are halved (de Casteljau). So the box is sure to hold the shape, and no larger than the tolerance.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

from trackside.core import SettingError
from trackside.geometry.nurbs.arrays import Array, as_array, namespace
from trackside.geometry.nurbs.primitives import Floats
from trackside.geometry.nurbs.shapes import Nurbs
from trackside.geometry.nurbs.singles import in_numpy, singles

# Halvings; each brings two binary digits.
_ROUNDS = 40
# Pieces at once; beyond, the box is left a little loose rather than the memory full.
_MOST_PIECES = 200_000
# What rounding can make of a bound, as a part of the largest coordinate.
_ROUNDING = 1e-14


def control_bounds(shape: Nurbs) -> tuple[Array, Array]:
    """The lowest and highest corner [*batch, dim] of the box of the control points, which holds the shape."""
    xp = namespace(shape.control_points)
    flat = shape.control_points.reshape(*shape.batch, -1, shape.dimension)
    return xp.min(flat, axis=-2), xp.max(flat, axis=-2)


def bounds(shape: Nurbs, *, tolerance: float = 1e-7) -> tuple[Array, Array]:
    """The lowest and highest corner [*batch, dim] of the least box that holds the shape.

    Args:
        shape: one or a batch.
        tolerance: how much larger than necessary a side may be, as a part of the control points' box's diagonal.

    Raises:
        SettingError: the tolerance is not between 0 and 1.
    """
    if not 0 < tolerance < 1:
        raise SettingError(f"a tolerance is between 0 and 1, got {tolerance:g}", where="bounds")
    low, high = control_bounds(in_numpy(shape))
    sizes = np.linalg.norm(high - low, axis=-1).reshape(-1)
    found = [_reach(one, tolerance * size) for one, size in zip(singles(shape), sizes, strict=True)]
    flat = np.stack(found).reshape(*shape.batch, 2, shape.dimension)
    return as_array(-flat[..., 0, :], shape.control_points), as_array(flat[..., 1, :], shape.control_points)


def _reach(shape: Nurbs, allowed: float) -> Floats:
    """How far the shape reaches against and along each axis: [2, dim]."""
    pieces = _bezier_pieces(shape)
    weights = pieces[..., -1]
    signed = np.stack([-pieces[..., :-1], pieces[..., :-1]], axis=1)
    # One row for each piece, direction and coordinate: [rows, order_1, ..., order_d].
    coefficients = np.moveaxis(signed, -1, 2)
    goals = np.broadcast_to(np.arange(2 * shape.dimension).reshape(2, -1), coefficients.shape[:3]).reshape(-1)
    factors = np.broadcast_to(weights[:, None, None], coefficients.shape).reshape(-1, *weights.shape[1:])
    rows = np.stack([coefficients.reshape(factors.shape), factors], axis=1)
    reached = np.full(2 * shape.dimension, -math.inf)
    sure = reached.copy()
    slack = allowed + _ROUNDING * np.abs(shape.control_points).max()
    for _ in range(_ROUNDS):
        ceilings, floors = _ceilings(rows)
        np.maximum.at(reached, goals, floors)
        open_ = ceilings > reached[goals] + slack
        if not open_.any() or np.count_nonzero(open_) * 2**shape.parameters > _MOST_PIECES:
            break
        np.maximum.at(sure, goals[~open_], ceilings[~open_])
        goals = np.repeat(goals[open_], 2**shape.parameters)
        rows = _halves(rows[open_])
    np.maximum.at(sure, goals, ceilings)
    return np.asarray(np.maximum(sure, reached).reshape(2, -1))


def _ceilings(rows: Floats) -> tuple[Floats, Floats]:
    """The highest coefficient of each row, and the highest value that it is sure to take (at a corner)."""
    values = rows[:, 0] / rows[:, 1]
    corners = values[np.ix_(range(len(values)), *([0, size - 1] for size in values.shape[1:]))]
    return values.reshape(len(values), -1).max(axis=1), corners.reshape(len(values), -1).max(axis=1)


def _halves(rows: Floats) -> Floats:
    """Each row [r, 2, ...] halved along every parameter: [r * 2^d, 2, ...], halves of a row side by side."""
    for axis in range(2, rows.ndim):
        both = [np.moveaxis(np.tensordot(half, rows, axes=(1, axis)), 0, axis) for half in _halving(rows.shape[axis] - 1)]
        rows = np.stack(both, axis=1).reshape(-1, *rows.shape[1:])
    return rows


def _bezier_pieces(shape: Nurbs) -> Floats:
    """Homogeneous Bernstein coefficients [pieces, p_1 + 1, ..., dim + 1] of a single shape."""
    from trackside.geometry.nurbs.splitting import decompose

    pieces, _ = decompose(shape)
    weights = np.ones(pieces.control_points.shape[:-1]) if pieces.weights is None else pieces.weights
    lifted = np.concatenate([pieces.control_points * weights[..., None], weights[..., None]], axis=-1)
    return np.asarray(lifted.reshape(-1, *(degree + 1 for degree in shape.degrees), shape.dimension + 1))


@functools.cache
def _halving(degree: int) -> tuple[Floats, Floats]:
    """De Casteljau at one half as matrices for the left and the right half."""
    left = np.zeros((degree + 1, degree + 1))
    for row in range(degree + 1):
        left[row, : row + 1] = _binomials(row) / 2.0**row
    return left, left[::-1, ::-1].copy()


def _binomials(degree: int) -> NDArray[np.float64]:
    return np.array([math.comb(degree, i) for i in range(degree + 1)], np.float64)
