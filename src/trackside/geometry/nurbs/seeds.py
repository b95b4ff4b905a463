"""Where to start looking for the closest point: samples of a shape, and the nearest of them to each point.

A shape is cut at its kinks (knots where it is not smooth), because Newton's method is lost there; inside a smooth part it
is sampled in each knot span. Each point starts from the sample that is nearest to it and from the other local minima of
its distance to the samples, nearest first; on a curve as the chords beside the sample are near, which a long straight part
with few samples needs.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.nurbs.primitives import Floats
from trackside.geometry.nurbs.shapes import Nurbs

# Starts for each point. A curve may have more local minima than this, yet those beyond are far from the least.
STARTS = {1: 6, 2: 6, 3: 4}
# Samples in each knot span for each degree: a polynomial of degree p turns back at most p - 1 times in it.
_PER_DEGREE = {1: 6, 2: 3, 3: 2}
# Samples along each parameter at least: for shapes of one span.
_LEAST = {1: 48, 2: 16, 3: 8}
# Distances held in memory at once.
_BLOCK = 4_000_000


# Samples keep this part of a step away from a pole. At the pole itself all parameters are the same place, none of them tells
# the way down, and the search would hold on to it.
_INSET = 1e-2
# Points closer than this part of the shape's size are one.
_SAME = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Starts:
    """Parameters to start from, and the smooth part that each is in: all [m, k, d]."""

    parameters: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    samples: Floats
    low: float
    high: float


def starts(shape: Nurbs, points: Floats) -> Starts:
    """Starts for points [m, dim] on one shape; k is `STARTS`, those beyond the local minima found repeat the nearest."""
    count = STARTS[shape.parameters]
    axes = [_smooth_parts(shape, axis) for axis in range(shape.parameters)]
    best = np.full((len(points), 0), np.inf)
    chosen = np.zeros((3, len(points), 0, shape.parameters))
    for parts in itertools.product(*axes):
        squares, found = _in_part(shape, parts, points, count)
        best, chosen = np.concatenate([best, squares], axis=1), np.concatenate([chosen, found], axis=2)
        order = np.argsort(best, axis=1, kind="stable")[:, :count]
        best, chosen = np.take_along_axis(best, order, 1), np.take_along_axis(chosen, order[None, :, :, None], 2)
    repeated = np.isinf(best)[None, :, :, None]
    return Starts(*np.where(repeated, chosen[:, :, :1], chosen))


def _smooth_parts(shape: Nurbs, axis: int) -> list[_Part]:
    """Samples of each part between kinks. The last of a part is just before the kink: derivatives there are this side's."""
    knots, degree = shape.knots[axis], shape.degrees[axis]
    low, high = knots[degree], knots[-degree - 1]
    values, counts = np.unique(knots[(knots >= low) & (knots <= high)], return_counts=True)
    per_span = max(degree * _PER_DEGREE[shape.parameters], -(-_LEAST[shape.parameters] // (len(values) - 1)))
    kinks = [0, *(np.flatnonzero(counts[1:-1] >= degree) + 1).tolist(), len(values) - 1]
    parts = []
    for first, last in itertools.pairwise(kinks):
        spans = [np.linspace(a, b, per_span, endpoint=False) for a, b in itertools.pairwise(values[first : last + 1])]
        end = values[last] if last == len(values) - 1 else np.nextafter(values[last], -np.inf)
        parts.append(_Part(np.append(np.concatenate(spans), end), values[first], end))
    if _is_pole(shape, axis, 0):
        parts[0].samples[0] += _INSET * (parts[0].samples[1] - parts[0].samples[0])
    if _is_pole(shape, axis, -1):
        parts[-1].samples[-1] -= _INSET * (parts[-1].samples[-1] - parts[-1].samples[-2])
    return parts


def _is_pole(shape: Nurbs, axis: int, end: int) -> bool:
    """Whether a side of the shape is a single point."""
    if shape.parameters == 1:
        return False
    side = np.take(shape.control_points, end, axis=axis).reshape(-1, shape.dimension)
    return bool(
        np.ptp(side, axis=0).max() <= _SAME * np.ptp(shape.control_points.reshape(-1, shape.dimension), axis=0).max()
    )


def _in_part(shape: Nurbs, parts: tuple[_Part, ...], points: Floats, count: int) -> tuple[Floats, Floats]:
    """Squares of distances [m, count], infinite where there is no more; and parameter, low, high, [3, m, count, d]."""
    from trackside.geometry.nurbs.evaluation import evaluate_grid

    samples = evaluate_grid(shape, *(part.samples for part in parts))
    grid = samples.shape[:-1]
    flat = samples.reshape(-1, shape.dimension)
    count = min(count, len(flat))
    best, rows = np.empty((len(points), count)), np.empty((len(points), count), np.intp)
    step = max(1, _BLOCK // len(flat))
    for start in range(0, len(points), step):
        block = slice(start, start + step)
        best[block], rows[block] = _minima(points[block], flat, grid, count)
    if shape.parameters == 1:
        best = np.where(np.isinf(best), best, _to_chords(points, flat, rows))
    places = np.stack(
        [part.samples[index] for part, index in zip(parts, np.unravel_index(rows, grid), strict=True)], axis=-1
    )
    ends = np.array([[part.low, part.high] for part in parts])
    return best, np.stack([places, np.broadcast_to(ends[:, 0], places.shape), np.broadcast_to(ends[:, 1], places.shape)])


def _minima(points: Floats, flat: Floats, grid: tuple[int, ...], count: int) -> tuple[Floats, NDArray[np.intp]]:
    # Differences, not the expanded square: far from the origin that would lose all digits.
    squares = np.zeros((len(points), len(flat)))
    for coordinate in range(points.shape[1]):
        squares += (points[:, coordinate, None] - flat[:, coordinate]) ** 2
    cube = squares.reshape(-1, *grid)
    least = np.ones(cube.shape, bool)
    for axis in range(1, cube.ndim):
        ahead, behind = _cut(cube.ndim, axis, slice(1, None)), _cut(cube.ndim, axis, slice(None, -1))
        least[ahead] &= cube[ahead] <= cube[behind]
        least[behind] &= cube[behind] <= cube[ahead]
    masked = np.where(least.reshape(squares.shape), squares, np.inf)
    rows = np.argpartition(masked, count - 1, axis=1)[:, :count] if count < masked.shape[1] else np.argsort(masked, axis=1)
    return np.take_along_axis(masked, rows, 1), rows


def _to_chords(points: Floats, samples: Floats, rows: NDArray[np.intp]) -> Floats:
    """Squares of the distances [m, k] of points [m, dim] to the chords on both sides of samples `rows` [m, k] of a curve."""
    here = samples[rows]
    away = points[:, None] - here
    nearest = (away**2).sum(-1)
    for side in (-1, 1):
        chord = samples[np.clip(rows + side, 0, len(samples) - 1)] - here
        part = (away * chord).sum(-1) / np.maximum((chord**2).sum(-1), np.finfo(float).tiny)
        nearest = np.minimum(nearest, ((away - np.clip(part, 0, 1)[..., None] * chord) ** 2).sum(-1))
    return np.asarray(nearest)


def _cut(dimensions: int, axis: int, part: slice) -> tuple[slice, ...]:
    return tuple(part if axis == other else slice(None) for other in range(dimensions))
