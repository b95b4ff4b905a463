"""A picture as a network with a small square input should see it: whole, and as overlapping squares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackside.core import RGB, Image, resized, size_of
from trackside.perception.letterbox import Placement, letterbox

if TYPE_CHECKING:
    from trackside.models.card import Geometry

# Of the short side: squares lie at most this far apart, so whoever is narrower than the rest (60 %) is whole in one.
_STEP = 0.4
# A picture this close to a square gains nothing.
_SQUARE = 1.2
# A panorama would cost without end.
_MOST = 6


@dataclass(frozen=True, slots=True)
class View:
    """What the network sees, uint8 [h, w, 3] RGB, and where the picture lies in it."""

    picture: RGB
    placement: Placement


def views(image: Image, geometry: Geometry, *, squares: bool = True) -> list[View]:
    """The whole picture, letterboxed, and if it is wide or tall the squares along its long side.

    Args:
        image: any size.
        geometry: of the network, whose input is a square.
        squares: False for the whole picture alone.
    """
    found = [View(*letterbox(image, geometry))]
    width, height = size_of(image)
    long, short = max(width, height), min(width, height)
    if not squares or long < _SQUARE * short:
        return found
    side = geometry.width
    length = round(long * side / short)
    wide = (length, side) if width > height else (side, length)
    strip = resized(image, *wide)
    for start in _starts(length, side):
        left, top = (start, 0) if width > height else (0, start)
        picture = np.ascontiguousarray(strip[top : top + side, left : left + side])
        scales = wide[0] / width, wide[1] / height
        found.append(View(picture, Placement(*wide, *scales, -left, -top)))
    return found


def _starts(length: int, side: int) -> list[int]:
    """Where the squares begin, evenly from end to end."""
    count = min(_MOST, math.ceil((length - side) / (_STEP * side)) + 1)
    return [round((length - side) * k / (count - 1)) for k in range(count)]
