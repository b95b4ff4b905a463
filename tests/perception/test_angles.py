"""Joint angles of poses whose angles are known by construction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.core import SKELETONS, Keypoints
from trackside.perception import angle_names, joint_angles

# Standing upright, seen from the side, looking to the right; y points down.
STANDING = {
    "shoulder": (0, 0),
    "hip": (0, 50),
    "knee": (0, 90),
    "ankle": (0, 130),
    "toe": (20, 130),
    "elbow": (0, 25),
    "wrist": (0, 50),
}


def person(skeleton: str = "blazepose33", score: float = 1.0, **moved: tuple[float, float]) -> Keypoints:
    places = {**STANDING, **moved}
    points = [places.get(name.split("_")[-1], (0, -20)) for name in SKELETONS[skeleton].points]
    return Keypoints(np.array([points], np.float32), np.full((1, len(points)), score, np.float32), skeleton)


def test_a_person_who_stands_has_straight_joints_and_upright_segments() -> None:
    angles = joint_angles(person())
    for side in ("left", "right"):
        assert angles[f"knee_{side}_deg"][0] == 180
        assert angles[f"hip_{side}_deg"][0] == 180
        assert angles[f"elbow_{side}_deg"][0] == 180
        assert angles[f"shoulder_{side}_deg"][0] == 0
        assert angles[f"ankle_{side}_deg"][0] == pytest.approx(90)
        assert angles[f"thigh_{side}_deg"][0] == 0
    assert angles["trunk_deg"][0] == 0


def test_a_right_angle_at_the_knee() -> None:
    assert joint_angles(person(ankle=(-40, 90)))["knee_left_deg"][0] == pytest.approx(90)


@pytest.mark.parametrize(("elbow", "angle"), [((0, -25), 180), ((25, 0), 90), ((-25, 0), 90)])
def test_raising_the_arm_opens_the_shoulder_to_either_side(elbow: tuple[float, float], angle: float) -> None:
    assert joint_angles(person(elbow=elbow))["shoulder_left_deg"][0] == pytest.approx(angle)


def test_segments_are_positive_to_the_right_in_the_picture() -> None:
    angles = joint_angles(person(shoulder=(50, 0), knee=(40, 50), elbow=(25, 0), wrist=(25, -25)))
    assert angles["trunk_deg"][0] == pytest.approx(45)
    assert angles["thigh_left_deg"][0] == pytest.approx(90)
    assert angles["upper_arm_left_deg"][0] == pytest.approx(-90)
    assert abs(angles["forearm_left_deg"][0]) == pytest.approx(180)


def test_an_unsure_point_gives_nan_where_it_takes_part_and_nowhere_else() -> None:
    keypoints = person()
    keypoints.scores[0, SKELETONS["blazepose33"].index("left_knee")] = 0.29
    unsure = {name for name, values in joint_angles(keypoints, least_score=0.3).items() if np.isnan(values).any()}
    assert unsure == {"knee_left_deg", "hip_left_deg", "ankle_left_deg", "thigh_left_deg", "shank_left_deg"}


def test_points_that_coincide_have_no_angle() -> None:
    angles = joint_angles(person(knee=(0, 50)))
    assert np.isnan(angles["knee_left_deg"]).all()
    assert np.isnan(angles["thigh_left_deg"]).all()


@pytest.mark.parametrize("skeleton", ["coco17", "blazepose33"])
def test_the_names_are_the_same_with_and_without_people(skeleton: str) -> None:
    assert tuple(joint_angles(person(skeleton))) == angle_names(skeleton)
    assert all(len(values) == 0 for values in joint_angles(Keypoints.empty(skeleton)).values())


def test_a_skeleton_without_toes_has_no_ankle_angle() -> None:
    assert not any(name.startswith("ankle") for name in angle_names("coco17"))
    assert "ankle_left_deg" in angle_names("blazepose33")


@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(0, 6.28))
def test_joint_angles_do_not_change_when_the_picture_is_scaled_turned_or_mirrored(
    seed: int, scale: float, turn: float
) -> None:
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (2, 17, 2))
    rotation = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    before, after = (
        joint_angles(Keypoints(p.astype(np.float32), np.ones((2, 17), np.float32), "coco17"))
        for p in (points, points @ rotation * [-1, 1])
    )
    for name in ("knee_left_deg", "hip_right_deg", "elbow_left_deg", "shoulder_right_deg"):
        assert after[name] == pytest.approx(before[name], abs=0.01)
