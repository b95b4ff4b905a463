"""Skeletons and body points."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import BLAZEPOSE33, COCO17, SKELETONS, Keypoints, UnknownName


def two() -> Keypoints:
    points = np.arange(2 * 17 * 2, dtype=np.float32).reshape(2, 17, 2)
    return Keypoints(points, np.full((2, 17), 0.9, np.float32), "coco17", np.array([5, 6]))


@pytest.mark.parametrize(("skeleton", "count"), [(COCO17, 17), (BLAZEPOSE33, 33)])
def test_a_skeleton_names_each_point_once_and_its_bones_join_named_points(skeleton: object, count: int) -> None:
    assert len(set(skeleton.points)) == len(skeleton.points) == count  # type: ignore[attr-defined]
    rows = skeleton.bone_rows  # type: ignore[attr-defined]
    assert rows.shape == (len(skeleton.bones), 2)  # type: ignore[attr-defined]
    assert (rows[:, 0] != rows[:, 1]).all()


def test_the_orders_are_those_of_the_published_models() -> None:
    assert [COCO17.index(name) for name in ("nose", "left_shoulder", "right_hip", "right_ankle")] == [0, 5, 12, 16]
    assert [BLAZEPOSE33.index(name) for name in ("nose", "left_shoulder", "right_hip", "left_ankle")] == [0, 11, 24, 27]


def test_an_unknown_skeleton_offers_the_nearest_one() -> None:
    with pytest.raises(UnknownName, match="coco17"):
        Keypoints.empty("coco71")
    assert "coco17" in SKELETONS


def test_people_are_chosen_with_their_scores_and_identities() -> None:
    second = two()[np.array([False, True])]
    assert second.ids is not None and second.ids.tolist() == [6]
    assert second.point("nose").tolist() == [[34, 35]]
    nobody = Keypoints(np.empty((0, 17, 2)), np.empty((0, 17)), "coco17")  # type: ignore[arg-type]
    assert len(nobody) == 0 and nobody.ids is not None and nobody.ids.dtype == np.int64


def test_arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        Keypoints(np.zeros((2, 17, 2), np.float32), np.zeros((1, 17), np.float32), "coco17")


def test_the_box_around_a_person_leaves_out_unsure_points() -> None:
    keypoints = two()
    keypoints.scores[0, 16] = 0.1
    assert keypoints.boxes(least_score=0.3).boxes.tolist() == [[0, 1, 30, 31], [34, 35, 66, 67]]


def test_a_person_without_sure_points_still_has_a_finite_box_and_nobody_has_none() -> None:
    unsure = Keypoints(two().points, np.zeros((2, 17), np.float32), "coco17")
    assert np.isfinite(unsure.boxes().boxes).all()
    assert len(Keypoints.empty("coco17").boxes()) == 0
