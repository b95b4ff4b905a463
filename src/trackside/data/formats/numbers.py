"""Boxes in the numbers that files hold, so that reading again gives every bit back, and short numbers stay short."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

# Decimals that are tried for a number that is to be as short as its file had it.
_DECIMALS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12)


def corners(boxes: Numbers) -> Numbers:
    """float64 [m, 4] x1 y1 x2 y2 of boxes given as x1 y1 width height."""
    return np.hstack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]])


def extents(boxes: Numbers) -> Numbers:
    """float64 [m, 2], width and height with x1 + width == x2 to the last bit, and with as few decimals as do so.

    A plain difference may be off by a bit, because x1 + (x2 - x1) is rounded. For some corners (a tenth of those with 16
    random digits) no width gives x2 back; then the difference is the best there is, off by one rounding.
    """
    first, second = boxes[:, :2], boxes[:, 2:]
    with np.errstate(invalid="ignore", over="ignore"):
        size = second - first
        found = first + size == second
        best = np.where(found, size, np.nan)
        for near in (np.nextafter(size, np.inf), np.nextafter(size, -np.inf)):
            best = np.where(~found & (first + near == second), near, best)
        best = np.where(np.isnan(best), size, best)
        for decimals in reversed(_DECIMALS):
            short = np.round(size, decimals)
            best = np.where(first + short == second, short, best)
    return np.asarray(best, np.float64)


def to_shares(boxes: Numbers, sizes: Numbers, whole: float = 1.0) -> Numbers:
    """float64 [m, 4] x1 y1 width height as shares of the picture (percent if `whole` is 100).

    Args:
        boxes: float64 [m, 4], x1 y1 x2 y2 in pixels.
        sizes: float64 [m, 2], the pictures' width and height.
        whole: what the whole picture counts as.
    """
    scale = np.hstack([sizes, sizes])
    return np.asarray(np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]]) / scale * whole, np.float64)


def short(value: float) -> str:
    """A share with 12 digits after the point and no zeros at its end: a billionth of a pixel in any picture."""
    text = f"{value:.12f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
