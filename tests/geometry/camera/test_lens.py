"""Lenses: the same as OpenCV's, both ways, with derivatives, and NaN where they see nothing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.core import SettingError
from trackside.geometry.camera.lens import Lens

SIZE = (640, 480)
BROWN = [
    [0.1, -0.2, 0.001, 0.002],
    [-0.3, 0.1, 0.001, -0.002, 0.05],
    [0.2, 0.1, 1e-3, -1e-3, 0.01, 0.3, 0.05, 0.02],
]
FISHEYE = [0.05, -0.01, 0.003, -0.001]


def brown(k):
    return Lens(SIZE, (500.0, 510.0), (321.5, 243.0), np.array(k))


def fisheye(k=FISHEYE):
    return Lens(SIZE, (200.0, 205.0), (321.5, 243.0), np.array(k), "fisheye")


def points(count=500, seed=0):
    return np.random.default_rng(seed).uniform([-0.8, -0.7, 1.2], [0.8, 0.7, 4], (count, 3))


@pytest.mark.parametrize("k", BROWN)
def test_brown_projects_as_opencv_does(k):
    lens = brown(k)
    expected = cv2.projectPoints(points(), np.zeros(3), np.zeros(3), lens.matrix, np.array(k))[0][:, 0]
    np.testing.assert_allclose(lens.project(points()), expected, atol=1e-9)


def test_fisheye_projects_as_opencv_does():
    lens = fisheye()
    expected = cv2.fisheye.projectPoints(points()[None], np.zeros(3), np.zeros(3), lens.matrix, np.array(FISHEYE))[0][0]
    np.testing.assert_allclose(lens.project(points()), expected, atol=1e-9)


@pytest.mark.parametrize("lens", [*map(brown, BROWN), fisheye()], ids=["4", "5", "8", "fisheye"])
def test_rays_undo_project(lens):
    directions = points() / np.linalg.norm(points(), axis=1, keepdims=True)
    np.testing.assert_allclose(lens.rays(lens.project(points())), directions, atol=1e-11)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-0.4, 0.4), min_size=2, max_size=2), st.lists(st.floats(-0.005, 0.005), min_size=2, max_size=2))
def test_a_ray_that_is_given_leads_back_to_its_pixel(radial, tangential):
    lens = brown([*radial, *tangential, 0.0])
    x, y = np.meshgrid(np.linspace(0, 639, 15), np.linspace(0, 479, 11))
    pixels = np.stack([x, y], -1)
    rays = lens.rays(pixels)
    found = np.isfinite(rays).all(-1)
    assert found[5, 7]  # the middle of the picture always has a direction
    again = lens.jacobians(rays[found])[0]
    np.testing.assert_allclose(again, pixels[found], atol=1e-5)


@pytest.mark.parametrize("lens", [*map(brown, BROWN), fisheye()], ids=["4", "5", "8", "fisheye"])
def test_derivatives_are_those_of_the_projection(lens):
    here = np.vstack([points(50), [[0.0, 0.0, 2.0]]])  # and on the axis
    _, by_point, by_vector = lens.jacobians(here)
    step = 1e-6
    for axis in range(3):
        move = np.eye(3)[axis] * step
        slope = (lens.jacobians(here + move)[0] - lens.jacobians(here - move)[0]) / (2 * step)
        np.testing.assert_allclose(by_point[..., axis], slope, atol=1e-5)
    for number in range(len(lens.vector)):
        move = np.eye(len(lens.vector))[number] * step
        up, down = (Lens.from_vector(lens.vector + sign * move, SIZE, lens.model) for sign in (1, -1))
        slope = (up.jacobians(here)[0] - down.jacobians(here)[0]) / (2 * step)
        np.testing.assert_allclose(by_vector[..., number], slope, atol=1e-5)


def test_undistorted_pixels_are_those_of_a_pinhole():
    lens, pinhole = brown(BROWN[1]), brown([0, 0, 0, 0])
    np.testing.assert_allclose(lens.undistort(lens.project(points())), pinhole.project(points()), atol=1e-8)


def test_what_is_behind_is_not_seen():
    assert np.isnan(brown(BROWN[0]).project([[0.0, 0.0, -1.0], [0.1, 0.0, 0.0], [0.0, 0.0, 0.0]])).all()
    assert np.isnan(fisheye().project([0.0, 0.0, 0.0])).all()
    assert np.isfinite(fisheye([0, 0, 0, 0]).project([1.0, 0.0, -0.1])).all()  # 96 degrees off the axis


def test_nothing_beyond_the_fold_is_seen():
    """Radial k1 = -0.3 alone folds at r = 1.054: what is further out would fall back into the picture."""
    lens = brown([-0.3, 0, 0, 0])
    assert lens.fold == pytest.approx(np.arctan(np.sqrt(1 / 0.9)))
    assert np.isfinite(lens.project([1.05, 0.0, 1.0])).all()
    assert np.isnan(lens.project([1.06, 0.0, 1.0])).all()
    widest = 321.5 + 500 * 1.0541 * (1 - 0.3 * 1.0541**2)
    assert np.isfinite(lens.rays([widest - 1, 243.0])).all()
    assert np.isnan(lens.rays([widest + 1, 243.0])).all()


def test_nan_stays_nan_and_costs_the_others_nothing():
    rays = brown(BROWN[1]).rays([[np.nan, 3.0], [320.0, 240.0]])
    assert np.isnan(rays[0]).all() and np.isfinite(rays[1]).all()
    assert brown(BROWN[0]).project(np.zeros((0, 3))).shape == (0, 2)
    assert brown(BROWN[0]).rays(np.zeros((0, 2))).shape == (0, 3)
    assert brown(BROWN[0]).rays(np.full((2, 3, 2), 200.0)).shape == (2, 3, 3)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"distortion": np.zeros(3)}, "4 or 5 or 8"),
        ({"distortion": np.array([np.nan, 0, 0, 0])}, "not finite"),
        ({"focal": (0.0, 500.0)}, "positive"),
        ({"size": (0, 480)}, "positive"),
        ({"model": "mirror"}, "not known"),
    ],
)
def test_impossible_lenses_are_refused(change, says):
    fields = {"size": SIZE, "focal": (500.0, 500.0), "centre": (320.0, 240.0), "distortion": np.zeros(4)} | change
    with pytest.raises(SettingError, match=says):
        Lens(**fields)


def test_arrays_of_a_wrong_shape_are_refused():
    with pytest.raises(SettingError, match=r"\[\.\.\., 3\]"):
        brown(BROWN[0]).project([[1.0, 2.0]])
    with pytest.raises(SettingError, match="not numbers"):
        brown(BROWN[0]).rays("left")
    with pytest.raises(SettingError, match="camera matrix"):
        Lens.from_matrix([[500, 3, 320], [0, 500, 240], [0, 0, 1]], [], SIZE)
