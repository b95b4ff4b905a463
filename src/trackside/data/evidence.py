"""Evidence that people can look at: pictures side by side, with what there is to say about each."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import numpy as np

from trackside.core import RGB
from trackside.core.images import resized
from trackside.core.printing import printable
from trackside.data.extras import need

_TILE, _GAP, _TEXT = 160, 8, 34
_BACKGROUND, _INK = (255, 255, 255), (40, 40, 40)
_LETTERS, _MOST_LETTERS = 12, 26


def contact_sheet(pictures: Sequence[RGB], captions: Sequence[str] = (), columns: int = 6) -> bytes:
    """A PNG of pictures in rows, each with up to two lines below it.

    Args:
        pictures: uint8 [h, w, 3] each, of any size; shown within 160 x 160 pixels.
        captions: one a picture; a line break begins the second line.
        columns: pictures a row.
    """
    need("PIL")
    from PIL import Image, ImageDraw, ImageFont

    columns = max(1, min(columns, len(pictures)))
    rows = max(1, math.ceil(len(pictures) / columns))
    step_x, step_y = _TILE + _GAP, _TILE + _TEXT + _GAP
    sheet = np.full((rows * step_y + _GAP, columns * step_x + _GAP, 3), _BACKGROUND, np.uint8)
    places = [(_GAP + place % columns * step_x, _GAP + place // columns * step_y) for place in range(len(pictures))]
    for picture, place in zip(pictures, places, strict=True):
        _put(sheet, picture, *place)
    drawn, font = Image.fromarray(sheet), ImageFont.load_default(_LETTERS)
    pen = ImageDraw.Draw(drawn)
    for caption, (x, y) in zip(captions, places, strict=False):
        for number, line in enumerate(_lines(caption)):
            pen.text((x, y + _TILE + 2 + 15 * number), line, _INK, font)
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


def _put(sheet: RGB, picture: RGB, x: int, y: int) -> None:
    height, width = picture.shape[:2]
    scale = _TILE / max(height, width)
    small = resized(picture, max(1, round(width * scale)), max(1, round(height * scale)))
    top, left = y + (_TILE - small.shape[0]) // 2, x + (_TILE - small.shape[1]) // 2
    sheet[top : top + small.shape[0], left : left + small.shape[1]] = small


def _lines(caption: str) -> list[str]:
    """At most two short lines of the letters that Pillow's own font has; the end of a file's name tells more."""
    plain = caption.encode("ascii", "replace").decode("ascii")
    lines = [printable(line) for line in plain.split("\n")[:2]]
    return [line if len(line) <= _MOST_LETTERS else f"...{line[-(_MOST_LETTERS - 3) :]}" for line in lines]
