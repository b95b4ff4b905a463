"""Transforms of places, as homographies of pixels (the first reaches from 0 to 1)."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from trackside.core.units import Degrees, Fraction
from trackside.data.augment.transform import Size, Warp, geometric

Rng = np.random.Generator
Floats = NDArray[np.float64]


@geometric("flip")
def flip(size: Size, rng: Rng) -> Warp:
    """Left and right exchanged."""
    return Warp(np.array([[-1.0, 0, size[0]], [0, 1, 0], [0, 0, 1]]), size)


@geometric("flip_vertical")
def flip_vertical(size: Size, rng: Rng) -> Warp:
    """Top and bottom exchanged."""
    return Warp(np.array([[1.0, 0, 0], [0, -1, size[1]], [0, 0, 1]]), size)


@geometric("quarter_turn")
def quarter_turn(size: Size, rng: Rng, *, turns: tuple[Annotated[int, Field(ge=0, le=3)], ...] = (1, 2, 3)) -> Warp:
    """Turned by 90, 180 or 270 degrees; the sides go along.

    Args:
        turns: quarter turns to draw from, clockwise.
    """
    return turned(size, int(turns[int(rng.integers(len(turns)))]) if turns else 0)


@geometric("rotate")
def rotate(size: Size, rng: Rng, *, by: Degrees = 15.0) -> Warp:
    """Turned around its middle.

    Args:
        by: largest turn, either way.
    """
    angle = np.deg2rad(rng.uniform(-by, by))
    c, s = np.cos(angle), np.sin(angle)
    return _about_middle(size, np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]))


@geometric("scale")
def scale(size: Size, rng: Rng, *, by: Annotated[float, Field(ge=0, lt=1)] = 0.2) -> Warp:
    """Larger or smaller within the same frame.

    Args:
        by: the factor lies between 1 - by and 1 / (1 - by).
    """
    factor = float(np.exp(rng.uniform(-1, 1) * -np.log1p(-by)))
    return _about_middle(size, np.diag([factor, factor, 1.0]))


@geometric("translate")
def translate(size: Size, rng: Rng, *, by: Fraction = 0.1) -> Warp:
    """Moved.

    Args:
        by: largest shift, as a share of the sides.
    """
    x, y = rng.uniform(-by, by, 2) * size
    return Warp(np.array([[1, 0, x], [0, 1, y], [0, 0, 1]]), size)


@geometric("shear")
def shear(size: Size, rng: Rng, *, by: Annotated[float, Field(ge=0, le=60)] = 10.0) -> Warp:
    """Slanted to a side.

    Args:
        by: largest slant, degrees.
    """
    x, y = np.tan(np.deg2rad(rng.uniform(-by, by))), np.tan(np.deg2rad(rng.uniform(-by, by))) / 2
    return _about_middle(size, np.array([[1, x, 0], [y, 1, 0], [0, 0, 1]]))


@geometric("perspective")
def perspective(size: Size, rng: Rng, *, by: Annotated[float, Field(ge=0, le=0.4)] = 0.1) -> Warp:
    """Seen at an angle: each corner moves.

    Args:
        by: largest move of a corner, as a share of the sides.
    """
    import cv2

    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * size
    moved = corners + rng.uniform(-by, by, (4, 2)) * size
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), moved.astype(np.float32))
    return Warp(np.asarray(matrix, np.float64), size)


@geometric("crop")
def crop(
    size: Size,
    rng: Rng,
    *,
    smallest: Annotated[float, Field(gt=0, le=1)] = 0.5,
    stretch: Annotated[float, Field(ge=0, lt=1)] = 0.25,
) -> Warp:
    """A part, scaled to the size of the whole (Szegedy et al. 2015, section 6: the random resized crop).

    Args:
        smallest: share of the area that the part has at least.
        stretch: how far its shape may differ from the picture's; 0.25 is 3:4 to 4:3 of a square.
    """
    share, shape = rng.uniform(smallest, 1), float(np.exp(rng.uniform(-1, 1) * -np.log1p(-stretch)))
    wide, high = min(1.0, np.sqrt(share * shape)), min(1.0, np.sqrt(share / shape))
    left, top = rng.uniform(0, 1 - wide) * size[0], rng.uniform(0, 1 - high) * size[1]
    return Warp(np.diag([1 / wide, 1 / high, 1.0]) @ np.array([[1.0, 0, -left], [0, 1, -top], [0, 0, 1]]), size)


@geometric("resize")
def resize(
    size: Size, rng: Rng, *, width: Annotated[int, Field(ge=1, le=16384)], height: Annotated[int, Field(ge=1, le=16384)],
    keep_shape: bool = True,
) -> Warp:  # fmt: skip
    """Scaled to a size.

    Args:
        width: of the result, pixels.
        height: of the result, pixels.
        keep_shape: fit in and leave bars, rather than stretch.
    """
    x, y = width / size[0], height / size[1]
    if keep_shape:
        x = y = min(x, y)
    across, down = (width - x * size[0]) / 2, (height - y * size[1]) / 2
    return Warp(np.array([[x, 0, across], [0, y, down], [0, 0, 1]]), (width, height))


def turned(size: Size, quarters: int) -> Warp:
    """So many quarter turns, clockwise."""
    warp = Warp(np.eye(3), size)
    for _ in range(quarters % 4):
        w, h = warp.size
        warp = warp.then(Warp(np.array([[0.0, -1, h], [1, 0, 0], [0, 0, 1]]), (h, w)))
    return warp


def _about_middle(size: Size, matrix: Floats) -> Warp:
    middle = np.array([[1, 0, size[0] / 2], [0, 1, size[1] / 2], [0, 0, 1]])
    return Warp(middle @ matrix @ np.linalg.inv(middle), size)
