"""Faces turned, scaled and moved so that their points lie where an embedding network expects them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB

SIDE = 112
# The five points of a face in 112 x 112 pixels, of the ArcFace family (Deng et al. 2019, "ArcFace"), as in OpenCV's
# FaceRecognizerSF: the order is that of the skeleton `face5`.
TEMPLATE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])
# Linear interpolation reads two by two pixels: what shrinks by more than this is averaged first.
_MOST_SHRINK = 2.0


def similarity(points: NDArray[np.floating], side: int = SIDE) -> NDArray[np.float64]:
    """The turn, scale and shift that bring five points nearest to the template, in least squares.

    Umeyama 1991, "Least-squares estimation of transformation parameters between two point patterns", equations 40 to 42; in
    the plane, with points as complex numbers, that is one division.

    Args:
        points: [n, 5, 2] in pixels of a picture.
        side: of the aligned square, pixels.

    Returns:
        float64 [n, 2, 3], from the picture to the square; NaN where the points are not finite or all in one place.
    """
    wide = np.asarray(points, np.float64).reshape(-1, 5, 2)
    given = np.where(np.isfinite(wide), wide, np.nan) @ np.array([1, 1j])
    wanted = TEMPLATE * (side / SIDE) @ np.array([1, 1j])
    middle, goal = given.mean(axis=1, keepdims=True), wanted.mean()
    spread = (np.abs(given - middle) ** 2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = (np.conj(given - middle) * (wanted - goal)).sum(axis=1) / np.where(spread > 0, spread, np.nan)
    shift = goal - turn * middle[:, 0]
    rows = [np.stack([turn.real, -turn.imag, shift.real], -1), np.stack([turn.imag, turn.real, shift.imag], -1)]
    return np.stack(rows, axis=1)


def aligned(picture: RGB, matrix: NDArray[np.float64], side: int = SIDE) -> RGB:
    """One face as an upright square, uint8 [side, side, 3]; outside the picture is black, as in training.

    Args:
        picture: uint8 [h, w, 3].
        matrix: float64 [2, 3] of `similarity`, finite.
        side: the one that the matrix was made for.
    """
    shrink = 1 / np.hypot(*matrix[:, 0])
    if shrink > _MOST_SHRINK:
        picture, matrix = _shrunk(picture, matrix, side, int(shrink))
    return np.asarray(cv2.warpAffine(picture, matrix, (side, side), flags=cv2.INTER_LINEAR), np.uint8)


def _shrunk(picture: RGB, matrix: NDArray[np.float64], side: int, factor: int) -> tuple[RGB, NDArray[np.float64]]:
    """The part of the picture that the square shows, averaged down, and the matrix from there."""
    back = cv2.invertAffineTransform(matrix)
    corners = np.array([[0, 0], [side, 0], [0, side], [side, side]]) @ back[:, :2].T + back[:, 2]
    height, width = picture.shape[:2]
    low = np.clip(np.floor(corners.min(axis=0)) - factor, 0, [width - 1, height - 1]).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)) + factor, low + 1, [width, height]).astype(int)
    part = picture[low[1] : high[1], low[0] : high[0]]
    size = np.maximum((high - low) // factor, 1)
    small = np.asarray(cv2.resize(part, tuple(size.tolist()), interpolation=cv2.INTER_AREA), np.uint8)
    # OpenCV counts pixels from their middles: x of the small picture lies at (x + 0.5) * scale - 0.5 of the part.
    scale = (high - low) / size
    linear = matrix[:, :2] * scale
    shift = matrix[:, :2] @ (low + 0.5 * scale - 0.5) + matrix[:, 2]
    return small, np.concatenate([linear, shift[:, None]], axis=1)
