"""Many small pictures out of one, each pixel the mean of what it covers, from one table of sums.

A summed-area table (Crow 1984, "Summed-area tables for texture mapping") gives the mean of any rectangle with four look-ups,
so a pyramid and hundreds of crops of any size cost as much as their own pixels.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB

# What MTCNN's networks were trained on: (pixel - 127.5) / 128.
_MIDDLE, _SPAN = 127.5, 128.0
# Rows of a view that are made at a time, so that what lies between stays in the processor's caches.
_BAND = 64


class Areas:
    """Scaled views of one picture, as MTCNN's networks want them: float32 planes, (pixel - 127.5) / 128.

    An output pixel covers the input from the whole pixel below its left edge to the one above its right edge, so neighbours
    may share a pixel, and a view may be larger than what it shows (adaptive average pooling, as in facenet-pytorch).

    Args:
        picture: uint8 [h, w, 3].
    """

    def __init__(self, picture: RGB) -> None:
        self.height, self.width = picture.shape[:2]
        # 32 bits wrap around in pictures of over eight million pixels; differences come out right nevertheless.
        self._sums = [np.asarray(cv2.integral(plane, sdepth=cv2.CV_32S), np.int32) for plane in cv2.split(picture)]

    def scaled(self, width: int, height: int) -> NDArray[np.float32]:
        """The whole picture at another size, float32 [3, height, width]."""
        nothing = np.zeros(1, np.intp)
        (top,), (bottom,) = _edges(nothing, np.array([self.height]), height)
        (left,), (right,) = _edges(nothing, np.array([self.width]), width)
        sides = np.concatenate([left, right])
        across = (1 / (right - left)).astype(np.float32)
        down = (1 / (_SPAN * (bottom - top))).astype(np.float32)[:, None]
        found = np.empty((3, height, width), np.float32)
        for sums, plane in zip(self._sums, found, strict=True):
            for start in range(0, height, _BAND):
                rows = slice(start, start + _BAND)
                edges = (sums[bottom[rows]] - sums[top[rows]]).take(sides, axis=1)
                np.multiply(edges[:, width:] - edges[:, :width], across, out=plane[rows], casting="same_kind")
                plane[rows] *= down[rows]
                plane[rows] -= np.float32(_MIDDLE / _SPAN)
        return found

    def crops(self, windows: NDArray[np.intp], side: int) -> NDArray[np.float32]:
        """Parts of the picture as squares, float32 [n, 3, side, side].

        Args:
            windows: intp [n, 4], first column, first row, and the column and row after the last; inside the picture, not
                empty.
            side: pixels of a square's side.
        """
        left, right = _edges(windows[:, 0], windows[:, 2], side)
        top, bottom = _edges(windows[:, 1], windows[:, 3], side)
        upper, lower = (edge[:, :, None] * (self.width + 1) for edge in (top, bottom))
        before, after = left[:, None, :], right[:, None, :]
        corners = lower + after, lower + before, upper + after, upper + before
        shares = (1 / (_SPAN * (bottom - top)[:, :, None] * (right - left)[:, None, :])).astype(np.float32)
        found = np.empty((len(windows), 3, side, side), np.float32)
        for number, sums in enumerate(self._sums):
            a, b, c, d = (sums.ravel().take(corner) for corner in corners)
            np.multiply(a - b - c + d, shares, out=found[:, number], casting="same_kind")
        found -= np.float32(_MIDDLE / _SPAN)
        return found


def _edges(start: NDArray[np.intp], stop: NDArray[np.intp], count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each of `count` cells between two whole pixels begins and ends, intp [n, count]."""
    length = (stop - start)[:, None]
    steps = np.arange(count)
    low = steps * length // count
    high = -(-(steps + 1) * length // count)
    return start[:, None] + low, start[:, None] + high
