"""Boxes and keypoints that no object can have, by their geometry alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.data.agreement.boxes import iou
from trackside.data.dataset import Dataset

_SMALLEST = 2.0
"""Pixels: a side below it holds nothing that could be seen."""
_OUTSIDE = 0.5
"""Share of a box that may lie outside its picture: boxes are unclipped, so a person who leaves reaches out."""
_SAME = 0.95
_POINT_OUTSIDE = 0.25
"""Share of the box's side by which a keypoint may lie outside its box."""
_TOGETHER = 1.0
"""Pixels within which two keypoints of one object lie on one spot."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Annotations that cannot be right.

    Attributes:
        rows: int64 [f], rows of the annotations.
        reasons: why, one clause each.
        scores: float64 [f], 0 to 1, how sure that is.
    """

    rows: NDArray[np.int64]
    reasons: tuple[str, ...]
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rows)


def box_faults(dataset: Dataset, sizes: NDArray[np.int32]) -> Faults:
    """Boxes that are not numbers, inside out, without area, outside their picture, or drawn twice.

    Args:
        dataset: whose annotations are looked at; those without a box are passed over.
        sizes: int32 [n, 2], width and height of each picture; 0 where not known.
    """
    notes = dataset.annotations
    given = np.asarray(~np.isnan(notes.boxes).all(axis=1))
    width, height = sizes[notes.items].T.astype(np.float64)
    x1, y1, x2, y2 = notes.boxes.T
    known = (width > 0) & (height > 0)
    with np.errstate(invalid="ignore"):
        inside_out = (x2 < x1) | (y2 < y1)
        gone = known & ((x2 <= 0) | (y2 <= 0) | (x1 >= width) | (y1 >= height))
        reaching = known & _reaches_out(notes.boxes, width, height)
        tiny = (x2 - x1 < _SMALLEST) | (y2 - y1 < _SMALLEST)
    tests = (
        ("its corners are not all numbers", 1.0, ~np.isfinite(notes.boxes).all(axis=1)),
        ("it is inside out: its right edge lies left of its left edge, or its bottom above its top", 1.0, inside_out),
        ("it lies outside the picture", 1.0, gone),
        ("it is thinner than two pixels", 0.9, tiny),
        ("more than half of it lies outside the picture", 0.6, reaching),
        ("the same box is there twice", 0.9, _repeated(dataset)),
    )
    return _first_reason(given, tests)


def point_faults(dataset: Dataset, sizes: NDArray[np.int32]) -> Faults:
    """Keypoints that are not numbers, outside their picture or far outside their box, or several on one spot."""
    notes = dataset.annotations
    if not notes.points.shape[1]:
        return Faults(np.empty(0, np.int64), (), np.empty(0))
    labelled = notes.points[:, :, 2] > 0
    places = np.where(labelled[:, :, None], notes.points[:, :, :2], np.nan)
    size = sizes[notes.items].astype(np.float64)
    with np.errstate(invalid="ignore"):
        beyond: Any = ((places < -1) | (places > size[:, None] + 1)).any(axis=2) & np.all(size > 0, axis=1)[:, None]
        low, high = notes.boxes[:, None, :2], notes.boxes[:, None, 2:]
        slack = _POINT_OUTSIDE * np.abs(high - low)
        astray: Any = ((places < low - slack) | (places > high + slack)).any(axis=2)
    tests = (
        ("a marked point has no place", 1.0, (labelled & ~np.isfinite(notes.points[:, :, :2]).all(axis=2)).any(axis=1)),
        ("a point lies outside the picture", 0.9, beyond.any(axis=1)),
        ("points lie far outside their box", 0.8, (astray & notes.has_box[:, None]).any(axis=1)),
        ("several points lie on one spot", 0.9, _on_one_spot(places)),
    )
    return _first_reason(labelled.any(axis=1), tests)


def _reaches_out(boxes: NDArray[np.float64], width: NDArray[np.float64], height: NDArray[np.float64]) -> NDArray[np.bool_]:
    x1, y1, x2, y2 = boxes.T
    inside = (np.minimum(x2, width) - np.maximum(x1, 0)).clip(0) * (np.minimum(y2, height) - np.maximum(y1, 0)).clip(0)
    return np.asarray(inside < (1 - _OUTSIDE) * (x2 - x1) * (y2 - y1))


def _repeated(dataset: Dataset) -> NDArray[np.bool_]:
    """bool [m]: a box of the same class, by the same person, that lies on an earlier one of its item."""
    notes = dataset.annotations
    usable = np.asarray(np.all(np.isfinite(notes.boxes), axis=1))
    repeated = np.zeros(len(notes), bool)
    for rows in dataset.rows_by_item():
        mine = rows[usable[rows]]
        if len(mine) < 2:
            continue
        same = (notes.classes[mine][:, None] == notes.classes[mine]) & (
            notes.annotators[mine][:, None] == notes.annotators[mine]
        )
        same &= np.isnan(notes.scores[mine])[:, None] == np.isnan(notes.scores[mine])
        repeated[mine] = np.tril((iou(notes.boxes[mine], notes.boxes[mine]) > _SAME) & same, -1).any(axis=1)
    return repeated


def _on_one_spot(places: NDArray[np.float64]) -> NDArray[np.bool_]:
    """bool [m]: three or more marked points of an object within a pixel of each other."""
    with np.errstate(invalid="ignore"):
        near: Any = np.linalg.norm(places[:, :, None] - places[:, None], axis=3) < _TOGETHER
    return np.asarray((near.sum(axis=2) >= 3).any(axis=1))


def _first_reason(given: Any, tests: Sequence[tuple[str, float, Any]]) -> Faults:
    """Each faulty row once, with the first reason that holds."""
    left, rows, reasons, scores = given.copy(), [], [], []
    for reason, score, found in tests:
        hit = np.flatnonzero(left & found)
        left[hit] = False
        rows += hit.tolist()
        reasons += [reason] * len(hit)
        scores += [score] * len(hit)
    return Faults(np.array(rows, np.int64), tuple(reasons), np.array(scores))
