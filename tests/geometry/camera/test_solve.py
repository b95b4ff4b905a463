"""Calibration: the truth comes back within its own error bars; outliers, discs and bent boards; what is missing is said."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.geometry.camera.views import BOARD, FISHEYE, TELE, USUAL, random_pose, views
from trackside.core import InputError, SettingError
from trackside.geometry.camera.boards.circles import CircleGrid
from trackside.geometry.camera.centres import disc_centres
from trackside.geometry.camera.held_out import lens_residuals, locate
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.sighting import Sighting
from trackside.geometry.camera.solve import calibrate


def surprise(calibration, truth):
    """Mean square of the error in deviations, by the whole covariance: about 1."""
    error = calibration.lens.vector - truth.vector
    return error @ np.linalg.solve(calibration.covariance, error) / len(error)


@pytest.mark.parametrize("lens", [USUAL, TELE, FISHEYE], ids=["usual", "tele", "fisheye"])
def test_the_truth_comes_back_within_its_error_bars(lens):
    found = calibrate(BOARD, views(lens, 25, 0.1, seed=1), model=lens.model)
    # Chi-squared with 8 or 9 degrees of freedom: beyond 3.5 a degree is one in 5,000.
    assert surprise(found, lens) < 3.5
    assert found.lens.focal[0] == pytest.approx(lens.focal[0], rel=1e-3)
    assert found.rms == pytest.approx(0.1 * np.sqrt(2), rel=0.1)
    # Held-out residuals carry the error of a pose from half of the points.
    assert found.rms < found.held_out < 1.25 * found.rms
    assert not found.refused and len(found.poses) == len(found.residuals) == 25


def test_without_noise_the_truth_is_exact():
    found = calibrate(BOARD, views(USUAL, 10, 0.0))
    np.testing.assert_allclose(found.lens.vector, USUAL.vector, rtol=1e-7, atol=1e-7)


def test_it_is_opencvs_answer_where_nothing_is_robust_or_cut_off():
    sightings = views(USUAL, 12, 0.1, seed=5, least=88)
    points = [BOARD.points.astype(np.float32)] * 12
    pixels = [s.pixels.astype(np.float32) for s in sightings]
    rms, matrix, k, _, _ = cv2.calibrateCamera(points, pixels, USUAL.size, None, None)
    found = calibrate(BOARD, sightings)
    assert found.rms == pytest.approx(rms, rel=1e-4)
    np.testing.assert_allclose(found.lens.matrix, matrix, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(found.lens.distortion[:4], k.ravel()[:4], atol=2e-3)


def test_outliers_are_thrown_out_and_change_little():
    sightings, rng = views(USUAL, 20, 0.1, seed=2), np.random.default_rng(0)
    spoilt, wrong = [], []
    for sighting in sightings:
        bad = rng.uniform(size=len(sighting.ids)) < 0.05
        wrong.append(bad)
        spoilt.append(replace(sighting, pixels=sighting.pixels + bad[:, None] * rng.uniform(3, 30, sighting.pixels.shape)))
    found = calibrate(BOARD, spoilt)
    lost = np.concatenate([np.isnan(residual).any(axis=1) for residual in found.residuals])
    bad = np.concatenate(wrong)
    assert lost[bad].all() and lost[~bad].mean() < 0.005
    assert surprise(found, USUAL) < 3.5


def test_healthy_points_are_kept():
    found = calibrate(BOARD, views(USUAL, 20, 0.1, seed=2))
    assert sum(np.isnan(residual).any(axis=1).sum() for residual in found.residuals) <= 1


def test_a_view_that_shows_something_else_is_refused_with_a_reason():
    sightings = views(USUAL, 12, 0.1, seed=3)
    pixels = np.random.default_rng(0).permutation(sightings[4].pixels)
    sightings[4] = replace(sightings[4], pixels=pixels)
    line = views(USUAL, 1, 0.1, seed=9, least=88)[0]
    sightings.append(
        replace(line, ids=line.ids[:11], pixels=line.pixels[:11], deviations=line.deviations[:11], source="line")
    )
    found = calibrate(BOARD, sightings)
    assert len(found.sightings) == 11
    assert {refusal.source for refusal in found.refused} == {"view 4", "line"}
    assert any("on a line" in refusal.reason for refusal in found.refused)
    assert surprise(found, USUAL) < 3.5


def test_a_view_of_a_sheet_that_was_bent_is_refused_and_the_others_are_not():
    given = views(USUAL, 12, 0.1, seed=5)
    # A pose is found for it, and each of its points is off by a few pixels: too little for outliers, too much for noise.
    middle = given[4].pixels.mean(axis=0)
    away = (given[4].pixels - middle) / np.ptp(given[4].pixels, axis=0).max()
    bent = replace(given[4], pixels=given[4].pixels + 12 * np.sin(9 * away[:, ::-1]))
    found = calibrate(BOARD, [*given[:4], bent, *given[5:]])
    assert [refusal.source for refusal in found.refused] == ["view 4"]
    assert "the board does not fit" in found.refused[0].reason
    assert len(found.sightings) == 11
    assert calibrate(BOARD, given).refused == ()


@pytest.mark.slow
def test_discs_are_unbiased_because_their_bias_is_modelled():
    """Large discs close by, measured at the centre of their outline: as points they would shift the focal length."""
    board = CircleGrid(7, 10, 0.04, 0.03)
    rng, sightings = np.random.default_rng(4), []
    while len(sightings) < 15:
        pose = random_pose(rng, USUAL, board, tilt=55, distance=(0.35, 0.7))
        pixels = disc_centres(USUAL, pose, board.points, board.diameter / 2)
        inside = (np.nan_to_num(pixels, nan=-1) >= 0).all(1) & (pixels <= np.array(USUAL.size)).all(1)
        if inside.sum() >= 30:
            ids = np.flatnonzero(inside)
            sightings.append(Sighting(USUAL.size, ids, pixels[ids], np.full(len(ids), 0.05)))
    found = calibrate(board, sightings)
    np.testing.assert_allclose(found.lens.vector[:4], USUAL.vector[:4], atol=5e-3)

    class Points:
        name, points = "points", board.points

    as_points = calibrate(Points(), sightings)
    assert np.abs(as_points.lens.vector[:4] - USUAL.vector[:4]).max() > 0.1
    assert as_points.rms > 20 * found.rms


@pytest.mark.slow
def test_a_bent_board_is_found_bent_and_a_flat_one_flat():
    bend = np.array([0.0015, -0.0008])
    half = BOARD.points[:, :2].max(axis=0) / 2
    lifted = BOARD.points.copy()
    lifted[:, 2] = (1 - ((BOARD.points[:, :2] - half) / half) ** 2) @ bend

    class Bent:
        name, points = "chessboard", lifted

    bent = views(USUAL, 15, 0.05, seed=6, board=Bent())
    np.testing.assert_allclose(calibrate(BOARD, bent, bend=True).bend, bend, atol=5e-5)
    assert calibrate(BOARD, bent).rms > 2 * calibrate(BOARD, bent, bend=True).rms
    np.testing.assert_allclose(calibrate(BOARD, views(USUAL, 15, 0.05, seed=6), bend=True).bend, 0, atol=5e-5)


def test_square_pixels_can_be_asked_for():
    found = calibrate(BOARD, views(TELE, 10, 0.1), fix_aspect=True)
    assert found.lens.focal[0] == found.lens.focal[1]
    np.testing.assert_allclose(found.covariance[0], found.covariance[1])


@pytest.mark.parametrize("count", [0, 1, 2, 4, 8])
def test_coefficients_that_are_not_asked_for_stay_zero(count):
    found = calibrate(BOARD, views(TELE, 10, 0.1), coefficients=count)
    assert len(found.lens.distortion) == max(count, 4)
    assert not found.lens.distortion[count:].any()
    assert found.lens.distortion[:count].all()


@pytest.mark.slow
def test_auto_takes_the_simplest_that_does_as_well():
    radial = Lens((1280, 720), (1000.0, 1000.0), (640.0, 360.0), np.array([-0.25, 0, 0, 0]))
    kept = calibrate(BOARD, views(radial, 20, 0.1, seed=7), coefficients="auto").lens.distortion
    assert kept[0] and not kept[2:].any()
    strong = replace(USUAL, distortion=np.array([-0.35, 0.15, 0.004, -0.003, -0.03]))
    kept = calibrate(BOARD, views(strong, 20, 0.1, seed=8), coefficients="auto").lens.distortion
    assert kept[:4].all()


def test_held_out_error_shows_what_the_fit_hides():
    """Four views and twelve numbers: the fit looks as good as ever, and is not."""
    few = calibrate(BOARD, views(USUAL, 4, 0.3, seed=11, distance=(0.8, 1.2)), coefficients=8)
    many = calibrate(BOARD, views(USUAL, 25, 0.3, seed=11))
    assert few.rms < many.rms
    assert few.held_out / few.rms > 1.2 > many.held_out / many.rms


def test_any_lens_can_be_judged_on_views():
    sightings = views(USUAL, 5, 0.1, seed=12, least=88)
    good = np.concatenate(lens_residuals(USUAL, BOARD, sightings))
    bad = np.concatenate(lens_residuals(replace(USUAL, distortion=np.zeros(4)), BOARD, sightings))
    assert np.sqrt((good**2).sum(1).mean()) == pytest.approx(0.15, abs=0.02)
    assert np.sqrt((bad**2).sum(1).mean()) > 1


@pytest.mark.parametrize("lens", [USUAL, FISHEYE], ids=["usual", "fisheye"])
def test_a_board_is_located(lens):
    rng = np.random.default_rng(3)
    for _ in range(5):
        pose = random_pose(rng, lens)
        pixels = lens.project(pose(BOARD.points))
        ids = np.flatnonzero(np.isfinite(pixels).all(axis=1))
        if len(ids) < 88:
            continue
        found = locate(lens, BOARD, Sighting(lens.size, ids, pixels[ids], np.full(len(ids), 0.1)))
        np.testing.assert_allclose(found.rotation, pose.rotation, atol=1e-6)
        np.testing.assert_allclose(found.translation, pose.translation, atol=1e-6)


def test_two_views_are_too_few():
    with pytest.raises(InputError, match="two views only; show the board in at least 3 poses"):
        calibrate(BOARD, views(USUAL, 2, 0.1))


def test_no_view_at_all():
    with pytest.raises(InputError, match="no view shows the board"):
        calibrate(BOARD, [])


def test_a_board_seen_only_face_on_is_refused_and_a_tilted_one_is_not():
    with pytest.raises(InputError, match=r"only seen face on.*tilt it by 30 to 45 degrees"):
        calibrate(BOARD, views(USUAL, 12, 0.3, seed=1, tilt=0.0))
    calibrate(BOARD, views(USUAL, 12, 0.3, seed=1, tilt=40.0))


def test_parallel_boards_are_refused():
    rng, turn = np.random.default_rng(0), random_pose(np.random.default_rng(5), USUAL, tilt=0).rotation
    lean = cv2.Rodrigues(np.array([0.0, 0.6, 0.0]))[0] @ turn
    sightings = []
    while len(sightings) < 8:
        pose = random_pose(rng, USUAL)
        pose = replace(pose, rotation=lean)
        pixels = USUAL.project(pose(BOARD.points))
        inside = (np.nan_to_num(pixels, nan=-1) >= 0).all(1) & (pixels < USUAL.size).all(1)
        if inside.sum() > 40:
            ids = np.flatnonzero(inside)
            noisy = pixels[ids] + rng.normal(0, 0.2, (len(ids), 2))
            sightings.append(Sighting(USUAL.size, ids, noisy, np.full(len(ids), 0.2)))
    with pytest.raises(InputError, match="parallel"):
        calibrate(BOARD, sightings)


def test_pictures_of_several_sizes_are_refused():
    mixed = views(USUAL, 5, 0.1)
    with pytest.raises(InputError, match="several sizes: 1280 x 720 and 1920 x 1080"):
        calibrate(BOARD, [*mixed, *views(TELE, 5, 0.1)])


def test_another_board_is_refused():
    with pytest.raises(InputError, match="point 87 of a board of 54"):
        calibrate(replace(BOARD, rows=6, columns=9), views(USUAL, 5, 0.1, least=88))


def test_too_few_points_for_the_unknowns():
    thin = [replace(s, ids=s.ids[[0, 5, 40, 60]], pixels=s.pixels[[0, 5, 40, 60]], deviations=s.deviations[:4]) for s in
            views(USUAL, 3, 0.1, least=88)]  # fmt: skip
    with pytest.raises(InputError, match="12 points in 3 views give 24 numbers"):
        calibrate(BOARD, thin)


def test_counts_of_coefficients_that_no_model_has_are_refused():
    with pytest.raises(SettingError, match="3 distortion coefficients for a brown lens"):
        calibrate(BOARD, views(USUAL, 5, 0.1), coefficients=3)
