"""The same shape with other parameters: another domain, run backwards, or parameters exchanged."""

from __future__ import annotations

from typing import cast

import numpy as np

from trackside.core import SettingError
from trackside.geometry.nurbs.arrays import Array, as_array, namespace
from trackside.geometry.nurbs.linear import Shape, knots_of
from trackside.geometry.nurbs.shapes import Nurbs, Surface, Volume


def reparametrise(shape: Shape, low: float = 0.0, high: float = 1.0, parameter: int = 0) -> Shape:
    """The same shape with its domain from `low` to `high`: knots are shifted and scaled. Periodic stays periodic.

    Raises:
        SettingError: `high` is not above `low`.
    """
    if not (np.isfinite([low, high]).all() and low < high):
        raise SettingError(f"a domain from {low:g} to {high:g}", where="high", fix="give low < high")
    knots, degree = knots_of(shape, parameter), shape.degrees[parameter]
    begin, end = knots[..., degree, None], knots[..., -degree - 1, None]
    share = (knots - begin) / (end - begin)
    # So written, both ends are met exactly.
    return _with_knots(shape, (1.0 - share) * low + share * high, parameter)


def reverse(shape: Shape, parameter: int = 0) -> Shape:
    """The same shape run backwards along a parameter, on the same domain. Periodic stays periodic."""
    knots, degree = knots_of(shape, parameter), shape.degrees[parameter]
    begin, end = knots[..., degree, None], knots[..., -degree - 1, None]
    mirrored = np.where(knots == begin, end, begin + (end - knots))[..., ::-1]
    axis = len(shape.batch) + parameter
    flip = namespace(shape.control_points).flip
    weights = None if shape.weights is None else flip(shape.weights, axis=axis)
    turned = shape.with_control(flip(shape.control_points, axis=axis), weights)
    return _with_knots(turned, mirrored.copy(), parameter)


def swap(shape: Surface | Volume, first: int = 0, second: int = 1) -> Surface | Volume:
    """The same surface or volume with two of its parameters exchanged: S(u, v) becomes S(v, u).

    Raises:
        SettingError: the shape has no such parameter.
    """
    knots_of(shape, first), knots_of(shape, second)
    before = len(shape.batch)

    def moved(array: Array) -> Array:
        order = list(range(array.ndim))
        order[before + first], order[before + second] = before + second, before + first
        return namespace(array).permute_dims(array, tuple(order))

    order = list(range(shape.parameters))
    order[first], order[second] = second, first
    return type(shape).trusted(
        control_points=moved(shape.control_points),
        weights=None if shape.weights is None else moved(shape.weights),
        degrees=tuple(shape.degrees[i] for i in order),
        knots=tuple(shape.knots[i] for i in order),
        periodic=tuple(shape.periodic[i] for i in order),
    )


def _with_knots(shape: Shape, knots: Array, parameter: int) -> Shape:
    vectors = list(shape.knots)
    vectors[parameter] = as_array(knots, shape.knots[parameter])
    made: Nurbs = type(shape).trusted(
        control_points=shape.control_points,
        weights=shape.weights,
        degrees=shape.degrees,
        knots=tuple(vectors),
        periodic=shape.periodic,
    )
    return cast(Shape, made)
