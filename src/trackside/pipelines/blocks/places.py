"""What zones and lines share: coordinates that fit the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trackside.core import SettingError

Coordinates = Literal["pixels", "fraction"]
"""Pixels of the source frame, or fractions of its width and height, which fit any video."""


def in_pixels(points: Sequence[Sequence[float]], size: tuple[int, int], coordinates: Coordinates) -> NDArray[np.float64]:
    """Corners as float64 [k, 2] in pixels.

    Args:
        points: as set by the user.
        size: width and height of the picture.
        coordinates: what `points` are in.
    """
    scale = np.array(size, np.float64) if coordinates == "fraction" else 1.0
    return np.asarray(points, np.float64) * scale


def refuse_fractions_as_pixels(points: Sequence[Sequence[float]], coordinates: Coordinates) -> None:
    """Refuse what is surely a mistake: corners in pixels that all lie within one pixel.

    Raises:
        SettingError: they do.
    """
    if coordinates == "pixels" and all(0 <= value <= 1 for point in points for value in point):
        fix = "add `coordinates: fraction`, or give corners in pixels"
        raise SettingError("all corners lie within one pixel of the picture", where="coordinates", fix=fix)
