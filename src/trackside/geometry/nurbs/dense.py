"""Evaluation as products of matrices, in NumPy or PyTorch: for want of numba, on GPUs, and where gradients are wanted.

A grid is one product with a matrix of basis functions a parameter; scattered parameters gather their control points.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from trackside.geometry.nurbs.arrays import Array, is_torch, namespace
from trackside.geometry.nurbs.basis import basis_functions, dense
from trackside.geometry.nurbs.indices import Index, multi_indices, quotient_terms
from trackside.geometry.nurbs.shapes import Nurbs

# Numbers that are gathered at a time, so that a million points need no gigabytes.
_MOST = 4_000_000


def on_grid(shape: Nurbs, parameters: Sequence[Array], order: int) -> dict[Index, Array]:
    """Values and derivatives on a grid: [..., m_1, .., m_d, dim] for each multi-index.

    Args:
        shape: any.
        parameters: d times [m_i], or [..., m_i] with the batch's axes, in the domain.
        order: of the highest derivative.
    """
    matrices = []
    for axis, (knots, degree, u) in enumerate(zip(shape.knots, shape.degrees, parameters, strict=True)):
        firsts, functions = basis_functions(knots, degree, u, order)
        matrices.append([dense(firsts, f, shape.counts[axis]) for f in functions])
    xp, lead = namespace(shape.control_points), len(shape.batch)
    # The coordinates stand before the last parameter: its product then runs over all rows and coordinates at once.
    nets: dict[Index, Array] = {(): xp.moveaxis(shape.homogeneous, -1, -2)}
    for axis in range(shape.parameters - 1):
        nets = {
            (*index, derivative): _along(matrices[axis][derivative], net, lead, axis)
            for index, net in nets.items()
            for derivative in range(order + 1 - sum(index))
        }
    found = {}
    for index in multi_indices(shape.parameters, order):
        net = nets[index[:-1]]
        flat = net.reshape(*shape.batch, -1, net.shape[-1]) @ xp.matrix_transpose(matrices[-1][index[-1]])
        found[index] = xp.moveaxis(flat.reshape(*net.shape[:-1], flat.shape[-1]), -2, -1)
    return _cartesian(shape, found, order)


def at_points(shape: Nurbs, parameters: Sequence[Array], order: int) -> dict[Index, Array]:
    """Values and derivatives at scattered parameters: [..., m, dim] for each multi-index.

    Args:
        shape: any.
        parameters: d times [..., m], in the domain, all of one shape: the batch's axes first, where there is a batch.
        order: of the highest derivative.
    """
    points = parameters[0].shape[-1]
    step = max(1, _MOST // max(1, _per_point(shape)))
    if is_torch(shape.control_points) or points <= step:
        return _cartesian(shape, _gathered(shape, parameters, order), order)
    parts = [
        _cartesian(shape, _gathered(shape, [u[..., begin : begin + step] for u in parameters], order), order)
        for begin in range(0, points, step)
    ]
    return {index: np.concatenate([part[index] for part in parts], axis=-2) for index in parts[0]}


def _gathered(shape: Nurbs, parameters: Sequence[Array], order: int) -> dict[Index, Array]:
    """Homogeneous derivatives [..., m, wide]."""
    xp, batch = namespace(shape.control_points), shape.batch
    firsts, functions = [], []
    for knots, degree, u in zip(shape.knots, shape.degrees, parameters, strict=True):
        first, found = basis_functions(knots, degree, u, order)
        firsts.append(first)
        functions.append(found)
    places, width = xp.zeros_like(firsts[0])[..., None], 1
    for first, degree, n in zip(firsts, shape.degrees, shape.counts, strict=True):
        along = first[..., None] + xp.arange(degree + 1, device=first.device)
        places, width = places[..., :, None] * n + along[..., None, :], width * (degree + 1)
        places = places.reshape(*along.shape[:-1], width)
    net = shape.homogeneous
    flat = net.reshape(*batch, -1, net.shape[-1])
    taken = _take_rows(flat, places, len(batch))
    result = {}
    for index in multi_indices(shape.parameters, order):
        weights = reduce(_outer, (functions[axis][derivative] for axis, derivative in enumerate(index)))
        result[index] = xp.matmul(weights[..., None, :], taken)[..., 0, :]
    return result


def _outer(a: Array, b: Array) -> Array:
    return (a[..., :, None] * b[..., None, :]).reshape(*a.shape[:-1], a.shape[-1] * b.shape[-1])


def _take_rows(flat: Array, places: Array, batch: int) -> Array:
    """flat [..., n, wide] at places [..., m, k]: [..., m, k, wide]."""
    if places.ndim == 2:  # The same places for all shapes of the batch.
        return flat[..., places, :]
    xp = namespace(flat)
    shape = places.shape
    index = places.reshape(*shape[:batch], shape[-2] * shape[-1])[..., None]
    index = xp.broadcast_to(index, (*index.shape[:-1], flat.shape[-1]))
    taken = flat.gather(-2, index) if is_torch(flat) else np.take_along_axis(flat, index, axis=-2)
    return taken.reshape(*shape, flat.shape[-1])


def _cartesian(shape: Nurbs, values: dict[Index, Array], order: int) -> dict[Index, Array]:
    """The quotient rule; nothing to do for a shape that is not rational."""
    if not shape.rational:
        return values
    kinds = multi_indices(shape.parameters, order)
    weights = [values[index][..., -1:] for index in kinds]
    found = [values[index][..., :-1] for index in kinds]
    terms = quotient_terms(shape.parameters, order)
    for number in range(len(kinds)):
        total = found[number]
        for kind, by, of, factor in terms:
            if kind == number:
                total = total - factor * weights[by] * found[of]
        found[number] = total / weights[0]
    return dict(zip(kinds, found, strict=True))


def _along(matrix: Array, net: Array, lead: int, axis: int) -> Array:
    """The product with a matrix [.., m, n] along a parameter of [*batch, m_1, .., n, .., wide, n_d], not the last."""
    if matrix.ndim > 2:
        matrix = matrix.reshape(*matrix.shape[:-2], *(1,) * axis, *matrix.shape[-2:])
    done = lead + axis
    product = matrix @ net.reshape(*net.shape[: done + 1], -1)
    return product.reshape(*net.shape[:done], product.shape[-2], *net.shape[done + 1 :])


def _per_point(shape: Nurbs) -> int:
    functions: Any = np.prod([degree + 1 for degree in shape.degrees])
    return int(functions) * (shape.dimension + 1) * max(1, int(np.prod(shape.batch)))
