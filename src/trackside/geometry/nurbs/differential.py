"""What derivatives say about a shape: tangents, normals, curvature, fundamental forms.

NumPy or PyTorch, batched, differentiable in PyTorch. Formulas: do Carmo, Differential Geometry of Curves and Surfaces,
sections 1-5, 2-5 and 3-3. Parameters are given as to `evaluate`: [m] or [*batch, m] for each parameter of the shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trackside.core import InputError
from trackside.geometry.nurbs.arrays import Array, as_array, namespace, norm
from trackside.geometry.nurbs.shapes import Curve, Nurbs, Surface

# A derivative (times the length of the domain) shorter than this part of the shape's size counts as zero: rounding in the
# quotient rule leaves about 1e-13 for weights over six decades.
_NOTHING = {"float64": 1e-11, "float32": 1e-5}


@dataclass(frozen=True, slots=True, eq=False)
class SurfaceCurvature:
    """How a surface bends, each [*batch, m]; positive where it bends towards its normal.

    Attributes:
        gaussian: product of the principal curvatures, 1 / length squared.
        mean: half of their sum, 1 / length.
        lowest: principal curvature, 1 / length.
        highest: principal curvature, 1 / length.
    """

    gaussian: Array
    mean: Array
    lowest: Array
    highest: Array


def tangents(curve: Curve, parameters: Array) -> Array:
    """Unit tangents [*batch, m, dim].

    Where the curve stands still (end points drawn twice) the limit from inside, by the second derivative; NaN at a cusp
    in the middle of it, where both sides differ, and where the second derivative vanishes too.
    """
    _is(curve, Curve)
    xp = namespace(curve.control_points)
    found = _derivatives(curve, parameters)
    low, high = (bound[..., None] for bound in curve.domain[0])
    places = as_array(parameters, curve.control_points)
    inside = (places > low) & (places < high)
    at_end = xp.where(places >= high, -xp.ones_like(places), xp.ones_like(places))
    limit = found[(2,)] * at_end[..., None]
    scale = _size(curve) / (high - low)
    still = norm(found[(1,)]) <= _least(curve) * scale
    direction = xp.where(still[..., None], limit, found[(1,)])
    gone = norm(found[(2,)]) <= _least(curve) * scale / (high - low)
    # Masked, never multiplied by NaN: that would spoil the gradient of all other points.
    return _unit(direction, still & (gone | inside))


def normals(shape: Nurbs, *parameters: Array) -> Array:
    """Unit normals [*batch, m, dim]: of a surface in space, or of a curve.

    Surface: S_u x S_v. At a pole, where one side of the patch is a single point, the limit from inside by the mixed second
    derivative; NaN where that vanishes too. Curve: in the plane the tangent turned left, elsewhere the Frenet normal,
    towards the centre of curvature, and NaN where the curve is straight.
    """
    if isinstance(shape, Surface):
        return _surface_normals(shape, _derivatives(shape, *parameters), parameters)
    if not isinstance(shape, Curve):
        raise InputError(f"normals are of curves and surfaces, got a {type(shape).__name__}")
    direction = tangents(shape, parameters[0])
    if shape.dimension == 2:
        return namespace(direction).stack([-direction[..., 1], direction[..., 0]], axis=-1)
    second = _derivatives(shape, *parameters)[(2,)]
    across = second - _dot(second, direction)[..., None] * direction
    low, high = (bound[..., None] for bound in shape.domain[0])
    straight = norm(across) <= _least(shape) * _size(shape) / (high - low) ** 2
    return _unit(across, straight)


def binormals(curve: Curve, parameters: Array) -> Array:
    """Tangent x normal of a curve in space, [*batch, m, 3]; NaN where it is straight."""
    if curve.dimension != 3:
        raise InputError(f"binormals need a curve in space, this one has {curve.dimension} dimensions")
    return _cross(tangents(curve, parameters), normals(curve, parameters))


def curvature(curve: Curve, parameters: Array) -> Array:
    """Curvature [*batch, m], 1 / length: in the plane positive where the curve turns left, elsewhere at least 0."""
    _is(curve, Curve)
    xp = namespace(curve.control_points)
    found = _derivatives(curve, parameters)
    first, second = found[(1,)], found[(2,)]
    speed = norm(first)
    if curve.dimension == 2:
        return (first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]) / speed**3
    across = second - (_dot(first, second) / xp.where(speed > 0, speed**2, 1.0))[..., None] * first
    return norm(across) / speed**2


def fundamental_forms(surface: Surface, u: Array, v: Array) -> tuple[Array, Array]:
    """The first (E F; F G) and second (L M; M N) fundamental form, each [*batch, m, 2, 2], of a surface in space."""
    return _forms(surface, _derivatives(surface, u, v), (u, v))


def surface_curvature(surface: Surface, u: Array, v: Array) -> SurfaceCurvature:
    """Gaussian, mean and principal curvatures of a surface in space; infinite or NaN at poles, where the forms vanish."""
    first, second = fundamental_forms(surface, u, v)
    xp = namespace(first)
    e, f, area = first[..., 0, 0], first[..., 0, 1], _det(first)
    # The second form in an orthonormal frame whose first axis is S_u: there the difference of the principal curvatures
    # is a sum of squares, and equal ones (a sphere's) come out equal.
    slant = f / e
    a = second[..., 0, 0] / e
    b = (second[..., 0, 1] - slant * second[..., 0, 0]) / xp.sqrt(area)
    c = (second[..., 1, 1] - 2 * slant * second[..., 0, 1] + slant**2 * second[..., 0, 0]) * e / area
    mean, half = (a + c) / 2, xp.sqrt(((a - c) / 2) ** 2 + b**2)
    return SurfaceCurvature(a * c - b**2, mean, mean - half, mean + half)


def _forms(surface: Surface, found: dict[Any, Array], parameters: tuple[Array, ...]) -> tuple[Array, Array]:
    normal = _surface_normals(surface, found, parameters)
    u, v = found[(1, 0)], found[(0, 1)]
    first = _symmetric(_dot(u, u), _dot(u, v), _dot(v, v))
    return first, _symmetric(*(_dot(found[order], normal) for order in ((2, 0), (1, 1), (0, 2))))


def _surface_normals(surface: Surface, found: dict[Any, Array], parameters: tuple[Array, ...]) -> Array:
    if surface.dimension != 3:
        raise InputError(f"normals need a surface in space, this one has {surface.dimension} dimensions")
    xp = namespace(surface.control_points)
    u, v, mixed = found[(1, 0)], found[(0, 1)], found[(1, 1)]
    ranges, inward = [], []
    for place, (low, high) in zip(parameters, surface.domain, strict=True):
        ranges.append((high - low)[..., None])
        middle = (low + high)[..., None] / 2
        inward.append(xp.where(as_array(place, surface.control_points) <= middle, 1.0, -1.0))
    size, least = _size(surface), _least(surface)
    no_u, no_v = norm(u) * ranges[0] <= least * size, norm(v) * ranges[1] <= least * size
    # One step along v away from a pole of u, S_u is mixed * step: that side's direction, whatever its length.
    u = xp.where(no_u[..., None], mixed * inward[1][..., None], u)
    v = xp.where(no_v[..., None], mixed * inward[0][..., None], v)
    across = _cross(u, v)
    flat = norm(across) <= least * norm(u) * norm(v)
    return _unit(across, flat | (no_u & no_v))


def _derivatives(shape: Nurbs, *parameters: Array) -> dict[Any, Array]:
    from trackside.geometry.nurbs.evaluation import derivatives

    found: dict[Any, Array] = derivatives(shape, *parameters, order=2)
    return found


def _is(shape: Nurbs, kind: type[Nurbs]) -> None:
    if not isinstance(shape, kind):
        raise InputError(f"this needs a {kind.__name__}, got a {type(shape).__name__}")


def _size(shape: Nurbs) -> Array:
    """The diagonal of the control points' box, [*batch, 1], outside of any gradient."""
    control = shape.control_points
    xp = namespace(control)
    flat = (control.detach() if xp.__name__ != "numpy" else control).reshape(*shape.batch, -1, shape.dimension)
    return norm(xp.max(flat, axis=-2) - xp.min(flat, axis=-2))[..., None]


def _least(shape: Nurbs) -> float:
    return _NOTHING["float32" if "32" in str(shape.control_points.dtype) else "float64"]


def _dot(a: Array, b: Array) -> Array:
    return (a * b).sum(-1)


def _unit(a: Array, nothing: Array) -> Array:
    """Vectors of length one; NaN where there is no direction."""
    xp = namespace(a)
    safe = xp.where(nothing[..., None], xp.ones_like(a), a)
    return xp.where(nothing[..., None], float("nan"), safe / norm(safe)[..., None])


def _cross(a: Array, b: Array) -> Array:
    return namespace(a).stack(
        [a[..., (i + 1) % 3] * b[..., (i + 2) % 3] - a[..., (i + 2) % 3] * b[..., (i + 1) % 3] for i in range(3)], axis=-1
    )


def _symmetric(a: Array, b: Array, c: Array) -> Array:
    xp = namespace(a)
    return xp.stack([xp.stack([a, b], axis=-1), xp.stack([b, c], axis=-1)], axis=-2)


def _det(m: Array) -> Array:
    return m[..., 0, 0] * m[..., 1, 1] - m[..., 0, 1] * m[..., 1, 0]
