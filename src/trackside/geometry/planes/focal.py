"""The focal length that one picture of a known plane tells, when nobody has calibrated the camera.

Pixels are taken as square, the centre as known (the middle of the picture) and the lens as free of distortion. Two equations
on the image of the absolute conic then hold 1 / f^2 alone (Hartley and Zisserman 2004, section 8.8; Zhang 2000, equations 3
and 4). Seen straight on, a plane tells nothing of the focal length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trackside.core import InputError
from trackside.geometry.planes.arrays import Floats, pairs
from trackside.geometry.planes.homography import Homography

# A focal length less certain than this part of itself would make heights worse than ignoring them.
_MOST_DOUBT = 0.2
# Of a standard deviation, for slopes: small against curvature, large against rounding.
_STEP = 1e-2


@dataclass(frozen=True, slots=True)
class Focal:
    """A focal length and its standard deviation, pixels (NaN if the homography's is unknown)."""

    value: float
    deviation: float


def focal_of(homography: Homography, centre: ArrayLike) -> Focal:
    """The focal length, in pixels, of the camera of one homography.

    Args:
        homography: of a camera without (or with undone) distortion.
        centre: [2], of the picture: where the optical axis meets it.

    Raises:
        InputError: the plane is seen straight on or almost, or no such camera sees it so.
    """
    middle = pairs(centre, "the centre")
    inverse = _inverse_square(homography.matrix, middle)
    ways = _STEP * _ways(homography.covariance)
    sides = [[_inverse_square(homography.matrix + sign * way, middle) for sign in (1, -1)] for way in ways]
    slope = np.array([(more - less) / (2 * _STEP) for more, less in sides])
    if not inverse > 0:
        raise _weak("no camera with square pixels and this centre sees the plane so")
    focal = float(1 / np.sqrt(inverse))
    deviation = float(focal**3 / 2 * np.sqrt(slope @ slope))
    if deviation > _MOST_DOUBT * focal:
        raise _weak(f"the focal length is known to {deviation / focal:.0%} only")
    return Focal(focal, deviation)


def _ways(covariance: Floats) -> Floats:
    """Independent changes of one standard deviation each, [k, 3, 3]: the covariance is the sum of their squares."""
    if not np.isfinite(covariance).all():
        return np.full((1, 3, 3), np.nan)
    # Entries differ by many orders of magnitude, so each is taken in its own deviation.
    own = np.sqrt(np.diag(covariance).clip(1e-300))
    values, vectors = np.linalg.eigh(covariance / own / own[:, None])
    return np.asarray((vectors * np.sqrt(values.clip(0)) * own[:, None]).T.reshape(-1, 3, 3))


def _inverse_square(matrix: Floats, centre: Floats) -> float:
    """The 1 / f^2 that fits both equations best; NaN where they do not tell it."""
    shift = np.eye(3)
    shift[:2, 2] = -centre
    columns = shift @ np.linalg.inv(matrix)
    first, second = columns[:, 0], columns[:, 1]
    size = (first[:2] @ first[:2] + second[:2] @ second[:2]) / 2
    known = np.array([first[:2] @ second[:2], first[:2] @ first[:2] - second[:2] @ second[:2]]) / size
    depth = np.array([first[2] * second[2], first[2] ** 2 - second[2] ** 2]) / size
    strength = float(known @ known)
    # known / f^2 + depth = 0, by least squares.
    return float(-(known @ depth) / strength) if strength > 1e-18 else np.nan


def _weak(what: str) -> InputError:
    fix = "look at the plane more from the side, pick more points, or calibrate the camera"
    return InputError(what, where="focal length", fix=fix)
