"""Agreement of detectors: by hand, and silent where nothing changes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trackside.core import Detections
from trackside.models.quantise.agreement import compare_boxes

NAMES = ("person", "car")


def found(*rows: tuple[float, float, float, float]) -> Detections:
    """Squares: left edge, side, score, class."""
    boxes = [[x, 0, x + side, side] for x, side, _, _ in rows]
    return Detections(np.array(boxes), np.array([r[2] for r in rows]), np.array([r[3] for r in rows]), NAMES)


def test_a_detector_agrees_with_itself_wholly() -> None:
    answers = [found((0, 10, 0.9, 0), (50, 40, 0.6, 1)), found((0, 120, 0.5, 0)), Detections.empty(NAMES)]
    same = compare_boxes(answers, answers, 0.5)
    assert (same.ap50, same.ap, same.new, same.shift, same.overlap, same.closeness) == (1, 1, 0, 0, 1, 1)
    assert {name: (k.count, k.found) for name, k in same.by_size.items()} == {
        "small": (1, 1),
        "medium": (1, 1),
        "large": (1, 1),
    }
    assert {name: k.share for name, k in same.by_class.items()} == {"person": 1, "car": 1}


def test_average_precision_is_the_area_by_hand() -> None:
    """Best first: hit, miss, hit, of four: precision 1 and 2/3 at two of four recalls."""
    reference = [found((0, 10, 0.9, 0), (20, 10, 0.9, 0), (40, 10, 0.9, 0), (60, 10, 0.9, 0))]
    other = [found((0, 10, 0.9, 0), (80, 10, 0.8, 0), (20, 10, 0.7, 0))]
    got = compare_boxes(reference, other, 0.5)
    assert got.ap50 == pytest.approx((1 + 2 / 3) / 4)
    assert got.new == pytest.approx(1 / 3)
    assert (got.kept.count, got.kept.found) == (4, 2)


def test_a_box_with_another_class_is_lost_and_new() -> None:
    got = compare_boxes([found((0, 10, 0.9, 0))], [found((0, 10, 0.9, 1))], 0.5)
    assert (got.ap50, got.kept.found, got.new) == (0, 0, 1)


def test_a_second_box_on_the_same_object_is_new() -> None:
    got = compare_boxes([found((0, 10, 0.9, 0))], [found((0, 10, 0.9, 0), (1, 10, 0.8, 0))], 0.5)
    assert (got.ap50, got.new) == (1, 0.5)


def test_what_the_reference_scores_just_under_its_threshold_counts_neither_way() -> None:
    reference = [found((0, 10, 0.9, 0), (50, 10, 0.45, 0))]
    got = compare_boxes(reference, [found((50, 10, 0.95, 0), (0, 10, 0.9, 0))], 0.5)
    assert (got.ap50, got.new, got.references) == (1, 0, 1)


def test_a_box_whose_score_sank_under_the_threshold_is_not_found_again_but_keeps_its_precision() -> None:
    got = compare_boxes([found((0, 10, 0.55, 0))], [found((0, 10, 0.45, 0))], 0.5)
    assert (got.ap50, got.kept.found, got.boxes) == (1, 0, 0)
    assert got.shift == pytest.approx(-0.1)


def test_sizes_and_classes_tell_who_suffers() -> None:
    reference = [found((0, 10, 0.9, 0), (20, 10, 0.9, 0), (50, 40, 0.9, 1))]
    got = compare_boxes(reference, [found((0, 10, 0.9, 0), (50, 40, 0.9, 1))], 0.5)
    assert (got.by_size["small"].share, got.by_size["medium"].share) == (0.5, 1)
    assert math.isnan(got.by_size["large"].share)
    assert {name: k.share for name, k in got.by_class.items()} == {"person": 0.5, "car": 1}


def test_boxes_that_moved_cost_the_stricter_overlaps_only() -> None:
    got = compare_boxes([found((0, 10, 0.9, 0))], [found((2, 10, 0.9, 0))], 0.5)  # IoU 2/3
    assert got.ap50 == 1
    assert got.ap == pytest.approx(0.4)  # 0.5, 0.55, 0.6, 0.65 of ten
    assert got.closeness == pytest.approx(2 / 3)


def test_without_references_nothing_is_claimed() -> None:
    got = compare_boxes([Detections.empty(NAMES)] * 3, [found((0, 10, 0.9, 0))] * 3, 0.5)
    assert math.isnan(got.ap50)
    assert math.isnan(got.kept.share)
    assert compare_boxes([], [], 0.5).references == 0
