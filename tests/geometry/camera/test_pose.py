"""Poses: rotation vectors as OpenCV's, composition and inverse."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.core import SettingError
from trackside.geometry.camera.pose import Pose

vectors = st.lists(st.floats(-1.7, 1.7), min_size=3, max_size=3).map(np.array)


@settings(deadline=None)
@given(vectors)
def test_rotation_vectors_are_opencvs_and_come_back(vector):
    pose = Pose.from_vectors(vector, [1, 2, 3])
    np.testing.assert_allclose(pose.rotation, cv2.Rodrigues(vector)[0], atol=1e-12)
    np.testing.assert_allclose(pose.vector, vector, atol=1e-9)


@pytest.mark.parametrize("size", [0.0, 1e-12, 1e-7, 1e-3])
def test_tiny_turns_keep_their_digits(size):
    vector = size * np.array([0.6, 0.0, 0.8])
    np.testing.assert_allclose(Pose.from_vectors(vector, [0, 0, 0]).vector, vector, rtol=1e-9, atol=1e-18)


@settings(deadline=None)
@given(vectors, vectors, vectors)
def test_composition_and_inverse(a, b, point):
    one, other = Pose.from_vectors(a, b), Pose.from_vectors(b, a)
    np.testing.assert_allclose((one @ other)(point), one(other(point)), atol=1e-12)
    np.testing.assert_allclose(one.inverse()(one(point)), point, atol=1e-12)
    np.testing.assert_allclose(one(one.position), np.zeros(3), atol=1e-12)


def test_points_of_any_shape():
    pose = Pose.from_vectors([0, 0, np.pi / 2], [1, 0, 0])
    np.testing.assert_allclose(
        pose(np.broadcast_to([1.0, 0, 0], (2, 4, 3))), np.broadcast_to([1.0, 1, 0], (2, 4, 3)), atol=1e-12
    )


@pytest.mark.parametrize(
    ("rotation", "translation", "says"),
    [
        (np.eye(3) * 1.1, np.zeros(3), "not a rotation"),
        (np.diag([1.0, 1, -1]), np.zeros(3), "not a rotation"),
        (np.eye(3), np.array([0, np.nan, 0]), "not finite"),
        (np.eye(4), np.zeros(3), "shapes"),
    ],
)
def test_what_is_no_pose_is_refused(rotation, translation, says):
    with pytest.raises(SettingError, match=says):
        Pose(rotation, translation)
