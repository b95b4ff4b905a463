"""What of a picture a network sees, and a picture at the size of its input: the same in the lab, for features and at use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trackside.core import RGB

if TYPE_CHECKING:
    from trackside.models.card import Geometry


def central_window(size: tuple[int, int], geometry: Geometry) -> tuple[int, int, int, int]:
    """The part of a picture that a network of the fit `crop` sees.

    Resizing until the short side is 1 / `crop` of the input and then cropping the middle shows the same part; cropping first
    costs less.

    Args:
        size: width and height of the picture.
        geometry: of the network; with another fit its `crop` is 1.

    Returns:
        x1, y1, x2, y2 in whole pixels: the largest part of the input's aspect in the middle, each side times `crop`.
    """
    ratio = geometry.crop * min(size[0] / geometry.width, size[1] / geometry.height)
    width = min(size[0], max(1, round(geometry.width * ratio)))
    height = min(size[1], max(1, round(geometry.height * ratio)))
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return left, top, left + width, top + height


def central_square(rgb: RGB) -> RGB:
    """The largest square in the middle of a picture [h, w, 3]; a view."""
    height, width = rgb.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return rgb[top : top + side, left : left + side]


def fitted(rgb: RGB, width: int, height: int) -> RGB:
    """A picture at another size: areas are averaged where it shrinks, bicubic where it grows (as in the training)."""
    import cv2

    shrinks = rgb.shape[0] * rgb.shape[1] > width * height
    return np.asarray(
        cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC), np.uint8
    )
