"""Motion from noisy positions: synthetic throws and strides with gaps and wild points."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.evaluation import derivatives, evaluate
from trackside.geometry.nurbs.paths import fit_path

TIMES = np.arange(0, 2, 1 / 60)
GRAVITY = -9.81
NOISE = 0.02


def throw(times: np.ndarray) -> np.ndarray:
    """A synthetic flight: 23 m/s forward, 18 m/s up."""
    return np.stack([23 * times, 1.8 + 18 * times + GRAVITY / 2 * times**2], axis=1)


def strides(times: np.ndarray) -> np.ndarray:
    """A synthetic hip: forward, and up and down 1.5 times a second."""
    return np.stack([8 * times, 1 + 0.1 * np.sin(2 * math.pi * 1.5 * times)], axis=1)


def noisy(points: np.ndarray, seed: int = 0) -> np.ndarray:
    return points + np.random.default_rng(seed).normal(0, NOISE, points.shape)


def test_gravity_is_found_and_nothing_is_called_wild() -> None:
    found = fit_path(TIMES, noisy(throw(TIMES)), NOISE)
    measured = derivatives(found.curve, TIMES, order=2)
    np.testing.assert_allclose(np.median(measured[(2,)][:, 1]), GRAVITY, atol=0.5)
    np.testing.assert_allclose(measured[(1,)][60], [23, 18 + GRAVITY * TIMES[60]], atol=0.1)
    assert found.weights.min() > 0
    assert 0.8 < found.deviation < 1.2
    np.testing.assert_allclose(found.residuals, noisy(throw(TIMES)) - evaluate(found.curve, TIMES))


def test_speed_is_that_of_the_strides() -> None:
    found = fit_path(TIMES, noisy(strides(TIMES)), NOISE)
    speed = derivatives(found.curve, TIMES[5:-5], order=1)[(1,)]
    expected = 0.1 * 2 * math.pi * 1.5 * np.cos(2 * math.pi * 1.5 * TIMES[5:-5])
    assert np.sqrt(np.mean((speed[:, 1] - expected) ** 2)) < 0.12  # The speed itself goes from -0.94 to 0.94.
    assert np.sqrt(np.mean((evaluate(found.curve, TIMES) - strides(TIMES)) ** 2)) < NOISE / 1.5


def test_wild_points_lose_their_say_at_the_ends_too() -> None:
    points = noisy(strides(TIMES), 1)
    wild = np.array([0, 17, 18, 50, 77, 119])
    points[wild] += [[3, -2], [1, 1], [1, 1], [-2, 0.5], [0, 4], [-3, 1]]
    found = fit_path(TIMES, points, NOISE)
    np.testing.assert_array_equal(found.weights[wild], 0)
    assert np.count_nonzero(found.weights == 0) == len(wild)
    assert np.abs(evaluate(found.curve, TIMES) - strides(TIMES)).max() < 3 * NOISE
    trusting = fit_path(TIMES, points, NOISE, robust=False)
    assert np.abs(evaluate(trusting.curve, TIMES) - strides(TIMES)).max() > 10 * NOISE


def test_gaps_and_nan_are_bridged() -> None:
    points = noisy(throw(TIMES), 2)
    points[40:70] = math.nan
    kept = np.r_[:20, 30:120]
    found = fit_path(TIMES[kept], points[kept], NOISE)
    assert np.abs(evaluate(found.curve, TIMES) - throw(TIMES)).max() < 0.15
    assert np.isnan(found.residuals[30:60]).all()
    assert (found.weights[30:60] == 0).all()


def test_given_smoothing_goes_from_all_to_a_parabola() -> None:
    points = noisy(strides(TIMES), 3)
    stiff = fit_path(TIMES, points, smoothing=1e12, robust=False)
    parabola = np.stack([np.polyval(np.polyfit(TIMES, column, 2), TIMES) for column in points.T], axis=1)
    np.testing.assert_allclose(evaluate(stiff.curve, TIMES), parabola, atol=5e-3)  # The strides are 0.1.
    loose = fit_path(TIMES, points, smoothing=1e-9, robust=False, spacing=1 / 60)
    assert np.abs(loose.residuals).mean() < NOISE / 3


def test_precise_points_count_for_more() -> None:
    points, spread = noisy(throw(TIMES), 4), np.full(len(TIMES), NOISE)
    points[::2] += np.random.default_rng(5).normal(0, 10 * NOISE, points[::2].shape)
    spread[::2] *= 10
    missed = [
        np.sqrt(np.mean((evaluate(fit_path(TIMES, points, one, robust=False).curve, TIMES) - throw(TIMES)) ** 2))
        for one in (spread, NOISE)
    ]
    assert missed[0] < missed[1] / 2


def test_long_recording_uses_the_estimated_trace() -> None:
    times = np.arange(0, 40, 1 / 30)
    found = fit_path(times, noisy(strides(times), 6), NOISE)
    assert found.curve.counts[0] > 400
    assert np.sqrt(np.mean((evaluate(found.curve, times) - strides(times)) ** 2)) < NOISE / 1.5


def test_bad_input_is_told() -> None:
    with pytest.raises(InputError, match="ascend"):
        fit_path([0, 2, 1, 3, 4, 5, 6], np.zeros((7, 2)))
    with pytest.raises(InputError, match="give more points"):
        fit_path([0, 1, 2], np.zeros((3, 2)))
    with pytest.raises(InputError, match="3 points for a path"):
        fit_path(TIMES, np.where(np.arange(120)[:, None] < 3, 1.0, math.nan) * np.ones((1, 2)))
    with pytest.raises(InputError, match="infinite"):
        fit_path(TIMES, np.full((120, 2), math.inf))
    with pytest.raises(InputError, match="deviation"):
        fit_path(TIMES, throw(TIMES), 0)
    with pytest.raises(SettingError, match="degree"):
        fit_path(TIMES, throw(TIMES), degree=2)
    with pytest.raises(SettingError, match="smoothing"):
        fit_path(TIMES, throw(TIMES), smoothing=-1)


def test_what_is_no_number_is_told() -> None:
    with pytest.raises(InputError, match="not arrays of numbers"):
        fit_path(["later"], [[1.0, 2.0]])
