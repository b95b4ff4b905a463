"""Points of curves, surfaces and volumes, and their derivatives: the four verbs of this package.

NumPy arrays go to compiled kernels where numba is installed and there are enough points, otherwise through products of
matrices; PyTorch tensors always do the latter, on any device, and are differentiable with respect to control points,
weights, parameters and knots. All agree to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import ModuleType

import numpy as np

from trackside.core import InputError
from trackside.geometry.nurbs import dense
from trackside.geometry.nurbs.arrays import Array, as_array, as_numpy, is_torch, namespace
from trackside.geometry.nurbs.indices import Index, multi_indices
from trackside.geometry.nurbs.shapes import Nurbs

# Below so many numbers (points times derivatives) compiled code gains under a millisecond, which pays for no compiler.
# Measured by benchmarks/nurbs.py.
PLAIN_BELOW = 5_000
# How far beyond the domain a parameter may lie, as a share of the domain, and be taken for its end: rounding.
_SLACK = 1e-12


def evaluate(shape: Nurbs, *parameters: Array, out: Array | None = None) -> Array:
    """Points at scattered parameters.

    Args:
        shape: a curve, surface or volume, or a batch of them.
        parameters: one array a parameter of the shape (u; u, v; u, v, w), which broadcast to one form: any form [...] for
            one shape; [m], or [*batch, m] to give each shape its own, for a batch.
        out: where to write, C-contiguous, of the form and precision of the result; NumPy only.

    Returns:
        float [..., dim], for a batch [*batch, m, dim]; of the shape's precision.

    Raises:
        InputError: a parameter is outside the domain, or NaN; the counts do not fit.

    >>> from trackside.geometry.nurbs import Curve, evaluate
    >>> line = Curve([[0.0, 0.0], [1.0, 2.0]], degrees=1)
    >>> evaluate(line, [0.0, 0.5])
    array([[0. , 0. ],
           [0.5, 1. ]])
    """
    found = _at_points(shape, parameters, 0, None if out is None else out[None])
    return found[(0,) * shape.parameters] if out is None else out


def derivatives(shape: Nurbs, *parameters: Array, order: int = 2, out: Array | None = None) -> dict[Index, Array]:
    """Points and partial derivatives at scattered parameters, by the exact quotient rule.

    Args:
        shape: as of `evaluate`.
        parameters: as of `evaluate`.
        order: highest total order, 0 or more.
        out: where to write, as of `evaluate`, with a first axis for the derivatives in the order of the result.

    Returns:
        For each multi-index up to the order, e.g. (1, 0) for the derivative by u of a surface, an array like `evaluate`'s.
        Lower orders come first, and among equals those of the first parameter.

    Raises:
        InputError: as `evaluate`.
    """
    return _at_points(shape, parameters, order, out)


def evaluate_grid(shape: Nurbs, *parameters: Array, out: Array | None = None) -> Array:
    """Points on the grid of all combinations of parameters.

    Args:
        shape: a curve, surface or volume, or a batch of them.
        parameters: one array a parameter of the shape, [m_i], or [*batch, m_i] to give each shape of a batch its own.
        out: as of `evaluate`.

    Returns:
        float [*batch, m_1, .., m_d, dim].

    Raises:
        InputError: as `evaluate`.
    """
    found = _on_grid(shape, parameters, 0, None if out is None else out[None])
    return found[(0,) * shape.parameters] if out is None else out


def derivatives_grid(shape: Nurbs, *parameters: Array, order: int = 2, out: Array | None = None) -> dict[Index, Array]:
    """Points and partial derivatives on a grid: `derivatives` with the parameters of `evaluate_grid`."""
    return _on_grid(shape, parameters, order, out)


def _on_grid(shape: Nurbs, parameters: Sequence[Array], order: int, out: Array | None) -> dict[Index, Array]:
    _check_order(order)
    given = [_batched(shape, u) for u in _counted(shape, parameters)]
    form = (*shape.batch, *(u.shape[-1] for u in given), shape.dimension)
    return _run("on_grid", shape, given, order, _writable(out, (len(multi_indices(shape.parameters, order)), *form), shape))


def _at_points(shape: Nurbs, parameters: Sequence[Array], order: int, out: Array | None) -> dict[Index, Array]:
    _check_order(order)
    given = _counted(shape, parameters)
    xp = namespace(shape.control_points)
    try:
        given = list(xp.broadcast_tensors(*given)) if is_torch(given[0]) else list(np.broadcast_arrays(*given))
    except (ValueError, RuntimeError):
        forms = ", ".join(str(list(u.shape)) for u in given)
        raise InputError(f"parameters of the forms {forms} do not broadcast", where=type(shape).__name__) from None
    form = tuple(given[0].shape)
    if shape.batch:
        given, form = [_batched(shape, u) for u in given], (*shape.batch, given[0].shape[-1] if form else 1)
    else:
        given = [u.reshape(-1) for u in given]
    kinds = len(multi_indices(shape.parameters, order))
    target = _writable(out, (kinds, *form, shape.dimension), shape)
    flat = None if target is None else target.reshape(kinds, *shape.batch, form[-1] if shape.batch else -1, shape.dimension)
    found = _run("at_points", shape, given, order, flat)
    return {index: values.reshape(*form, shape.dimension) for index, values in found.items()}


def _run(verb: str, shape: Nurbs, given: list[Array], order: int, out: Array | None) -> dict[Index, Array]:
    given = [_within(shape, axis, u) if shape.periodic[axis] else u for axis, u in enumerate(given)]
    front, kinds = _front(), multi_indices(shape.parameters, order)
    size = _size(verb, shape, given) * len(kinds)
    if front is None or is_torch(shape.control_points) or size < PLAIN_BELOW or not size:
        given = [_checked(shape, axis, u) for axis, u in enumerate(given)]
        found: dict[Index, Array] = getattr(dense, verb)(shape, given, order)
        for number, index in enumerate(kinds if out is not None else ()):
            out[number] = found[index]  # type: ignore[index]
        return found
    values = getattr(front, verb)(shape, given, order, out)
    if values is None:
        values = getattr(front, verb)(shape, [_checked(shape, axis, u) for axis, u in enumerate(given)], order, out)
    return dict(zip(kinds, values, strict=True))


@cache
def _front() -> ModuleType | None:
    """The compiled kernels, where numba is installed."""
    try:
        from trackside.geometry.nurbs.compiled import front
    except ImportError:
        return None
    return front


def _size(verb: str, shape: Nurbs, given: Sequence[Array]) -> int:
    points = [u.shape[-1] for u in given] if verb == "on_grid" else [given[0].shape[-1]]
    return int(np.prod(shape.batch)) * int(np.prod(points))


def _check_order(order: int) -> None:
    if not isinstance(order, (int, np.integer)) or order < 0:
        raise InputError(f"derivatives of order {order}", fix="ask for a whole number, 0 or more")


def _counted(shape: Nurbs, parameters: Sequence[Array]) -> list[Array]:
    if not isinstance(shape, Nurbs):
        raise InputError(f"a {type(shape).__name__} is no shape", fix="make a Curve, Surface or Volume of it")
    if len(parameters) != shape.parameters:
        raise InputError(
            f"got {len(parameters)} arrays of parameters", where=type(shape).__name__, fix=f"give {shape.parameters}"
        )
    return [as_array(u, shape.control_points) for u in parameters]


def _batched(shape: Nurbs, u: Array) -> Array:
    """Parameters as [m] or [*batch, m]."""
    if u.ndim == 0:
        return u.reshape(1)
    if u.ndim == 1 or (tuple(u.shape[:-1]) == shape.batch and shape.batch):
        return u
    wanted = f"[m] or {[*shape.batch, 'm']}" if shape.batch else "[m]"
    raise InputError(f"parameters have the form {list(u.shape)}", where=type(shape).__name__, fix=f"give them as {wanted}")


def _within(shape: Nurbs, axis: int, u: Array) -> Array:
    """Parameters of a periodic direction, brought into its domain."""
    low, high = (end[..., None] for end in shape.domain[axis])
    return low + (u - low) % (high - low)


def _checked(shape: Nurbs, axis: int, u: Array) -> Array:
    """Parameters in the domain; those that miss it by rounding are put on its end.

    Raises:
        InputError: one is outside, or NaN.
    """
    low, high = (end[..., None] for end in shape.domain[axis])
    slack = _SLACK * (high - low)
    right = (u >= low - slack) & (u <= high + slack)
    if not bool(right.all()):
        wrong = as_numpy(u)[tuple(np.argwhere(~as_numpy(right))[0])] if right.shape == u.shape else float("nan")
        ends = f"{float(as_numpy(low).min()):g} to {float(as_numpy(high).max()):g}"
        raise InputError(
            f"the parameter {'uvw'[axis]} = {float(wrong):g} is outside the domain, {ends}",
            where=type(shape).__name__,
            fix="give parameters inside it, or make the shape periodic",
        )
    xp = namespace(u)
    return xp.minimum(xp.maximum(u, low), high)


def _writable(out: Array | None, form: tuple[int, ...], shape: Nurbs) -> Array | None:
    if out is None:
        return None
    if is_torch(shape.control_points):
        raise InputError("`out` is for NumPy arrays", fix="leave it out")
    if out.shape != form or out.dtype != shape.control_points.dtype or not out.flags.c_contiguous:
        # A first axis of one is ours: the user of `evaluate` did not give it.
        shown = [list(sizes[1:] if form[0] == 1 else sizes) for sizes in (form, out.shape)]
        wanted = f"a C-contiguous {shape.control_points.dtype} array {shown[0]}"
        raise InputError(f"`out` is {out.dtype} {shown[1]}", fix=f"give {wanted}")
    return out
