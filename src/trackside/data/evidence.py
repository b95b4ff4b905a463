"""Evidence that people can look at: pictures side by side, with what there is to say about each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from trackside.core import RGB
from trackside.core.images import resized

_TILE, _GAP, _TEXT = 160, 8, 34
_BACKGROUND, _INK = (255, 255, 255), (40, 40, 40)
# OpenCV's Hershey letters of this scale fit 24 to a tile.
_SCALE, _MOST_LETTERS = 0.38, 26


def contact_sheet(pictures: Sequence[RGB], captions: Sequence[str] = (), columns: int = 6) -> bytes:
    """A PNG of pictures in rows, each with up to two lines below it.

    Args:
        pictures: uint8 [h, w, 3] each, of any size; shown within 160 x 160 pixels.
        captions: one a picture; a line break begins the second line.
        columns: pictures a row.
    """
    import cv2

    columns = max(1, min(columns, len(pictures)))
    rows = max(1, math.ceil(len(pictures) / columns))
    step_x, step_y = _TILE + _GAP, _TILE + _TEXT + _GAP
    sheet = np.full((rows * step_y + _GAP, columns * step_x + _GAP, 3), _BACKGROUND, np.uint8)
    for place, picture in enumerate(pictures):
        x, y = _GAP + place % columns * step_x, _GAP + place // columns * step_y
        _put(sheet, picture, x, y)
        for line, text in enumerate(_lines(captions[place] if place < len(captions) else "")):
            corner = (x, y + _TILE + 13 + 14 * line)
            cv2.putText(sheet, text, corner, cv2.FONT_HERSHEY_SIMPLEX, _SCALE, _INK, 1, cv2.LINE_AA)
    done, data = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    if not done:
        raise ValueError(f"a sheet {sheet.shape} cannot be written as PNG")
    return data.tobytes()


def _put(sheet: RGB, picture: RGB, x: int, y: int) -> None:
    height, width = picture.shape[:2]
    scale = _TILE / max(height, width)
    small = resized(picture, max(1, round(width * scale)), max(1, round(height * scale)))
    top, left = y + (_TILE - small.shape[0]) // 2, x + (_TILE - small.shape[1]) // 2
    sheet[top : top + small.shape[0], left : left + small.shape[1]] = small


def _lines(caption: str) -> list[str]:
    """At most two short lines of the letters that OpenCV's font has."""
    plain = caption.encode("ascii", "replace").decode("ascii")
    lines = plain.split("\n")[:2]
    return [line if len(line) <= _MOST_LETTERS else f"...{line[-(_MOST_LETTERS - 3) :]}" for line in lines]
