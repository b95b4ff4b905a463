"""Clamped and unclamped knots: whether the first and last control points are the ends of the shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.geometry.nurbs.arrays import as_numpy
from trackside.geometry.nurbs.blossom import extension, refinement
from trackside.geometry.nurbs.distinct import inside
from trackside.geometry.nurbs.linear import Shape, knots_of, mapped, multiplicity


def clamp(shape: Shape, parameter: int | None = None) -> Shape:
    """The same shape with end knots that stand degree + 1 times. Periodic parameters are so no more (The NURBS Book, 12.2).

    Args:
        shape: curve, surface or volume; one that is clamped already is given back as it is.
        parameter: 0, 1 or 2 for u, v or w; None for all.

    Raises:
        InputError: shapes of a batch differ in their number of knots within the domain.
    """
    for each in range(shape.parameters) if parameter is None else (parameter,):
        knots, degree = knots_of(shape, each), shape.degrees[each]
        if is_clamped(knots, degree) and not shape.periodic[each]:
            continue
        new = ended(knots, degree, knots[..., degree], knots[..., -degree - 1])
        shape = mapped(shape, refinement(knots, new, degree), new, each)
    return shape


def unclamp(shape: Shape, parameter: int = 0) -> Shape:
    """The same shape with end knots that stand once: those beyond the ends repeat the spans of the other end (A12.1).

    Raises:
        InputError: weights of the shape continued beyond its ends are not positive, or its knots have no spans to repeat.
    """
    shape = clamp(shape, parameter)
    knots, degree = knots_of(shape, parameter), shape.degrees[parameter]
    new, period = knots.copy(), knots[..., -1] - knots[..., 0]
    for k in range(1, degree + 1):
        new[..., degree - k] = np.minimum(knots[..., -degree - 1 - k] - period, new[..., degree - k + 1])
        new[..., -degree - 1 + k] = np.maximum(knots[..., degree + k] + period, new[..., -degree - 2 + k])
    made = mapped(shape, extension(knots, new, degree), new, parameter)
    if made.weights is not None and not (as_numpy(made.weights) > 0).all():
        raise InputError("continued beyond its ends, the shape has weights that are not positive", fix="leave it clamped")
    return made


def unperiodic(shape: Shape, parameter: int) -> Shape:
    """The clamped equivalent of a shape that is periodic along the parameter; any other as it is."""
    knots_of(shape, parameter)
    return clamp(shape, parameter) if shape.periodic[parameter] else shape


def is_clamped(knots: NDArray[np.float64], degree: int) -> bool:
    """Whether both end knots [..., k] stand degree + 1 times, in all of a batch."""
    return bool((multiplicity(knots, knots[..., [0, -1]]) == degree + 1).all())


def ended(
    knots: NDArray[np.float64], degree: int, low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The clamped knots of the piece from `low` to `high` [...]: each of them degree + 1 times, and the knots between."""
    ends = [np.repeat(end[..., None], degree + 1, axis=-1) for end in (low, high)]
    return np.concatenate([ends[0], inside(knots, low, high), ends[1]], axis=-1)
