"""Pictures as detectors take them: grey, checked, with their noise known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError
from trackside.geometry.camera.sighting import Refusal

Grey = NDArray[np.uint8]

# Below this no board has four points that could be told apart.
_LEAST_SIDE = 16
# A picture whose brightest percent stays below this is dark whatever it shows; one that spans less is blank.
_DARK = 40.0
_FLAT = 12.0
# The sharpest edges of a picture, looked at in the direction in which they are widest, are 5 to 8 pixels wide in sharp
# photographs after the smoothing here, 9 for a lens out of focus by 3 pixels (one standard deviation), 14 for a smear of 16.
_BLURRED = 10.0
_SMOOTHING, _AROUND, _DIRECTIONS = 1.5, 33, 8


def grey_of(image: NDArray[np.uint8]) -> Grey:
    """The picture in grey, uint8 [h, w].

    Raises:
        InputError: it is not uint8 [h, w] or [h, w, 3], or has a side below 16 pixels.
    """
    picture = np.asarray(image)
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3) or (picture.ndim == 3 and picture.shape[2] not in (1, 3)):
        raise InputError(
            f"a picture of {picture.dtype} {list(picture.shape)} cannot be searched for a board",
            fix="give uint8 [height, width] grey or [height, width, 3] RGB",
        )
    if min(picture.shape[:2]) < _LEAST_SIDE:
        raise InputError(
            f"the picture is {picture.shape[1]} x {picture.shape[0]} pixels", fix=f"give at least {_LEAST_SIDE} a side"
        )
    if picture.ndim == 2:
        return np.ascontiguousarray(picture)
    import cv2

    found: Grey = (
        picture[..., 0] if picture.shape[2] == 1 else cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    )
    return np.ascontiguousarray(found)


def noise_of(grey: Grey) -> float:
    """Standard deviation of the noise in grey levels, at least that of rounding (0.29).

    The second differences in both directions cancel all that is smooth (Immerkaer 1996); their median absolute value, in
    place of the mean, is untouched by edges that fill less than half of the picture.
    """
    import cv2

    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    response = cv2.filter2D(grey, cv2.CV_32F, kernel)[1:-1, 1:-1]
    return max(float(np.median(np.abs(response))) / (6 * 0.6745), 0.29)


def why_nothing(grey: Grey, otherwise: str) -> Refusal:
    """The most useful reason for a picture in which nothing was found: too dark, blank, blurred, or `otherwise`."""
    low, high = np.percentile(grey, [1, 99])
    if high < _DARK:
        return Refusal("the picture is too dark")
    if high - low < _FLAT:
        return Refusal("the picture is blank: it has no contrast")
    if blur_of(grey) > _BLURRED:
        return Refusal(f"the picture is blurred ({otherwise})")
    return Refusal(otherwise)


def blur_of(grey: Grey) -> float:
    """Width of the sharpest edges, pixels, in the direction in which they are widest.

    The width is the range of the grey levels around over the slope. A smear leaves edges along it sharp: the slopes in each
    of eight directions are taken apart, and the direction with the least counts. Where the board is blurred before a sharp
    background, the background counts.
    """
    import cv2

    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), _SMOOTHING)
    window = np.ones((_AROUND, _AROUND), np.uint8)
    span = cv2.dilate(smooth, window) - cv2.erode(smooth, window)
    strong = span > 0.5 * float(np.percentile(span, 99))
    down, across = (np.asarray(side)[strong] / span[strong] for side in np.gradient(smooth))
    turns = np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
    steepest = min(float(np.percentile(np.abs(across * np.cos(turn) + down * np.sin(turn)), 99)) for turn in turns)
    return 1 / max(steepest, 1e-6)
