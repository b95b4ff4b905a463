"""Arc length of curves and area of surfaces, and the parameter at which a length is reached.

Gauss-Legendre quadrature on knot spans that are halved until the result stands still. NumPy or PyTorch, batched: the breaks
are found outside of the gradient, the sum on them is differentiable. (A sum of chords, as other libraries use, is off by
1.7e-5 on a quarter circle at their default.)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.arrays import Array, as_array, as_numpy, is_torch, namespace, norm
from trackside.geometry.nurbs.quadrature import constant, detached, halved, pieces, rule
from trackside.geometry.nurbs.shapes import Curve, Surface

# Newton steps for a length. With bisection as the fallback, 60 steps reach the last bit from any start.
_STEPS = 60


def length(curve: Curve, low: float | None = None, high: float | None = None, *, tolerance: float = 1e-10) -> Array:
    """The length of curves from one parameter to another, [*batch]: the whole curve by default.

    Args:
        curve: one or a batch.
        low: the first parameter, or None.
        high: the last parameter, or None.
        tolerance: of the result, as a part of it.

    Raises:
        InputError: `low` is above `high`, or either is outside the domain.
    """
    if low is None and high is None:
        return pieces(curve, halved(curve, tolerance)[0]).sum(-1)
    first, last = curve.domain[0]
    a, b = (
        as_array(first if low is None else low, curve.control_points),
        as_array(last if high is None else high, curve.control_points),
    )
    if (as_numpy(a) > as_numpy(b)).any():
        raise InputError("the first parameter is above the last", where="length", fix="swap them")
    lengths = lengths_at(curve, _broadcast(curve, [a, b]), tolerance=tolerance)
    return lengths[..., 1] - lengths[..., 0]


def lengths_at(curve: Curve, parameters: Array, *, tolerance: float = 1e-10) -> Array:
    """The length from the start of the curve to each parameter, [*batch, m] for parameters [m] or [*batch, m].

    Raises:
        InputError: a parameter is outside the domain, or NaN.
    """
    breaks = halved(curve, tolerance)[0]
    places = _broadcast(curve, as_array(parameters, curve.control_points))
    inside = (as_numpy(places) >= as_numpy(breaks)[..., :1]) & (as_numpy(places) <= as_numpy(breaks)[..., -1:])
    if not inside.all():
        raise InputError("a parameter is outside the curve's domain, or NaN", where="length")
    return _lengths_at(curve, breaks, _cumulative(curve, breaks), places)


def parameters_at(curve: Curve, lengths: Array, *, tolerance: float = 1e-10) -> Array:
    """The parameter at which each length from the start is reached: the inverse of `lengths_at`.

    Args:
        curve: one or a batch.
        lengths: [m] or [*batch, m], from 0 to the length of the curve.
        tolerance: of the lengths, as a part of the whole.

    Raises:
        InputError: a length is negative or above that of the curve, or the curve is a point.
    """
    breaks = halved(curve, tolerance)[0]
    cumulative = _cumulative(curve, breaks)
    wanted = _broadcast(curve, as_array(lengths, curve.control_points))
    whole = as_numpy(cumulative)[..., -1:]
    # Rounding leaves a derivative that is not quite zero.
    if not (whole > 1e-13 * np.abs(as_numpy(curve.control_points)).max()).all():
        raise InputError("the curve is a single point", where="length")
    # A length given back by `length` may differ in the last bits.
    slack = max(tolerance, 1e-12) * whole
    if not ((as_numpy(wanted) >= -slack) & (as_numpy(wanted) <= whole + slack)).all():
        raise InputError(f"a length is outside 0 to {float(whole.max()):g}", where="length", fix="give lengths on the curve")
    fixed, still = detached(curve), constant(cumulative)
    found = _inverse(fixed, breaks, still, namespace(still).clip(constant(wanted), still[..., :1] * 0, still[..., -1:]))
    if not is_torch(curve.control_points):
        return found
    # The gradient of the inverse: one Newton step, whose value is zero, from a fixed place.
    speed = norm(_first(fixed, found))
    return found - (_lengths_at(curve, breaks, cumulative, found) - wanted) / speed


def equally_spaced(curve: Curve, count: int, *, tolerance: float = 1e-10) -> Array:
    """Parameters [*batch, count] of points that are equally far apart along the curve, its two ends among them.

    Raises:
        SettingError: fewer than two points.
    """
    if count < 2:
        raise SettingError(f"equally spaced points are two or more, got {count}", where="length")
    parts = as_array(np.linspace(0, 1, count), curve.control_points)
    whole = length(curve, tolerance=tolerance)
    found = parameters_at(curve, whole[..., None] * parts, tolerance=tolerance)
    low, high = (_broadcast(curve, bound[..., None]) for bound in curve.domain[0])
    return namespace(found).concat([low, found[..., 1:-1], high], axis=-1)


def area(surface: Surface, *, tolerance: float = 1e-8) -> Array:
    """The area of surfaces in the plane or in space, [*batch].

    Args:
        surface: one or a batch.
        tolerance: of the result, as a part of it.
    """
    return pieces(surface, *halved(surface, tolerance)).sum((-2, -1))


def _cumulative(curve: Curve, breaks: Array) -> Array:
    """The length up to each break, [*batch, s + 1]."""
    xp = namespace(breaks)
    parts = pieces(curve, breaks)
    return xp.concat([parts[..., :1] * 0, xp.cumulative_sum(parts, axis=-1)], axis=-1)


def _lengths_at(curve: Curve, breaks: Array, cumulative: Array, places: Array) -> Array:
    start, before = _interval(_broadcast(curve, breaks), cumulative, _broadcast(curve, breaks), places)[:2]
    return before + _partial(curve, start, places)


def _partial(curve: Curve, start: Array, places: Array) -> Array:
    """The length between two parameters in one interval, [*batch, m]."""
    nodes, weights = rule(as_numpy(start).dtype.name)
    nodes, weights = as_array(nodes, start), as_array(weights, start)
    inner = start[..., None] + (places - start)[..., None] * nodes
    speeds = norm(_first(curve, inner.reshape(*inner.shape[:-2], -1)))
    return (speeds.reshape(*inner.shape) * weights).sum(-1) * (places - start)


def _interval(breaks: Array, cumulative: Array, sorted_: Array, values: Array) -> tuple[Array, Array, Array, Array]:
    """Of the interval of `sorted_` that a value is in: break and length before it, break and length after it."""
    xp = namespace(values)
    last = sorted_.shape[-1] - 2
    index = (as_numpy(sorted_)[..., None, 1:-1] <= as_numpy(values)[..., :, None]).sum(-1)
    row = np.minimum(index, last)
    pick = (lambda array, at: np.take_along_axis(array, at, -1)) if xp is np else _torch_pick
    return pick(breaks, row), pick(cumulative, row), pick(breaks, row + 1), pick(cumulative, row + 1)


def _torch_pick(array: Array, at: Any) -> Array:
    import torch

    return torch.gather(array, -1, torch.as_tensor(at, device=array.device))


def _inverse(curve: Curve, breaks: Array, cumulative: Array, wanted: Array) -> Array:
    """Newton's method, kept in a bracket that bisection shrinks."""
    xp = namespace(wanted)
    start, before, end, after = _interval(_broadcast(curve, breaks), cumulative, cumulative, wanted)
    gap = after - before
    low, high, target = start, end, wanted - before
    place = start + (end - start) * target / xp.where(gap > 0, gap, xp.ones_like(gap))
    for _ in range(_STEPS):
        error = _partial(curve, start, place) - target
        low, high = xp.where(error <= 0, place, low), xp.where(error >= 0, place, high)
        speed = norm(_first(curve, place))
        guess = place - error / xp.where(speed > 0, speed, xp.ones_like(speed))
        inside = (guess >= low) & (guess <= high) & (speed > 0)
        after_ = xp.where(inside, guess, (low + high) / 2)
        moved = as_numpy(xp.abs(after_ - place))
        place = after_
        if (moved <= 4 * np.finfo(moved.dtype).eps * np.abs(as_numpy(end - start) + np.abs(as_numpy(end)))).all():
            break
    return place


def _first(curve: Curve, places: Array) -> Array:
    from trackside.geometry.nurbs.evaluation import derivatives

    return derivatives(curve, places, order=1)[(1,)]


def _broadcast(curve: Curve, values: Any) -> Array:
    """[..., m] with the curve's batch axes; a list is two columns."""
    xp = namespace(curve.control_points)
    if isinstance(values, list):
        values = xp.stack([xp.broadcast_to(one, curve.batch) for one in values], axis=-1)
    values = values.reshape(1) if values.ndim == 0 else values
    return xp.broadcast_to(values, (*curve.batch, values.shape[-1]))
