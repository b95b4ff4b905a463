"""The arithmetic between MTCNN's networks: squares from cells, corrections, windows, suppression.

As in the authors' published code (Zhang et al. 2016): a box from x1 to x2 is x2 - x1 + 1 pixels wide where it is corrected,
positions are counted from 1, and the last suppression divides by the smaller box. All arrays are float32, as there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

CELL, STRIDE = 12, 2
"""The square that one answer of the first network is about, and the step from one to the next, pixels of its input."""
_SHRINK = 0.709  # from one level of the pyramid to the next: about half the area


def scales(width: int, height: int, smallest: float) -> list[float]:
    """The scales of the pyramid: at the first a face of `smallest` pixels fills a cell, the last is about one cell large."""
    scale = CELL / smallest
    side = min(width, height) * scale
    found = []
    while side >= CELL:
        found.append(scale)
        scale, side = scale * _SHRINK, side * _SHRINK
    return found


def level_size(width: int, height: int, scale: float) -> tuple[int, int]:
    """Width and height of a level of the pyramid."""
    return int(width * scale + 1), int(height * scale + 1)


def cells(answers: Floats, scale: float, threshold: float) -> tuple[Floats, Floats, Floats]:
    """What the first network proposes on one level.

    Args:
        answers: [5, rows, columns]: logit and four corrections of each cell.
        scale: of the level.
        threshold: least probability, 0 to 1.

    Returns:
        boxes [n, 4] in pixels of the picture, not yet corrected; scores [n]; corrections [n, 4].
    """
    rows, columns = np.nonzero(answers[0] >= logit(threshold))
    places = np.stack([columns, rows], axis=1).astype(np.float32)
    step = np.float32(scale)
    boxes = np.concatenate([np.floor((STRIDE * places + 1) / step), np.floor((STRIDE * places + CELL) / step)], axis=1)
    found = answers[:, rows, columns]
    return boxes, probability(found[0]), np.ascontiguousarray(found[1:].T)


def logit(share: float) -> np.float32:
    """The logit of a probability; infinite at 0 and 1."""
    with np.errstate(divide="ignore"):
        return np.float32(np.log(share) - np.log1p(-share))


def probability(logits: Floats) -> Floats:
    """The inverse of `logit`, in the form that cannot overflow."""
    return np.asarray(0.5 * np.tanh(0.5 * logits) + 0.5, np.float32)


def corrected(boxes: Floats, corrections: Floats, extra: int = 1) -> Floats:
    """Boxes moved by corrections, which are shares of their sides; `extra` is 1 where a side counts its last pixel."""
    sides = boxes[:, 2:] - boxes[:, :2] + np.float32(extra)
    return np.asarray(boxes + corrections * np.concatenate([sides, sides], axis=1), np.float32)


def squared(boxes: Floats) -> Floats:
    """Boxes widened to squares around their middles."""
    sides = boxes[:, 2:] - boxes[:, :2]
    longest = sides.max(axis=1, keepdims=True, initial=0)
    corner = boxes[:, :2] + sides * np.float32(0.5) - longest * np.float32(0.5)
    return np.asarray(np.concatenate([corner, corner + longest], axis=1), np.float32)


def windows(boxes: Floats, width: int, height: int) -> NDArray[np.intp]:
    """The pixels of boxes inside the picture, intp [n, 4]: first column and row, and those after the last; may be empty."""
    whole = np.trunc(np.clip(boxes, -1e6, 1e6)).astype(np.intp)
    start = np.maximum(whole[:, :2], 1) - 1
    return np.concatenate([start, np.minimum(whole[:, 2:], [width, height])], axis=1)


def points_in(boxes: Floats, answers: Floats) -> Floats:
    """The five points, [n, 5, 2], from shares of the box: five of its width, then five of its height."""
    sides = boxes[:, 2:] - boxes[:, :2] + np.float32(1)
    shares = np.stack([answers[:, :5], answers[:, 5:]], axis=2)
    return np.asarray(sides[:, None] * shares + boxes[:, None, :2] - 1, np.float32)


def without_nested(boxes: Floats, scores: Floats, share: float) -> NDArray[np.intp]:
    """Rows that stay, best first: of two boxes of which one lies in the other to over this share, the worse one goes."""
    rest = np.argsort(-scores, kind="stable")
    kept = []
    while len(rest):
        best, rest = rest[0], rest[1:]
        kept.append(best)
        rest = rest[_nesting(boxes[best], boxes[rest]) <= share]
    return np.array(kept, np.intp)


def _nesting(box: Floats, others: Floats) -> Floats:
    """The intersection of a box with others, as a share of the smaller one."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    inside = np.maximum(high - low + 1, 0).prod(axis=1)
    area, areas = (box[2:] - box[:2] + 1).prod(), (others[:, 2:] - others[:, :2] + 1).prod(axis=1)
    return np.asarray(inside / np.maximum(np.minimum(area, areas), np.finfo(np.float32).tiny), np.float32)
