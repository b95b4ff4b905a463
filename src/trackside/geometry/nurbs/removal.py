"""Knot removal with a tolerance: fewer control points, the same shape as near as asked (The NURBS Book, 5.4, A5.8).

Insertion makes each new control point of two old ones: Q_i = a_i P_i + (1 - a_i) P_{i-1}. Removal solves that for P. There
is one equation more than unknowns; where they disagree, the disagreement is spread so that the largest residual of a control
point is the least possible (with one surplus equation, that has a closed form). Whether the result may stay is judged by
comparing it, with the knots put back, to the *original* shape: errors of several removals cannot add up unseen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.arrays import is_count
from trackside.geometry.nurbs.blossom import refinement
from trackside.geometry.nurbs.clamping import unperiodic
from trackside.geometry.nurbs.deviation import deviations_along, weightless
from trackside.geometry.nurbs.linear import Rows, Shape, knots_of, located, mapped, multiplicity


def remove_knot(
    shape: Shape, value: float, times: int = 1, tolerance: float = 1e-9, parameter: int = 0
) -> tuple[Shape, int]:
    """The shape without a knot, as far as it stays within the tolerance, and how often the knot was removed.

    Args:
        shape: curve, surface or volume; all shapes of a batch lose the knot, or none does.
        value: of the knot, inside the domain.
        times: how often it is to go, at most; it cannot go more often than it stands.
        tolerance: largest distance from the given shape at equal parameters, in the unit of the control points.
        parameter: 0, 1 or 2 for u, v or w.

    Raises:
        SettingError: `times` or `tolerance` is out of range, or the value is outside of the domain.
        InputError: there is no such knot inside the domain.
    """
    if not is_count(times):
        raise SettingError(f"{times!r} knots to remove", where="times", fix="give 1 or more")
    shape = unperiodic(shape, parameter)
    point = _inner(shape, located(shape, value, parameter), parameter)
    made, removed = shape, 0
    for _ in range(min(times, int(multiplicity(knots_of(shape, parameter), point[..., None]).min()))):
        tried = without(made, point[..., None], parameter)
        if not within(shape, tried, tolerance, parameter):
            break
        made, removed = tried, removed + 1
    return made, removed


def within(shape: Shape, made: Shape, tolerance: float, parameter: int) -> bool:
    """Whether a shape with fewer knots stays within a distance of the one that it was made of.

    Raises:
        SettingError: the tolerance is negative or no number.
    """
    return bool((apart(shape, made, tolerance, parameter)[0] <= tolerance).all())


def apart(shape: Shape, made: Shape, tolerance: float, parameter: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far a shape with fewer knots is from the one that it was made of, by place; see `deviations_along`."""
    if not tolerance >= 0:
        raise SettingError(f"a tolerance of {tolerance:g}", where="tolerance", fix="give 0 or more")
    own, knots, degree = knots_of(made, parameter), knots_of(shape, parameter), shape.degrees[parameter]
    if weightless(made).any():  # Not to be given back, though more knots may hide it.
        return deviations_along(made, made, parameter)
    return deviations_along(shape, mapped(made, refinement(own, knots, degree), knots, parameter), parameter, tolerance)


def without(shape: Shape, points: NDArray[np.float64], parameter: int) -> Shape:
    """The shape with one knot less at each of `points` [..., m], whatever that does to it.

    Args:
        shape: curve, surface or volume.
        points: different and ascending, with more than degree + 1 knots from the last of one to the last of the next.
        parameter: 0, 1 or 2.
    """
    knots, degree = knots_of(shape, parameter), shape.degrees[parameter]
    if knots.ndim == 1:
        return mapped(shape, *_removal(knots, degree, points), parameter)
    pairs = zip(knots.reshape(-1, knots.shape[-1]), points.reshape(-1, points.shape[-1]), strict=True)
    each = [_removal(row, degree, places) for row, places in pairs]
    batch = knots.shape[:-1]
    first = np.array([rows.first for rows, _ in each]).reshape(*batch, -1)
    values = np.array([rows.values for rows, _ in each]).reshape(*first.shape, -1)
    return mapped(shape, Rows(first, values), np.array([new for _, new in each]).reshape(*batch, -1), parameter)


def _inner(shape: Shape, point: NDArray[np.float64], parameter: int) -> NDArray[np.float64]:
    knots, degree = knots_of(shape, parameter), shape.degrees[parameter]
    low, high = knots[..., degree], knots[..., -degree - 1]
    if not ((point > low) & (point < high) & (multiplicity(knots, point[..., None])[..., 0] > 0)).all():
        raise InputError(
            f"no inner knot at {float(np.max(point)):g}", where=f"parameter {parameter}", fix="give one of the knots"
        )
    return point


def disagreement(
    knots: NDArray[np.float64], degree: int, values: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """What the residual of each control point would be if one of the knots were removed, for each of `values` [m].

    Returns:
        The first control point that has a say in it [m], and how much that one and the next ones count [m, degree + 2].
    """
    last = np.searchsorted(knots, values, side="right") - 1
    times = last + 1 - np.searchsorted(knots, values)
    first, counts = last - degree - 1, np.zeros((len(values), degree + 2))
    for each in np.unique(times).tolist():
        chosen = times == each
        if each > degree:
            counts[chosen, :2] = 0.5, -0.5
            continue
        rows = last[chosen, None] + np.arange(-degree, 1 - each)
        share = (values[chosen, None] - knots[rows]) / (knots[rows + degree + 1] - knots[rows])
        null, parts = _surplus(share)
        counts[chosen, : parts.shape[-1]] = parts / np.abs(null).sum(axis=-1, keepdims=True)
    return np.asarray(first, np.int64), counts


def _reach(knots: NDArray[np.float64], degree: int, value: float) -> tuple[NDArray[np.float64], int, int]:
    """The knots without the one removed, and the first and last Q that insertion would mix from two P."""
    last = int(np.searchsorted(knots, value, side="right")) - 1
    times = last + 1 - int(np.searchsorted(knots, value))
    return np.delete(knots, last), last - degree, last - times


def _removal(knots: NDArray[np.float64], degree: int, places: NDArray[np.float64]) -> tuple[Rows, NDArray[np.float64]]:
    """The map of control points that removes a knot once at each place [m] (see `without`), and the knots left."""
    n = len(knots) - degree - 1 - len(places)
    values, first = np.zeros((n, degree + 2)), np.arange(n, dtype=np.int64)
    values[:, 0] = 1.0
    for gone, value in enumerate(places.tolist()):
        left, start, stop = _reach(knots, degree, value)
        # Control points before `start` stay, those from `stop` on move up by one; so they did for each that is gone.
        first[stop - gone :] += 1
        if stop < start:  # The knot parts the shape in two: the ends that meet there become one point.
            first[stop - gone], values[stop - gone, :2] = stop, 0.5
            continue
        block = _block(_shares(left, degree, value, start, stop))
        rows = slice(start - gone, stop - gone)
        first[rows], values[rows] = start - 1, 0.0
        values[rows, : block.shape[1]] = block
    return Rows(first, values), np.delete(knots, np.searchsorted(knots, places))


def _shares(left: NDArray[np.float64], degree: int, value: float, start: int, stop: int) -> NDArray[np.float64]:
    """The a_i of the module's heading, for i from `start` to `stop`: between 0 and 1, and falling."""
    rows = np.arange(start, stop + 1)
    return np.asarray((value - left[rows]) / (left[rows + degree] - left[rows]))


def _block(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """P_start to P_{stop - 1} in terms of Q_{start - 1} to Q_{stop + 1}."""
    count = len(share)
    null, parts = _surplus(share)
    wanted = np.eye(count + 2)[1:-1] - np.outer(np.sign(null), parts) / np.abs(null).sum()
    solved = np.zeros((count + 1, count + 2))  # P_{start - 1} to P_stop: the first and last are known.
    solved[0, 0] = solved[-1, -1] = 1.0
    # From each end so far as the divisor is the larger of the two shares, so that errors do not grow.
    middle = min(int((share >= 0.5).sum()), count - 1)
    for i in range(middle):
        solved[i + 1] = (wanted[i] - (1 - share[i]) * solved[i]) / share[i]
    for i in range(count - 1, middle, -1):
        solved[i] = (wanted[i] - share[i] * solved[i + 1]) / (1 - share[i])
    return solved[1:-1]


def _surplus(share: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The combination of the equations in which all unknowns cancel, [..., k], and what it makes of the Q, [..., k + 2]."""
    null = np.ones_like(share)
    for i in range(1, share.shape[-1]):
        null[..., i] = -null[..., i - 1] * share[..., i - 1] / (1 - share[..., i])
    first, last = -null[..., :1] * (1 - share[..., :1]), -null[..., -1:] * share[..., -1:]
    return null, np.concatenate([first, null, last], axis=-1)
