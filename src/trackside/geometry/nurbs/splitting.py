"""Pieces of a shape: a part of its domain, two halves, or all its Bezier pieces (The NURBS Book, A5.6)."""

from __future__ import annotations

import math
from typing import cast

import numpy as np
from numpy.typing import NDArray

from trackside.core import SettingError
from trackside.geometry.nurbs.arrays import Array, as_array, namespace
from trackside.geometry.nurbs.blossom import refinement
from trackside.geometry.nurbs.clamping import ended
from trackside.geometry.nurbs.distinct import breaks
from trackside.geometry.nurbs.linear import Rows, Shape, knots_of, located, mapped
from trackside.geometry.nurbs.shapes import Nurbs, from_homogeneous


def restrict(shape: Shape, low: float, high: float, parameter: int = 0) -> Shape:
    """The part of a shape from one parameter value to another, clamped, with the same parameter values.

    Args:
        shape: curve, surface or volume; of a batch, each shape is cut at the same values.
        low: where the part begins, within the domain.
        high: where it ends, above `low`.
        parameter: 0, 1 or 2 for u, v or w.

    Raises:
        SettingError: a value is outside of the domain, or `high` is not above `low`.
        InputError: shapes of a batch differ in their number of knots between the two.
    """
    begin, end = located(shape, low, parameter, "low"), located(shape, high, parameter, "high")
    if not (begin < end).all():
        raise SettingError(f"nothing lies from {low:g} to {high:g}", where="high", fix="give low < high")
    knots, degree = knots_of(shape, parameter), shape.degrees[parameter]
    new = ended(knots, degree, begin, end)
    return mapped(shape, refinement(knots, new, degree), new, parameter)


def split(shape: Shape, value: float, parameter: int = 0) -> tuple[Shape, Shape]:
    """The parts of a shape below and above a parameter value, both clamped.

    Raises:
        SettingError: the value is not inside the domain.
        InputError: shapes of a batch differ in their number of knots at one side.
    """
    point = located(shape, value, parameter)
    knots, degree = knots_of(shape, parameter), shape.degrees[parameter]
    low, high = knots[..., degree], knots[..., -degree - 1]
    if not ((point > low) & (point < high)).all():
        raise SettingError(f"{value:g} is an end of the domain", where="value", fix="split inside of it")
    parts = ended(knots, degree, low, point), ended(knots, degree, point, high)
    left, right = (mapped(shape, refinement(knots, new, degree), new, parameter) for new in parts)
    return left, right


def decompose(shape: Shape) -> tuple[Shape, tuple[NDArray[np.float64], ...]]:
    """The Bezier pieces of a shape, along all its parameters.

    Returns:
        The pieces as one batch, and for each parameter its breaks. Behind the batch axes of the shape come k axes, one a
        parameter, that count the pieces: control points of a curve are [..., pieces, degree + 1, dim]. The knots of a piece
        are the two ends of its span, so that parameter values keep their meaning. Breaks are float64 [..., pieces + 1].

    Raises:
        InputError: shapes of a batch differ in their number of spans.
    """
    homogeneous, found, vectors = shape.homogeneous, [], []
    before = len(shape.batch)
    for parameter, degree in enumerate(shape.degrees):
        knots = knots_of(shape, parameter)
        ends = breaks(knots, degree)
        rows = refinement(knots, np.repeat(ends, degree + 1, axis=-1), degree)
        homogeneous = _cut(shape, homogeneous, rows, parameter, degree)
        found.append(ends)
        vectors.append(np.repeat(np.stack([ends[..., :-1], ends[..., 1:]], axis=-1), degree + 1, axis=-1))
    batch = homogeneous.shape[: before + shape.parameters]
    spread = [_spread(vector, axis, shape, batch) for axis, vector in enumerate(vectors)]
    return cast(Shape, from_homogeneous(shape, homogeneous, knots=spread)), tuple(found)


def _cut(shape: Nurbs, homogeneous: Array, rows: Rows, parameter: int, degree: int) -> Array:
    """Control points [..., pieces so far, counts, c] with the count of one parameter turned into pieces and their points."""
    xp, before = namespace(homogeneous), len(shape.batch)
    source = before + 2 * parameter
    moved = xp.moveaxis(homogeneous, source, before)
    sizes = tuple(moved.shape[before + 1 :])
    columns = rows(moved.reshape((*shape.batch, moved.shape[before], math.prod(sizes))))
    pieces = columns.reshape((*shape.batch, columns.shape[-2] // (degree + 1), degree + 1, *sizes))
    # Pieces of this parameter behind those of the ones before it, its points at their old place.
    return xp.moveaxis(pieces, (before, before + 1), (before + parameter, source + 1))


def _spread(vector: NDArray[np.float64], axis: int, shape: Nurbs, batch: tuple[int, ...]) -> Array:
    """Knots [..., pieces, 2 p + 2] for every piece of the grid of pieces."""
    own = vector.shape[:-2]
    grid = [1] * shape.parameters
    grid[axis] = vector.shape[-2]
    laid = vector.reshape(*(own or (1,) * len(shape.batch)), *grid, vector.shape[-1])
    full = np.broadcast_to(laid, (*batch, vector.shape[-1])).copy()
    return as_array(full, shape.knots[axis])
