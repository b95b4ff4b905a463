"""Zones and lines, with what they count."""

from __future__ import annotations

import numpy as np

from trackside.core import Shape, Shapes
from trackside.media.canvas import Canvas
from trackside.media.colour import Colour
from trackside.media.palette import PALETTE, readable_on

# How much of a zone's colour covers the picture.
_ALPHA = 0.16
# Zones and lines begin elsewhere in the palette than tracks, whose ids begin with 1.
_FIRST = 6


def draw_shapes(canvas: Canvas, shapes: Shapes) -> None:
    """Draw zones, and lines above them."""
    draw_zones(canvas, shapes)
    draw_lines(canvas, shapes)


def draw_zones(canvas: Canvas, shapes: Shapes) -> None:
    """Tint and outline each polygon, with its name and what it says now beside its highest corner."""
    for number, shape in enumerate(shapes.items):
        if not shape.closed or not len(shape.points):
            continue
        colour = _colour(number)
        canvas.fill_polygon(shape.points, colour, _ALPHA)
        canvas.polyline(shape.points, colour, closed=True)
        highest = shape.points[np.argmin(shape.points[:, 1])]
        canvas.text(_words(shape), highest, readable_on(colour), colour, anchor=(0, 1))


def draw_lines(canvas: Canvas, shapes: Shapes) -> None:
    """Each line, an arrow across it in the direction that counts as in, its name and what it says now.

    Looking along the line from its first end to its second, on the screen, in is from the left hand to the right hand.
    """
    for number, shape in enumerate(shapes.items):
        if shape.closed or len(shape.points) < 2:
            continue
        colour = _colour(number)
        canvas.polyline(shape.points, colour, canvas.line_width + 2)
        canvas.circles(shape.points[[0, -1]], 1.5 * canvas.line_width, colour)
        middle = (shape.points[0] + shape.points[-1]).astype(np.float64) / 2
        _draw_arrow(canvas, middle, (shape.points[-1] - shape.points[0]).astype(np.float64), colour)
        above = middle - (0, 2 * canvas.line_width)
        canvas.text(_words(shape), above, readable_on(colour), colour, anchor=(0.5, 1))


def _draw_arrow(canvas: Canvas, middle: np.ndarray, along: np.ndarray, colour: Colour) -> None:
    length = float(np.hypot(*along))
    if not 0 < length < np.inf:
        return
    forward = along / length
    across = np.array([-forward[1], forward[0]])
    reach = 10.0 * canvas.line_width
    tip, barb = middle + reach * across, 0.4 * reach
    canvas.line(middle, tip - barb * across, colour)
    canvas.fill_polygon(
        [tip, tip - barb * across + 0.6 * barb * forward, tip - barb * across - 0.6 * barb * forward], colour
    )


def _words(shape: Shape) -> str:
    return f"{shape.name} {shape.label}".strip()


def _colour(number: int) -> Colour:
    return PALETTE[(_FIRST + 5 * number) % len(PALETTE)]
