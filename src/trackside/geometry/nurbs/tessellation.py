"""Surfaces as triangles, within a chordal tolerance, watertight where the surface is closed.

The grid is even in each knot span and fine enough for the bound of Filip, Magedson & Markot 1986 (Surface algorithms using
bounds on derivatives): a bilinear cell of sides h, k is off by at most (h^2 M_uu + 2 h k M_uv + k^2 M_vv) / 8. Vertices at
a seam or a pole are one vertex, and triangles without area are left out.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.primitives import Floats
from trackside.geometry.nurbs.shapes import Curve, Surface
from trackside.geometry.nurbs.singles import in_numpy

# Where the second derivatives are looked at in each span, along each parameter.
_LOOKS = 6
# Vertices at most: a mesh of more is no use to anybody, and the tolerance is a mistake.
_MOST_VERTICES = 20_000_000
# Points closer than this part of the surface's size are one.
_SAME = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles.

    Attributes:
        vertices: float64 [n, 3].
        faces: int64 [k, 3], rows of vertices, counter-clockwise seen from where S_u x S_v points to.
        parameters: float64 [n, 2], u and v of each vertex.
    """

    vertices: Floats
    faces: NDArray[np.int64]
    parameters: Floats


def tessellate(surface: Surface, *, tolerance: float | None = None, cells: tuple[int, int] | None = None) -> Mesh:
    """A surface in space as triangles.

    Args:
        surface: a single one.
        tolerance: largest distance between triangles and surface, in its unit; None for a thousandth of its size.
        cells: in each knot span along u and v, instead of a tolerance.

    Raises:
        InputError: a batch, not in space, or so fine that the mesh would not fit in memory.
        SettingError: a tolerance or a number of cells that is not above 0.
    """
    from trackside.geometry.nurbs.evaluation import evaluate_grid

    if surface.batch or surface.dimension != 3 or not isinstance(surface, Surface):
        raise InputError("only a single surface in space is cut into triangles", where="tessellate")
    still = in_numpy(surface)
    size = float(np.linalg.norm(np.ptp(still.control_points.reshape(-1, 3), axis=0)))
    breaks = [np.unique(knots[p : len(knots) - p]) for knots, p in zip(still.knots, still.degrees, strict=True)]
    counts = _even(cells, breaks) if cells is not None else _counts(still, breaks, _tolerance(tolerance, size))
    if (int(counts[0].sum()) + 1) * (int(counts[1].sum()) + 1) > _MOST_VERTICES:
        raise InputError(f"a mesh of more than {_MOST_VERTICES:,} vertices", where="tessellate", fix="raise the tolerance")
    places = [_places(one, count) for one, count in zip(breaks, counts, strict=True)]
    grid = evaluate_grid(still, *places)
    names = _names(grid, _SAME * size)
    return _mesh(grid, names, places)


def chords(curve: Curve, *, tolerance: float | None = None) -> Floats:
    """A single curve as points [n, dim] of a polyline within a tolerance; None for a thousandth of the curve's size.

    Raises:
        InputError: a batch, or too many points.
    """
    from trackside.geometry.nurbs.evaluation import derivatives, evaluate

    if curve.batch:
        raise InputError("only a single curve becomes a polyline", where="chords")
    still = in_numpy(curve)
    size = float(np.linalg.norm(np.ptp(still.control_points, axis=0)))
    breaks = np.unique(still.knots[0][still.degrees[0] : -still.degrees[0]])
    looks = breaks[:-1, None] + np.diff(breaks)[:, None] * _inside()
    second = np.linalg.norm(derivatives(still, looks.reshape(-1), order=2)[(2,)], axis=-1).reshape(looks.shape).max(axis=1)
    steps = np.diff(breaks) * np.sqrt(second / (8 * _tolerance(tolerance, size)))
    counts = np.maximum(np.ceil(steps), 1).astype(np.int64)
    if counts.sum() > _MOST_VERTICES:
        raise InputError(f"a polyline of {int(counts.sum()):,} points", where="chords", fix="raise the tolerance")
    return np.asarray(evaluate(still, _places(breaks, counts)))


def _counts(surface: Surface, breaks: list[Floats], tolerance: float) -> list[NDArray[np.int64]]:
    """Cells in each span. The tolerance is shared: half of it for what bends along u, half along v, with the mixed part."""
    from trackside.geometry.nurbs.evaluation import derivatives_grid

    widths = [np.diff(one) for one in breaks]
    looks = [(one[:-1, None] + width[:, None] * _inside()).reshape(-1) for one, width in zip(breaks, widths, strict=True)]
    found = derivatives_grid(surface, *looks, order=2)
    most = [
        np.linalg.norm(found[order], axis=-1).reshape(len(widths[0]), _LOOKS, len(widths[1]), _LOOKS).max(axis=(1, 3))
        for order in ((2, 0), (1, 1), (0, 2))
    ]
    # 2 h k M_uv <= (r h)^2 + (k M_uv / r)^2 for any r; r^2 = M_uv times the ratio of the spans treats both sides alike.
    ratio = widths[1][None, :] / widths[0][:, None]
    along_u, along_v = most[0] + most[1] * ratio, most[2] + most[1] / ratio
    found_counts = []
    for axis, bend in ((1, along_u), (0, along_v)):
        steps = widths[1 - axis] * np.sqrt(bend.max(axis=axis) / (8 * tolerance / 2))
        found_counts.append(np.maximum(np.ceil(np.minimum(steps, _MOST_VERTICES)), 1).astype(np.int64))
    return found_counts


def _even(cells: tuple[int, int], breaks: list[Floats]) -> list[NDArray[np.int64]]:
    if min(cells) < 1:
        raise SettingError(f"cells in a span are 1 or more, got {cells}", where="tessellate")
    return [np.full(len(one) - 1, count, np.int64) for one, count in zip(breaks, cells, strict=True)]


def _names(grid: Floats, same: float) -> NDArray[np.int64]:
    """The number of the vertex at each grid point: one for a whole pole, and the same on both sides of a seam."""
    rows, columns = grid.shape[:2]
    names = np.arange(rows * columns).reshape(rows, columns)
    if rows > 2 and _equal(grid[0], grid[-1], same):
        names[-1] = names[0]
    if columns > 2 and _equal(grid[:, 0], grid[:, -1], same):
        names[:, -1] = names[:, 0]
    for side in (np.s_[0, :], np.s_[-1, :], np.s_[:, 0], np.s_[:, -1]):
        if _equal(grid[side], grid[side][:1], same):
            names[names == names[side][0]] = names[side].min()
            names[side] = names[side].min()
    return names


def _mesh(grid: Floats, names: NDArray[np.int64], places: list[Floats]) -> Mesh:
    a, b, c, d = names[:-1, :-1], names[1:, :-1], names[1:, 1:], names[:-1, 1:]
    faces = np.stack([np.stack([a, b, c], axis=-1), np.stack([a, c, d], axis=-1)], axis=2).reshape(-1, 3)
    whole = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    used, faces = np.unique(faces[whole], return_inverse=True)
    u, v = np.meshgrid(*places, indexing="ij")
    parameters = np.stack([u, v], axis=-1).reshape(-1, 2)
    return Mesh(grid.reshape(-1, 3)[used], faces.reshape(-1, 3).astype(np.int64), parameters[used])


def _places(breaks: Floats, counts: NDArray[np.int64]) -> Floats:
    spans = zip(itertools.pairwise(breaks), counts, strict=True)
    return np.append(np.concatenate([np.linspace(a, b, count, endpoint=False) for (a, b), count in spans]), breaks[-1])


def _inside() -> Floats:
    """From just inside one end of a span to just inside the other: at a knot, derivatives are those of one side only."""
    return np.linspace(1e-9, 1 - 1e-9, _LOOKS)


def _equal(a: Floats, b: Floats, same: float) -> bool:
    return bool(np.abs(a - b).max() <= same)


def _tolerance(given: float | None, size: float) -> float:
    if given is not None and not 0 < given < math.inf:
        raise SettingError(f"a tolerance is above 0, got {given:g}", where="tessellate")
    return size / 1000 if given is None else given
