"""Gauss-Legendre quadrature of lengths and areas on knot spans that are halved until the result stands still.

NumPy or PyTorch, batched: where to halve is found outside of the gradient, the sum is differentiable.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import SettingError
from trackside.geometry.nurbs.arrays import Array, as_array, as_numpy, is_torch, namespace, norm
from trackside.geometry.nurbs.primitives import Floats
from trackside.geometry.nurbs.shapes import Nurbs

# Nodes in each interval. 12 integrate polynomials to degree 23; more nodes bring less than halving does.
NODES = 12
# Rounds of halving. A cusp needs one round for each binary digit.
_ROUNDS = 40
# Intervals of a curve, cells along one side of a surface: beyond, the tolerance is out of reach.
_MOST_INTERVALS = {1: 4096, 2: 256}
# An interval's own error is held to this part of what the whole is allowed, because errors add up.
_SHARE = 0.1


def halved(shape: Nurbs, tolerance: float) -> list[Array]:
    """Breaks [*batch, s + 1] along each parameter on which the quadrature has the tolerance."""
    if not 0 < tolerance < 1:
        raise SettingError(f"a tolerance is between 0 and 1, got {tolerance:g}", where="length")
    fixed = detached(shape)
    # Rounding in the sum of float32 numbers cannot be refined away.
    least = 1e-5 if "32" in str(shape.control_points.dtype) else 1e-14
    breaks = [_spans(fixed, axis) for axis in range(shape.parameters)]
    for _ in range(_ROUNDS):
        finer = [_with_middles(one) for one in breaks]
        coarse, fine = as_numpy(pieces(fixed, *breaks)), as_numpy(pieces(fixed, *finer))
        for axis in range(shape.parameters):
            fine = np.add.reduceat(fine, np.arange(0, fine.shape[axis - shape.parameters], 2), axis=axis - shape.parameters)
        allowed = _SHARE * max(tolerance, least) * fine.sum(tuple(range(-shape.parameters, 0)), keepdims=True)
        excess = np.abs(coarse - fine) / np.maximum(allowed, 1e-300)
        if not (excess > 1).any() or max(one.shape[-1] for one in finer) > _MOST_INTERVALS[shape.parameters]:
            return breaks
        breaks = [_with_middles(one, _worst(excess, axis, shape.parameters)) for axis, one in enumerate(breaks)]
    return breaks


def _spans(shape: Nurbs, axis: int) -> Array:
    """The knots of the domain; where all shapes of a batch share them, each once."""
    knots, degree = constant(shape.knots[axis]), shape.degrees[axis]
    inner = knots[..., degree : knots.shape[-1] - degree]
    if inner.ndim > 1:
        return inner
    return as_array(np.unique(as_numpy(inner)), inner)


def _worst(excess: Floats, axis: int, parameters: int) -> NDArray[np.intp]:
    """The intervals [*batch, k] along an axis to halve, by errors [*batch, s] or [*batch, s, t] in units of what
    is allowed: as many of each shape as the worst one needs, so that a batch has no more than that, and stays one array.
    """
    others = tuple(other - parameters for other in range(parameters) if other != axis)
    each = excess.max(axis=others, initial=0.0)
    count = int((each > 1).sum(-1).max(initial=0))
    return np.argsort(-each, axis=-1)[..., :count]


def _with_middles(breaks: Array, which: NDArray[np.intp] | None = None) -> Array:
    """Breaks with the middles of some intervals [..., k] (all by default) among them."""
    values = as_numpy(breaks)
    middles = (values[..., 1:] + values[..., :-1]) / 2
    if which is not None:
        middles = np.take_along_axis(np.broadcast_to(middles, (*which.shape[:-1], middles.shape[-1])), which, axis=-1)
    whole = np.broadcast_to(values, (*middles.shape[:-1], values.shape[-1]))
    return as_array(np.sort(np.concatenate([whole, middles], axis=-1), axis=-1), breaks)


def pieces(shape: Nurbs, *breaks: Array) -> Array:
    """The measure (length or area) of each interval or cell, [*batch, s] or [*batch, s, t]."""
    from trackside.geometry.nurbs.evaluation import derivatives_grid

    nodes, weights = rule(as_numpy(breaks[0]).dtype.name)
    nodes, weights = as_array(nodes, breaks[0]), as_array(weights, breaks[0])
    widths = [one[..., 1:] - one[..., :-1] for one in breaks]
    places = [
        (one[..., :-1, None] + width[..., None] * nodes).reshape(*one.shape[:-1], -1)
        for one, width in zip(breaks, widths, strict=True)
    ]
    found = derivatives_grid(shape, *places, order=1)
    if shape.parameters == 1:
        speeds = norm(found[(1,)])
        return (speeds.reshape(*speeds.shape[:-1], -1, NODES) * weights).sum(-1) * widths[0]
    cells = _cell_areas(found[(1, 0)], found[(0, 1)])
    s, t = widths[0].shape[-1], widths[1].shape[-1]
    summed = (cells.reshape(*shape.batch, s, NODES, t, NODES) * weights[:, None, None] * weights).sum((-3, -1))
    return summed * widths[0][..., :, None] * widths[1][..., None, :]


def _cell_areas(u: Array, v: Array) -> Array:
    """|S_u x S_v| in any dimension, by Lagrange's identity on the part of one that is square to the other."""
    xp = namespace(u)
    square = (u * u).sum(-1)
    # Where S_u vanishes there is no area, and nothing to divide by.
    along = (u * v).sum(-1) / xp.where(square > 0, square, xp.ones_like(square))
    across = v - along[..., None] * u
    return norm(u) * norm(across)


@functools.cache
def rule(kind: str) -> tuple[Floats, Floats]:
    """Nodes and weights on 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return ((nodes + 1) / 2).astype(kind), (weights / 2).astype(kind)


def constant(array: Array) -> Array:
    return array.detach() if is_torch(array) else array


def detached(shape: Any) -> Any:
    if not is_torch(shape.control_points):
        return shape
    return shape.with_control(constant(shape.control_points), None if shape.weights is None else constant(shape.weights))
