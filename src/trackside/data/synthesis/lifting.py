"""From 17 points in a picture to joint angles: the pose within healthy limits whose projection comes nearest.

The unknowns are the joint angles (bounded by their limits), the direction of view, and a weak perspective's scale and shift;
the last two have a closed form, so that the search runs over angles only (variable projection: Golub & Pereyra 1973). A
picture leaves depth open (Taylor 2000, CVIU 80: each bone may point to the viewer or away); the limits and a weak pull to
upright decide. Several directions of view are tried.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import COCO17, InputError
from trackside.data.synthesis.body import Body
from trackside.data.synthesis.joints import HIGHEST, JOINTS, LOWEST
from trackside.data.synthesis.kinematics import about_x, about_y, frames_of, keypoints_of

Floats = NDArray[np.float64]
LEAST_POINTS = 9
"""Fewer points than this (of those from the shoulders down) leave a pose open."""
WORST = 0.06
"""A fit whose points are further off than this, in the mean and as a share of the figure's height, explains nothing."""
_VIEWS = np.arange(0, 360, 45)
_PULL = 0.02
_TILT = 20.0
_BODY = 5
"""The first of COCO's points below the head."""
# The face tells the direction of view, but not to a bone's precision.
_FACE_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Lifted:
    """A pose found in a picture: angles float64 [joints] in degrees, the view's turn in degrees (0 from ahead, 90 from the
    figure's left), and the mean distance of its points from the given ones as a share of the figure's height."""

    angles: Floats
    turn: float
    error: float


def lift(points: NDArray[np.floating], where: str = "") -> Lifted:
    """The pose that 17 points of COCO show.

    Args:
        points: [17, 3], x right, y down, in pixels; visibility 0 for points that are not known.
        where: what the points belong to, for messages.

    Raises:
        InputError: too few points, or no pose within the limits that shows them.
    """
    given = np.asarray(points, np.float64)
    if given.shape != (len(COCO17.points), 3):
        raise InputError(f"a pose is [17, 3] numbers, got {list(given.shape)}", where=where, fix="give COCO's 17 points")
    known = (given[:, 2] > 0) & np.isfinite(given).all(axis=1)
    if known[_BODY:].sum() < LEAST_POINTS:
        fix = f"give at least {LEAST_POINTS} of the 12 from shoulders to ankles"
        raise InputError(f"{int(known[_BODY:].sum())} points of the body are too few for a pose", where=where, fix=fix)
    places = given[known, :2] * [1, -1]
    scale = float(np.ptp(places, axis=0).max())
    if not scale > 0:
        raise InputError("all points lie at one place", where=where, fix="give points in pixels")
    weights = np.where(np.arange(len(known)) < _BODY, _FACE_WEIGHT, 1.0)[known]
    best = min((_fit(places / scale, known, weights, float(view)) for view in _VIEWS), key=lambda pair: pair[0])
    angles, turn = best[1][: len(JOINTS)], float(best[1][len(JOINTS)] % 360)
    error = float(np.linalg.norm(_misses(best[1], places / scale, known)[0], axis=1)[-known[_BODY:].sum() :].mean())
    if error > WORST:
        raise InputError(
            f"no pose within the joints' limits shows these points (off by {error:.0%} of the height)",
            where=where, fix="look whether left and right are exchanged, or leave this example out",
        )  # fmt: skip
    return Lifted(angles, turn, error)


def _fit(places: Floats, known: NDArray[np.bool_], weights: Floats, view: float) -> tuple[float, Floats]:
    """The cost and unknowns (angles, turn, tilt) of the best pose from a first direction of view."""
    from scipy.optimize import least_squares

    start = np.concatenate([np.clip(np.full(len(JOINTS), 5.0), LOWEST + 1, HIGHEST - 1), [view, 0.0]])
    low = np.concatenate([LOWEST, [view - 60, -_TILT]])
    high = np.concatenate([HIGHEST, [view + 60, _TILT]])

    def residuals(unknown: Floats) -> Floats:
        misses = _misses(unknown, places, known)[0] * weights[:, None]
        pull = _PULL * unknown[: len(JOINTS)] / (HIGHEST - LOWEST)
        return np.concatenate([misses.ravel(), pull])

    found = least_squares(residuals, start, bounds=(low, high), x_scale=30.0, diff_step=1e-3, max_nfev=25, ftol=1e-4)
    return float(found.cost), np.asarray(found.x)


def _misses(unknown: Floats, places: Floats, known: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Where the pose's points are, less where they should be [n, 2], and the scale that fits best."""
    body = Body()
    named = keypoints_of(frames_of(unknown[: len(JOINTS)], body), body)
    solid = np.stack([named[name] for name in COCO17.points])[known]
    # From ahead the viewer's right is the figure's left: x grows to both.
    seen = (solid @ about_y(-np.deg2rad(unknown[-2])).T @ about_x(np.deg2rad(unknown[-1])).T)[:, :2]
    seen, wanted = seen - seen.mean(axis=0), places - places.mean(axis=0)
    scale = max(float((seen * wanted).sum() / max((seen * seen).sum(), 1e-12)), 1e-6)
    return scale * seen - wanted, scale
