"""BlazePose: a person detector with four alignment points, and a network for 33 landmarks in a rotated crop.

Source: Bazarevsky et al. 2020, BlazePose: On-device Real-time Body Pose tracking, and the constants of MediaPipe's graphs
`pose_detection_cpu.pbtxt` and `tensors_to_pose_landmarks_and_segmentation.pbtxt` (Apache-2.0), named below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.models.families.base import corners, sigmoid

# SsdAnchorsCalculator: five layers, and on each the aspect ratio 1 at two scales. With `fixed_anchor_size` both are the
# same unit square, so only the cell centres matter.
STRIDES = (8, 16, 32, 32, 32)
ANCHORS_PER_LAYER = 2
# TensorsToDetectionsCalculator: score_clipping_thresh, so that the exponential stays finite.
SCORE_CLIP = 100.0
ALIGNMENT_POINTS = 4

# TensorsToLandmarksCalculator: 33 body points, then points that only align the next crop.
LANDMARKS = 39
BODY_LANDMARKS = 33
NEXT_CROP = slice(33, 35)  # split_landmarks: middle of the hips, and a point on the circle round the body
# RefineLandmarksFromHeatmapCalculator: kernel_size, and its default min_confidence_to_refine.
KERNEL = 7
LEAST_HEAT = 0.5


@dataclass(frozen=True, slots=True)
class PersonCandidates:
    """What the detector proposes, before suppression.

    Attributes:
        boxes: float32 [n, 4], x1 y1 x2 y2 of the face and upper body in pixels of the network's input.
        points: float32 [n, 4, 2]: middle of the hips, a point that gives size and rotation of the full body, and the
            same pair for the upper body (middle of the shoulders first).
        scores: float32 [n].
    """

    boxes: NDArray[np.float32]
    points: NDArray[np.float32]
    scores: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Landmarks:
    """The landmark network's answer for one crop.

    Attributes:
        points: float32 [33, 2] in pixels of the crop.
        visibility: float32 [33], 0 to 1: not hidden by anything.
        presence: float32 [33], 0 to 1: inside the picture.
        alignment: float32 [2, 2] in pixels of the crop: middle of the hips, and the point on the circle round the body that
            gives its size and turn; where to crop the next picture of a video.
        flag: 0 to 1, how sure it is that there is a person in the crop.
    """

    points: NDArray[np.float32]
    visibility: NDArray[np.float32]
    presence: NDArray[np.float32]
    alignment: NDArray[np.float32]
    flag: float


@lru_cache(maxsize=4)
def anchors(size: int) -> NDArray[np.float32]:
    """float32 [n, 2]: the anchors' centres as fractions of the input, in the order of the network's output.

    Consecutive layers of the same stride share one grid, on which each cell holds the anchors of all of them.
    """
    layers = []
    for stride in sorted(set(STRIDES)):
        per_cell = ANCHORS_PER_LAYER * STRIDES.count(stride)
        cells = -(-size // stride)
        rows, columns = np.mgrid[:cells, :cells]
        centres = (np.stack([columns.ravel(), rows.ravel()], axis=1) + 0.5) / cells
        layers.append(np.repeat(centres, per_cell, axis=0))
    return np.concatenate(layers).astype(np.float32)


def decode_people(outputs: Mapping[str, NDArray[Any]], size: int, threshold: float) -> PersonCandidates:
    """Read the detector's outputs.

    Args:
        outputs: one array [1, n, 12] (box and four points, as offsets from the anchor in pixels) and one [1, n, 1] (logits).
        size: width and height of the network's input, pixels.
        threshold: candidates below it are left out.
    """
    raw, logits = _by_last_axis(outputs, 4 + 2 * ALIGNMENT_POINTS)[0], _by_last_axis(outputs, 1)[0, :, 0]
    scores = sigmoid(np.clip(logits, -SCORE_CLIP, SCORE_CLIP))
    kept = np.flatnonzero(scores >= np.float32(threshold))
    values, centres = raw[kept], anchors(size)[kept] * np.float32(size)
    boxes = corners(*(values[:, :2] + centres).T, *values[:, 2:4].T)
    points = values[:, 4:].reshape(-1, ALIGNMENT_POINTS, 2) + centres[:, None]
    return PersonCandidates(boxes, points, scores[kept])


def decode_landmarks(outputs: Mapping[str, NDArray[Any]]) -> Landmarks:
    """Read the landmark network's outputs for one crop.

    Args:
        outputs: arrays [1, 195] (x, y, z, visibility logit, presence logit for each of 39 points), [1, 1] (the flag, a
            probability) and [1, h, w, 39] (heat map logits).
    """
    raw = _by_last_axis(outputs, LANDMARKS * 5).reshape(LANDMARKS, 5)[: NEXT_CROP.stop]
    heat = _by_last_axis(outputs, LANDMARKS)[0, :, :, : NEXT_CROP.stop]
    size = next(len(array[0]) for array in outputs.values() if array.ndim == 4 and array.shape[-1] == 1)
    points = refined(raw[:, :2], heat, size)
    return Landmarks(
        points[:BODY_LANDMARKS],
        sigmoid(raw[:BODY_LANDMARKS, 3]),
        sigmoid(raw[:BODY_LANDMARKS, 4]),
        points[NEXT_CROP],
        float(_by_last_axis(outputs, 1, axes=2)[0, 0]),
    )


def refined(points: NDArray[np.float32], heat: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Move points to the centre of the heat around them.

    The new position is the mean of the cells in a 7 x 7 window round the point, weighted with sigmoid(heat); a point
    stays where it is if it lies outside the map or no cell of its window reaches 0.5.

    Args:
        points: float32 [k, 2] in pixels of the crop.
        heat: float32 [h, w, k], logits.
        size: width and height of the crop, pixels.
    """
    height, width, k = heat.shape
    cells = np.floor(points / size * (width, height)).astype(np.intp)
    inside = ((cells >= 0) & (cells < (width, height))).all(axis=1)
    offsets = np.arange(KERNEL) - KERNEL // 2
    columns, rows = cells[:, :1] + offsets, cells[:, 1:] + offsets
    weights = sigmoid(
        heat[rows.clip(0, height - 1)[:, :, None], columns.clip(0, width - 1)[:, None, :], np.arange(k)[:, None, None]]
    )
    weights *= ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None, :]
    moved = inside & (weights.max(axis=(1, 2)) >= LEAST_HEAT)
    total = np.where(moved, weights.sum(axis=(1, 2)), 1)
    x = (weights.sum(axis=1) * columns).sum(axis=1) / total * (size / width)
    y = (weights.sum(axis=2) * rows).sum(axis=1) / total * (size / height)
    return np.where(moved[:, None], np.stack([x, y], axis=1), points).astype(np.float32)


def _by_last_axis(outputs: Mapping[str, NDArray[Any]], length: int, axes: int | None = None) -> NDArray[np.float32]:
    """The output whose last axis has this length (and that has so many axes): exporters name outputs at random."""
    return next(a for a in outputs.values() if a.shape[-1] == length and (axes is None or a.ndim == axes))
