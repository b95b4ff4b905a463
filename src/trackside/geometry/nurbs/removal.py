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
from trackside.geometry.nurbs.blossom import refinement
from trackside.geometry.nurbs.clamping import unperiodic
from trackside.geometry.nurbs.deviation import deviation_bound
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
    if times < 1:
        raise SettingError(f"{times} knots to remove", where="times", fix="give 1 or more")
    shape = unperiodic(shape, parameter)
    point = _inner(shape, located(shape, value, parameter), parameter)
    made, removed = shape, 0
    for _ in range(min(times, int(multiplicity(knots_of(shape, parameter), point[..., None]).min()))):
        tried = without(made, point, parameter)
        if not within(shape, tried, tolerance, parameter):
            break
        made, removed = tried, removed + 1
    return made, removed


def within(shape: Shape, made: Shape, tolerance: float, parameter: int) -> bool:
    """Whether a shape with fewer knots stays within a distance of the one that it was made of.

    Raises:
        SettingError: the tolerance is negative or no number.
    """
    if not tolerance >= 0:
        raise SettingError(f"a tolerance of {tolerance:g}", where="tolerance", fix="give 0 or more")
    knots = knots_of(shape, parameter)
    back = refinement(knots_of(made, parameter), knots, shape.degrees[parameter])
    return deviation_bound(shape, mapped(made, back, knots, parameter), parameter, tolerance) <= tolerance


def without(shape: Shape, point: NDArray[np.float64], parameter: int) -> Shape:
    """The shape with one knot less at `point` [...], whatever that does to it."""
    knots, degree = knots_of(shape, parameter), shape.degrees[parameter]
    if knots.ndim == 1:
        rows, new = _removal(knots, degree, float(point))
        return mapped(shape, rows, new, parameter)
    pairs = zip(knots.reshape(-1, knots.shape[-1]), point.reshape(-1), strict=True)
    each = [_removal(row, degree, float(place)) for row, place in pairs]
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


def disagreement(knots: NDArray[np.float64], degree: int, value: float) -> tuple[int, NDArray[np.float64]]:
    """What the residual of each control point would be if a knot were removed.

    Returns:
        The first control point that has a say in it, and how much that one and the next ones count.
    """
    left, start, stop = _reach(knots, degree, value)
    if stop < start:
        return start - 1, np.array([0.5, -0.5])
    null, parts = _surplus(_shares(left, degree, value, start, stop))
    return start - 1, parts / np.abs(null).sum()


def _reach(knots: NDArray[np.float64], degree: int, value: float) -> tuple[NDArray[np.float64], int, int]:
    """The knots without the one removed, and the first and last Q that insertion would mix from two P."""
    last = int(np.searchsorted(knots, value, side="right")) - 1
    times = last + 1 - int(np.searchsorted(knots, value))
    return np.delete(knots, last), last - degree, last - times


def _removal(knots: NDArray[np.float64], degree: int, value: float) -> tuple[Rows, NDArray[np.float64]]:
    """The map of control points that removes a knot once, and the knots left."""
    left, start, stop = _reach(knots, degree, value)
    n = len(left) - degree - 1
    values = np.zeros((n, degree + 2))
    values[:, 0] = 1.0
    # Control points before `start` stay, those from `stop` on move up by one.
    first = np.arange(n, dtype=np.int64) + (np.arange(n) >= stop)
    if stop < start:  # The knot parts the shape in two: the ends that meet there become one point.
        first[stop], values[stop, :2] = stop, 0.5
        return Rows(first, values), left
    block = _block(_shares(left, degree, value, start, stop))
    first[start:stop] = start - 1
    values[start:stop] = 0.0
    values[start:stop, : block.shape[1]] = block
    return Rows(first, values), left


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
    """The combination of the equations in which all unknowns cancel, [k], and what it makes of Q_{start - 1} .., [k + 2]."""
    null = np.ones(len(share))
    for i in range(1, len(share)):
        null[i] = -null[i - 1] * share[i - 1] / (1 - share[i])
    return null, np.concatenate([[-null[0] * (1 - share[0])], null, [-null[-1] * share[-1]]])
