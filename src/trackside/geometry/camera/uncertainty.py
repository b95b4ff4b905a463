"""How well a calibration knows where things are: in pixels anywhere in the picture, and in metres at the working distance.

The covariance of the intrinsics alone says little: a lens whose centre moved by a pixel and a camera that turned by as much
project alike, and whoever uses the camera finds its pose anew. So each change d of the lens is judged together with the one
small motion (w, t) of the camera that best makes up for it on all points of the boards j that were seen,

    (w, t) = K d,   K = -inverse(sum A' W A) sum A' W G,   A_j = dq_j/dp_j [-[p_j]x, I],   G_j = dq_j/dlens,

and what is left at a point p in direction q, at the distance asked for, is

    dq = M d,   M = dq/dlens + dq/dp [-[p]x, I] K,   covariance of q = M S M',

with S the covariance of the lens. This takes the lens model for granted: a lens that bends light in another way than the
model can say shows in the held-out error and in the residuals' structure, not here.

Reference: the idea of an implied transformation between two solutions is mrcal's (D. Kogan, *projection uncertainty* in
mrcal's documentation, cross-reprojection); the formula is derived here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import SettingError
from trackside.geometry.camera.bundle import camera_points
from trackside.geometry.camera.pose import skew

if TYPE_CHECKING:
    from trackside.geometry.camera.solve import Calibration

Floats = NDArray[np.float64]

# Points across the picture at which the error is looked at; the median and the worst hardly change with more.
_ACROSS = 24
# Neighbours whose residuals are compared.
_NEIGHBOURS = 4


@dataclass(frozen=True, slots=True, eq=False)
class PointDeviation:
    """The expected sideways error of points at a distance, as one standard deviation in the worst sideways direction.

    Attributes:
        distance: from the camera, metres.
        median: over the picture, metres.
        worst: over the picture, metres; usually in a corner.
        pixels: float64 [n, 2], where it was looked at.
        deviations: float64 [n], there, metres; NaN where the lens sees nothing.
    """

    distance: float
    median: float
    worst: float
    pixels: Floats
    deviations: Floats


def projection_deviation(calibration: Calibration, pixels: ArrayLike, distance: float) -> Floats:
    """How far off the calibration may project a point.

    Args:
        calibration: with its covariance.
        pixels: [n, 2], directions as pixels.
        distance: of the point from the camera, metres.

    Returns:
        float64 [n]: standard deviation in the worst direction, pixels; NaN where the pixel has no direction.

    Raises:
        SettingError: the distance is not positive, or the pixels are not [n, 2].
    """
    covariance, _ = _covariances(calibration, _pixels(pixels), _distance(distance))
    return _largest(covariance)


def point_deviation(calibration: Calibration, distance: float) -> PointDeviation:
    """The expected sideways error at a distance, over the whole picture: "1.8 cm at 25 m".

    Raises:
        SettingError: the distance is not positive.
    """
    width, height = calibration.lens.size
    rows = max(2, round(_ACROSS * height / width))
    x, y = np.meshgrid(np.linspace(0, width - 1, _ACROSS), np.linspace(0, height - 1, rows))
    pixels = np.column_stack([x.ravel(), y.ravel()])
    covariance, sideways = _covariances(calibration, pixels, _distance(distance))
    with np.errstate(all="ignore"):
        turned = _inverse(sideways)
        deviations = _largest(turned @ covariance @ turned.swapaxes(1, 2))
    known = deviations[np.isfinite(deviations)]
    median, worst = (float(np.median(known)), float(known.max())) if len(known) else (np.nan, np.nan)
    return PointDeviation(float(distance), median, worst, pixels, deviations)


def implied_motion(calibration: Calibration) -> Floats:
    """K [6, 4 + k]: the rotation and translation of the camera that best make up for a change of the lens's numbers."""
    seen = calibration.observations
    points = camera_points(calibration.state, seen)[2]
    _, by_point, by_lens = calibration.lens.jacobians(points)
    weights = seen.weights[:, None, None]
    motion = (by_point @ _motion(points) * weights).reshape(-1, 6)
    lens = (by_lens * weights).reshape(len(motion), -1)
    return np.asarray(-np.linalg.lstsq(motion, lens, rcond=None)[0])


def residual_structure(calibration: Calibration) -> float:
    """How much residuals resemble those of other views nearby: 0 for noise, towards 1 for what the lens model cannot say.

    The correlation of each residual vector with the mean of its four nearest neighbours in the picture from other views,
    which share the lens with it but neither pose nor light. NaN for fewer than two views.
    """
    left = np.concatenate(calibration.residuals)
    kept = np.isfinite(left).all(axis=1)
    seen = calibration.observations
    left, boards, pixels = left[kept], seen.boards[kept], seen.pixels[kept]
    if len(np.unique(boards)) < 2:
        return float("nan")
    near = np.array(
        [_mean_nearby(pixel, left, pixels, boards != board) for pixel, board in zip(pixels, boards, strict=True)]
    )
    size = np.sqrt((left**2).sum() * (near**2).sum())
    return float((left * near).sum() / size) if size > 0 else 0.0


def _mean_nearby(pixel: Floats, left: Floats, pixels: Floats, others: NDArray[np.bool_]) -> Floats:
    rows = np.flatnonzero(others)
    distance = ((pixels[rows] - pixel) ** 2).sum(axis=1)
    count = min(_NEIGHBOURS, len(rows))
    return np.asarray(left[rows[np.argpartition(distance, count - 1)[:count]]].mean(axis=0))


def _covariances(calibration: Calibration, pixels: Floats, distance: float) -> tuple[Floats, Floats]:
    """Covariances of pixels [n, 2, 2], and how pixels move with a point's two sideways directions [n, 2, 2], per metre."""
    rays = calibration.lens.rays(pixels)
    points = rays * distance
    _, by_point, by_lens = calibration.lens.jacobians(points)
    change = by_lens + by_point @ _motion(points) @ implied_motion(calibration)
    return change @ calibration.covariance @ change.swapaxes(1, 2), by_point @ _sideways(rays)


def _motion(points: Floats) -> Floats:
    """Derivatives [n, 3, 6] of points by a rotation and a translation."""
    return np.concatenate([-skew(points), np.broadcast_to(np.eye(3), (len(points), 3, 3))], axis=2)


def _sideways(rays: Floats) -> Floats:
    """Two unit vectors across each ray, [n, 3, 2]."""
    helper = np.where(np.abs(rays[:, :1]) < 0.7, np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0]))
    first = np.cross(rays, helper)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    return np.stack([first, np.cross(rays, first)], axis=2)


def _largest(covariance: Floats) -> Floats:
    """Square root of the larger eigenvalue of symmetric 2 x 2 matrices [n, 2, 2]."""
    half = (covariance[:, 0, 0] + covariance[:, 1, 1]) / 2
    apart = np.hypot((covariance[:, 0, 0] - covariance[:, 1, 1]) / 2, covariance[:, 0, 1])
    return np.sqrt(np.where(np.isnan(half), np.nan, np.maximum(half + apart, 0.0)))


def _inverse(matrices: Floats) -> Floats:
    a, b, c, d = matrices[:, 0, 0], matrices[:, 0, 1], matrices[:, 1, 0], matrices[:, 1, 1]
    return np.stack([np.stack([d, -b], -1), np.stack([-c, a], -1)], -2) / (a * d - b * c)[:, None, None]


def _distance(distance: float) -> float:
    if not (np.isfinite(distance) and distance > 0):
        raise SettingError(f"a working distance of {distance} m", where="distance", fix="give metres, more than 0")
    return float(distance)


def _pixels(pixels: ArrayLike) -> Floats:
    array = np.asarray(pixels, np.float64)
    if array.ndim != 2 or array.shape[1] != 2:
        raise SettingError(f"pixels have shape {list(array.shape)}, not [n, 2]", where="pixels")
    return array
