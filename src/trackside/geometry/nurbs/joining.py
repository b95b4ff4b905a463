"""Curves end to end as one curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.arrays import Array, as_array, as_numpy, namespace
from trackside.geometry.nurbs.clamping import clamp
from trackside.geometry.nurbs.elevation import elevate_degree
from trackside.geometry.nurbs.linear import knots_of
from trackside.geometry.nurbs.mapping import make_rational
from trackside.geometry.nurbs.shapes import Curve


def join(curves: Sequence[Curve], tolerance: float = 1e-9) -> Curve:
    """One curve that runs through several, each of which begins where the one before ends.

    Degrees are raised to the highest; weights are scaled to agree where curves meet. Each curve keeps the length of its
    domain, shifted to follow the one before. The joint is a knot that stands degree times: `remove_knot` makes it smoother
    where the shape allows.

    Args:
        curves: at least one; of a batch, all with the same batch axes.
        tolerance: largest gap between an end and the next beginning, in the unit of the control points. Within it, the end
            of the earlier curve counts.

    Raises:
        InputError: no curves, a gap, or batches or dimensions that differ.
        SettingError: the tolerance is negative.
    """
    if isinstance(curves, Curve):
        raise InputError("curves to join are a list", where="join", fix="write join([one, two])")
    if not tolerance >= 0:
        raise SettingError(f"a tolerance of {tolerance:g}", where="tolerance", fix="give 0 or more")
    if not curves:
        raise InputError("no curves to join", fix="give at least one")
    kinds = {(curve.batch, curve.dimension) for curve in curves}
    if len(kinds) > 1:
        raise InputError(
            "curves to join differ in batch or dimension", fix="give curves [..., n, dim] of the same ... and dim"
        )
    alike = _alike(curves)
    made = alike[0]
    for number, curve in enumerate(alike[1:], start=1):
        made = _joined(made, curve, tolerance, number)
    return made


def _alike(curves: Sequence[Curve]) -> list[Curve]:
    degree, rational = max(curve.degrees[0] for curve in curves), any(curve.rational for curve in curves)
    alike = [clamp(make_rational(curve) if rational else curve) for curve in curves]
    return [elevate_degree(curve, degree - curve.degrees[0]) if curve.degrees[0] < degree else curve for curve in alike]


def _joined(one: Curve, two: Curve, tolerance: float, number: int) -> Curve:
    ends = one.control_points[..., -1, :], two.control_points[..., 0, :]
    gap = float(np.linalg.norm(as_numpy(ends[0]) - as_numpy(ends[1]), axis=-1).max())
    if not gap <= tolerance:
        raise InputError(
            f"curve {number} begins {gap:.3g} off the end of the one before", fix="reverse it, or allow for the gap"
        )
    xp = namespace(one.control_points)
    control = xp.concat([one.control_points, two.control_points[..., 1:, :]], axis=-2)
    weights: Array | None = None
    if one.weights is not None and two.weights is not None:
        scaled = two.weights * (one.weights[..., -1:] / two.weights[..., :1])
        weights = xp.concat([one.weights, scaled[..., 1:]], axis=-1)
    knots = as_array(_chain(knots_of(one, 0), knots_of(two, 0), one.degrees[0]), one.knots[0])
    return Curve.trusted(control_points=control, weights=weights, degrees=one.degrees, knots=(knots,), periodic=(False,))


def _chain(one: NDArray[np.float64], two: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    lead = np.broadcast_shapes(one.shape[:-1], two.shape[:-1])
    one, two = (np.broadcast_to(knots, (*lead, knots.shape[-1])) for knots in (one, two))
    # Knots that follow already are not touched: where weights vary much, their last digit shows.
    shifted = two[..., degree + 1 :] + (one[..., -1:] - two[..., :1])
    return np.concatenate([one[..., :-1], shifted], axis=-1)
