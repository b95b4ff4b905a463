"""Labels as small pictures, rendered once: the same identities and names are written on frame after frame."""

from __future__ import annotations

import threading
from functools import lru_cache

import cv2
import numpy as np

from trackside.core import RGB
from trackside.media.colour import Colour, from_rgb
from trackside.media.planes import Matrix, Plane

# Weight of the letters: 400 is regular, 700 bold. Thin letters drown in video.
_WEIGHT = 550
_LONGEST = 120
# OpenCV's font object is not said to be safe for several threads; rendering is rare, so they take turns.
_lock = threading.Lock()


@lru_cache(1024)
def label(text: str, size: int, colour: Colour, background: Colour) -> RGB:
    """A text on its background, with even width and height so that it fits onto half-size chroma.

    Args:
        text: one line; what is beyond 120 characters is cut.
        size: of the letters, in pixels.
        colour: of the letters.
        background: around them.

    Returns:
        uint8 [h, w, 3], shared: do not write into it.
    """
    letters = _letters(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…", size)
    cover = (letters.astype(np.float32) / 255)[..., None]
    mixed = np.array(background) * (1 - cover) + np.array(colour) * cover
    made = np.rint(mixed).astype(np.uint8)
    made.flags.writeable = False
    return made


@lru_cache(1024)
def label_planes(
    text: str, size: int, colour: Colour, background: Colour, full_range: bool, matrix: Matrix
) -> tuple[Plane, ...]:
    """The same in planes."""
    return tuple(from_rgb(label(text, size, colour, background), full_range=full_range, matrix=matrix))


def _letters(text: str, size: int) -> Plane:
    """How much of each pixel the letters cover, 0 to 255."""
    line = " ".join(text.split())
    with _lock:
        font = _font()
        _, _, width, _ = cv2.getTextSize((0, 0), line, (0, 0), font, size, _WEIGHT)
        pad = max(3, round(size * 0.35))
        columns, rows = _even(width + 2 * pad), _even(round(size * 1.5))
        made = np.zeros((rows, columns), np.uint8)
        # Capitals are 0.7 of the size high: this centres them.
        baseline = round((rows + 0.7 * size) / 2)
        cv2.putText(made, line, (pad, baseline), 255, font, size, _WEIGHT)
    return made


@lru_cache
def _font() -> cv2.FontFace:
    return cv2.FontFace("sans")


def _even(length: int) -> int:
    return length + length % 2
