"""Pictures of a report: the board as it was found, with the points drawn, one by one and on a contact sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.camera.collecting import Shot
from trackside.geometry.camera.views import Floats

Pixels = NDArray[np.uint8]

# Of the contact sheet: columns, and width of a picture.
_COLUMNS, _WIDTH = 4, 240
_FOUND, _THROWN_OUT, _INK, _PAPER = (30, 200, 110), (235, 60, 60), (255, 255, 255), (24, 28, 34)
_CAPTION = 22


def drawn(shot: Shot, residuals: Floats | None = None, *, width: int | None = None) -> Pixels:
    """The small picture with the points that were found, uint8 [h, w, 3]; points thrown out (NaN residuals) in red.

    Args:
        shot: the sighting and its small picture.
        residuals: float64 [n, 2] of its points, pixels, or None.
        width: of the result; None for the small picture's own.
    """
    import cv2

    height, own = shot.picture.shape[:2]
    scale = (width or own) / own
    picture = cv2.resize(shot.picture, (round(own * scale), max(1, round(height * scale))), interpolation=cv2.INTER_AREA)
    points = (shot.sighting.pixels + 0.5) * picture.shape[1] / shot.sighting.size[0] - 0.5
    radius = max(2, round(picture.shape[1] / 160))
    for row, (x, y) in enumerate(points):
        lost = residuals is not None and not np.isfinite(residuals[row]).all()
        colour = _THROWN_OUT if lost else _FOUND
        cv2.circle(picture, (round(float(x)), round(float(y))), radius, colour, 1 + lost, cv2.LINE_AA)
    return np.asarray(picture, np.uint8)


def contact_sheet(shots: Sequence[Shot], residuals: Sequence[Floats], captions: Sequence[str]) -> bytes:
    """All pictures on one sheet, four in a row, as PNG."""
    cells = [
        _captioned(drawn(shot, residual, width=_WIDTH), caption)
        for shot, residual, caption in zip(shots, residuals, captions, strict=True)
    ]
    height = max(cell.shape[0] for cell in cells)
    sheet = np.full((math.ceil(len(cells) / _COLUMNS) * height, _COLUMNS * _WIDTH, 3), _PAPER, np.uint8)
    for number, cell in enumerate(cells):
        row, column = divmod(number, _COLUMNS)
        sheet[row * height : row * height + cell.shape[0], column * _WIDTH : (column + 1) * _WIDTH] = cell
    return encoded(sheet, ".png")


def encoded(picture: Pixels, suffix: str) -> bytes:
    """A picture [h, w, 3] RGB as the bytes of a PNG or JPEG file."""
    import cv2

    return bytes(cv2.imencode(suffix, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1])


def _captioned(picture: Pixels, caption: str) -> Pixels:
    import cv2

    framed = cv2.copyMakeBorder(picture, 2, _CAPTION, 2, 2, cv2.BORDER_CONSTANT, value=_PAPER)
    cv2.putText(framed, caption, (6, framed.shape[0] - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.38, _INK, 1, cv2.LINE_AA)
    return np.asarray(cv2.resize(framed, (_WIDTH, framed.shape[0])), np.uint8)
