"""Rotated rectangles, as annotation tools draw them, and the upright box around them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def hull(x: float, y: float, width: float, height: float, degrees: float, pivot: tuple[float, float]) -> list[float]:
    """x1 y1 x2 y2 around a rectangle that is turned clockwise.

    Args:
        x, y, width, height: the rectangle before it is turned, pixels.
        degrees: clockwise as seen on the screen.
        pivot: about which it turns.
    """
    if not degrees:
        return [x, y, x + width, y + height]
    corners = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]]) - pivot
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turned = corners @ np.array([[cosine, sine], [-sine, cosine]]) + pivot
    return [*turned.min(axis=0).tolist(), *turned.max(axis=0).tolist()]


def around(points: Sequence[Sequence[float]]) -> list[float]:
    """x1 y1 x2 y2 around points."""
    values = np.array(points, np.float64).reshape(-1, 2)
    return [*values.min(axis=0).tolist(), *values.max(axis=0).tolist()]


def is_near(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether two boxes are the same to a millionth of a pixel."""
    return bool(np.allclose(first, second, rtol=1e-9, atol=1e-6, equal_nan=True))
