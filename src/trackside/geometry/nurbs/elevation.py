"""Degree elevation: the same shape as one of a higher degree (The NURBS Book, 5.5).

A control point of degree p + 1 is the mean of p + 1 blossom values, each with one of its p + 1 knots left out (Ramshaw
1989). Each knot stands once more than before, which keeps the shape as smooth as it was and no smoother.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core import SettingError
from trackside.geometry.nurbs.arrays import is_count
from trackside.geometry.nurbs.blossom import blossom, spans_of, windows
from trackside.geometry.nurbs.clamping import clamp
from trackside.geometry.nurbs.distinct import each
from trackside.geometry.nurbs.linear import Rows, Shape, knots_of, mapped


def elevate_degree(shape: Shape, by: int = 1, parameter: int = 0) -> Shape:
    """The same shape with a higher degree along one parameter. Knots that are not clamped, or periodic, become clamped.

    Args:
        shape: curve, surface or volume.
        by: how much higher, at least 1.
        parameter: 0, 1 or 2 for u, v or w.

    Raises:
        SettingError: `by` is below 1, or the shape has no such parameter.
        InputError: shapes of a batch differ in their number of distinct knots.

    >>> from trackside.geometry.nurbs.shapes import Curve
    >>> elevate_degree(Curve([[0.0, 0.0], [2.0, 4.0]], degrees=1)).control_points.tolist()
    [[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]]
    """
    if not is_count(by):
        raise SettingError(f"the degree is to rise by {by}", where="by", fix="give 1 or more")
    knots_of(shape, parameter)
    shape = clamp(shape, parameter)
    for _ in range(by):
        degree = shape.degrees[parameter]
        rows, new = elevation(knots_of(shape, parameter), degree)
        shape = mapped(shape, rows, new, parameter, degree + 1)
    return shape


def elevation(knots: NDArray[np.float64], degree: int) -> tuple[Rows, NDArray[np.float64]]:
    """The map from control points of a degree to those of the next, and the knots of these.

    Args:
        knots: float64 [..., n + p + 1], clamped.
        degree: p.
    """
    new = np.sort(np.concatenate([knots, each(knots, np.unique, "distinct knots")], axis=-1), axis=-1)
    m = new.shape[-1] - degree - 2
    # With the last span that begins within reach, all weights are positive: with any one knot left out, the others are
    # those of a refinement.
    spans = spans_of(knots, new[..., :m])
    arguments = windows(new[..., 1:-1], degree + 1)
    values = [blossom(knots, degree, np.delete(arguments, left_out, axis=-1), spans) for left_out in range(degree + 1)]
    return Rows(spans - degree, np.mean(values, axis=0)), new
