"""From shapes to kernels: laying out control points, sharing the work between threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.nurbs import indices
from trackside.geometry.nurbs.compiled.basis import Floats
from trackside.geometry.nurbs.compiled.grid import grid
from trackside.geometry.nurbs.compiled.pieces import along, pieces
from trackside.geometry.nurbs.compiled.scattered import scattered
from trackside.geometry.nurbs.shapes import Nurbs

# Below it a second thread costs more than it gains: handing over takes 50 microseconds, and sometimes milliseconds.
SERIAL_BELOW = 50_000
# Bezier pieces binomials of which are exact.
_MOST_DEGREE = 50
_NOWHERE = np.array([[0.0, 1.0]])
_NO_PARAMETER = np.zeros((1, 1))


def on_grid(shape: Nurbs, parameters: Sequence[Floats], order: int, out: Floats | None = None) -> Floats | None:
    """Values and derivatives on a grid: [kinds, *batch, m_1, .., m_d, dim]; None if a parameter is outside the domain.

    Args:
        shape: of NumPy arrays.
        parameters: d times [m_i] or [*batch, m_i].
        order: of the highest derivative.
        out: where to write, of the form of the result, C-contiguous; new memory if not given.
    """
    kinds, terms = indices.tables(shape.parameters, order)
    sizes = [u.shape[-1] for u in parameters]
    found = _room(shape, sizes, len(kinds), out)
    points = int(np.prod(shape.batch)) * int(np.prod(sizes))
    if shape.parameters == 1 and not shape.batch and _as_pieces(shape, points, order):
        return found if _along(shape, parameters[0], order, found) else None
    lead = 3 - shape.parameters
    dtype = shape.control_points.dtype
    net = _net(shape).reshape(-1, *(1,) * lead, *shape.counts, _wide(shape))
    rows = found.reshape(len(kinds), len(net), *(1,) * lead, *sizes, shape.dimension)
    knots = (*(_NOWHERE.astype(dtype),) * lead, *(_flat(k) for k in shape.knots))
    given = (*(_NO_PARAMETER.astype(dtype),) * lead, *(_flat(u) for u in parameters))
    degrees = (*(0,) * lead, *shape.degrees)

    count = int(np.prod(rows.shape[1:4]))

    def some_rows(begin: int, end: int) -> bool:
        whole = (0, rows.shape[4])
        return bool(grid(net, knots, degrees, given, kinds, terms, shape.rational, (begin, end), whole, rows))

    def some_points(begin: int, end: int) -> bool:
        return bool(grid(net, knots, degrees, given, kinds, terms, shape.rational, (0, count), (begin, end), rows))

    few = count < 4 * threads()
    done = _shared(some_points if few else some_rows, rows.shape[4] if few else count, points)
    return found if done else None


def at_points(shape: Nurbs, parameters: Sequence[Floats], order: int, out: Floats | None = None) -> Floats | None:
    """Values and derivatives at scattered parameters: [kinds, *batch, m, dim]; None if a parameter is outside the domain.

    Args: as of `on_grid`; parameters all [m] or [*batch, m].
    """
    if shape.parameters == 1:
        return on_grid(shape, parameters, order, out)
    kinds, terms = indices.tables(shape.parameters, order)
    lead, points = 3 - shape.parameters, parameters[0].shape[-1]
    found = _room(shape, [points], len(kinds), out)
    dtype = shape.control_points.dtype
    nets = _net(shape).reshape(-1, *(1,) * lead, *shape.counts, _wide(shape))
    to = found.reshape(len(kinds), len(nets), points, shape.dimension)
    degrees = (*(0,) * lead, *shape.degrees)
    knots = (*(_NOWHERE.astype(dtype),) * lead, *(_flat(k) for k in shape.knots))
    given = (*(np.zeros((1, points), dtype),) * lead, *(_flat(u) for u in parameters))

    def some_points(b: int, begin: int, end: int) -> bool:
        its_knots = tuple(k[b % len(k)] for k in knots)
        its_own = tuple(u[b % len(u)] for u in given)
        return bool(
            scattered(nets[b], its_knots, degrees, its_own, kinds, terms, shape.rational, begin, end, to[:, b])
        )  # fmt: skip

    def some_shapes(begin: int, end: int) -> bool:
        return all(some_points(b, 0, points) for b in range(begin, end))

    if len(nets) < 4 * threads():
        done = all(_shared(partial(some_points, b), points, points) for b in range(len(nets)))
    else:
        done = _shared(some_shapes, len(nets), points * len(nets))
    return found if done else None


def _along(shape: Nurbs, u: Floats, order: int, out: Floats) -> bool:
    knots, degree = np.ascontiguousarray(shape.knots[0]), shape.degrees[0]
    spans = np.arange(degree, shape.counts[0])
    spans = spans[knots[spans + 1] > knots[spans]]
    nets = pieces(_net(shape), knots, degree, order, spans)
    breaks = np.append(knots[spans], knots[shape.counts[0]])
    _, terms = indices.tables(1, order)
    u = np.ascontiguousarray(u)
    return _shared(lambda b, e: bool(along(nets, breaks, u, terms, shape.rational, b, e, out)), len(u), len(u))


def _as_pieces(shape: Nurbs, points: int, order: int) -> bool:
    """Whether points are so many that making pieces pays."""
    return points >= 4 * shape.counts[0] and shape.degrees[0] <= _MOST_DEGREE


def _wide(shape: Nurbs) -> int:
    return max(4, shape.dimension + shape.rational)


def _net(shape: Nurbs) -> Floats:
    """Homogeneous control points [*batch, n_1, .., wide], padded with zeros to four numbers, the weight last."""
    net = np.zeros((*shape.control_points.shape[:-1], _wide(shape)), shape.control_points.dtype)
    net[..., : shape.dimension] = shape.control_points
    if shape.weights is not None:
        net[..., : shape.dimension] *= shape.weights[..., None]
        net[..., -1] = shape.weights
    return net


def _room(shape: Nurbs, sizes: Sequence[int], kinds: int, out: Floats | None) -> Floats:
    if out is not None:
        return out
    return np.empty((kinds, *shape.batch, *sizes, shape.dimension), shape.control_points.dtype)


def _flat(values: Floats) -> NDArray[Any]:
    """[*batch, m] as [b, m]."""
    return np.ascontiguousarray(values).reshape(-1, values.shape[-1])


@cache
def threads() -> int:
    """How many threads share the work: as many as there are processors for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads(), thread_name_prefix="nurbs")


# A forked child has the executor but not its threads.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)


def _shared(work: Callable[[int, int], bool], total: int, points: int) -> bool:
    """Do work(begin, end) for 0 to total, on several threads if it is worth it. Returns whether all parts were done."""
    if points < SERIAL_BELOW or threads() == 1 or total < 2:
        return work(0, total) if total else True
    # A few parts a thread, so that one that is held up does not hold up all.
    ends = np.linspace(0, total, min(total, 4 * threads()) + 1).astype(int)
    jobs = [_pool().submit(work, int(begin), int(end)) for begin, end in pairwise(ends)]
    done = [job.result() for job in jobs]  # All of them, before the arrays that they write to are given away.
    return all(done)
