"""The arrays below a canvas, each drawn into at its own resolution. In here, points are OpenCV's and colours the array's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.media.colour import Colour

# OpenCV takes points as integers with a binary point: sixteenths of a pixel.
_SHIFT = 4
_SIXTEENTHS = 1 << _SHIFT
# Coordinates beyond this are cut to it: OpenCV's integers overflow far outside.
_FAR = float(1 << 15)

Points: TypeAlias = NDArray[np.float64]
Fixed: TypeAlias = NDArray[np.int32]


class Layer:
    """Arrays of one size that show parts of the same picture.

    Args:
        arrays: uint8 [h, w], or one of [h, w, 3].
        parts: which part of a colour each shows; None for all.
        halved: half the size of the picture, as chroma.
    """

    def __init__(self, arrays: Sequence[NDArray[np.uint8]], parts: Sequence[int] | None, *, halved: bool = False) -> None:
        self._arrays = arrays
        self._parts = parts
        self._halved = halved
        self._rows, self._columns = arrays[0].shape[:2]
        # The eye sees steps in brightness, not in hue; smooth lines cost twice as much.
        self._kind = cv2.LINE_8 if halved else cv2.LINE_AA

    def fixed(self, points: Points) -> Fixed:
        """Points of the picture in OpenCV's integers. In ours, pixel 0 reaches from 0 to 1; in OpenCV's its centre is 0."""
        near = np.minimum(np.maximum(points, -_FAR), _FAR)
        return np.rint(near * (_SIXTEENTHS / (1 + self._halved)) - _SIXTEENTHS / 2).astype(np.int32)

    def polylines(self, paths: list[Fixed], colour: Colour, width: int, closed: bool = False) -> None:
        """Lines through points."""
        if not paths:
            return
        thickness = max(1, round(width / (1 + self._halved)))
        for array, value in self._with(colour):
            cv2.polylines(array, paths, closed, value, thickness, self._kind, _SHIFT)

    def circles(self, centres: Fixed, radius: float, colour: Colour, width: int = 0) -> None:
        """Circles of one size, filled if `width` is 0."""
        size = max(round(radius * _SIXTEENTHS / (1 + self._halved)), _SIXTEENTHS // 2)
        thickness = max(1, round(width / (1 + self._halved))) if width else cv2.FILLED
        for array, value in self._with(colour):
            for centre in centres.tolist():
                cv2.circle(array, centre, size, value, thickness, self._kind, _SHIFT)

    def fill_polygon(self, corners: Fixed, colour: Colour) -> None:
        """A filled polygon."""
        for array, value in self._with(colour):
            cv2.fillPoly(array, [corners], value, self._kind, _SHIFT)

    def fill(self, left: int, top: int, right: int, bottom: int, colour: Colour, alpha: float = 1.0) -> None:
        """A filled rectangle between pixels of the picture."""
        for spot, (_, value) in zip(self.spots(left, top, right, bottom), self._with(colour), strict=True):
            if alpha >= 1:
                spot[...] = value
            elif spot.size:
                cv2.addWeighted(np.full_like(spot, value), alpha, spot, 1 - alpha, 0, dst=spot)

    def rim(self, left: int, top: int, right: int, bottom: int, width: int, colour: Colour) -> None:
        """The rim of a rectangle, `width` inwards."""
        y1, y2, y3, y4 = (self._inside(y, self._rows) for y in (top, top + width, bottom - width, bottom))
        x1, x2, x3, x4 = (self._inside(x, self._columns) for x in (left, left + width, right - width, right))
        for array, value in self._with(colour):
            array[y1:y2, x1:x4] = value
            array[y3:y4, x1:x4] = value
            array[y1:y4, x1:x2] = value
            array[y1:y4, x3:x4] = value

    def spots(self, left: float, top: float, right: float, bottom: float) -> list[NDArray[np.uint8]]:
        """The parts of the arrays between pixels of the picture."""
        rows = slice(self._inside(top, self._rows), self._inside(bottom, self._rows))
        columns = slice(self._inside(left, self._columns), self._inside(right, self._columns))
        return [array[rows, columns] for array in self._arrays]

    def _inside(self, edge: float, most: int) -> int:
        place = int(edge) >> 1 if self._halved else int(edge)
        return 0 if place < 0 else min(place, most)

    def _with(self, colour: Colour) -> Iterable[tuple[NDArray[np.uint8], Any]]:
        if self._parts is None:
            return ((self._arrays[0], colour),)
        return zip(self._arrays, [colour[part] for part in self._parts], strict=True)


def finite(points: ArrayLike) -> Points:
    """The points [n, 2] whose both coordinates are finite."""
    array = np.asarray(points, np.float64).reshape(-1, 2)
    known = np.isfinite(array)
    return array if known.all() else array[known.all(axis=1)]


def cut_far(coordinates: ArrayLike) -> list[float] | None:
    """Coordinates, not so far outside that integers overflow; None if one is not finite."""
    numbers: list[float] = np.asarray(coordinates, np.float64).tolist()
    # NaN fails every comparison.
    if not all(abs(number) < np.inf for number in numbers):
        return None
    return [min(max(number, -_FAR), _FAR) for number in numbers]


def even(edge: float) -> int:
    """The nearest even number."""
    return 2 * round(edge / 2)
