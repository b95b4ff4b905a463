"""Suppression equals the plain algorithm on any boxes, ties and rubbish included."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from trackside.perception.nms import MOST, iou_matrix, nms, weighted_nms

Boxes = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int32]]


@st.composite
def candidates(draw: st.DrawFn) -> Boxes:
    """Few distinct positions and scores, so that overlaps and ties are common."""
    rows = draw(st.lists(st.tuples(*[st.integers(0, 6)] * 4, st.integers(0, 4), st.integers(0, 2)), max_size=25))
    values = np.array(rows, np.float32).reshape(-1, 6)
    corner, size = values[:, :2], values[:, 2:4]
    return np.concatenate([corner, corner + size], axis=1), values[:, 4] / 4, values[:, 5].astype(np.int32)


def _plain_iou(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    inside = float(max(0, width) * max(0, height))
    union = float((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])) - inside
    return inside / union if union > 0 else 0.0


def _plain_nms(boxes: Boxes, iou: float) -> list[int]:
    rows, scores, classes = boxes
    kept: list[int] = []
    for row in sorted(range(len(rows)), key=lambda k: (-scores[k], k)):
        if all(classes[row] != classes[k] or _plain_iou(rows[row], rows[k]) <= iou for k in kept):
            kept.append(row)
    return kept


# Overlaps of whole-numbered boxes are fractions, so no threshold here is hit exactly.
@given(candidates(), st.sampled_from([0.0, 0.101, 0.307, 0.459, 0.713, 1.0]))
def test_suppression_is_the_plain_algorithm(boxes: Boxes, iou: float) -> None:
    assert nms(*boxes, iou=iou).tolist() == _plain_nms(boxes, iou)


@given(candidates())
def test_without_classes_all_are_rivals(boxes: Boxes) -> None:
    rows, scores, classes = boxes
    assert nms(rows, scores, iou=0.459).tolist() == _plain_nms((rows, scores, np.zeros_like(classes)), 0.459)


@given(candidates(), candidates())
def test_overlap_is_the_plain_formula(first: Boxes, second: Boxes) -> None:
    found = iou_matrix(first[0], second[0])
    expected = [[_plain_iou(a, b) for b in second[0]] for a in first[0]]
    np.testing.assert_allclose(found, np.array(expected).reshape(found.shape), atol=1e-6)


@given(candidates(), st.randoms())
def test_a_kept_box_stays_kept_when_the_dropped_ones_are_gone(boxes: Boxes, _: object) -> None:
    kept = nms(*boxes, iou=0.459)
    again = nms(*(part[kept] for part in boxes), iou=0.459)  # type: ignore[misc]
    assert again.tolist() == list(range(len(kept)))


def test_no_boxes_give_no_boxes() -> None:
    empty = np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int32)
    assert nms(*empty, iou=0.5).tolist() == []
    assert iou_matrix(empty[0], empty[0]).shape == (0, 0)
    blended, scores = weighted_nms(empty[0], np.empty((0, 8), np.float32), empty[1], iou=0.3)
    assert (blended.shape, scores.shape) == ((0, 8), (0,))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_rows_that_are_not_finite_are_dropped_and_harm_nobody(bad: float) -> None:
    boxes = np.array([[0, 0, 4, 4], [0, 0, bad, 4], [9, 9, 12, 12], [20, 20, 24, 24]], np.float32)
    scores = np.array([0.5, 0.9, 0.8, bad], np.float32)
    assert nms(boxes, scores, iou=0.5).tolist() == [2, 0]


def test_equal_scores_are_settled_by_row() -> None:
    boxes = np.tile(np.array([[0, 0, 4, 4]], np.float32), (4, 1))
    assert nms(boxes, np.full(4, 0.5, np.float32), iou=0.5).tolist() == [0]


def test_a_flood_of_candidates_is_cut_to_the_best() -> None:
    n = MOST + 500
    boxes = np.stack([np.arange(n) * 10, np.zeros(n), np.arange(n) * 10 + 5, np.ones(n)], axis=1).astype(np.float32)
    scores = np.linspace(0, 1, n).astype(np.float32)
    assert nms(boxes, scores, iou=0.5).tolist() == list(range(n - 1, n - 1 - MOST, -1))


def test_blending_weighs_the_candidates_of_one_object_by_their_scores() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 12], [50, 50, 60, 60]], np.float32)
    values = np.array([[1, 1], [4, 7], [9, 9]], np.float32)
    blended, scores = weighted_nms(boxes, values, np.array([0.4, 0.8, 0.9], np.float32), iou=0.3)
    np.testing.assert_allclose(blended, [[9, 9], [3, 5]], rtol=1e-6)
    np.testing.assert_allclose(scores, [0.9, 0.8])
