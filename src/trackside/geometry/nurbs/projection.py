"""The closest point of a shape to many points at once, and the parameters of points that lie on it.

Damped Newton's method on the squared distance, from several starts for each point (see `seeds`), with bounds: a parameter at
an end where the distance still falls outwards is held there, so that ends, edges and corners are answers like any other.
Piegl and Tiller, The NURBS Book, 2nd edition, section 6.1; damping after Levenberg and Marquardt. Batched.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.arrays import Array, as_array, as_numpy, namespace, norm
from trackside.geometry.nurbs.primitives import Floats
from trackside.geometry.nurbs.seeds import starts
from trackside.geometry.nurbs.shapes import Curve, Nurbs
from trackside.geometry.nurbs.singles import in_numpy, singles

_STEPS = 80
# Converged: the line to the point leans less than this from the normal (its sine), or the point is on the shape (as a part
# of the size), or no step can make the distance less.
_LEAN = 1e-9
_ON_SHAPE = 1e-13
_SMALLEST_STEP = 1e-15
# Damping that grows to this finds no lower distance any more: rounding is all that is left.
_MOST_DAMPING = 1e12


@dataclass(frozen=True, slots=True, eq=False)
class Closest:
    """The closest points.

    Attributes:
        parameters: one array [*batch, m] for each parameter of the shape; `evaluate(shape, *parameters)` gives the points.
        points: on the shape, [*batch, m, dim].
        distances: at least 0, [*batch, m].
        converged: bool [*batch, m], whether the search came to rest: False asks for a second look.
    """

    parameters: tuple[Array, ...]
    points: Array
    distances: Array
    converged: NDArray[np.bool_]


def closest(shape: Nurbs, points: Array) -> Closest:
    """The closest point of a curve, surface or volume to each of many points.

    Args:
        shape: one or a batch.
        points: [m, dim] for all shapes, or [*batch, m, dim]; a single point [dim] counts as m = 1.

    Returns:
        Points and distances in the shape's kind of array, differentiable in PyTorch at fixed parameters (which is exact for
        the distance, whose derivative by the parameters is zero).

    Raises:
        InputError: points of another dimension, NaN or infinite.
    """
    from trackside.geometry.nurbs.evaluation import evaluate

    wanted = as_numpy(as_array(points)).astype(np.float64)
    if wanted.ndim < 2:
        wanted = np.atleast_2d(wanted)
    if wanted.shape[-1] != shape.dimension or not np.isfinite(wanted).all():
        what = f"points are finite numbers [m, {shape.dimension}], got shape {list(wanted.shape)}"
        raise InputError(what, where="closest", fix="leave out points with NaN")
    try:
        wanted = np.broadcast_to(wanted, (*shape.batch, *wanted.shape[-2:]))
    except ValueError:
        raise InputError(f"points {list(wanted.shape)} for a batch {list(shape.batch)}", where="closest") from None
    places, converged = _searched(shape, wanted) if wanted.size else _nothing(shape)
    parameters = tuple(as_array(places[..., axis], shape.control_points) for axis in range(shape.parameters))
    found = evaluate(shape, *parameters)
    apart = found - as_array(points if namespace(found) is not np else wanted, found)
    return Closest(parameters, found, norm(apart), converged)


def invert(
    shape: Nurbs, points: Array, *, tolerance: float = 1e-8, missing: Literal["raise", "nan"] = "raise"
) -> tuple[Array, ...]:
    """The parameters of points that lie on a shape.

    Args:
        shape: one or a batch.
        points: as for `closest`.
        tolerance: how far from the shape a point may be, as a part of the shape's size.
        missing: what becomes of points that are farther: an error, or NaN.

    Returns:
        One array [*batch, m] for each parameter.

    Raises:
        InputError: a point is not on the shape.
    """
    if missing not in ("raise", "nan"):
        raise SettingError(f"missing points raise or become nan, got {missing!r}", where="invert")
    found = closest(shape, points)
    distances, size = as_numpy(found.distances), _size(in_numpy(shape))
    off = distances > tolerance * size[..., None]
    if off.any() and missing == "raise":
        first, worst = np.unravel_index(int(off.argmax()), off.shape)[-1] + 1, distances.max()
        what = f"{int(off.sum())} points are not on the shape, the first is number {first}, the farthest {worst:g} away"
        raise InputError(what, where="invert", fix="use closest(), or a larger tolerance")
    xp = namespace(found.distances)
    return tuple(xp.where(xp.asarray(off), math.nan, values) for values in found.parameters)


def signed_distance(curve: Curve, points: Array) -> Array:
    """The distance to a planar curve, [*batch, m], positive to the left of its course.

    At a corner both sides may be nearest; there the side is that of the mean of the two directions. Beyond the ends of an
    open curve the side is that of the end's tangent.
    """
    if not isinstance(curve, Curve) or curve.dimension != 2:
        raise InputError("only a curve in the plane has a left and a right", where="signed_distance")
    from trackside.geometry.nurbs.evaluation import derivatives

    found = closest(curve, points)
    xp, place = namespace(found.points), found.parameters[0]
    # Directions a little before and after: they differ at a corner only.
    low, high = (bound[..., None] for bound in curve.domain[0])
    step = 1e-9 * (high - low)
    course = sum(_unit(derivatives(curve, xp.clip(place + shift, low, high), order=1)[(1,)]) for shift in (-step, step))
    apart = as_array(points, found.points) - found.points
    side = course[..., 0] * apart[..., 1] - course[..., 1] * apart[..., 0]
    return xp.where(side < 0, -found.distances, found.distances)


def _searched(shape: Nurbs, points: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Parameters [*batch, m, d] and whether they converged."""
    still = in_numpy(shape)
    rows = points.reshape(-1, *points.shape[-2:])
    each = [starts(one, row) for one, row in zip(singles(shape), rows, strict=True)]
    stack = [np.stack([getattr(one, name) for one in each]) for name in ("parameters", "low", "high")]
    count, kept = stack[0].shape[2], (*shape.batch, points.shape[-2])
    begin, low, high = (part.reshape(*shape.batch, -1, shape.parameters) for part in stack)
    state = _descended(still, np.repeat(points, count, axis=-2), begin, low, high)
    squares = state.squares.reshape(*kept, count)
    best = squares.argmin(axis=-1)[..., None]
    places = np.take_along_axis(state.places.reshape(*kept, count, -1), best[..., None], -2)[..., 0, :]
    return places, np.take_along_axis(state.converged.reshape(*kept, count), best, -1)[..., 0]


def _nothing(shape: Nurbs) -> tuple[Floats, NDArray[np.bool_]]:
    return np.empty((*shape.batch, 0, shape.parameters)), np.empty((*shape.batch, 0), bool)


@dataclass(slots=True, eq=False)
class _State:
    places: Floats
    squares: Floats
    gradient: Floats
    normal: Floats
    hessian: Floats
    converged: NDArray[np.bool_]

    def taken(self, columns: NDArray[np.intp]) -> _State:
        """The state of some columns of the last batch axis."""
        rows = self.squares.ndim - 1
        return _State(*(np.take(getattr(self, name), columns, axis=rows) for name in self.__slots__))

    def put(self, columns: NDArray[np.intp], other: _State, where: NDArray[np.bool_]) -> None:
        """Take over what `other`, of these columns, knows better."""
        rows = (slice(None),) * (self.squares.ndim - 1)
        for name in self.__slots__:
            own, new = getattr(self, name), getattr(other, name)
            mask = where.reshape(*where.shape, *[1] * (new.ndim - where.ndim))
            own[(*rows, columns)] = np.where(mask, new, own[(*rows, columns)])


def _descended(shape: Nurbs, points: Floats, begin: Floats, low: Floats, high: Floats) -> _State:
    """Go down from `begin` [*batch, k, d] until nothing moves any more."""
    size = _size(shape)[..., None]
    state = _looked(shape, points, begin, low, high, size)
    damping = np.zeros(state.squares.shape)
    rest = state.converged.copy()
    for _ in range(_STEPS):
        # Columns in which no shape of the batch moves are left out.
        columns = np.flatnonzero(~rest.reshape(-1, rest.shape[-1]).all(axis=0))
        if not len(columns):
            break
        now = state.taken(columns)
        a, b, still, damp = low[..., columns, :], high[..., columns, :], rest[..., columns], damping[..., columns]
        trial = np.clip(now.places + _steps(now, damp, a, b), a, b)
        still |= (np.abs(trial - now.places) <= _SMALLEST_STEP * (b - a)).all(axis=-1)
        seen = _looked(shape, points[..., columns, :], np.where(still[..., None], now.places, trial), a, b, size)
        better = ~still & (seen.squares <= now.squares)
        state.put(columns, seen, better)
        damping[..., columns] = np.where(better, np.where(damp > 1e-3, damp / 10, 0.0), np.maximum(10 * damp, 1e-2))
        rest[..., columns] = still | state.converged[..., columns] | (damping[..., columns] > _MOST_DAMPING)
    state.converged |= rest
    return state


def _looked(shape: Nurbs, points: Floats, places: Floats, low: Floats, high: Floats, size: Floats) -> _State:
    """Half the squared distance, its gradient and its two second-derivative matrices at places."""
    from trackside.geometry.nurbs.evaluation import derivatives

    count = shape.parameters
    found: dict[Any, Floats] = derivatives(shape, *(places[..., axis] for axis in range(count)), order=2)
    apart = found[(0,) * count] - points
    first = np.stack([found[_order(count, i)] for i in range(count)], axis=-2)
    gradient = np.einsum("...ic,...c->...i", first, apart)
    normal = np.einsum("...ic,...jc->...ij", first, first)
    second = np.stack([np.stack([found[_order(count, i, j)] for j in range(count)], -2) for i in range(count)], -3)
    hessian = normal + np.einsum("...ijc,...c->...ij", second, apart)
    squares = (apart**2).sum(-1)
    held = _held(places, gradient, low, high)
    distance = np.sqrt(squares)
    lean = np.where(held, 0.0, np.abs(gradient)) <= _LEAN * np.sqrt(np.einsum("...ii->...i", normal)) * distance[..., None]
    return _State(places.copy(), squares, gradient, normal, hessian, lean.all(axis=-1) | (distance <= _ON_SHAPE * size))


def _steps(state: _State, damping: Floats, low: Floats, high: Floats) -> Floats:
    """Newton's step where the second derivatives say that the distance has a minimum, else Gauss and Newton's."""
    count = state.places.shape[-1]
    held = _held(state.places, state.gradient, low, high)
    loose = ~(held[..., :, None] | held[..., None, :])
    scale = np.einsum("...ii->...i", state.normal)
    scale = np.maximum(scale, 1e-14 * scale.max(axis=-1, keepdims=True)) + 1e-300
    root = np.sqrt(scale)
    eye = np.eye(count)
    unit = root[..., :, None] * root[..., None, :]
    full, safe = (np.where(loose, matrix / unit, eye) for matrix in (state.hessian, state.normal))
    convex = np.linalg.eigvalsh(full)[..., :1, None] > 1e-8
    matrix = np.where(convex, full, safe) + (damping[..., None, None] + np.where(convex, 0.0, 1e-10)) * eye
    pull = np.where(held, 0.0, state.gradient / root)
    return np.asarray(np.linalg.solve(matrix, -pull[..., None])[..., 0] / root)


def _held(places: Floats, gradient: Floats, low: Floats, high: Floats) -> NDArray[np.bool_]:
    """At an end, with the distance falling outwards."""
    return np.asarray(((places <= low) & (gradient >= 0)) | ((places >= high) & (gradient <= 0)))


def _order(count: int, *axes: int) -> tuple[int, ...]:
    return tuple(axes.count(axis) for axis in range(count))


def _size(shape: Nurbs) -> Floats:
    flat = shape.control_points.reshape(*shape.batch, -1, shape.dimension)
    return np.asarray(np.linalg.norm(np.ptp(flat, axis=-2), axis=-1))


def _unit(vectors: Array) -> Array:
    return vectors / norm(vectors)[..., None]
