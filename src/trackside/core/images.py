"""What a picture is: an RGB array, or something that becomes one when it must.

Decoded video frames stay as the planes that the decoder wrote until somebody needs them, since converting every frame of a
1080p file to RGB costs more than decoding it. `Picture` is what such lazy frames promise; a plain uint8 [h, w, 3] array is
as good wherever an `Image` is asked for.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

RGB: TypeAlias = NDArray[np.uint8]
"""uint8 [h, w, 3], red first."""


@runtime_checkable
class Picture(Protocol):
    """A picture that is converted on demand."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, 3."""
        ...

    def rgb(self) -> RGB:
        """The whole picture, uint8 [h, w, 3]. Made once, then kept; do not write into it."""
        ...

    def resized(self, width: int, height: int) -> RGB:
        """The picture scaled to `width` x `height` (aspect not kept), uint8 [height, width, 3]."""
        ...


Image: TypeAlias = RGB | Picture


def size_of(image: Image) -> tuple[int, int]:
    """Width and height in pixels."""
    height, width = image.shape[:2]
    return int(width), int(height)


def as_rgb(image: Image | Any) -> RGB:
    """The picture as uint8 [h, w, 3].

    Raises:
        TypeError: if it is neither a picture nor an array of that type and shape.
    """
    if isinstance(image, np.ndarray):
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
            raise TypeError(f"an image is uint8 [h, w, 3] RGB, got {image.dtype} {list(image.shape)}")
        return image
    if isinstance(image, Picture):
        return image.rgb()
    raise TypeError(f"an image is an array or a Picture, got {type(image).__name__}")


def resized(image: Image, width: int, height: int) -> RGB:
    """The picture scaled to `width` x `height`: area averaging when it shrinks, linear when it grows."""
    if isinstance(image, Picture) and not isinstance(image, np.ndarray):
        return image.resized(width, height)
    import cv2

    array = as_rgb(image)
    shrinks = width < array.shape[1] or height < array.shape[0]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(array, (width, height), interpolation=how), np.uint8)
