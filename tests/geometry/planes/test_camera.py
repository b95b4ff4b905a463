"""Heights above the plane and the focal length, against synthetic cameras that are known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.camera.lens import Lens
from trackside.geometry.planes import Homography, fit_homography, focal_of, pose_of

from .scene import SIZE, View

MIDDLE = ((SIZE[0] - 1) / 2, (SIZE[1] - 1) / 2)
PLACES = np.array([[5, 5], [45, 5], [45, 20], [5, 20], [25, 12], [15, 8], [35, 17]], float)
VIEWS = [View(roll=0.05), View(eye=(-12, 5, 8), target=(20, 12, 0)), View(eye=(60, 40, 25), target=(30, 12, 0), focal=1100)]
HEAD_AND_HIP = np.array([[20, 6, 0.15], [30, 18, 1.0], [25, 10, 0.0]])


def lens(view: View, distortion: float = 0.0) -> Lens:
    return Lens(SIZE, (view.focal, view.focal), MIDDLE, np.array([distortion, 0, 0, 0, 0]))


@pytest.mark.parametrize("view", VIEWS)
def test_the_camera_is_found_where_it_stands(view: View) -> None:
    camera = pose_of(view.truth, lens(view))
    assert np.allclose(camera.position, view.eye, atol=1e-6)
    assert np.allclose(camera.pose.rotation, view.rotation, atol=1e-9)
    assert camera.skew < 1e-9


@pytest.mark.parametrize("view", VIEWS)
def test_a_head_and_a_hip_stand_above_their_places(view: View) -> None:
    camera, pixels = pose_of(view.truth, lens(view)), view.pixels(HEAD_AND_HIP)
    assert np.allclose(camera.above(pixels, HEAD_AND_HIP[:, 2]), HEAD_AND_HIP[:, :2], atol=1e-8)
    ignored = np.linalg.norm(view.truth.to_plane(pixels) - HEAD_AND_HIP[:, :2], axis=1)
    assert np.allclose(camera.error_if_ignored(pixels, HEAD_AND_HIP[:, 2]), ignored)
    assert ignored[0] > 0.2 and ignored[1] > 1.0 and ignored[2] < 1e-9, "worth correcting, except on the plane itself"


def test_distortion_is_undone_for_heights_too() -> None:
    view = VIEWS[0]
    wide = lens(view, -0.2)
    flat = np.column_stack([PLACES, np.zeros(len(PLACES))])
    camera = pose_of(fit_homography(wide.project(view.camera_frame(flat)), PLACES, lens=wide), wide)
    found = camera.above(wide.project(view.camera_frame(HEAD_AND_HIP)), HEAD_AND_HIP[:, 2])
    assert np.allclose(found, HEAD_AND_HIP[:, :2], atol=1e-6)


def test_heights_count_upwards_also_where_the_axes_are_mirrored() -> None:
    view, flip = VIEWS[0], np.diag([1.0, -1.0, 1.0])
    camera = pose_of(Homography(flip @ view.truth.matrix), lens(view))
    assert camera.position[2] == pytest.approx(view.eye[2])
    found = camera.above(view.pixels(HEAD_AND_HIP), HEAD_AND_HIP[:, 2])
    assert np.allclose(found, HEAD_AND_HIP[:, :2] * [1, -1], atol=1e-8)


def test_a_ray_that_never_comes_down_has_no_foot() -> None:
    camera = pose_of(VIEWS[0].truth, lens(VIEWS[0]))
    assert np.isnan(camera.above([640.0, -600.0], 0.15)).all(), "sky"
    assert np.isnan(camera.above([640.0, 400.0], 20.0)).all(), "above the camera"
    assert np.isnan(camera.above([np.nan, 400.0], 0.15)).all()


def test_deviations_hold_height_pixel_and_plane() -> None:
    # Synthetic: picks of 1 px, a head 0.15 m up give or take 5 cm, seen to 2 px.
    view, rng, head = VIEWS[0], np.random.default_rng(2), np.array([[20.0, 6.0]])
    told, errors = [], []
    for row in range(100):
        picks = view.pixels(PLACES) + rng.normal(0, 1, PLACES.shape)
        camera = pose_of(fit_homography(picks, PLACES), lens(view))
        pixel = view.pixels(np.column_stack([head, [0.15 + rng.normal(0, 0.05)]])) + rng.normal(0, 2, (1, 2))
        errors.append(camera.above(pixel, 0.15) - head)
        if row < 10:
            told.append(camera.deviation_above(pixel, 0.15, height_deviation=0.05, pixel_deviation=2.0))
    assert np.median(told) == pytest.approx(np.sqrt((np.array(errors) ** 2).sum(axis=-1).mean()), rel=0.2)


def test_a_height_is_finite_and_fits_its_pixels() -> None:
    camera = pose_of(VIEWS[0].truth, lens(VIEWS[0]))
    with pytest.raises(SettingError, match="finite"):
        camera.above([1.0, 2.0], np.nan)
    with pytest.raises(InputError, match=r"\[3\] pixels"):
        camera.above(np.ones((3, 2)), [1.0, 2.0])


@pytest.mark.parametrize("name", ["height_deviation", "pixel_deviation"])
def test_a_deviation_is_not_negative(name: str) -> None:
    with pytest.raises(SettingError, match="deviation is -1"):
        pose_of(VIEWS[0].truth, lens(VIEWS[0])).deviation_above([640.0, 500.0], 1.0, **{name: -1.0})


def test_the_wrong_lens_is_noticed() -> None:
    view = VIEWS[0]
    with pytest.raises(InputError, match="calibrate the lens"):
        pose_of(view.truth, lens(View(focal=2 * view.focal)))


@pytest.mark.parametrize("view", VIEWS)
def test_the_focal_length_is_told_by_an_exact_homography(view: View) -> None:
    exact = Homography(view.truth.matrix, np.zeros((9, 9)))
    assert focal_of(exact, MIDDLE).value == pytest.approx(view.focal, rel=1e-6)


def test_the_focal_lengths_deviation_is_that_of_repeated_picking() -> None:
    view, rng = VIEWS[0], np.random.default_rng(3)
    tries = [
        focal_of(fit_homography(view.pixels(PLACES) + rng.normal(0, 1, PLACES.shape), PLACES), MIDDLE) for _ in range(120)
    ]
    assert np.median([each.deviation for each in tries]) == pytest.approx(np.std([each.value for each in tries]), rel=0.25)


def test_a_plane_seen_straight_on_tells_no_focal_length() -> None:
    above = View(eye=(25, 12, 60), target=(25, 12.01, 0))
    picks = above.pixels(PLACES) + np.random.default_rng(0).normal(0, 1, PLACES.shape)
    with pytest.raises(InputError, match="from the side"):
        focal_of(fit_homography(picks, PLACES), MIDDLE)
