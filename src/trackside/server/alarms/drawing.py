"""The picture of an alarm as JPEG, with the object's box and way drawn in it, and without."""

from __future__ import annotations

from typing import Any

import numpy as np

from trackside.core import RGB
from trackside.server.alarms.facts import Facts
from trackside.server.videos.pictures import jpeg_of

_COLOUR = (255, 64, 64)
_EDGE = (255, 255, 255)
# OpenCV draws at most so far outside.
_FAR = 30_000


def jpegs(picture: RGB, facts: Facts) -> tuple[bytes, bytes]:
    """An alarm's picture, drawn upon and not, in full size.

    Raises:
        InputError: it cannot be written as JPEG.
    """
    width = picture.shape[1]
    return jpeg_of(with_boxes(picture, facts), width), jpeg_of(picture, width)


def with_boxes(picture: RGB, facts: Facts) -> RGB:
    """A copy with the last look's box, the way there, and what it is."""
    looks: list[dict[str, Any]] = facts["evidence"]["looks"]
    drawn = np.ascontiguousarray(picture).copy()
    if not looks:
        return drawn
    thick = max(2, round(picture.shape[1] / 500))
    _way(drawn, looks, max(1, thick // 2))
    _box(drawn, looks[-1]["box"], _words(facts, looks[-1]["score"]), thick)
    return drawn


def _way(drawn: RGB, looks: list[dict[str, Any]], thick: int) -> None:
    """The middle of the lower edge of each look: where it stood."""
    import cv2

    feet = [((look["box"][0] + look["box"][2]) / 2, look["box"][3]) for look in looks]
    points = np.clip(np.rint(feet), -_FAR, _FAR).astype(np.int32)
    cv2.polylines(drawn, [points], isClosed=False, color=_COLOUR, thickness=thick, lineType=cv2.LINE_AA)


def _box(drawn: RGB, box: list[float], words: str, thick: int) -> None:
    import cv2

    x1, y1, x2, y2 = (int(edge) for edge in np.clip(np.rint(box), -_FAR, _FAR))
    for colour, width in ((_EDGE, thick + 2), (_COLOUR, thick)):
        cv2.rectangle(drawn, (x1, y1), (x2, y2), colour, width, cv2.LINE_AA)
    size = drawn.shape[1] / 2500 + 0.25
    (wide, high), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    at = max(2, min(x1, drawn.shape[1] - wide - 4)), y1 - 6 if y1 - high > 6 else min(y2 + high + 6, drawn.shape[0] - 4)
    for colour, width in (((0, 0, 0), 3), (_EDGE, 1)):
        cv2.putText(drawn, words, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, width, cv2.LINE_AA)


def _words(facts: Facts, score: float) -> str:
    """What OpenCV's letters can show."""
    told = f"{facts['label'] or facts['what'] or facts['rule']} {score:.2f}"
    return told.encode("ascii", "replace").decode()
