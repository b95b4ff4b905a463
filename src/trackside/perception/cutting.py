"""Boxes cut out of a picture, as a network that was trained on whole pictures should see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB
from trackside.models.cropping import central_window, fitted
from trackside.perception.letterbox import letterbox

if TYPE_CHECKING:
    from trackside.models.card import Geometry

Window: TypeAlias = tuple[int, int, int, int]
"""x1, y1, x2, y2 in whole pixels of a picture; it may reach outside."""


def whole_window(size: tuple[int, int], geometry: Geometry) -> Window:
    """What a network sees of a whole picture of `size` (width, height)."""
    return central_window(size, geometry) if geometry.fit == "crop" else (0, 0, *size)


def box_window(box: NDArray[np.floating], size: tuple[int, int], geometry: Geometry, margin: float = 0.0) -> Window | None:
    """What a network sees of a box.

    A network of the fit `crop` sees the middle of what it is given, so the box is first widened to the input's aspect: of
    somebody who stands, head and feet stay.

    Args:
        box: [4], x1 y1 x2 y2 in pixels.
        size: width and height of the picture.
        geometry: of the network.
        margin: around the box on every side, as a share of its longer side.

    Returns:
        the window; None where the box is not finite, has no area, or shows nothing of the picture.
    """
    x1, y1, x2, y2 = (float(value) for value in box)
    if not np.isfinite((x1, y1, x2, y2)).all() or x1 >= x2 or y1 >= y2:
        return None
    room = 2 * margin * max(x2 - x1, y2 - y1)
    width, height = x2 - x1 + room, y2 - y1 + room
    if geometry.fit == "crop":
        ratio = geometry.crop * max(width / geometry.width, height / geometry.height)
        width, height = geometry.width * ratio, geometry.height * ratio
    columns, rows = max(1, round(width)), max(1, round(height))
    left, top = round((x1 + x2 - columns) / 2), round((y1 + y2 - rows) / 2)
    window = (left, top, left + columns, top + rows)
    shows = min(x2, window[2], size[0]) > max(x1, left, 0) and min(y2, window[3], size[1]) > max(y1, top, 0)
    return window if shows else None


def cut(picture: RGB, window: Window, geometry: Geometry) -> RGB:
    """A window at the size of a network's input, uint8 [height, width, 3].

    Outside the picture its edge is continued; a letterboxed window ends there.

    Args:
        picture: uint8 [h, w, 3].
        window: shows some of it.
        geometry: of the network.
    """
    x1, y1, x2, y2 = window
    height, width = picture.shape[:2]
    inside = picture[max(y1, 0) : min(y2, height), max(x1, 0) : min(x2, width)]
    if geometry.fit == "letterbox":
        return letterbox(inside, geometry)[0]
    # The edge is continued at the input's size: a window may be far larger than the picture.
    left, right = _outside(-x1, x2 - width, x2 - x1, geometry.width)
    top, bottom = _outside(-y1, y2 - height, y2 - y1, geometry.height)
    small = fitted(inside, geometry.width - left - right, geometry.height - top - bottom)
    if not (left or right or top or bottom):
        return small
    return np.asarray(cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_REPLICATE), np.uint8)


def _outside(before: int, after: int, length: int, pixels: int) -> tuple[int, int]:
    """How many of `pixels` show what lies before and after the picture; at least one is left for the picture."""
    first = min(pixels - 1, round(max(before, 0) * pixels / length))
    return first, min(pixels - 1 - first, round(max(after, 0) * pixels / length))
