"""What a shape must be before anything is computed with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackside.core import InputError
from trackside.geometry.nurbs.arrays import Array, as_numpy

if TYPE_CHECKING:
    from trackside.geometry.nurbs.shapes import Nurbs

_NAMES = "uvw"


def checked(shape: Nurbs) -> None:
    """See that a shape is one.

    Raises:
        InputError: see `Nurbs`.
    """
    name, count = type(shape).__name__, shape.parameters
    axes = ", ".join("nml"[:count])
    if shape.control_points.ndim < count + 1:
        got = list(shape.control_points.shape)
        raise InputError(f"control points of a {name} are an array [..., {axes}, dim], got {got}", where=name)
    if len(shape.degrees) != count or not all(isinstance(p, (int, np.integer)) for p in shape.degrees):
        raise InputError(f"a {name} has {count} whole numbers as degrees, got {list(shape.degrees)}", where=name)
    if len(shape.periodic) != count or not all(isinstance(p, (bool, np.bool_)) for p in shape.periodic):
        raise InputError(f"`periodic` is {count} times True or False, got {list(shape.periodic)}", where=name)
    if not shape.dimension:
        raise InputError("control points have no coordinates", where=name, fix="give them as [..., dim]")
    for axis, (n, p) in enumerate(zip(shape.counts, shape.degrees, strict=True)):
        if p < 1 or n <= p:
            raise InputError(
                f"degree {p} along {_NAMES[axis]} with {n} control points",
                where=name,
                fix="give a degree of at least 1 and more points than the degree",
            )
    _finite(shape.control_points, "control points", name)
    _check_weights(shape, name)
    if len(shape.knots) != count:
        fix = "give a list with one knot vector for each parameter"
        raise InputError(f"a {name} has {count} knot vectors, got {len(shape.knots)}", where=name, fix=fix)
    for axis, knots in enumerate(shape.knots):
        _check_knots(knots, shape, axis)
        if shape.periodic[axis]:
            _check_period(knots, shape, axis)


def _check_period(knots: Array, shape: Nurbs, axis: int) -> None:
    """The first control points and knots come again at the end."""
    degree, values = shape.degrees[axis], as_numpy(knots)
    steps = np.diff(values, axis=-1)
    same = np.allclose(steps[..., : 2 * degree], steps[..., -2 * degree :], rtol=1e-9, atol=1e-12)
    for array in (shape.control_points, None if shape.weights is None else shape.weights[..., None]):
        if array is not None:
            points = np.moveaxis(as_numpy(array), axis - shape.parameters - 1, 0)
            # As far as a float32 of the same size tells.
            same = same and np.allclose(points[:degree], points[-degree:], rtol=1e-6, atol=1e-6 * np.abs(points).max())
    if not same:
        raise InputError(
            f"points and knots along {_NAMES[axis]} do not come again at the end",
            where=type(shape).__name__,
            fix=f"repeat the first {degree} points, with unclamped knots; `periodic_curve` does it",
        )


def _check_weights(shape: Nurbs, name: str) -> None:
    if shape.weights is None:
        return
    if tuple(shape.weights.shape) != tuple(shape.control_points.shape[:-1]):
        needed, got = list(shape.control_points.shape[:-1]), list(shape.weights.shape)
        raise InputError(f"weights are an array {needed}, one a control point, got {got}", where=name)
    _finite(shape.weights, "weights", name)
    if not (as_numpy(shape.weights) > 0).all():
        least = float(as_numpy(shape.weights).min())
        raise InputError(f"a weight is {least:g}", where=name, fix="give weights above 0, or None for none")


def _check_knots(knots: Array, shape: Nurbs, axis: int) -> None:
    name, degree, count = f"{type(shape).__name__}, knots of {_NAMES[axis]}", shape.degrees[axis], shape.counts[axis]
    values = as_numpy(knots)
    if values.ndim < 1 or values.shape[-1] != count + degree + 1:
        got = values.shape[-1] if values.ndim else "a single number"
        raise InputError(f"{count} control points of degree {degree} need {count + degree + 1} knots, got {got}", where=name)
    if values.ndim > 1 and values.shape[:-1] != shape.batch:
        got = list(values.shape[:-1])
        raise InputError(f"knots of a batch {list(shape.batch)} have its axes or none, got {got}", where=name)
    _finite(knots, "knots", name)
    if (np.diff(values, axis=-1) < 0).any():
        raise InputError("knots decrease", where=name, fix="sort them")
    if not (values[..., count] > values[..., degree]).all():
        raise InputError("the domain is empty", where=name, fix="let the knots rise between the ends")
    # One knot may stand p + 1 times at most: with more, a control point has no effect.
    if (values[..., degree + 1 :] <= values[..., : -degree - 1]).any():
        raise InputError(f"a knot stands more than {degree + 1} times", where=name, fix="drop the surplus")


def _finite(values: Array, what: str, name: str) -> None:
    if not np.isfinite(as_numpy(values)).all():
        raise InputError(f"{what} hold NaN or infinity", where=name)
