"""What pictures tell about the corners of squares: how certain their places are, and how sharp their edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.camera.boards.edges import RISE, fit_edges, sample
from trackside.geometry.camera.boards.picture import Grey, noise_of

Floats = NDArray[np.float64]

# What is left whatever the noise, pixels: measured on synthetic boards (0.02 to 0.05), above what the gradients explain.
_LEAST_DEVIATION = 0.035
_SAMPLES = 25
# Share of a square around a corner of a chessboard that its window may take, with room for perspective.
CLEAR = 0.3
_LEAST_STEP = 8.0
_SMALLEST_WINDOW, _LARGEST_WINDOW = 2, 15


def nearest_distance(corners: Floats) -> Floats:
    """[n]: from each corner to the nearest other, pixels."""
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(corners).query(corners, k=2)[0][:, 1])


def window_of(corners: Floats, clear: float = CLEAR) -> int:
    """Half the side of a window that holds one corner only, pixels.

    Args:
        corners: [n, 2].
        clear: share of a square around a corner in which there is nothing but the corner.
    """
    return int(np.clip(clear * nearest_distance(corners).min(), _SMALLEST_WINDOW, _LARGEST_WINDOW))


def moved_corners(grey: Grey, corners: Floats, clear: float = CLEAR) -> Floats:
    """Corners [n, 2] moved to where the gradients around them meet; one that would move far stays. Arguments as above."""
    import cv2

    half = window_of(corners, clear)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-3)
    moved = cv2.cornerSubPix(grey, corners.astype(np.float32)[:, None].copy(), (half, half), (-1, -1), stop)
    moved = moved.reshape(-1, 2).astype(np.float64)
    near = np.linalg.norm(moved - corners, axis=1) < clear * nearest_distance(corners)
    return np.where(near[:, None], moved, corners)


def corner_deviations(grey: Grey, corners: Floats, clear: float = CLEAR) -> Floats:
    """[n], standard deviation of each coordinate of corners, pixels.

    A corner is where the gradients around it are at right angles to the lines towards it; by least squares its covariance is
    the noise's variance times the inverse of the summed g g^T (Foerstner and Guelch 1987).
    """
    import cv2

    half = window_of(corners, clear)
    x, y = cv2.spatialGradient(cv2.GaussianBlur(grey, (0, 0), 0.8))
    gradients = [(side.astype(np.float64) / 8) for side in (x, y)]
    kernel = np.ones((2 * half + 1, 2 * half + 1))
    moments = [cv2.filter2D(a * b, -1, kernel) for a, b in ((gradients[0],) * 2, tuple(gradients), (gradients[1],) * 2)]
    columns, rows = np.clip(np.rint(corners).astype(int), 0, np.array(grey.shape[::-1]) - 1).T
    xx, xy, yy = (moment[rows, columns] for moment in moments)
    determinant = np.maximum(xx * yy - xy * xy, 1e-6 * (xx + yy + 1) ** 2)
    variance = noise_of(grey) ** 2 * (xx + yy) / 2 / determinant
    return np.asarray(np.sqrt(variance + _LEAST_DEVIATION**2))


def edge_width(grey: Grey, corners: Floats, pairs: NDArray[np.int64], clear: float = CLEAR) -> float:
    """Width from 10 % to 90 % of the edges midway between neighbouring corners, pixels: the median; NaN without edges.

    Args:
        grey: the picture.
        corners: [n, 2].
        pairs: [m, 2], rows of corners at the ends of one square's side.
        clear: share of a square beside an edge in which there is nothing else.
    """
    if not len(pairs):
        return float("nan")
    start, end = corners[pairs[:, 0]], corners[pairs[:, 1]]
    along = end - start
    length = np.linalg.norm(along, axis=1, keepdims=True)
    normal = along[:, ::-1] * [-1, 1] / length
    offsets = clear * length * np.linspace(-1, 1, _SAMPLES)
    places = (start + end)[:, None] / 2 + offsets[..., None] * normal[:, None]
    profiles = sample(grey.astype(np.float32), places)
    falling = profiles[:, -3:].mean(axis=1) < profiles[:, :3].mean(axis=1)
    found = fit_edges(np.where(falling[:, None], -profiles, profiles), offsets)
    sure = found.steps > _LEAST_STEP
    return float(np.median(found.widths[sure]) * RISE) if sure.any() else float("nan")


def neighbour_pairs(places: Floats, square: float) -> NDArray[np.int64]:
    """[m, 2], rows of corners that are one square apart on the board, from their places [n, 2+] in metres."""
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(places[:, :2]).query_pairs(1.05 * square, output_type="ndarray"), np.int64)
