"""The predicted error is the scatter of repeated calibrations; residuals that are systematic are seen to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import least_squares

from tests.geometry.camera.views import BOARD, views
from trackside.core import SettingError
from trackside.geometry.camera.bundle import Freedom, adjust
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.pose import Pose
from trackside.geometry.camera.solve import calibrate
from trackside.geometry.camera.uncertainty import point_deviation, projection_deviation, residual_structure

LENS = Lens((1280, 720), (1000.0, 1000.0), (640.0, 360.0), np.array([-0.25, 0.1, 0, 0, 0]))
NOISE = 0.2


@pytest.fixture(scope="module")
def calibration():
    return calibrate(BOARD, views(LENS, 15, NOISE, seed=3))


def test_the_prediction_is_the_scatter_of_repeated_calibrations():
    """Monte Carlo, 40 noisy repeats of one set of views, each aligned by the best motion of the camera (not linearised)."""
    distance = 25.0
    exact = calibrate(BOARD, [replace(s, deviations=np.full(len(s.ids), NOISE)) for s in views(LENS, 15, 0.0, seed=3)])
    seen, state, rng = exact.observations, exact.state, np.random.default_rng(0)
    seen_points = np.concatenate([pose(BOARD.points[s.ids]) for pose, s in zip(exact.poses, exact.sightings, strict=True)])
    x, y = np.meshgrid(np.linspace(0, 1279, 5), np.linspace(0, 719, 4))
    pixels = np.column_stack([x.ravel(), y.ravel()])
    freedom, far, moved = Freedom(np.eye(9)), LENS.rays(pixels) * distance, []
    before = LENS.jacobians(seen_points)[0]
    for _ in range(40):
        lens = adjust(state, replace(seen, pixels=seen.pixels + rng.normal(0, NOISE, seen.pixels.shape)), freedom).lenses[0]

        def change(motion, lens=lens):
            return (lens.jacobians(Pose.from_vectors(motion[:3], motion[3:])(seen_points))[0] - before).ravel()

        motion = least_squares(change, np.zeros(6), x_scale=1e-3).x
        moved.append(lens.project(Pose.from_vectors(motion[:3], motion[3:])(far)) - pixels)
    covariance = np.einsum("kni,knj->nij", moved, moved) / len(moved)
    scatter = np.sqrt(np.linalg.eigvalsh(covariance)[:, -1])
    # The covariance of an exact fit is zero: it is scaled to the noise that the repeats had.
    unit = calibrate(BOARD, views(LENS, 15, NOISE, seed=3))
    ratio = projection_deviation(unit, pixels, distance) / scatter
    assert np.median(ratio) == pytest.approx(1, abs=0.2)
    assert ratio.min() > 0.6 and ratio.max() < 1.5


def test_more_views_make_it_smaller_by_their_root(calibration):
    more = calibrate(BOARD, views(LENS, 60, NOISE, seed=3))
    assert point_deviation(calibration, 25).median / point_deviation(more, 25).median == pytest.approx(2, rel=0.4)


def test_metres_grow_with_the_distance(calibration):
    near, far = point_deviation(calibration, 25), point_deviation(calibration, 50)
    assert far.median == pytest.approx(2 * near.median, rel=0.05)
    assert near.median < near.worst and near.distance == 25
    # 0.25 pixels of 1000 a radian are 6 mm at 25 m.
    middle = projection_deviation(calibration, near.pixels, 25)
    np.testing.assert_allclose(np.median(near.deviations), np.median(middle) * 25 / 1000, rtol=0.4)


def test_a_corner_that_no_board_reached_is_worse_than_the_middle():
    left = [s for s in views(LENS, 60, NOISE, seed=5) if s.pixels[:, 0].max() < 800][:12]
    found = calibrate(BOARD, left)
    seen, unseen = projection_deviation(found, [[300.0, 360.0], [1270.0, 10.0]], 25.0)
    assert unseen > 3 * seen


def test_residuals_of_noise_have_no_structure_and_those_of_a_poor_model_have(calibration):
    assert abs(residual_structure(calibration)) < 0.1
    poor = calibrate(
        BOARD, views(replace(LENS, distortion=np.array([-0.3, 0.3, 0.004, 0, 0])), 15, 0.05, seed=3), coefficients=1
    )
    assert residual_structure(poor) > 0.4


def test_nonsense_is_refused(calibration):
    for distance in (0.0, -3.0, np.nan, np.inf):
        with pytest.raises(SettingError, match="working distance"):
            point_deviation(calibration, distance)
    with pytest.raises(SettingError, match=r"not \[n, 2\]"):
        projection_deviation(calibration, [1.0, 2.0], 25.0)


def test_a_pixel_without_a_direction_is_nan(calibration):
    folded = replace(calibration, lens=replace(LENS, distortion=np.array([-0.3, 0, 0, 0, 0])))
    unknown, known = projection_deviation(folded, [[1e6, 1e6], [640.0, 360.0]], 25.0)
    assert np.isnan(unknown) and np.isfinite(known)
