"""Knot insertion and refinement: more control points, the same shape (The NURBS Book, A5.1 and A5.4; the Oslo algorithm)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.arrays import as_array, as_numpy, is_count
from trackside.geometry.nurbs.blossom import refinement
from trackside.geometry.nurbs.clamping import unperiodic
from trackside.geometry.nurbs.distinct import breaks
from trackside.geometry.nurbs.linear import Shape, knots_of, located, mapped, multiplicity


def insert_knot(shape: Shape, value: float, times: int = 1, parameter: int = 0) -> Shape:
    """The same shape with a knot more, or the same knot several times.

    Knots that are not clamped stay so. A parameter that is periodic becomes the clamped one that is not.

    Args:
        shape: curve, surface or volume; all shapes of a batch get the same knot.
        value: where, within the domain.
        times: how often, at least 1. After it, the knot stands at most degree times.
        parameter: 0, 1 or 2 for u, v or w.

    Raises:
        SettingError: the value is outside of the domain, or `times` is below 1.
        InputError: the knot would stand more often than the degree.

    >>> from trackside.geometry.nurbs.shapes import Curve
    >>> insert_knot(Curve([[0.0, 0.0], [1.0, 2.0], [2.0, 0.0]], degrees=2), 0.5).control_points.tolist()
    [[0.0, 0.0], [0.5, 1.0], [1.5, 1.0], [2.0, 0.0]]
    """
    if not is_count(times):
        raise SettingError(f"{times!r} knots to insert", where="times", fix="give 1 or more")
    point = located(shape, value, parameter)
    return _refined(shape, np.repeat(point[..., None], times, axis=-1), parameter)


def refine(shape: Shape, values: ArrayLike | int, parameter: int = 0) -> Shape:
    """The same shape with many knots more, at once.

    Args:
        shape: curve, surface or volume.
        values: [k] where, a value several times for a knot that stands several times; or [..., k], for each shape of a
            batch its own (only if their knots are their own too). An int instead: so many, evenly, within every span.
        parameter: 0, 1 or 2 for u, v or w.

    Raises:
        SettingError: a value is outside of the domain.
        InputError: a knot would stand more often than the degree, or shapes of a batch differ in their number of spans.
    """
    if isinstance(values, (int, np.integer)):
        return _refined(shape, _within_spans(shape, int(values), parameter), parameter)
    given = np.asarray(as_numpy(as_array(values, shape.knots[parameter])), np.float64)
    if given.ndim < 1 or given.shape[-1] == 0:
        raise SettingError("no knots to insert", where="values", fix="give at least one, or how many in each span")
    return _refined(shape, located(shape, given, parameter, "values"), parameter)


def _within_spans(shape: Shape, count: int, parameter: int) -> NDArray[np.float64]:
    if count < 1:
        raise SettingError(f"{count} knots a span", where="values", fix="give 1 or more")
    ends = breaks(knots_of(shape, parameter), shape.degrees[parameter])
    share = np.arange(1, count + 1) / (count + 1)
    inner = ends[..., :-1, None] + np.diff(ends)[..., None] * share
    return inner.reshape(*ends.shape[:-1], -1)


def _refined(shape: Shape, values: NDArray[np.float64], parameter: int) -> Shape:
    shape = unperiodic(shape, parameter)
    old, degree = knots_of(shape, parameter), shape.degrees[parameter]
    new = np.sort(np.concatenate([old, values], axis=-1), axis=-1)
    often = multiplicity(new, values) > degree
    if often.any():
        place, had = float(values[often][0]), int(multiplicity(old, values)[often][0])
        raise InputError(
            f"the knot {place:g} stands {had} times already and would stand more than {degree} times, the degree",
            where=f"parameter {parameter}",
            fix="insert it fewer times",
        )
    return mapped(shape, refinement(old, new, degree), new, parameter)
