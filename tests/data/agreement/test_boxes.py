"""Agreement on boxes and keypoints, by hand-computed cases."""

from pathlib import Path

import numpy as np
import pytest

from trackside.data import Annotations, Dataset, Items
from trackside.data.agreement import box_agreement, keypoint_agreement
from trackside.data.agreement.keypoints import mirrored_order

NAMES = ("nose", "left_hip", "right_hip", "left_knee", "right_knee")


def drawn(rows, points=None, keypoints=()):
    """A data set of two images; rows are (item, annotator, class, box)."""
    items, people, classes, boxes = zip(*rows, strict=True)
    notes = Annotations.of(items, annotators=people, classes=classes, boxes=boxes, points=points)
    return Dataset(Path(), Items.of(["1.jpg", "2.jpg"]), notes, ("ant", "bee"), keypoints)


NONE = [np.nan] * 4


def test_equal_boxes_agree_wholly():
    rows = [(i, who, 0, [5, 5, 25, 25]) for i in (0, 1) for who in ("ann", "ben")]
    found = box_agreement(drawn(rows))
    assert (found.found.value, found.overlap.value, found.named.value) == (1, 1, 1)
    assert not len(found.disputed)
    assert found.images == 2


def test_shares_are_as_computed_by_hand():
    rows = [
        (0, "ann", 0, [0, 0, 10, 10]),
        (0, "ann", 1, [50, 50, 60, 60]),
        (0, "ben", 0, [0, 0, 10, 5.0]),  # IoU 0.5 with ann's first
        (1, "ann", 0, [0, 0, 10, 10]),
        (1, "ben", 1, [0, 0, 10, 10]),  # another class
    ]
    found = box_agreement(drawn(rows))
    assert found.found.value == pytest.approx(4 / 5)
    assert found.overlap.value == pytest.approx((0.5 + 1) / 2)
    assert found.named.value == pytest.approx(1 / 2)
    assert found.by_class["ant"].value == pytest.approx(2 / 3)
    assert found.by_class["bee"].value == 0
    assert sorted(found.disputed.tolist()) == [0, 1]


def test_who_found_nothing_disagrees_with_who_found_something():
    found = box_agreement(drawn([(0, "ann", 0, [0, 0, 10, 10]), (0, "ben", -1, NONE)]))
    assert found.found.value == 0


def test_one_annotator_gives_nothing():
    assert box_agreement(drawn([(0, "ann", 0, [0, 0, 10, 10])])) is None


def body(shift=0.0, swapped=False):
    points = np.array([[50, 10, 2], [60, 50, 2], [40, 50, 2], [62, 90, 2], [38, 90, 2]], float)
    points[:, 0] += shift
    return points[[0, 2, 1, 4, 3]] if swapped else points


def test_keypoints_near_each_other_agree():
    rows = [(i, who, 0, [0, 0, 100, 100]) for i in (0, 1) for who in ("ann", "ben")]
    found = keypoint_agreement(drawn(rows, [body(), body(5), body(), body(30)], NAMES))
    assert found.near.value == pytest.approx(1 / 2)
    assert found.distance.value == pytest.approx((0.05 + 0.3) / 2)
    assert not len(found.swapped)


def test_exchanged_sides_are_told():
    rows = [(0, who, 0, [0, 0, 50, 100]) for who in ("ann", "ben")]
    found = keypoint_agreement(drawn(rows, [body(), body(swapped=True)], NAMES))
    assert found.swapped.tolist() == [0]
    assert found.by_point["nose"].value == 1
    assert found.by_point["left_hip"].value == 0


def test_sides_are_read_from_names():
    assert mirrored_order(NAMES).tolist() == [0, 2, 1, 4, 3]
    assert mirrored_order(("top", "l_wrist", "r_wrist")).tolist() == [0, 2, 1]
