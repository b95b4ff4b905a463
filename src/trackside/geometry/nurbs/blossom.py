"""Blossoms (polar forms) of splines: what nearly every operation on knots and degrees is made of.

On each span a spline of degree p has a symmetric function of p arguments, affine in each, that is the spline where all
arguments are equal. Its values at p consecutive knots are the control points (Ramshaw 1989, "Blossoms are polar forms"). So
the control points on *new* knots are blossom values at the new knots: a linear map of the old control points that depends on
knots alone, and that serves curves, surfaces and volumes, rational or not, in both backends.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.nurbs.linear import Rows

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]


def blossom(knots: Floats, degree: int, arguments: Floats, spans: Integers) -> Floats:
    """What each of the degree + 1 control points of a span counts for in a blossom value: [..., m, degree + 1], sums of 1.

    De Boor's algorithm with an argument of its own in each round, as a product of matrices (Lyche and Mørken, Spline
    Methods, chapter 4). The order of the arguments matters for rounding alone.

    Args:
        knots: float64 [..., k].
        degree: p.
        arguments: float64 [..., m, p].
        spans: int64 [..., m]; knot `span` is below knot `span + 1`. The control points are `span - p` to `span`.
    """
    near = _taken(knots, spans[..., None] + np.arange(1 - degree, degree + 1))
    values = np.ones((*spans.shape, 1))
    for k in range(1, degree + 1):
        lower, upper, x = near[..., degree - k : degree], near[..., degree : degree + k], arguments[..., k - 1, None]
        raised = np.zeros((*spans.shape, k + 1))
        raised[..., :-1] = values * ((upper - x) / (upper - lower))
        raised[..., 1:] += values * ((x - lower) / (upper - lower))
        values = raised
    return values


def refinement(old: Floats, new: Floats, degree: int) -> Rows:
    """The map from control points on old knots to those on new ones, which hold all the old ones between their ends.

    The Oslo algorithm (Cohen, Lyche and Riesenfeld 1980): new control points are convex combinations of old ones, so that
    nothing is lost by cancellation, whatever the weights.

    Args:
        old: float64 [..., n + p + 1].
        new: float64 [..., m + p + 1], with the same leading axes.
        degree: p.
    """
    padded, count, left = _padded(old, degree), old.shape[-1] - degree - 1, degree + 1
    m = new.shape[-1] - degree - 1
    spans = spans_of(padded, new[..., :m])
    values = blossom(padded, degree, windows(new[..., 1:-1], degree), spans)
    first = spans - degree - left
    columns = first[..., None] + np.arange(degree + 1)
    # The columns of padding count for nothing: here rounding has no say in it.
    return Rows(first, np.where((columns >= 0) & (columns < count), values, 0.0))


def extension(old: Floats, new: Floats, degree: int) -> Rows:
    """As `refinement`, but new knots may go beyond the domain: there the outermost pieces are continued.

    Args:
        old: float64 [..., n + p + 1].
        new: float64 [..., m + p + 1]: between the ends of the domain, the same knots as the old ones.
        degree: p.
    """
    m, low, high = new.shape[-1] - degree - 1, old[..., degree, None], old[..., -degree - 1, None]
    begin = np.clip(new[..., :m], low, high)
    # A span ends above its first knot: the last one of the domain begins at the last knot below its end.
    spans = np.minimum(spans_of(old, begin), _below(old, high))
    return Rows(spans - degree, blossom(old, degree, windows(new[..., 1:-1], degree), spans))


def windows(values: Floats, width: int) -> Floats:
    """[..., k - width + 1, width]: each run of consecutive values."""
    return np.lib.stride_tricks.sliding_window_view(values, width, axis=-1)


def spans_of(knots: Floats, values: Floats) -> Integers:
    """The index of the last knot that is not above each value, [..., m], for knots [..., k] and values [..., m]."""
    if knots.ndim == 1:
        return np.asarray(np.searchsorted(knots, values, side="right") - 1, np.int64)
    flat, wanted = knots.reshape(-1, knots.shape[-1]), values.reshape(-1, values.shape[-1])
    found = [np.searchsorted(row, row_values, side="right") - 1 for row, row_values in zip(flat, wanted, strict=True)]
    return np.array(found, np.int64).reshape(values.shape)


def _below(knots: Floats, values: Floats) -> Integers:
    return np.asarray((knots < values).sum(axis=-1, keepdims=True) - 1, np.int64)


def _padded(knots: Floats, degree: int) -> Floats:
    """With degree + 1 knots more at each side, so that every knot begins a span with all its neighbours."""
    step = np.maximum(knots[..., -1:] - knots[..., :1], 1.0) * np.arange(1, degree + 2)
    return np.concatenate([knots[..., :1] - step[..., ::-1], knots, knots[..., -1:] + step], axis=-1)


def _taken(knots: Floats, indices: Integers) -> Floats:
    if knots.ndim == 1:
        return np.asarray(knots[indices])
    flat = np.take_along_axis(knots, indices.reshape(*knots.shape[:-1], -1), axis=-1)
    return flat.reshape(indices.shape)
