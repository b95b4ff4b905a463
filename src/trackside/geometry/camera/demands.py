"""What a calibration needs, and the sentence that says what is missing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, SettingError
from trackside.geometry.camera.sighting import Refusal

if TYPE_CHECKING:
    from trackside.geometry.camera.sighting import Sighting

Floats = NDArray[np.float64]

# Each view of a plane gives two constraints, a camera has four numbers and distortion besides (Zhang 2000, section 3.1).
LEAST_VIEWS = 3
# Below this angle between any two boards, nothing but noise tells the focal length from the distance.
LEAST_SPREAD = math.radians(5)
# Relative deviation of the focal length from which on there is no calibration to speak of.
MOST_FOCAL_DEVIATION = 0.05
# Smallest width of the points seen, as a share of their length: thinner is a line, which has no pose.
_THINNEST = 0.02


def check_sightings(sightings: Sequence[Sighting], camera: str = "sightings") -> None:
    """Refuse too few views, and pictures of several sizes.

    Raises:
        InputError: with what to do.
    """
    sizes = sorted({sighting.size for sighting in sightings})
    if len(sizes) > 1:
        shown = " and ".join(f"{width} x {height}" for width, height in sizes[:3])
        raise InputError(
            f"the pictures have several sizes: {shown}", where=camera, fix="calibrate each camera and resolution by itself"
        )
    if len(sightings) < LEAST_VIEWS:
        count = {0: "no view shows the board", 1: "one view only", 2: "two views only"}[len(sightings)]
        raise InputError(
            count,
            where=camera,
            fix=f"show the board in at least {LEAST_VIEWS} poses, better 20, tilted by 30 to 45 degrees to all sides",
        )


def check_unknowns(points: int, unknowns: int, views: int) -> None:
    """Refuse fewer measured numbers than unknown ones.

    Raises:
        InputError: with what to do.
    """
    if 2 * points <= unknowns:
        raise InputError(
            f"{points} points in {views} views give {2 * points} numbers, for {unknowns} unknown ones",
            where="sightings",
            fix="add views, show more of the board, or ask for fewer distortion coefficients",
        )


def check_coefficients(model: str, coefficients: int | str, allowed: Sequence[int]) -> None:
    """Refuse a count of coefficients that the model has not.

    Raises:
        SettingError: with the counts there are.
    """
    if coefficients != "auto" and coefficients not in allowed:
        known = ", ".join(map(str, allowed))
        raise SettingError(
            f"{coefficients!r} distortion coefficients for a {model} lens",
            where="coefficients",
            fix=f"use {known} or 'auto'",
        )


def check_tilts(turns: Floats, focal: Floats, deviation: float) -> None:
    """Refuse views from which the focal length cannot be told.

    Args:
        turns: [v, 3, 3], rotations of the boards.
        focal: fx, fy, pixels.
        deviation: standard deviation of fx, pixels.

    Raises:
        InputError: the boards are parallel, or the focal length is not known within 5 %.
    """
    normals = turns[:, :, 2]
    spread = math.acos(float(np.clip((normals @ normals.T).min(), -1, 1)))
    share = deviation / float(focal[0])
    if spread >= LEAST_SPREAD and share <= MOST_FOCAL_DEVIATION:
        return
    # Tilt as fitted: noise alone gives boards that are face on some degrees.
    face_on = float(np.abs(normals[:, 2]).min()) > math.cos(math.radians(15))
    what = "the board was only seen face on" if face_on else "the board was held parallel to itself in all views"
    known = f"the focal length is known to {100 * share:.2g} % only" if share < 1 else "the focal length is unknown"
    raise InputError(
        f"{what}: {known}", where="sightings", fix="tilt it by 30 to 45 degrees, to the left, right, top and bottom"
    )


def thin(sightings: Sequence[Sighting], points: Floats) -> dict[int, Refusal]:
    """Sightings whose points lie on a line of the board or of the picture, by row."""
    found = {}
    for row, sighting in enumerate(sightings):
        widths = [_width(points[sighting.ids][:, :2]), _width(sighting.pixels)]
        if min(widths) < _THINNEST:
            found[row] = Refusal("the points found lie on a line", sighting.source, sighting.time)
    return found


def _width(points: Floats) -> float:
    values = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    return float(values[1] / values[0]) if values[0] > 0 else 0.0
