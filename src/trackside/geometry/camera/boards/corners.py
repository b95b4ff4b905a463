"""What pictures tell about the corners of squares: how certain their places are, and how sharp their edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.camera.boards.edges import RISE, fit_edges, sample
from trackside.geometry.camera.boards.picture import Grey, noise_of

Floats = NDArray[np.float64]

# What is left whatever the noise, pixels: rounding to whole grey levels, and prints that are not exact.
_LEAST_DEVIATION = 0.01
# Shares of the window: blur of the picture, and standard deviation of the weights of the surface.
_BLUR, _LEAST_BLUR, _WEIGHT = 0.33, 0.7, 0.5
_ROUNDS, _STILL = 12, 1e-3
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


def refined_corners(grey: Grey, corners: Floats, clear: float = CLEAR) -> tuple[Floats, Floats]:
    """Corners at the saddles of the grey levels, and the standard deviation of each coordinate, pixels.

    A second-degree surface is fitted to the smoothed picture around each corner, and its saddle taken as the corner, again
    and again (Lucchese and Mitra 2002; Placht et al. 2014). On synthetic boards with noise and blur this is 2 to 10 times
    nearer than where gradients meet (`cv2.cornerSubPix`), whose least squares the noise biases. The surface is linear in
    the grey levels, so its variance is that of the noise times the squared norm of the weights of picture and smoothing.

    Args:
        grey: the picture.
        corners: [n, 2], known to half a window.
        clear: share of a square around a corner in which there is nothing but the corner.

    Returns:
        [n, 2] and [n]; a corner that would move far stays, and is as uncertain as its window is large.
    """
    import cv2

    half = window_of(corners, clear)
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), max(_LEAST_BLUR, _BLUR * half))
    window, weights = _surface(half)
    places = corners.copy()
    for _ in range(_ROUNDS):
        terms = sample(smooth, places[:, None] + window) @ weights.T
        bend = np.stack([2 * terms[:, 3], terms[:, 4], terms[:, 4], 2 * terms[:, 5]], axis=-1).reshape(-1, 2, 2)
        saddle = np.linalg.det(bend) < 0
        inverse = np.linalg.inv(np.where(saddle[:, None, None], bend, np.eye(2)))
        shift = np.clip(-(inverse @ terms[:, 1:3, None])[..., 0], -1, 1) * saddle[:, None]
        places = places + shift
        if np.abs(shift).max() < _STILL:
            break
    moved = np.linalg.norm(places - corners, axis=1)
    sound = saddle & (moved < clear * nearest_distance(corners)) & (moved < 2 * half)
    norm = float(np.sqrt(_noise_gain(half)))
    deviations = np.hypot(noise_of(grey) * norm * np.linalg.norm(inverse, axis=(1, 2)) / np.sqrt(2), _LEAST_DEVIATION)
    certain = np.where(sound, np.minimum(deviations, half), float(half))
    return np.where(sound[:, None], places, corners), certain


def _surface(half: int) -> tuple[Floats, Floats]:
    """Places [m, 2] around a corner, and weights [6, m] of their levels in the terms 1, x, y, xx, xy, yy of the surface."""
    y, x = np.mgrid[-half : half + 1, -half : half + 1].reshape(2, -1).astype(np.float64)
    root = np.exp(-(x * x + y * y) / (4 * (_WEIGHT * half) ** 2))
    design = np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y])
    return np.column_stack([x, y]), np.asarray(np.linalg.pinv(design * root[:, None]) * root, np.float64)


def _noise_gain(half: int) -> float:
    """Variance of the terms x and y for white noise of variance 1 in the picture before smoothing."""
    import cv2

    weights = _surface(half)[1][1].reshape(2 * half + 1, -1)
    room = 4 * half + 4
    kernel = cv2.GaussianBlur(np.pad(weights, room), (0, 0), max(_LEAST_BLUR, _BLUR * half))
    return float((kernel**2).sum())


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
