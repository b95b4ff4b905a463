"""Removing all knots that a shape does not need (after The NURBS Book, A9.8: the least error goes first).

A removal moves a shape near the knot only, so many knots that are far apart go at once; the result is compared with the
*given* shape, and those knots near which it is too far off come back and stay.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from trackside.core import SettingError
from trackside.geometry.nurbs.arrays import as_numpy
from trackside.geometry.nurbs.clamping import unperiodic
from trackside.geometry.nurbs.linear import Shape, along, knots_of
from trackside.geometry.nurbs.primitives import Floats
from trackside.geometry.nurbs.removal import apart, disagreement, without
from trackside.geometry.nurbs.shapes import Nurbs

# The part of the knots, the cheapest, of which as many go at once as are far enough apart. With all, dear ones would go
# before cheap ones; measured, half of them leaves as many as one by one does.
_AT_ONCE = 0.5


def simplify(shape: Shape, tolerance: float, parameter: int | None = None) -> Shape:
    """The shape without the knots that it does not need to stay within a tolerance of what it is.

    Args:
        shape: curve, surface or volume. Of a batch with knots of their own, knots go that all shapes have and none needs.
        tolerance: largest distance at equal parameters, in the unit of the control points. Along several parameters, the
            distances of each add up, so that each gets an equal share.
        parameter: 0, 1 or 2 for u, v or w; None for all.

    Raises:
        SettingError: the tolerance is negative.
    """
    if not tolerance >= 0:
        raise SettingError(f"a tolerance of {tolerance:g}", where="tolerance", fix="give 0 or more")
    chosen = range(shape.parameters) if parameter is None else (parameter,)
    for each in chosen:
        shape = _simplified(unperiodic(shape, each), tolerance / len(chosen), each)
    return shape


def _simplified(shape: Shape, tolerance: float, parameter: int) -> Shape:
    made, left = shape, _inner(shape, parameter)
    while len(left):
        costs = _costs(made, left, parameter)
        chosen = _far_apart(knots_of(made, parameter), left, costs, shape.degrees[parameter])
        made, refused = _without_all(shape, made, left[chosen], costs[chosen], tolerance, parameter)
        left = left[~np.isin(left, refused) & _common(made, left, parameter)]
    return made


def _without_all(
    shape: Shape, made: Shape, values: Floats, costs: Floats, tolerance: float, parameter: int
) -> tuple[Shape, Floats]:
    """The shape without the knots of which the tolerance allows it, and the others [k]."""
    kept = np.ones(len(values), bool)
    while kept.any():
        going = values[kept]
        tried = without(made, np.broadcast_to(going, (*knots_of(made, parameter).shape[:-1], len(going))), parameter)
        distances, where = apart(shape, tried, tolerance, parameter)
        if (distances <= tolerance).all():
            return tried, values[~kept]
        kept[np.flatnonzero(kept)[_culprits(made, going, costs[kept], distances > tolerance, where, parameter)]] = False
    return made, values


def _culprits(
    made: Nurbs, values: Floats, costs: Floats, wrong: NDArray[np.bool_], where: Floats, parameter: int
) -> NDArray[np.intp]:
    """Which of the knots [m] that went are nearest to what is too far off: rows of `values`.

    Args:
        made: the shape before.
        values: of the knots.
        costs: of their removal: of two that are as near, the dearer one is taken.
        wrong: bool [r, c], control points that are too far off.
        where: [r, c + degree + 1], knots that tell where they count.
        parameter: 0, 1 or 2.
    """
    degree, found = made.degrees[parameter], set[int]()
    order = np.argsort(-costs)
    before = knots_of(made, parameter)
    for knots, places, off in zip(before.reshape(-1, before.shape[-1]), where, wrong, strict=True):
        last = np.searchsorted(knots, values[order], side="right") - 1
        low, high = knots[last - degree], knots[last + degree]
        columns = np.flatnonzero(off)
        begin, end = places[columns + 1, None], places[columns + degree, None]
        gaps = np.maximum(np.maximum(low - end, begin - high), 0.0)
        found.update(order[gaps.argmin(axis=1)].tolist())
    return np.array(sorted(found), np.intp)


def _far_apart(knots: Floats, values: Floats, costs: Floats, degree: int) -> NDArray[np.intp]:
    """Of the cheapest knots, those that can go at once as if they were alone: rows of `values`, ascending."""
    every = knots.reshape(-1, knots.shape[-1])
    lasts = np.stack([np.searchsorted(row, values, side="right") for row in every])
    # A removal moves the shape within `degree` knots to each side: two that share no place cannot be confused.
    apart_, free = 2 * degree + 2, np.ones(len(values), bool)
    chosen = []
    for row in np.argsort(costs)[: math.ceil(len(values) * _AT_ONCE)].tolist():
        if free[row]:
            chosen.append(row)
            free &= (np.abs(lasts - lasts[:, row, None]) >= apart_).all(axis=0)
    return np.array(sorted(chosen), np.intp)


def _inner(shape: Shape, parameter: int) -> Floats:
    """Distinct knots inside of the domain that all shapes of a batch have, ascending."""
    knots, degree = knots_of(shape, parameter), shape.degrees[parameter]
    rows = knots.reshape(-1, knots.shape[-1])
    low, high = rows[:, degree].max(), rows[:, -degree - 1].min()
    values = np.unique(rows[0])
    return np.asarray(values[(values > low) & (values < high) & _common(shape, values, parameter)])


def _common(shape: Nurbs, values: Floats, parameter: int) -> NDArray[np.bool_]:
    """Which values [m] all vectors of knots hold."""
    knots = knots_of(shape, parameter)
    return np.asarray(np.stack([np.isin(values, row) for row in knots.reshape(-1, knots.shape[-1])]).all(axis=0))


def _costs(shape: Nurbs, values: Floats, parameter: int) -> Floats:
    """How much the control points disagree about the removal of each knot [m]: for the order alone."""
    knots, degree = knots_of(shape, parameter), shape.degrees[parameter]
    columns = np.asarray(as_numpy(along(shape, parameter)), np.float64)
    size = shape.dimension + shape.rational
    points = columns.reshape(-1, columns.shape[-2], columns.shape[-1] // size, size)
    if knots.ndim == 1:
        return _jumps(points, knots, degree, values, rational=shape.rational)
    rows = zip(points[:, None], knots.reshape(-1, knots.shape[-1]), strict=True)
    return np.asarray(np.max([_jumps(one, row, degree, values, rational=shape.rational) for one, row in rows], axis=0))


def _jumps(points: Floats, knots: Floats, degree: int, values: Floats, *, rational: bool) -> Floats:
    """For homogeneous points [b, n, c, dim] on the same knots: [m]."""
    first, parts = disagreement(knots, degree, values)
    # Parts beyond the last control point are 0.
    near = points[:, np.minimum(first[:, None] + np.arange(degree + 2), points.shape[1] - 1)]
    jump = np.einsum("mk, bmkcd -> bmcd", parts, near)
    if not rational:
        return np.asarray(np.linalg.norm(jump, axis=-1).max(axis=(0, 2), initial=0.0))
    weights = near[..., -1]
    middle = (near[..., :-1] / weights[..., None]).mean(axis=2)
    moved = jump[..., :-1] - middle * jump[..., -1:]
    return np.asarray((np.linalg.norm(moved, axis=-1) / weights.min(axis=2)).max(axis=(0, 2), initial=0.0))
