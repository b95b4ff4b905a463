"""Pictures for the editor: the frame with what a block gave drawn on it, small enough for a card beside the block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import singledispatch
from typing import Any

import numpy as np

from trackside.core import RGB, Detections, Image, Keypoints, Shapes, Table, Tracks, size_of
from trackside.core.images import Picture, resized
from trackside.media import annotate
from trackside.media.canvas import Canvas

WIDTH = 640
_QUALITY = 80
# Angles that are written beside a body; more would hide it.
_MOST_ANGLES = 6


def small(image: Image) -> RGB:
    """A picture of at most 640 pixels' width."""
    width, height = size_of(image)
    if width <= WIDTH:
        return np.asarray(image.rgb() if isinstance(image, Picture) else image, np.uint8)
    return resized(image, WIDTH, max(1, round(height * WIDTH / width)))


def drawn(frame: RGB, scale: float, values: Iterable[Any]) -> RGB:
    """A copy of the frame with everything drawn on it that can be drawn.

    Args:
        frame: from `small`.
        scale: width of the frame over the width that the values' pixels count in.
        values: what blocks gave; zones and lines are drawn below boxes, boxes below bodies.
    """
    scaled = [_scaled(value, scale) for value in values]
    canvas = Canvas(frame.copy())
    for value in scaled:
        if isinstance(value, Shapes):
            annotate.draw_shapes(canvas, value)
    for value in scaled:
        if isinstance(value, Tracks):
            annotate.draw_tracks(canvas, value)
        elif isinstance(value, Detections):
            annotate.draw_detections(canvas, value)
    _draw_bodies(canvas, scaled)
    return np.asarray(canvas.image, np.uint8)


def jpeg(picture: RGB) -> bytes:
    """The picture as a JPEG."""
    import cv2

    done, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise ValueError(f"a picture {picture.shape} cannot be written as JPEG")
    return data.tobytes()


def _draw_bodies(canvas: Canvas, values: list[Any]) -> None:
    tables = [value for value in values if isinstance(value, Table)]
    for bodies in values:
        if not isinstance(bodies, Keypoints):
            continue
        annotate.draw_keypoints(canvas, bodies)
        for table in tables:
            if len(table) == len(bodies):
                columns = [name for name in table.columns if name.endswith("_deg")][:_MOST_ANGLES]
                annotate.draw_angles(canvas, bodies, table, columns)


@singledispatch
def _scaled(value: Any, scale: float) -> Any:
    """The value with its pixels counted in the small picture."""
    return value


@_scaled.register
def _(value: Detections, scale: float) -> Detections:
    return replace(value, boxes=value.boxes * np.float32(scale))


@_scaled.register
def _(value: Keypoints, scale: float) -> Keypoints:
    return replace(value, points=value.points * np.float32(scale))


@_scaled.register
def _(value: Shapes, scale: float) -> Shapes:
    return Shapes(tuple(replace(shape, points=shape.points * np.float32(scale)) for shape in value.items))
