"""Transforms of colours. Each gives a picture of the same size; places, boxes and points stay.

`by` is half-width of a uniform draw around "no change", unless said otherwise.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from trackside.core import RGB
from trackside.core.units import Degrees, Fraction
from trackside.data.augment.transform import photometric

Rng = np.random.Generator
_LEVELS = np.arange(256, dtype=np.float32)
# Luma of ITU-R BT.601, section 2.5.1.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@photometric("brightness")
def brightness(image: RGB, rng: Rng, *, by: Fraction = 0.2) -> RGB:
    """Brighter or darker.

    Args:
        by: largest change, as a share of white.
    """
    return _mapped(image, _LEVELS + 255 * rng.uniform(-by, by))


@photometric("contrast")
def contrast(image: RGB, rng: Rng, *, by: Fraction = 0.2) -> RGB:
    """More or less contrast around the picture's mean.

    Args:
        by: largest change, as a share of the contrast there is.
    """
    mean = float(image[::4, ::4].mean()) if image.size else 0.0
    return _mapped(image, mean + (1 + rng.uniform(-by, by)) * (_LEVELS - mean))


@photometric("gamma")
def gamma(image: RGB, rng: Rng, *, by: Fraction = 0.3) -> RGB:
    """Lifts or lowers the dark parts, black and white stay.

    Args:
        by: the exponent lies between 1 / (1 + by) and 1 + by.
    """
    exponent = float(np.exp(rng.uniform(-1, 1) * np.log1p(by)))
    return _mapped(image, 255 * (_LEVELS / 255) ** exponent)


@photometric("saturation")
def saturation(image: RGB, rng: Rng, *, by: Fraction = 0.3) -> RGB:
    """Stronger or paler colours.

    Args:
        by: largest change, as a share of the saturation there is.
    """
    return _mixed_with_grey(image, 1 + rng.uniform(-by, by))


@photometric("hue")
def hue(image: RGB, rng: Rng, *, by: Degrees = 15.0) -> RGB:
    """Colours turned around the colour circle.

    Args:
        by: largest turn; 120 makes red green.
    """
    import cv2

    turn = rng.uniform(-by, by) / 2
    planes = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    planes[..., 0] = cv2.LUT(planes[..., 0], ((np.arange(256) + turn).round() % 180).astype(np.uint8))
    return np.asarray(cv2.cvtColor(planes, cv2.COLOR_HSV2RGB), np.uint8)


@photometric("grey")
def grey(image: RGB, rng: Rng) -> RGB:
    """No colours."""
    return _mixed_with_grey(image, 0.0)


@photometric("shuffle_channels")
def shuffle_channels(image: RGB, rng: Rng) -> RGB:
    """Red, green and blue in another order."""
    return np.ascontiguousarray(image[..., rng.permutation(3)])


@photometric("solarise")
def solarise(image: RGB, rng: Rng, *, above: Fraction = 0.6) -> RGB:
    """Light parts as a negative.

    Args:
        above: values from here, as a share of white, are inverted.
    """
    return _mapped(image, np.where(255 * above <= _LEVELS, 255 - _LEVELS, _LEVELS))


@photometric("blur")
def blur(image: RGB, rng: Rng, *, up_to: Annotated[float, Field(gt=0, le=0.2)] = 0.01) -> RGB:
    """Out of focus.

    Args:
        up_to: largest standard deviation of the Gaussian, as a share of the shorter side.
    """
    import cv2

    width = rng.uniform(0, up_to) * min(image.shape[:2])
    return np.asarray(cv2.GaussianBlur(image, (0, 0), width), np.uint8) if width > 0.15 else image


@photometric("noise")
def noise(image: RGB, rng: Rng, *, up_to: Fraction = 0.04) -> RGB:
    """A sensor's noise.

    Args:
        up_to: largest standard deviation, as a share of white.
    """
    deviation = np.float32(255 * rng.uniform(0, up_to))
    noisy = image + deviation * rng.standard_normal(image.shape, np.float32)
    return _rounded(noisy)


@photometric("jpeg")
def jpeg(image: RGB, rng: Rng, *, lowest: Annotated[int, Field(ge=1, le=100)] = 40) -> RGB:
    """Saved as JPEG and read again.

    Args:
        lowest: quality is drawn from here to 95.
    """
    import cv2

    quality = int(rng.integers(min(lowest, 95), 96))
    done, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    again = cv2.imdecode(data, cv2.IMREAD_COLOR) if done else None
    return image if again is None else np.ascontiguousarray(again[..., ::-1])


def _mapped(image: RGB, table: NDArray[np.floating]) -> RGB:
    import cv2

    return np.asarray(cv2.LUT(image, _rounded(table)), np.uint8)


def _mixed_with_grey(image: RGB, share: float) -> RGB:
    """`share` of the colour and the rest of its grey, in one matrix."""
    import cv2

    matrix = share * np.eye(3, dtype=np.float32) + (1 - share) * np.tile(_LUMA, (3, 1))
    return np.asarray(cv2.transform(image, matrix), np.uint8)


def _rounded(values: NDArray[np.floating]) -> RGB:
    return np.asarray(np.clip(values + 0.5, 0, 255), np.uint8)
