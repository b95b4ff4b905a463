"""Centres of projected discs, held against dense numeric truth."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.camera.centres import disc_centres
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.pose import Pose

PLACES = np.array([[0.0, 0.0, 0.0], [0.1, 0.05, 0.0], [-0.12, 0.08, 0.0]])
LENSES = {
    "none": Lens((1280, 960), (1100, 1090), (640, 480), np.zeros(5)),
    "strong": Lens((1280, 960), (900, 905), (650, 470), np.array([-0.38, 0.16, 0.002, 0.001, -0.03])),
    "fisheye": Lens((1280, 960), (500, 500), (640, 480), np.array([0.02, -0.01, 0.003, 0.0]), "fisheye"),
}


def dense(lens: Lens, pose: Pose, place: np.ndarray, radius: float) -> np.ndarray:
    """The centroid of a polygon of 20,000 corners, by the shoelace formula."""
    turn = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    x, y = lens.project(pose(place + radius * np.column_stack([np.cos(turn), np.sin(turn), 0 * turn]))).T
    middle = x.mean(), y.mean()
    x, y = x - middle[0], y - middle[1]
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    return (
        np.array([((x + np.roll(x, -1)) * cross).sum(), ((y + np.roll(y, -1)) * cross).sum()]) / (3 * cross.sum()) + middle
    )


@pytest.mark.parametrize("tilt", [0, 40, 70])
@pytest.mark.parametrize("lens", LENSES.values(), ids=list(LENSES))
@pytest.mark.parametrize("radius", [0.005, 0.05])
def test_centres_are_those_of_dense_outlines(lens: Lens, tilt: float, radius: float) -> None:
    pose = Pose.from_vectors(np.radians(tilt) * np.array([0.8, 0.6, 0.0]), [0.02, -0.01, 0.6])
    expected = [dense(lens, pose, place, radius) for place in PLACES]
    assert np.abs(disc_centres(lens, pose, PLACES, radius) - expected).max() < 1e-4


def test_the_centre_of_the_image_is_not_the_image_of_the_centre() -> None:
    pose = Pose.from_vectors([0.9, 0.0, 0.0], [0.0, 0.0, 0.5])
    lens = LENSES["none"]
    off = disc_centres(lens, pose, PLACES, 0.01) - lens.project(pose(PLACES))
    assert np.linalg.norm(off, axis=1).min() > 0.1
    assert np.abs(disc_centres(lens, pose, PLACES, 1e-6) - lens.project(pose(PLACES))).max() < 1e-6


def test_face_on_there_is_no_displacement() -> None:
    pose, lens = Pose.from_vectors(np.zeros(3), [0.0, 0.0, 0.5]), LENSES["none"]
    assert np.allclose(disc_centres(lens, pose, PLACES, 0.02), lens.project(pose(PLACES)), atol=1e-9)


@pytest.mark.parametrize("lens", [LENSES["none"], LENSES["strong"]], ids=["none", "strong"])
def test_a_disc_that_reaches_behind_the_camera_has_no_centre(lens: Lens) -> None:
    pose = Pose.from_vectors([1.4, 0.0, 0.0], [0.0, 0.0, 0.05])
    found = disc_centres(lens, pose, np.array([[0.0, 0.0, 0.0], [0.0, -0.06, 0.0]]), 0.01)
    assert np.isfinite(found).all(axis=1).tolist() == [True, False]


@pytest.mark.parametrize("radius", [0.0, -1.0, float("nan")])
def test_a_radius_that_is_none_is_an_error(radius: float) -> None:
    with pytest.raises(SettingError):
        disc_centres(LENSES["none"], Pose.from_vectors(np.zeros(3), [0, 0, 1]), PLACES, radius)


def test_flat_places_are_an_error() -> None:
    with pytest.raises(InputError):
        disc_centres(LENSES["none"], Pose.from_vectors(np.zeros(3), [0, 0, 1]), PLACES[:, :2], 0.1)
