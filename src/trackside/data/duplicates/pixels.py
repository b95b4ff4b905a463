"""How well the pixels of two small grey pictures agree when one is laid over the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trackside.data.duplicates.sketching import THUMBNAIL, thumbnail_shape

# Sides of a block: there are 64 of them.
_SIDE = THUMBNAIL // 8
# Grey levels squared: noise and compression move pixels by about two levels, which must not decide for a flat block.
_NOISE = 4.0
# A copy is scaled by at most this, and at least by its inverse: beyond, a few pixels would stand for a whole picture.
_LARGEST_SCALE = 8.0
_FEWEST_BLOCKS = 4
_LEFT_OUT = 1 / 3


class Agreement(NamedTuple):
    """What came out.

    Attributes:
        blocks: mean correlation of the blocks, weighted by their contrast, -1 to 1.
        upper: the same for those two thirds of the weight that agree best: corners that were filled when a window was turned
            hold nothing of the original.
        worst: the correlation below which a quarter of the weight lies.
        shared: share of the smaller picture that both show, 0 to 1.
        detail: contrast (standard deviation) of the shared part, grey levels.
    """

    blocks: float
    upper: float
    worst: float
    shared: float
    detail: float


_NONE = Agreement(0.0, 0.0, 0.0, 0.0, 0.0)


def agreement(
    first: NDArray[np.uint8],
    second: NDArray[np.uint8],
    first_size: NDArray[np.float32],
    second_size: NDArray[np.float32],
    matrix: NDArray[np.float32],
) -> Agreement:
    """Lay one thumbnail over the other and compare block by block.

    Args:
        first: uint8 [rows, columns], both multiples of 12.
        second: the same.
        first_size: width and height of the first sketch in pixels.
        second_size: the same of the second.
        matrix: [2, 3], from the first sketch's pixels to the second's.
    """
    import cv2

    moved = between_thumbnails(matrix, first_size, second_size)
    if not np.isfinite(moved).all():
        return _NONE
    stretch = np.linalg.svd(moved[:, :2], compute_uv=False)
    if not (stretch[1] > 1 / _LARGEST_SCALE and stretch[0] < _LARGEST_SCALE):
        return _NONE
    area = float(stretch[0] * stretch[1])
    if area < 1:  # Look at what is shown larger: there the other fills the frame.
        first, second, moved, area = second, first, cv2.invertAffineTransform(moved), 1 / area
    size = second.shape[::-1]
    over = cv2.warpAffine(first, moved, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(np.full(first.shape, 255, np.uint8), moved, size, flags=cv2.INTER_LINEAR) > 250
    # The enlarged one is soft; the other is made as soft.
    under = cv2.GaussianBlur(second, (0, 0), 0.6 * float(np.sqrt(area)))
    over = cv2.GaussianBlur(over, (0, 0), 0.6)
    mean, upper, worst = _blocks(over.astype(np.float32), under.astype(np.float32), inside)
    detail = min(float(over[inside].std()), float(under[inside].std())) if inside.any() else 0.0
    return Agreement(mean, upper, worst, float(inside.mean()), detail)


def between_thumbnails(
    matrix: NDArray[np.float32], first_size: NDArray[np.float32], second_size: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The transform between sketches as one between their thumbnails, float64 [2, 3]; both count from pixel centres."""
    to_first, to_second = _to_thumbnail(first_size), _to_thumbnail(second_size)
    whole = to_second @ np.vstack([matrix, [0, 0, 1]]).astype(np.float64) @ np.linalg.inv(to_first)
    return np.asarray(whole[:2], np.float64)


def _to_thumbnail(size: NDArray[np.float32]) -> NDArray[np.float64]:
    rows, columns = thumbnail_shape(size)
    x, y = np.array([columns, rows]) / np.maximum(size.astype(np.float64), 1)
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])


def _blocks(over: NDArray[np.float32], under: NDArray[np.float32], inside: NDArray[np.bool_]) -> tuple[float, float, float]:
    whole = _tiles(inside).mean(1) > 0.9
    if whole.sum() < _FEWEST_BLOCKS:
        return 0.0, 0.0, 0.0
    a, b = _tiles(over)[whole], _tiles(under)[whole]
    a, b = a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True)
    power_a, power_b = (a**2).mean(1), (b**2).mean(1)
    alike = (a * b).mean(1) / np.sqrt((power_a + _NOISE) * (power_b + _NOISE))
    weight = (power_a * power_b) ** 0.25
    total = float(weight.sum())
    if total < 1e-6:
        return 0.0, 0.0, 0.0
    order = np.argsort(alike)
    alike, weight = alike[order], weight[order]
    below = np.cumsum(weight) / total
    worst = alike[np.searchsorted(below, 0.25)]
    best = below > _LEFT_OUT
    upper = (alike[best] * weight[best]).sum() / weight[best].sum()
    return float((alike * weight).sum()) / total, float(upper), float(worst)


def _tiles(picture: NDArray[np.float32] | NDArray[np.bool_]) -> NDArray[np.float32]:
    rows, columns = picture.shape
    parts = picture.reshape(rows // _SIDE, _SIDE, columns // _SIDE, _SIDE).transpose(0, 2, 1, 3)
    return np.asarray(parts.reshape(-1, _SIDE * _SIDE), np.float32)
