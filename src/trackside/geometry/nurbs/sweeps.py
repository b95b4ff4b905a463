"""Surfaces of known form, exactly: patches, cylinders, cones, spheres, tori; revolved, extruded, ruled and lofted surfaces.

NumPy. Revolving is algorithm A8.1 of Piegl and Tiller, The NURBS Book, 2nd edition; lofting (skinning) its section 10.3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.arrays import as_numpy
from trackside.geometry.nurbs.primitives import Floats, arc, circle, finite, line, unit_arc
from trackside.geometry.nurbs.shapes import Curve, Surface

# What rounding leaves between an axis and a point on it, as a part of the size of the curve: such a point becomes a pole.
_ON_AXIS = 1e-14


def bilinear(corners: ArrayLike) -> Surface:
    """The bilinear patch of four corners [2, 2, dim]: first index along u, second along v."""
    return Surface(finite(corners, "corners"), 1)


def plane(origin: ArrayLike, along_u: ArrayLike, along_v: ArrayLike) -> Surface:
    """The parallelogram at `origin` with two sides, each [dim]."""
    start, u, v = finite(origin, "the origin"), finite(along_u, "a side"), finite(along_v, "a side")
    return bilinear([[start, start + v], [start + u, start + u + v]])


def extrude(curve: Curve, vector: ArrayLike) -> Surface:
    """A curve moved along a vector [dim]: u along the curve, v from 0 to 1 along the vector."""
    shift = finite(vector, "the vector")
    if shift.shape != (curve.dimension,):
        raise InputError(
            f"the vector has shape {list(shift.shape)}, the curve {curve.dimension} dimensions", where="extrude"
        )
    start = as_numpy(curve.control_points)
    return _between(curve, start, start + shift, curve.weights, curve.weights)


def ruled(first: Curve, second: Curve) -> Surface:
    """Straight lines from each point of a curve to the point of equal parameter of another: u along them, v across."""
    a, b = compatible([first, second])
    return _between(a, as_numpy(a.control_points), as_numpy(b.control_points), a.weights, b.weights)


def revolve(curve: Curve, axis_point: ArrayLike, axis: ArrayLike, angle: float = 2 * math.pi) -> Surface:
    """A curve [..., n, 3] turned about an axis: u from 0 to 1 along the angle, v along the curve (A8.1).

    Args:
        curve: in space; points on the axis become poles.
        axis_point: [3], on the axis.
        axis: [3], its direction, right-handed.
        angle: radians, at most a full turn.

    Raises:
        InputError: the curve is not in space, or the axis has no length.
        SettingError: the angle is 0 or more than a full turn.
    """
    point, direction = finite(axis_point, "the axis"), finite(axis, "the axis")
    if curve.dimension != 3 or point.shape != (3,) or direction.shape != (3,) or not direction.any():
        raise InputError("a curve in space is turned about a point [3] and a direction [3] with length", where="revolve")
    direction = direction / np.linalg.norm(direction)
    turned, factors, knots = unit_arc(0.0, angle)
    control = as_numpy(curve.control_points).astype(np.float64)
    foot = point + ((control - point) @ direction)[..., None] * direction
    out = control - foot
    out[np.linalg.norm(out, axis=-1) <= _ON_AXIS * np.abs(control - point).max()] = 0.0
    aside = np.cross(direction, out)
    points = (
        foot[..., None, :, :] + turned[:, :1, None] * out[..., None, :, :] + turned[:, 1:, None] * aside[..., None, :, :]
    )
    weights = factors[:, None] * _weights(curve)[..., None, :]
    return Surface(points, (2, *curve.degrees), (knots, as_numpy(curve.knots[0])), weights, (False, *curve.periodic))


def cylinder(radius: float, height: float) -> Surface:
    """About z, from z = 0 up; u along the angle, v along z."""
    return revolve(line([_length(radius), 0, 0], [radius, 0, _length(height)]), [0, 0, 0], [0, 0, 1])


def cone(radius: float, height: float) -> Surface:
    """About z, from the circle at z = 0 to the tip; u along the angle, v to the tip."""
    return revolve(line([_length(radius), 0, 0], [0, 0, _length(height)]), [0, 0, 0], [0, 0, 1])


def sphere(centre: ArrayLike, radius: float) -> Surface:
    """u is the longitude, v runs from the south pole (lowest z) to the north pole; S_u x S_v points outwards."""
    middle = finite(centre, "the centre")
    meridian = arc(middle, _length(radius), -math.pi / 2, math.pi, axes=[[1, 0, 0], [0, 0, 1]])
    return revolve(meridian, middle, [0, 0, 1])


def torus(radius: float, tube: float) -> Surface:
    """About z: the middle of a tube of radius `tube` runs on a circle of `radius`; both parameters run round."""
    return revolve(circle([_length(radius), 0, 0], _length(tube), axes=[[1, 0, 0], [0, 0, 1]]), [0, 0, 0], [0, 0, 1])


def loft(curves: Sequence[Curve], degree: int = 3) -> Surface:
    """A surface through curves, in their order: u along the curves, v across them from 0 to 1 (skinning, section 10.3).

    Args:
        curves: two or more, of one dimension; degrees and knots are made equal without changing the curves.
        degree: across; lowered to one less than the number of curves.

    Raises:
        InputError: fewer than two curves, batches, or neighbours that are the same curve.
    """
    from trackside.geometry.nurbs.collocation import collocate
    from trackside.geometry.nurbs.parametrisation import averaged_knots, parametrised

    if len(curves) < 2 or any(curve.batch for curve in curves):
        raise InputError("a loft needs two or more single curves", where="loft")
    if degree < 1:
        raise SettingError(f"a degree is at least 1, got {degree}", where="loft")
    same = compatible(curves)
    degree = min(degree, len(same) - 1)
    control = np.stack([as_numpy(curve.homogeneous) for curve in same], axis=1)
    # Eq. 10.8: chord lengths of each row of control points, averaged. A row that stays in place (a pole) says nothing.
    rows = [row for row in control if (np.linalg.norm(np.diff(row, axis=0), axis=1) > 0).all()]
    if not rows:
        raise InputError("two neighbouring curves are the same", where="loft", fix="drop one of them")
    across = np.mean([parametrised(row, 1.0) for row in rows], axis=0)
    knots = averaged_knots(across, degree)
    found = collocate(knots, degree, across, np.moveaxis(control, 1, 0)).swapaxes(0, 1)
    weights = found[..., -1] if same[0].rational else None
    if weights is not None and not (weights > 0).all():
        raise InputError("weights differ too much from curve to curve", where="loft", fix="lower the degree to 1")
    points = found if weights is None else found[..., :-1] / weights[..., None]
    return Surface(points, (*same[0].degrees, degree), (as_numpy(same[0].knots[0]), knots), weights)


def compatible(curves: Sequence[Curve]) -> list[Curve]:
    """The same curves with one degree, the domain 0 to 1, and one knot vector (clamped).

    Curves that are alike already are given back as they are.

    Raises:
        InputError: dimensions differ.
    """
    if len({curve.dimension for curve in curves}) > 1:
        raise InputError("curves of different dimensions", where="loft", fix="give them the same number of coordinates")
    if not all(_alike(curves[0], curve) for curve in curves[1:]):
        from trackside.geometry.nurbs.merging import merged

        curves = merged(curves)
    if any(curve.rational for curve in curves):
        return [_rational(curve) for curve in curves]
    return list(curves)


def _alike(a: Curve, b: Curve) -> bool:
    same = a.degrees == b.degrees and a.counts == b.counts and a.periodic == b.periodic
    return same and np.array_equal(as_numpy(a.knots[0]), as_numpy(b.knots[0]))


def _rational(curve: Curve) -> Curve:
    points = as_numpy(curve.control_points)
    return Curve(points, curve.degrees, as_numpy(curve.knots[0]), _weights(curve), curve.periodic)


def _between(curve: Curve, start: Floats, end: Floats, first: object, second: object) -> Surface:
    weights = None if first is None or second is None else np.stack([as_numpy(first), as_numpy(second)], axis=-1)
    ends = np.array([0.0, 0.0, 1.0, 1.0])
    degrees, knots = (*curve.degrees, 1), (as_numpy(curve.knots[0]), ends)
    if knots[0].ndim > 1:
        knots = (knots[0], np.broadcast_to(ends, (*knots[0].shape[:-1], 4)))
    return Surface(np.stack([start, end], axis=-2), degrees, knots, weights, (*curve.periodic, False))


def _weights(curve: Curve) -> Floats:
    if curve.weights is None:
        return np.ones(curve.control_points.shape[:-1])
    return np.asarray(as_numpy(curve.weights), np.float64)


def _length(value: float) -> float:
    if not 0 < value < math.inf:
        raise SettingError(f"a length is above 0, got {value:g}")
    return value
