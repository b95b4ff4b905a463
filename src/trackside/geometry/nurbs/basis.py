"""Spans and basis functions of many parameters at once, in NumPy or PyTorch (A2.1 to A2.3 of The NURBS Book).

A function of degree q - 1 gives its shares to two of degree q, by eq. 2.5, or by eq. 2.7 for its derivative: from degree 0
up, for all parameters together. Everything is differentiable in PyTorch, also with respect to knots and parameters.
`compiled/basis.py` does the same one parameter after the other; tests hold one against the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trackside.geometry.nurbs.arrays import Array, as_array, is_torch, namespace


def find_spans(knots: Array, degree: int, u: Array) -> Array:
    """The span of each parameter: k with u_k <= u < u_(k+1); the last one that is not empty holds the end of the domain.

    Args:
        knots: [..., n + p + 1].
        degree: p.
        u: [..., m], in the domain; leading axes as those of the knots, where both have some.

    Returns:
        int64 [..., m], degree <= k < n.
    """
    xp, count = namespace(knots), knots.shape[-1] - degree - 1
    inner, ends = knots[..., degree + 1 : count], knots[..., count : count + 1]
    shape = np.broadcast_shapes(knots.shape[:-1], u.shape[:-1])
    inner = xp.broadcast_to(inner, (*shape, inner.shape[-1])) if knots.ndim > 1 else inner
    last = _search(inner, ends, side="left")
    return xp.minimum(_search(inner, u, side="right"), last) + degree


def basis_functions(knots: Array, degree: int, u: Array, order: int = 0) -> tuple[Array, list[Array]]:
    """The basis functions that are not zero, and their derivatives.

    Args:
        knots: [..., n + p + 1].
        degree: p.
        u: [..., m], in the domain.
        order: of the highest derivative.

    Returns:
        The first control point that each parameter is moved by, int64 [..., m]; for each order from 0 up, [..., m, p + 1].
    """
    xp = namespace(knots)
    spans = find_spans(knots, degree, u.detach() if is_torch(u) else u)
    local = _take(knots, spans, range(1 - degree, degree + 1))
    found = []
    for k in range(order + 1):
        row = [xp.ones_like(u + local[0])]
        for q in range(1, degree + 1):
            row = _raised(xp, row, local, degree, q, u, derive=q > degree - k)
        zero = xp.zeros_like(row[0])
        found.append(xp.stack(row if k <= degree else [zero] * (degree + 1), axis=-1))
    return spans - degree, found


def basis_matrix(knots: Array, degree: int, u: Array, derivative: int = 0) -> Array:
    """All basis functions as a matrix, [..., m, n]: times control points it gives points.

    Args:
        knots: [..., n + p + 1].
        degree: p.
        u: [..., m], in the domain.
        derivative: its order.
    """
    firsts, functions = basis_functions(knots, degree, as_array(u, knots), derivative)
    return dense(firsts, functions[derivative], knots.shape[-1] - degree - 1)


def dense(firsts: Array, functions: Array, count: int) -> Array:
    """Basis functions [..., m, p + 1] that begin at given places [..., m], in a matrix [..., m, count]."""
    xp, width = namespace(functions), functions.shape[-1]
    places = firsts[..., None] + xp.arange(width, device=functions.device)
    if is_torch(functions):
        matrix = xp.zeros((*functions.shape[:-1], count), dtype=functions.dtype, device=functions.device)
        return matrix.scatter(-1, places, functions)
    matrix = np.zeros((*functions.shape[:-1], count), functions.dtype)
    np.put_along_axis(matrix, places, functions, axis=-1)
    return matrix


def _raised(xp: Any, row: list[Array], local: list[Array], degree: int, q: int, u: Array, *, derive: bool) -> list[Array]:
    """Functions of degree q from those of degree q - 1. `local` are the knots from u_(k-p+1) to u_(k+p)."""
    longer: list[Array] = [0.0] * (q + 1)
    for r, function in enumerate(row):
        low, high = local[degree + r - q], local[degree + r]
        share = function / (high - low)
        if derive:
            share = q * share
            longer[r], longer[r + 1] = longer[r] - share, share
        else:
            longer[r], longer[r + 1] = longer[r] + (high - u) * share, (u - low) * share
    return longer


def _search(inner: Array, values: Array, side: str) -> Array:
    """How many of the inner knots [..., i], ascending, are below each value [..., m] (or equal, for the right side)."""
    if is_torch(inner):
        import torch

        shape = np.broadcast_shapes(inner.shape[:-1], values.shape[:-1]) if inner.ndim > 1 else ()
        inner = inner.expand(*shape, inner.shape[-1]) if inner.ndim > 1 else inner
        values = values.expand(*shape, values.shape[-1]) if inner.ndim > 1 else values
        return torch.searchsorted(inner.contiguous(), values.contiguous(), right=side == "right")
    if inner.ndim == 1:
        return np.searchsorted(inner, values, side=side)  # type: ignore[call-overload]
    below = inner[..., None, :] <= values[..., :, None] if side == "right" else inner[..., None, :] < values[..., :, None]
    return below.sum(-1)


def _take(knots: Array, spans: Array, offsets: range) -> list[Array]:
    """The knots at spans + offset, for each offset [..., m]."""
    xp = namespace(knots)
    if knots.ndim == 1:
        return [knots[spans + offset] for offset in offsets]
    knots = xp.broadcast_to(knots, (*spans.shape[:-1], knots.shape[-1]))
    if is_torch(knots):
        return [knots.gather(-1, spans + offset) for offset in offsets]
    return [np.take_along_axis(knots, spans + offset, axis=-1) for offset in offsets]
