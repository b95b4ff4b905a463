"""Pictures of nothing: one brightness all over, or so dark that nothing is seen; a page with one word is neither."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.data.quality.outliers import Flags, Numbers, blank

# Levels. A word shifts the mean of one tile of 256 by more; the rest of its page lies within a level of each other.
_INK, _STILL = 4.0, 4.0
# Ink is darker than the ground's noise: not every pixel lies near the commonest brightness.
_ALL = 1 - 1e-6
# Levels between light and dark tiles: noise averages out, and rounding makes one.
_RELIEF = 1.5
_BLACK = 40.0


def nothing(plain: Numbers, most: Numbers, small: NDArray[np.uint8]) -> tuple[Flags, Flags]:
    """Blank pictures, and nearly black ones that show something which cannot be seen.

    Args:
        plain: [n], share of pixels near the commonest brightness.
        most: [n], the 99.95 % quantile of brightness.
        small: uint8 [n, 16, 16, 3], thumbnails.

    Returns:
        bool [n] each; no picture is both.
    """
    tiles = small.mean(3).reshape(len(small), 256)
    even = blank(plain) & ~(_with_ink(tiles) & (plain < _ALL))
    low, high = np.quantile(tiles, (0.05, 0.95), axis=1) if len(tiles) else (np.zeros(0), np.zeros(0))
    dim = (high - low >= _RELIEF) & (most < _BLACK)
    return even & ~dim, even & dim


def _with_ink(tiles: NDArray[np.float64]) -> Flags:
    """Whether a few of a picture's tiles [n, 256] stand out where the others are alike."""
    if not len(tiles):
        return np.zeros(0, bool)
    away = np.abs(tiles - np.median(tiles, axis=1, keepdims=True))
    return np.asarray(away.max(1) >= np.maximum(_INK, _STILL * np.quantile(away, 0.75, axis=1)))
