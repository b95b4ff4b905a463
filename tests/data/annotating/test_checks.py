"""Boxes and keypoints: possible ones are silent, impossible ones are found."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from trackside.core import Verdict
from trackside.data import Annotations, Dataset, Items, check_dataset
from trackside.data.annotating.sides import exchanged

CHECKS = ("impossible-boxes", "impossible-keypoints", "exchanged-sides", "missing-objects")
NAMES = ("nose", "left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle")
# A figure that faces us: its left is at our right.
FIGURE = np.array([[0, -40], [12, -25], [-12, -25], [8, 0], [-8, 0], [9, 22], [-9, 22], [10, 44]], float)


def people(count=120, seed=0):
    """float64 [count, k, 3]: figures of varied pose, size and place; half of them turned away, with the nose hidden."""
    random = np.random.default_rng(seed)
    shape = FIGURE + random.normal(0, 1.5, (count, len(FIGURE), 2))
    away = random.random(count) < 0.5
    shape[away, :, 0] *= -1
    points = shape * random.uniform(0.7, 1.3, (count, 1, 1)) + random.uniform(80, 120, (count, 1, 2))
    seen = np.full((count, len(FIGURE), 1), 2.0)
    seen[away, 0] = 0
    return np.concatenate([points, seen], axis=2)


@pytest.fixture
def healthy(tmp_path: Path) -> Dataset:
    """Pictures of 200 x 200 pixels, each with one figure in its box."""
    points = people()
    for i in range(len(points)):
        cv2.imwrite(str(tmp_path / f"{i:03}.png"), np.full((200, 200, 3), i, np.uint8))
    boxes = np.concatenate([points[:, :, :2].min(axis=1) - 5, points[:, :, :2].max(axis=1) + 5], axis=1)
    notes = Annotations.of(np.arange(len(points)), classes=np.zeros(len(points)), boxes=boxes, points=points)
    return Dataset(tmp_path, Items.of([f"{i:03}.png" for i in range(len(points))]), notes, ("person",), NAMES)


def found(dataset, check):
    health = check_dataset(dataset, only=(check,), features="none")
    (finding,) = health.report.findings
    return finding, health.suspects


@pytest.mark.parametrize("check", CHECKS)
def test_healthy_annotations_are_silent(healthy, check):
    finding, suspects = found(healthy, check)
    assert finding.verdict is Verdict.OK, finding.says
    assert not suspects


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        ([np.nan, 10, 30, 30], "not all numbers"),
        ([50, 10, 30, 30], "inside out"),
        ([10, 10, 10.5, 30], "thinner"),
        ([300, 10, 330, 30], "outside the picture"),
        ([-50, 10, 20, 30], "more than half"),
        ([0, 10, np.inf, 30], "not all numbers"),
    ],
)
def test_impossible_boxes_are_found(healthy, box, reason):
    healthy.annotations.boxes[7] = box
    finding, suspects = found(healthy, "impossible-boxes")
    assert finding.verdict is Verdict.WARN
    assert [(one.item, one.annotation) for one in suspects] == [("007.png", 7)]
    assert reason in suspects[0].reason


def test_the_same_box_twice_is_found(healthy):
    healthy.annotations.items[8] = 7
    healthy.annotations.boxes[8] = healthy.annotations.boxes[7] + 0.1
    _, suspects = found(healthy, "impossible-boxes")
    assert [one.annotation for one in suspects] == [8]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((3, [500, 10, 2]), "outside the picture"),
        ((3, [199, 199, 2]), "far outside their box"),
        ((3, [np.nan, 10, 2]), "no place"),
    ],
)
def test_impossible_keypoints_are_found(healthy, change, reason):
    healthy.annotations.points[5, change[0]] = change[1]
    _, suspects = found(healthy, "impossible-keypoints")
    assert [one.annotation for one in suspects] == [5]
    assert reason in suspects[0].reason


def test_points_on_one_spot_are_found(healthy):
    healthy.annotations.points[5, 2:5, :2] = healthy.annotations.points[5, 2, :2]
    _, suspects = found(healthy, "impossible-keypoints")
    assert "one spot" in suspects[0].reason


def test_exchanged_sides_are_found_and_nothing_else():
    points = people(400, seed=3)
    order = [0, 2, 1, 4, 3, 6, 5, 7]
    wrong = np.arange(0, 400, 25)
    facing = wrong[points[wrong, 0, 2] > 0]
    points[facing] = points[facing][:, order]
    scores = exchanged(points, NAMES)
    flagged = set(np.flatnonzero(scores > 0))
    assert len(flagged & set(facing)) >= 0.9 * len(facing)
    assert len(flagged - set(facing)) <= 4


def test_too_few_poses_are_not_judged(healthy):
    few = healthy.take(np.arange(20))
    assert not check_dataset(few, only=("exchanged-sides",), features="none").report.findings


def sequence(folder: Path, lost=(), hidden=False) -> Dataset:
    """Two tracks over thirty pictures; the second is missing in some."""
    rows = [(i, 0, [10 + i, 10, 40 + i, 60]) for i in range(30)]
    rows += [(i, 1, [(12 if hidden else 90) + i, 10, (38 if hidden else 120) + i, 60]) for i in range(30) if i not in lost]
    items, tracks, boxes = zip(*rows, strict=True)
    notes = Annotations.of(items, tracks=tracks, boxes=boxes, classes=np.zeros(len(rows)))
    return Dataset(folder, Items.of([f"{i:03}.png" for i in range(30)]), notes, ("person",))


def test_a_gap_of_a_track_is_an_object_that_was_left_out(tmp_path):
    finding, suspects = found(sequence(tmp_path, lost=(10, 11)), "missing-objects")
    assert [one.item for one in suspects] == ["010.png", "011.png"]
    assert finding.verdict is Verdict.WARN
    assert found(sequence(tmp_path), "missing-objects")[0].verdict is Verdict.OK


def test_who_is_behind_somebody_or_left_was_not_forgotten(tmp_path):
    assert not found(sequence(tmp_path, lost=(10, 11), hidden=True), "missing-objects")[1]
    assert not found(sequence(tmp_path, lost=range(10, 20)), "missing-objects")[1]
    assert not found(sequence(tmp_path, lost=range(10, 30)), "missing-objects")[1]


def test_what_a_detector_sees_without_a_box_was_left_out(healthy):
    notes = healthy.annotations
    notes.scores[3] = 0.9
    notes.items[3] = 2
    notes.boxes[3] = [0, 0, 20, 20]
    _, suspects = found(healthy, "missing-objects")
    assert [one.item for one in suspects] == ["002.png"]
    assert "0.90" in suspects[0].reason


def test_nothing_to_look_at_asks_nothing(tmp_path):
    for items in (Items.of([]), Items.of(["a.png"])):
        assert not check_dataset(Dataset(tmp_path, items), only=CHECKS, features="none").report.findings
