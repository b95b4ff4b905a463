"""Pictures into a network's input, and boxes and points back into the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, Image, as_rgb, resized, size_of
from trackside.models.cropping import central_window

if TYPE_CHECKING:
    from trackside.models.card import Geometry


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a picture lies in a network's input: `input = source * scale + offset` on each axis.

    Attributes:
        width: of the scaled picture, or of what is seen of it, pixels of the input.
        height: of the scaled picture, or of what is seen of it, pixels of the input.
        scale_x: input pixels a source pixel.
        scale_y: input pixels a source pixel.
        left: of the scaled picture, pixels of the input; negative where the input shows its middle only.
        top: of the scaled picture, pixels of the input; negative where the input shows its middle only.
    """

    width: int
    height: int
    scale_x: float
    scale_y: float
    left: float = 0
    top: float = 0

    def to_source(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Input pixels to source pixels, float32 [..., 2k] of x y pairs (a box is two of them). Nothing is clipped."""
        scale, offset = self._repeated(points.shape[-1] // 2)
        return np.asarray((points - offset) / scale, np.float32)

    def to_input(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Source pixels to input pixels: the inverse of `to_source`."""
        scale, offset = self._repeated(points.shape[-1] // 2)
        return np.asarray(points * scale + offset, np.float32)

    def _repeated(self, pairs: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.array([self.scale_x, self.scale_y] * pairs), np.array([self.left, self.top] * pairs, np.float64)


def place(size: tuple[int, int], geometry: Geometry) -> Placement:
    """Where a picture of `size` (width, height) goes.

    The scaled picture has whole pixels, so each axis keeps the scale that it really got: boxes return exactly.
    """
    width, height = size
    if width < 1 or height < 1:
        raise ValueError(f"a picture has at least one pixel, got {size=}")
    if geometry.fit == "stretch":
        return Placement(geometry.width, geometry.height, geometry.width / width, geometry.height / height)
    if geometry.fit == "crop":
        x1, y1, x2, y2 = central_window(size, geometry)
        scale_x, scale_y = geometry.width / (x2 - x1), geometry.height / (y2 - y1)
        return Placement(geometry.width, geometry.height, scale_x, scale_y, -x1 * scale_x, -y1 * scale_y)
    ratio = min(geometry.width / width, geometry.height / height)
    w = min(geometry.width, max(1, round(width * ratio)))
    h = min(geometry.height, max(1, round(height * ratio)))
    left, top = ((geometry.width - w) // 2, (geometry.height - h) // 2) if geometry.anchor == "centre" else (0, 0)
    return Placement(w, h, w / width, h / height, left, top)


def letterbox(image: Image, geometry: Geometry) -> tuple[RGB, Placement]:
    """The picture in a network's input size, uint8 [height, width, 3] RGB, and where it lies there."""
    placement = place(size_of(image), geometry)
    if geometry.fit == "crop":
        x1, y1, x2, y2 = central_window(size_of(image), geometry)
        image = as_rgb(image)[y1:y2, x1:x2]
    picture = resized(image, placement.width, placement.height)
    if (placement.width, placement.height) == (geometry.width, geometry.height):
        return picture, placement
    left, top = int(placement.left), int(placement.top)
    bars = (top, geometry.height - top - placement.height, left, geometry.width - left - placement.width)
    boxed = cv2.copyMakeBorder(picture, *bars, cv2.BORDER_CONSTANT, value=[geometry.pad] * 3)
    return np.asarray(boxed, np.uint8), placement
