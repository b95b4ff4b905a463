"""What happens to pictures on their way: cropped, mirrored, turned, recompressed, recoloured. Seeded, to plant known copies.

A threshold for copies is only as good as the copies that it was set on, so these are made of the data set's own pictures.
Each alteration is a function of a picture and a generator; `altered` applies one or several in the order in which people
do it: colours, geometry, additions, file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from trackside.core.images import RGB

Alteration = Callable[[RGB, np.random.Generator], RGB]
SMALLEST = 12
"""Pixels: no side is cut or scaled below this."""


def crop(picture: RGB, rng: np.random.Generator) -> RGB:
    """A window of 50 to 90 % of both sides, anywhere."""
    height, width = picture.shape[:2]
    share = rng.uniform(0.5, 0.9)
    h, w = (max(min(SMALLEST, side), round(side * share)) for side in (height, width))
    top, left = rng.integers(0, height - h + 1), rng.integers(0, width - w + 1)
    return picture[top : top + h, left : left + w]


def mirror(picture: RGB, rng: np.random.Generator) -> RGB:
    """Left and right exchanged."""
    return picture[:, ::-1]


def flip(picture: RGB, rng: np.random.Generator) -> RGB:
    """Top and bottom exchanged."""
    return picture[::-1]


def quarter_turn(picture: RGB, rng: np.random.Generator) -> RGB:
    """Turned by 90, 180 or 270 degrees."""
    return np.rot90(picture, int(rng.integers(1, 4)))


def rotate(picture: RGB, rng: np.random.Generator) -> RGB:
    """Turned by any angle about its centre; what comes in from outside is black, white or the edge repeated."""
    import cv2

    height, width = picture.shape[:2]
    angle = float(rng.uniform(-180, 180))
    matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), angle, 1.0)
    if rng.random() < 0.5:  # the frame grows so that no corner is lost
        c, s = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
        grown = round(width * c + height * s), round(width * s + height * c)
        matrix[:, 2] += ((grown[0] - width) / 2, (grown[1] - height) / 2)
        width, height = grown
    fill = int(rng.choice([0, 0, 255]))
    edge = cv2.BORDER_REPLICATE if rng.random() < 0.25 else cv2.BORDER_CONSTANT
    how: dict[str, Any] = {"flags": cv2.INTER_LINEAR, "borderMode": edge, "borderValue": (fill, fill, fill)}
    return np.asarray(cv2.warpAffine(np.ascontiguousarray(picture), matrix, (width, height), **how), np.uint8)


def rescale(picture: RGB, rng: np.random.Generator) -> RGB:
    """Half to twice the size, the sides stretched by up to 20 % against each other."""
    height, width = picture.shape[:2]
    scale, stretch = 2.0 ** rng.uniform(-1, 1), 1.2 ** rng.uniform(-0.5, 0.5)
    return scaled(picture, max(SMALLEST, round(width * scale * stretch)), max(SMALLEST, round(height * scale / stretch)))


def recompress(picture: RGB, rng: np.random.Generator) -> RGB:
    """Through JPEG at a quality of 10 to 90."""
    import cv2

    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(10, 91))]
    _, data = cv2.imencode(".jpg", np.ascontiguousarray(picture[:, :, ::-1]), quality)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[:, :, ::-1]


def tone(picture: RGB, rng: np.random.Generator) -> RGB:
    """Brightness (up to 50 of 255 either way), contrast (0.6 to 1.5) and gamma (0.6 to 1.6) changed."""
    values = 255 * (picture / 255.0) ** rng.uniform(0.6, 1.6)
    values = (values - 128) * rng.uniform(0.6, 1.5) + 128 + rng.uniform(-50, 50)
    return np.clip(values, 0, 255).astype(np.uint8)


def recolour(picture: RGB, rng: np.random.Generator) -> RGB:
    """Hue turned by up to 40 degrees, saturation 0.4 to 1.8 times, each channel 0.8 to 1.2 times."""
    import cv2

    hsv = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2HSV).astype(np.float64)
    hsv[..., 0] = (hsv[..., 0] + rng.uniform(-20, 20)) % 180  # OpenCV keeps half degrees
    hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.4, 1.8), 0, 255)
    rgb = np.asarray(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB), np.float64)
    return np.clip(rgb * rng.uniform(0.8, 1.2, 3), 0, 255).astype(np.uint8)


def greyscale(picture: RGB, rng: np.random.Generator) -> RGB:
    """Without colour."""
    grey = picture @ np.array([0.299, 0.587, 0.114])
    return np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)


def border(picture: RGB, rng: np.random.Generator) -> RGB:
    """A frame of one colour around it, 2 to 10 % of the longer side."""
    width = max(1, round(max(picture.shape[:2]) * rng.uniform(0.02, 0.1)))
    framed = np.empty((picture.shape[0] + 2 * width, picture.shape[1] + 2 * width, 3), np.uint8)
    framed[:] = rng.integers(0, 256, 3)
    framed[width:-width, width:-width] = picture
    return framed


def logo(picture: RGB, rng: np.random.Generator) -> RGB:
    """A small sign in two colours over 10 to 20 % of each side."""
    height, width = picture.shape[:2]
    h, w = (max(2, round(side * rng.uniform(0.1, 0.2))) for side in (height, width))
    top, left = rng.integers(0, height - h + 1), rng.integers(0, width - w + 1)
    signed = picture.copy()
    signed[top : top + h, left : left + w] = rng.integers(0, 256, 3)
    signed[top + h // 3 : top + h - h // 3, left + w // 4 : left + w - w // 4] = rng.integers(0, 256, 3)
    return signed


def scaled(picture: RGB, width: int, height: int) -> RGB:
    """The picture at `width` x `height`: area averaging where it shrinks, linear where it grows."""
    import cv2

    shrinks = width < picture.shape[1] or height < picture.shape[0]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(np.ascontiguousarray(picture), (width, height), interpolation=how), np.uint8)


COLOURS: dict[str, Alteration] = {"tone": tone, "recolour": recolour, "greyscale": greyscale}
GEOMETRY: dict[str, Alteration] = {
    "crop": crop, "mirror": mirror, "flip": flip, "quarter turn": quarter_turn, "rotate": rotate, "rescale": rescale,
}  # fmt: skip
ADDITIONS: dict[str, Alteration] = {"border": border, "logo": logo}
FILE: dict[str, Alteration] = {"recompress": recompress}
ALTERATIONS: dict[str, Alteration] = COLOURS | GEOMETRY | ADDITIONS | FILE
"""All of them, in the order in which `altered` applies them."""


def altered(picture: RGB, names: Sequence[str], rng: np.random.Generator) -> RGB:
    """The picture after the alterations of those names, uint8 [h, w, 3].

    >>> altered(np.zeros((40, 30, 3), np.uint8), ["mirror"], np.random.default_rng(0)).shape
    (40, 30, 3)
    """
    for name, alteration in ALTERATIONS.items():
        if name in names:
            picture = alteration(picture, rng)
    return np.ascontiguousarray(picture)


def draw(rng: np.random.Generator, most: int = 3) -> tuple[str, ...]:
    """Names of one to `most` different alterations, at random."""
    count = int(rng.integers(1, most + 1))
    return tuple(rng.choice(list(ALTERATIONS), count, replace=False))
