"""Where the centre of a disc's image falls: not where the disc's centre does.

A disc seen at an angle is an ellipse whose centre is displaced towards the far side, because the near half looks larger.
Without distortion the displacement has a closed form: a circle is a conic, a homography takes its dual conic C* to
H C* H^T, and the centre of the ellipse is the pole of the line at infinity (Hartley and Zisserman 2004, section 2.2.3 and
result 2.14; Heikkila and Silven 1997, section 2.2; Heikkila 2000). With distortion the image is no ellipse any more: its
outline is then projected point by point and the centre of the enclosed area is taken (Kannala and Brandt 2006, section 4,
integrate likewise), which is what the detector of discs measures.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core.errors import InputError, SettingError

if TYPE_CHECKING:
    from trackside.geometry.camera.lens import Lens
    from trackside.geometry.camera.pose import Pose

Floats = NDArray[np.float64]

# The outline is smooth and periodic, so that its Fourier series converges faster than any power: 48 points leave an error
# below 1e-6 pixels for discs of 100 pixels at 70 degrees through strong distortion (tests/geometry/camera/test_centres.py).
_OUTLINE_POINTS = 48


def disc_centres(lens: Lens, pose: Pose, centres: ArrayLike, radius: float) -> Floats:
    """The centres of the images of discs.

    Args:
        lens: the camera's intrinsics.
        pose: of the board, as the camera sees it.
        centres: [n, 3], of the discs in board coordinates, metres; the discs lie in the board's x-y directions.
        radius: of the discs, metres.

    Returns:
        [n, 2] pixels: the centre of the area that each disc's image covers. NaN for a disc that is not wholly before the
        camera or in its field of view.

    Raises:
        InputError: centres are not [n, 3].
        SettingError: the radius is not a positive number.
    """
    points = np.asarray(centres, np.float64)
    if points.ndim != 2 or points.shape[1] != 3:
        raise InputError(f"disc centres have the shape {points.shape}", fix="give [n, 3] in board coordinates, metres")
    if not 0 < radius < np.inf:
        raise SettingError(f"a disc's radius is {radius}", where="radius", fix="give metres above 0")
    if lens.model == "brown" and not np.any(lens.distortion):
        return _conic_centres(lens, pose, points, radius)
    return area_centres(lens.project(disc_outlines(pose, points, radius)))


def disc_outlines(pose: Pose, centres: Floats, radius: float, points: int = _OUTLINE_POINTS) -> Floats:
    """Points on the outlines of discs in the camera's frame, [n, points, 3] metres, evenly spaced round the disc."""
    turn = 2 * np.pi * np.arange(points) / points
    rim = radius * np.stack([np.cos(turn), np.sin(turn), np.zeros(points)], axis=-1)
    return np.asarray(pose(centres[:, None, :] + rim))


def area_centres(outlines: Floats) -> Floats:
    """The centres of area within closed smooth curves, by Green's theorem.

    Args:
        outlines: [n, m, 2], each curve at m even steps of a periodic parameter.

    Returns:
        [n, 2]. The curve's derivative is that of its Fourier series, so that nothing is lost between the points.
    """
    middle = outlines.mean(axis=1, keepdims=True)
    curve = outlines - middle
    slope = curve.swapaxes(1, 2) @ _derivative(outlines.shape[1]).T
    x, y = curve[..., 0], curve[..., 1]
    area = (x * slope[:, 1] - y * slope[:, 0]).sum(axis=1) / 2
    moments = np.stack([(x * x * slope[:, 1]).sum(axis=1) / 2, -(y * y * slope[:, 0]).sum(axis=1) / 2], axis=-1)
    return np.asarray(middle[:, 0] + moments / area[:, None])


@functools.lru_cache(maxsize=4)
def _derivative(count: int) -> Floats:
    """[count, count]: takes values at even steps of a period of 2 pi to the derivative of their Fourier series."""
    orders = np.fft.fftfreq(count, 1 / count)
    if count % 2 == 0:
        orders[count // 2] = 0  # the highest order has no derivative at the nodes
    return np.asarray(np.fft.ifft(1j * orders[:, None] * np.fft.fft(np.eye(count), axis=0), axis=0).real)


def _conic_centres(lens: Lens, pose: Pose, centres: Floats, radius: float) -> Floats:
    """H C* h3 with h3 the last row of H: the pole of the line at infinity in the image."""
    x, y = pose.rotation[:, 0], pose.rotation[:, 1]
    middles = np.asarray(pose(centres))
    # In coordinates about each disc's own centre the dual conic is diag(-r^2, -r^2, 1), and H = K [x, y, middle].
    weights = np.stack(
        [np.full(len(middles), -x[2] * radius**2), np.full(len(middles), -y[2] * radius**2), middles[:, 2]], -1
    )
    rays = weights[:, :1] * x + weights[:, 1:2] * y + weights[:, 2:] * middles
    image = rays @ lens.matrix.T
    nearest = middles[:, 2] - radius * np.hypot(x[2], y[2])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(nearest[:, None] > 0, image[:, :2] / image[:, 2:], np.nan)
