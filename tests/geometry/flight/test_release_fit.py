"""Release from a path; all paths here are synthetic."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.flight import Air, PointMass, Projectile, Release, Vacuum, estimate_release, range_interval

RELEASE = Release(29.0, math.radians(35), 1.9)
# A body with the drag of a javelin at no angle of attack: rho Cd A / (2 m) = 5.5e-4 1/m.
DRAG = 5.5e-4
BODY = PointMass(Projectile(0.8, 0.03, drag=DRAG * 2 * 0.8 / (1.225 * math.pi * 0.015**2)), Air(1.225))
TIMES = np.arange(49) / 120


def path(model: Vacuum | PointMass = Vacuum()) -> np.ndarray:  # noqa: B008
    """Forward and up at TIMES, interpolated from 4,001 exact points."""
    flight = model.fly(RELEASE, points=4001)
    return np.stack([np.interp(TIMES, flight.times, flight.positions[:, axis]) for axis in (0, 2)], axis=1)


def test_an_exact_path_gives_the_release_back() -> None:
    found = estimate_release(TIMES + 12.5, path(), 0.01)
    assert found.speed == pytest.approx(29.0, abs=1e-4)
    assert found.angle == pytest.approx(RELEASE.angle, abs=1e-5)
    assert found.height == pytest.approx(1.9, abs=1e-4)
    assert found.degrees == 94 and found.probability > 0.99


def test_drag_is_undone_where_it_is_given_and_biases_where_not() -> None:
    with_drag, without = estimate_release(TIMES, path(BODY), 0.01, drag=DRAG), estimate_release(TIMES, path(BODY), 0.01)
    assert with_drag.speed == pytest.approx(29.0, abs=2e-3)
    # Half of the deceleration 5.5e-4 * 29^2 = 0.46 m/s^2 times 0.4 s is 0.09 m/s.
    assert 29.0 - without.speed == pytest.approx(0.09, abs=0.01)


def test_wind_counts_with_drag() -> None:
    flight = BODY.fly(Release(29.0, math.radians(35), 1.9, wind=-6.0), points=4001)
    seen = np.stack([np.interp(TIMES, flight.times, flight.positions[:, axis]) for axis in (0, 2)], axis=1)
    assert estimate_release(TIMES, seen, 0.01, drag=DRAG, wind=(-6.0, 0.0)).speed == pytest.approx(29.0, abs=2e-3)
    assert estimate_release(TIMES, seen, 0.01, drag=DRAG).speed < 28.99


def test_the_90_percent_intervals_hold_90_percent() -> None:
    """400 noisy synthetic paths: the standard error of the coverage is 1.5 %, so 0.855 to 0.945 are three of them."""
    truth, clean, random = np.array([29.0, RELEASE.angle, 1.9]), path(), np.random.default_rng(2)
    inside = []
    for _ in range(400):
        scales = random.uniform(0.01, 0.05, clean.shape)
        found = estimate_release(TIMES, clean + random.normal(0, scales), scales)
        error = np.array([found.speed, found.angle, found.height]) - truth
        inside.append(np.abs(error) < 1.6449 * np.sqrt(np.diag(found.covariance)))
    coverage = np.mean(inside, axis=0)
    assert (coverage > 0.855).all() and (coverage < 0.945).all()


def test_with_drag_the_covariance_is_right_as_well() -> None:
    """200 paths, and the Mahalanobis distance of 3 parameters: mean 3, standard error 0.17; 0.55 allowed."""
    truth, clean, random = np.array([29.0, RELEASE.angle, 1.9]), path(BODY)[::4], np.random.default_rng(3)
    distances = []
    for _ in range(200):
        found = estimate_release(TIMES[::4], clean + random.normal(0, 0.03, clean.shape), 0.03, drag=DRAG)
        error = np.array([found.speed, found.angle, found.height]) - truth
        distances.append(error @ np.linalg.solve(found.covariance, error))
    assert np.mean(distances) == pytest.approx(3, abs=0.55)


def test_a_wrong_point_shows_in_the_probability() -> None:
    seen, random = path(), np.random.default_rng(4)
    seen = seen + random.normal(0, 0.02, seen.shape)
    assert estimate_release(TIMES, seen, 0.02).probability > 0.01
    seen[20] += 0.5
    assert estimate_release(TIMES, seen, 0.02).probability < 1e-6


def test_in_three_dimensions_the_direction_comes_with_it() -> None:
    turn = math.radians(7)
    flat = path()
    seen = np.stack([flat[:, 0] * math.cos(turn), flat[:, 0] * math.sin(turn), flat[:, 1]], axis=1)
    found = estimate_release(TIMES, seen, 0.01)
    assert found.azimuth == pytest.approx(turn, abs=1e-5) and found.speed == pytest.approx(29, abs=1e-4)
    assert found.angle == pytest.approx(RELEASE.angle, abs=1e-5)


def test_the_window_and_the_instant_of_release_decide_which_points_count() -> None:
    seen = path()
    assert len(estimate_release(TIMES, seen, 0.01, window=0.1).residuals) == 13
    later = estimate_release(TIMES, seen, 0.01, released=0.1, window=0.2)
    assert later.height == pytest.approx(1.9 + 29 * math.sin(RELEASE.angle) * 0.1 - 9.80665 * 0.005, abs=1e-4)
    shuffled = np.random.default_rng(0).permutation(len(TIMES))
    assert estimate_release(TIMES[shuffled], seen[shuffled], 0.01).speed == pytest.approx(29, abs=1e-4)


def test_an_unsure_instant_of_release_makes_the_height_unsure() -> None:
    sure, unsure = estimate_release(TIMES, path(), 0.01), estimate_release(TIMES, path(), 0.01, time_deviation=0.004)
    rise = 29 * math.sin(RELEASE.angle) * 0.004
    assert unsure.deviations["height"] == pytest.approx(math.hypot(sure.deviations["height"], rise), rel=1e-3)
    assert unsure.deviations["speed"] > sure.deviations["speed"]


def test_more_frames_make_it_surer() -> None:
    few, many = estimate_release(TIMES[::4], path()[::4], 0.03), estimate_release(TIMES, path(), 0.03)
    assert many.deviations["speed"] < 0.7 * few.deviations["speed"]


def test_it_goes_straight_into_the_interval() -> None:
    found = estimate_release(TIMES, path(), 0.05, ground=0.1)
    assert found.height == pytest.approx(1.8, abs=1e-4)
    result = range_interval(Vacuum(), found.release(), found.deviations, correlations=found.correlations)
    assert result.spread == pytest.approx(result.deviation, rel=0.03)


@pytest.mark.parametrize(
    ("times", "positions", "deviations", "message"),
    [
        ([0, 0.1, 0.2], [[0, 1], [1, 2], [2, math.nan]], 0.1, "not finite"),
        ([0, 0.1, 0.2], [[0, 1], [1, 2]], 0.1, "shape"),
        ([0, 0.1, 0.2], [[0], [1], [2]], 0.1, "shape"),
        ([0, 0.1], [[0, 1], [1, 2]], 0.1, "2 point"),
        ([0.1, 0.1, 0.1], [[0, 1], [1, 2], [2, 3]], 0.1, "different times"),
        ([0, 5, 9], [[0, 1], [1, 2], [2, 3]], 0.1, "1 point"),
        ([0, 0.1, 0.2], [[0, 1], [1, 2], [2, 3]], 0.0, "not positive"),
        ([0, 0.1, 0.2], [[0, 1], [1, 2], [2, 3]], [0.1, 0.1], "do not fit"),
        ([0, 0.1, 0.2], [[0, 1], [1, 2], [2, 3]], "small", "do not fit"),
        ([], np.empty((0, 2)), 0.1, "not empty"),
        ([0, 0.1, 0.2], [[0, 1], [0, 2], [0, 3]], 0.1, "forward"),
    ],
)
def test_paths_that_cannot_be_used_are_refused(times: object, positions: object, deviations: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        estimate_release(times, positions, deviations)  # type: ignore[arg-type]


def test_settings_that_cannot_be_are_refused() -> None:
    for options in ({"window": 0.0}, {"drag": -1.0}, {"time_deviation": -1.0}, {"wind": (1.0, 2.0, 3.0)}, {"gravity": 0.0}):
        with pytest.raises(SettingError):
            estimate_release(TIMES, path(), 0.01, **options)  # type: ignore[arg-type]


def test_degrees_and_texts_are_no_release() -> None:
    with pytest.raises(SettingError, match="radians, not degrees"):
        Release(speed=29.0, angle=34.0, height=1.8)
    with pytest.raises(SettingError, match="give a number"):
        Release(speed="29", angle=0.6, height=1.8)  # type: ignore[arg-type]
