"""Removing all knots that a shape does not need (after The NURBS Book, A9.8: the least error goes first)."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from trackside.core import SettingError
from trackside.geometry.nurbs.arrays import as_numpy
from trackside.geometry.nurbs.clamping import unperiodic
from trackside.geometry.nurbs.linear import Shape, along, knots_of
from trackside.geometry.nurbs.removal import disagreement, within, without


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
    made, degree = shape, shape.degrees[parameter]
    costs = _costs(made, _inner(made, parameter), parameter)
    while costs:
        value = min(costs, key=costs.__getitem__)
        place = np.full(knots_of(made, parameter).shape[:-1], value)
        tried = without(made, place, parameter)
        if not within(shape, tried, tolerance, parameter):
            del costs[value]
            continue
        made, left = tried, _inner(tried, parameter)
        if value not in left:
            del costs[value]
        # Costs further off than the degree do not change.
        near = bisect_left(left, value)
        changed = [other for other in left[max(near - degree - 1, 0) : near + degree + 2] if other in costs]
        costs.update(_costs(made, changed, parameter))
    return made


def _inner(shape: Shape, parameter: int) -> list[float]:
    """Distinct knots inside of the domain that all shapes of a batch have, ascending."""
    knots, degree = knots_of(shape, parameter), shape.degrees[parameter]
    rows = knots.reshape(-1, knots.shape[-1])
    common: set[float] = set(rows[0].tolist()).intersection(*(row.tolist() for row in rows[1:]))
    low, high = rows[:, degree].max(), rows[:, -degree - 1].min()
    return sorted(value for value in common if low < value < high)


def _costs(shape: Shape, values: list[float], parameter: int) -> dict[float, float]:
    """How much the control points disagree about the removal of each knot: for the order alone."""
    knots, degree = knots_of(shape, parameter), shape.degrees[parameter]
    columns = np.asarray(as_numpy(along(shape, parameter)), np.float64)
    size = shape.dimension + shape.rational
    points = columns.reshape(-1, columns.shape[-2], columns.shape[-1] // size, size)
    if knots.ndim == 1:
        return {value: _jump(points, knots, degree, value, shape.rational) for value in values}
    rows = list(zip(points[:, None], knots.reshape(-1, knots.shape[-1]), strict=True))
    return {value: max(_jump(one, row, degree, value, shape.rational) for one, row in rows) for value in values}


def _jump(points: NDArray[np.float64], knots: NDArray[np.float64], degree: int, value: float, rational: bool) -> float:
    """For homogeneous points [b, n, c, dim] on the same knots."""
    first, parts = disagreement(knots, degree, value)
    near = points[:, first : first + len(parts)]
    jump = np.einsum("k, bkcd -> bcd", parts, near)
    if not rational:
        return float(np.linalg.norm(jump, axis=-1).max(initial=0.0))
    weights = near[..., -1]
    middle = (near[..., :-1] / weights[..., None]).mean(axis=1)
    moved = jump[..., :-1] - middle * jump[..., -1:]
    return float((np.linalg.norm(moved, axis=-1) / weights.min(axis=1)).max(initial=0.0))
