"""Least squares: recovers what made the points, holds what it shall, weighs, smooths, and tells what it cannot."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.evaluation import evaluate, evaluate_grid
from trackside.geometry.nurbs.fitting import fit, fit_within
from trackside.geometry.nurbs.parametrisation import fitting_knots, parametrised
from trackside.geometry.nurbs.primitives import circle
from trackside.geometry.nurbs.shapes import Curve, Surface
from trackside.geometry.nurbs.surface_fitting import fit_scattered, fit_surface

T = np.linspace(0, 1, 200)
X = np.linspace(0, 1, 80)


@pytest.mark.parametrize("degree", [1, 2, 3, 5])
def test_points_of_a_spline_give_it_back(degree: int) -> None:
    curve = Curve(np.random.default_rng(0).normal(size=(11, 3)), degree)
    found = fit(evaluate(curve, T), 11, degree, parameters=T, knots=curve.knots[0])
    np.testing.assert_allclose(found.control_points, curve.control_points, atol=1e-9)


def test_same_as_scipys_least_squares() -> None:
    from scipy.interpolate import make_lsq_spline

    rng = np.random.default_rng(1)
    points, weights = rng.normal(size=(200, 2)), rng.uniform(0.1, 3, 200)
    found = fit(points, 12, parameters=T, weights=weights**2, hold="none")
    expected = make_lsq_spline(T, points, found.knots[0], 3, w=weights)
    np.testing.assert_allclose(found.control_points, expected.c, rtol=1e-8, atol=1e-9)


def test_degree_one_with_two_control_points() -> None:
    np.testing.assert_allclose(fit([[0, 0], [1, 0.5], [2, 2]], 2, 1).control_points, [[0, 0], [2, 2]], atol=1e-12)


def test_held_points_are_met_exactly_and_others_are_not() -> None:
    points = np.stack([X, np.random.default_rng(2).normal(size=80)], axis=1)
    found = fit(points, 10, parameters=X, hold=[0, 40, 79])
    missed = np.linalg.norm(evaluate(found, X) - points, axis=1)
    assert missed[[0, 40, 79]].max() < 1e-12 < 0.01 < np.median(missed)
    free = fit(points, 10, parameters=X, hold="none")
    assert np.linalg.norm(evaluate(free, X[:1]) - points[:1]) > 1e-3


def test_weight_draws_the_curve() -> None:
    points = np.stack([X, np.random.default_rng(3).normal(size=80)], axis=1)
    heavy = np.where(np.arange(80) == 30, 1e6, 1.0)
    missed = [np.abs(evaluate(fit(points, 8, parameters=X, weights=w), X[30:31]) - points[30]).max() for w in (None, heavy)]
    assert missed[1] < 1e-3 < 0.05 < missed[0]


def test_smoothing_ends_in_a_straight_line_and_allows_more_control_points_than_points() -> None:
    points = np.stack([X, 3 * X + np.random.default_rng(4).normal(size=80)], axis=1)
    straight = evaluate(fit(points, 20, parameters=X, smoothing=1e5, hold="none"), T)
    slope, start = np.polyfit(X, points[:, 1], 1)
    np.testing.assert_allclose(straight[:, 1], start + slope * T, atol=1e-3)
    assert fit(points[:6], 20, parameters=X[:6], smoothing=1e-6).counts == (20,)


def test_batch_is_each_curve_by_itself() -> None:
    points = np.cumsum(np.random.default_rng(5).uniform(0, 1, (3, 30, 2)), axis=1)
    found = fit(points, 8)
    np.testing.assert_allclose(found.control_points[1], fit(points[1], 8).control_points)
    np.testing.assert_allclose(found.knots[0][1], fit(points[1], 8).knots[0])


@pytest.mark.parametrize("tolerance", [1e-2, 1e-4, 1e-6])
def test_fit_within_keeps_the_tolerance_with_few_control_points(tolerance: float) -> None:
    points = evaluate(circle([0, 0], 1), np.linspace(0, 0.9, 400))
    found = fit_within(points, tolerance)
    assert np.linalg.norm(evaluate(found, parametrised(points, 1.0)) - points, axis=1).max() <= tolerance * (1 + 1e-9)
    assert found.counts[0] <= {1e-2: 12, 1e-4: 24, 1e-6: 72}[tolerance]


def test_fit_within_goes_through_noise_only_if_it_must() -> None:
    points = np.stack([X, np.random.default_rng(6).normal(size=80)], axis=1)
    found = fit_within(points, 1e-9)
    np.testing.assert_allclose(evaluate(found, parametrised(points, 1.0)), points, atol=1e-9)
    assert fit_within([[0, 0], [1, 1]], 0.1).degrees == (1,)


def test_surface_of_a_grid_gives_it_back_and_keeps_its_corners() -> None:
    u, v = np.linspace(0, 1, 40), np.linspace(0, 1, 30)
    knots = fitting_knots(u, 6, 3), fitting_knots(v, 5, 2)
    surface = Surface(np.random.default_rng(7).normal(size=(6, 5, 3)), (3, 2), knots)
    grid = evaluate_grid(surface, u, v)
    noise = 0.01 * np.random.default_rng(8).normal(size=grid.shape)
    found = fit_surface(grid + noise, (6, 5), (3, 2), parameters=(u, v), hold="none")
    missed = np.sqrt(((evaluate_grid(found, u, v) - grid) ** 2).mean())
    assert missed < 0.01 * 0.3  # 30 unknowns for 1200 points leave sqrt(30 / 1200) = 0.16 of the noise.
    held = fit_surface(grid + noise, (6, 5), (3, 2), parameters=(u, v))
    np.testing.assert_allclose(held.control_points[[0, -1], [0, -1]], (grid + noise)[[0, -1], [0, -1]], atol=1e-12)
    exact = fit_surface(grid, (6, 5), (3, 2), parameters=(u, v))
    np.testing.assert_allclose(exact.control_points, surface.control_points, atol=1e-9)


def test_scattered_heights() -> None:
    u, v = np.random.default_rng(9).uniform(0, 1, (2, 3000))
    height = np.sin(3 * u) * v + u
    found = fit_scattered(u, v, height[:, None], (10, 9), domain=((0, 1), (0, 1)))
    np.testing.assert_allclose(evaluate(found, u, v)[:, 0], height, atol=1e-3)


def test_scattered_with_a_hole_needs_smoothing_and_says_so() -> None:
    u, v = np.random.default_rng(10).uniform(0, 1, (2, 2000))
    kept = (u - 0.5) ** 2 + (v - 0.5) ** 2 > 0.3**2
    u, v = u[kept], v[kept]
    plane = (1 + 2 * u - v)[:, None]
    with pytest.raises(InputError, match="smoothing above 0"):
        fit_scattered(u, v, plane, (14, 14))
    found = fit_scattered(u, v, plane, (14, 14), smoothing=1e-6)
    np.testing.assert_allclose(evaluate(found, np.array([0.5]), np.array([0.5])), 1.5, atol=1e-5)


def test_bad_input_is_told() -> None:
    with pytest.raises(InputError, match="3 points for 5 control points"):
        fit([[0, 0], [1, 1], [2, 2]], 5, 1)
    with pytest.raises(InputError, match="not told by the points"):
        fit(
            np.stack([X, X], 1),
            20,
            parameters=np.concatenate([X[:40] / 1000, [1.0] * 40]),
            knots=Curve(np.zeros((20, 1)), 3).knots[0],
        )
    with pytest.raises(InputError, match="weights"):
        fit([[0, 0], [1, 1], [2, 2]], 2, 1, weights=[1, -1, 1])
    with pytest.raises(SettingError, match="row"):
        fit([[0, 0], [1, 1], [2, 2]], 2, 1, hold=[7])
    with pytest.raises(SettingError, match="smoothing"):
        fit([[0, 0], [1, 1], [2, 2]], 2, 1, smoothing=-1)
    with pytest.raises(SettingError, match="tolerance"):
        fit_within([[0, 0], [1, 1]], 0)


@pytest.mark.parametrize("count", [4.5, 4.0, "4"])
def test_control_points_are_counted_in_whole_numbers(count: object) -> None:
    with pytest.raises(SettingError, match="whole numbers"):
        fit(np.random.default_rng(0).normal(size=(9, 2)), count)  # type: ignore[arg-type]
