"""Making faces in a picture unrecognisable. No template is needed for that, and nothing is learnt of anybody."""

from __future__ import annotations

from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Style = Literal["mosaic", "grey"]
# Cells across a face: at most so few pixels are left of one, however large it was. Faces were still named by people at 12 to
# 16 cells in studies of face perception (Harmon and Julesz 1973, Science 180, used 16).
_CELLS = 6


def widened(boxes: NDArray[np.float32], margin: float) -> NDArray[np.float32]:
    """Boxes [n, 4] with a margin on every side, a share of the longer side; those that are not finite are left out."""
    finite = boxes[np.isfinite(boxes).all(axis=1)]
    sides = (finite[:, 2:] - finite[:, :2]).max(axis=1, keepdims=True, initial=0)
    return np.asarray(finite + margin * sides * np.array([-1, -1, 1, 1], np.float32), np.float32)


def merged(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Boxes [n, 4] of which none covers over half of another: such are replaced by the box around both.

    Where a face was seen a moment ago and where it is now are hidden as one, which leaves less of it than two would.
    """
    left = [np.asarray(box, np.float32) for box in boxes]
    found: list[NDArray[np.float32]] = []
    while left:
        box = left.pop()
        near = next((number for number, other in enumerate(found) if _covers(box, other)), None)
        if near is None:
            found.append(box)
        else:
            other = found.pop(near)
            left.append(np.concatenate([np.minimum(box[:2], other[:2]), np.maximum(box[2:], other[2:])]))
    return np.asarray(found, np.float32).reshape(-1, 4)


def _covers(a: NDArray[np.float32], b: NDArray[np.float32]) -> bool:
    inside = np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0).prod()
    return bool(inside > 0.5 * min(np.prod(a[2:] - a[:2]), np.prod(b[2:] - b[:2])))


def hide(picture: NDArray[np.uint8], boxes: NDArray[Any], style: Style = "mosaic", *, fill: int = 128) -> None:
    """Hide what boxes cover, in place.

    A Gaussian blur can be undone in part; here what is hidden is gone: a mosaic keeps six by six means of the face, grey
    keeps nothing.

    Args:
        picture: uint8 [h, w] or [h, w, 3], any plane.
        boxes: [n, 4], x1 y1 x2 y2 in its pixels, unclipped, finite.
        style: what to put there.
        fill: the value for grey.
    """
    height, width = picture.shape[:2]
    limits = np.array([width, height, width, height])
    whole = np.concatenate([np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])], axis=1) if len(boxes) else np.empty((0, 4))
    for x1, y1, x2, y2 in np.clip(whole, 0, limits).astype(int).tolist():
        part = picture[y1:y2, x1:x2]
        if not part.size:
            continue
        if style == "grey":
            part[:] = fill
            continue
        cells = min(_CELLS, x2 - x1), min(_CELLS, y2 - y1)
        few = cv2.resize(part, cells, interpolation=cv2.INTER_AREA)
        part[:] = cv2.resize(few, (x2 - x1, y2 - y1), interpolation=cv2.INTER_NEAREST)
