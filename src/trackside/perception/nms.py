"""Non-maximum suppression: one box an object."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Candidates below the best so many are noise, and the memory of all pairs grows with their square.
MOST = 2000
# Keeps 0 / 0 at 0 where two boxes have no area.
_SMALLEST = np.finfo(np.float32).tiny


def iou_matrix(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Intersection over union of each pair.

    Args:
        a: float32 [n, 4], x1 y1 x2 y2.
        b: float32 [m, 4].

    Returns:
        float32 [n, m]; 0 where both boxes are empty.
    """
    # One axis at a time: two-dimensional arrays are several times as fast as reductions over a last axis of length two.
    width = np.minimum(a[:, 2:3], b[:, 2]) - np.maximum(a[:, 0:1], b[:, 0])
    height = np.minimum(a[:, 3:4], b[:, 3]) - np.maximum(a[:, 1:2], b[:, 1])
    inside = np.maximum(width, 0) * np.maximum(height, 0)
    union = _areas(a)[:, None] + _areas(b) - inside
    return np.asarray(inside / np.maximum(union, _SMALLEST), np.float32)


def nms(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    classes: NDArray[np.int32] | None = None,
    *,
    iou: float,
) -> NDArray[np.intp]:
    """Greedy suppression: the best box stays and removes all of its class that overlap it by more than `iou`.

    Equal scores are settled by row number, so the result is the same every time. Rows with NaN or infinity are dropped, and
    of more than 2000 rows the worst.

    Args:
        boxes: float32 [n, 4], x1 y1 x2 y2.
        scores: float32 [n].
        classes: int32 [n]; boxes of different classes never remove each other. None: all are of one class.
        iou: the largest overlap that is left, 0 to 1.

    Returns:
        intp [k], the rows kept, best first.
    """
    rows = _best_first(boxes, scores)[:MOST]
    if len(rows) < 2:
        return rows
    ordered = boxes[rows]
    rivals = iou_matrix(ordered, ordered) > np.float32(iou)
    if classes is not None:
        same = classes[rows]
        rivals &= same[:, None] == same[None, :]
    return rows[_survivors(rivals)]


def weighted_nms(
    boxes: NDArray[np.float32], values: NDArray[np.float32], scores: NDArray[np.float32], *, iou: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Suppression that blends instead of discarding: all candidates of an object vote with their scores.

    As in Bazarevsky et al. 2019, BlazeFace, section 3.2 (and MediaPipe's NonMaxSuppressionCalculator, WEIGHTED): it takes
    the jitter out of a detector whose best anchor changes from frame to frame.

    Args:
        boxes: float32 [n, 4], x1 y1 x2 y2.
        values: float32 [n, k], what is blended.
        scores: float32 [n].
        iou: candidates that overlap the best one by more than this are the same object.

    Returns:
        float32 [m, k] blended values and float32 [m] best scores, best first.
    """
    rows = _best_first(boxes, scores)
    overlaps = iou_matrix(boxes, boxes) > np.float32(iou)
    blended, best = [], []
    while len(rows):
        group = rows[overlaps[rows[0], rows] | (rows == rows[0])]
        blended.append(np.average(values[group], axis=0, weights=scores[group]))
        best.append(scores[rows[0]])
        rows = rows[~np.isin(rows, group)]
    return np.asarray(blended, np.float32).reshape(-1, values.shape[1]), np.asarray(best, np.float32)


def _best_first(boxes: NDArray[np.float32], scores: NDArray[np.float32]) -> NDArray[np.intp]:
    """Rows by falling score, equal ones by row number, without those that are not finite."""
    usable = np.flatnonzero(np.isfinite(boxes).all(axis=1) & np.isfinite(scores))
    return usable[np.argsort(-scores[usable], kind="stable")]


def _survivors(rivals: NDArray[np.bool_]) -> list[int]:
    """Rows that no better surviving row removes; `rivals` is symmetric and its rows are best first.

    Each row of the matrix becomes one Python integer, so that a surviving row removes all its rivals in one operation.
    """
    removes = [int.from_bytes(row.tobytes(), "little") for row in np.packbits(rivals, axis=1, bitorder="little")]
    removed, kept = 0, []
    for row, mask in enumerate(removes):
        if not removed >> row & 1:
            kept.append(row)
            removed |= mask
    return kept


def _areas(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0)
    return np.asarray(sides[:, 0] * sides[:, 1], np.float32)
