"""Curves and surfaces pass through their points, and agree with scipy where it has the same."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.evaluation import derivatives, evaluate, evaluate_grid
from trackside.geometry.nurbs.interpolation import drawn_curve, interpolate, interpolate_closed, interpolate_surface
from trackside.geometry.nurbs.parametrisation import averaged_knots, chosen_parameters, parametrised

settings.register_profile("interpolation", deadline=None, max_examples=30)
settings.load_profile("interpolation")


@given(st.integers(0, 10_000), st.integers(2, 30), st.integers(1, 7), st.sampled_from(["chord", "centripetal", "uniform"]))
def test_curve_passes_through_its_points(seed: int, count: int, degree: int, rule: str) -> None:
    points = np.cumsum(np.random.default_rng(seed).uniform(0.2, 1, (count, 3)), axis=0)
    degree = min(degree, count - 1)
    curve = interpolate(points, degree, parameters=rule)  # type: ignore[arg-type]
    places = chosen_parameters(points, rule)  # type: ignore[arg-type]
    np.testing.assert_allclose(evaluate(curve, places), points, atol=1e-7 * np.abs(points).max())


def test_same_control_points_as_scipy_with_the_same_knots() -> None:
    from scipy.interpolate import make_interp_spline

    points = np.random.default_rng(0).normal(size=(12, 2))
    places = parametrised(points, 1.0)
    expected = make_interp_spline(places, points, 3, t=averaged_knots(places, 3))
    np.testing.assert_allclose(interpolate(points).control_points, expected.c, rtol=1e-9, atol=1e-10)


def test_averaged_knots_of_the_book() -> None:
    # The NURBS Book, example 9.1: parameters 0, 5/17, 9/17, 14/17, 1 give the inner knot 28/51.
    curve = interpolate([[0, 0], [3, 4], [-1, 4], [-4, 0], [-4, -3]], 3)
    np.testing.assert_allclose(curve.knots[0], [0, 0, 0, 0, 28 / 51, 1, 1, 1, 1], rtol=1e-14)


@pytest.mark.parametrize("degree", [2, 3, 4])
def test_end_derivatives_are_kept(degree: int) -> None:
    points = np.random.default_rng(1).normal(size=(8, 2))
    curve = interpolate(points, degree, start=[3, -1], end=[0, 7])
    assert curve.counts == (10,)
    found = derivatives(curve, np.array([0.0, 1.0]), order=1)[(1,)]
    np.testing.assert_allclose(found, [[3, -1], [0, 7]], atol=1e-9)
    np.testing.assert_allclose(evaluate(curve, parametrised(points, 1.0)), points, atol=1e-10)


def test_batch_has_own_knots_or_shares_given_parameters() -> None:
    points = np.random.default_rng(2).normal(size=(3, 9, 2))
    curve = interpolate(points)
    assert curve.knots[0].shape == (3, 13)
    for row in range(3):
        np.testing.assert_allclose(curve.control_points[row], interpolate(points[row]).control_points)
    shared = interpolate(points, parameters=np.arange(9.0))
    assert shared.knots[0].shape == (13,)
    np.testing.assert_allclose(evaluate(shared, np.arange(9.0)), points, atol=1e-10)


@pytest.mark.parametrize("degree", [1, 2, 3, 4, 5])
def test_closed_curve_passes_through_its_points_smoothly(degree: int) -> None:
    angles = np.sort(np.random.default_rng(degree).uniform(0, 2 * math.pi, 9))
    points = np.stack([2 * np.cos(angles), np.sin(angles)], axis=1)
    curve = interpolate_closed(points, degree)
    places = parametrised(np.concatenate([points, points[:1]]), 1.0)
    np.testing.assert_allclose(evaluate(curve, places[:-1]), points, atol=1e-9)
    np.testing.assert_allclose(evaluate(curve, places[-1:]), points[:1], atol=1e-9)
    if degree >= 2:
        low, high = curve.domain[0]
        found = derivatives(curve, np.array([low, high - 1e-9]), order=1)[(1,)]
        np.testing.assert_allclose(found[0], found[1], atol=1e-5)


def test_closed_cubic_is_scipys_periodic_spline() -> None:
    from scipy.interpolate import CubicSpline

    points = np.random.default_rng(4).normal(size=(7, 2))
    whole = np.concatenate([points, points[:1]])
    places = parametrised(whole, 1.0)
    dense = np.linspace(0, 1, 50)
    expected = CubicSpline(places, whole, bc_type="periodic")(dense)
    np.testing.assert_allclose(evaluate(interpolate_closed(points), dense), expected, atol=1e-10)


def test_surface_passes_through_its_grid() -> None:
    x, y = np.meshgrid(np.linspace(0, 2, 8) ** 1.5, np.linspace(0, 1, 6), indexing="ij")
    points = np.stack([x, y, np.sin(2 * x) * y], axis=-1)
    given_ = np.linspace(0, 1, 8), np.linspace(0, 1, 6)
    surface = interpolate_surface(points, (3, 2), parameters=given_)
    np.testing.assert_allclose(evaluate_grid(surface, *given_), points, atol=1e-11)
    chord = interpolate_surface(points, (3, 3))
    assert chord.counts == (8, 6)
    np.testing.assert_allclose(evaluate(chord, np.array([0.0, 1]), np.array([0.0, 1])), points[[0, -1], [0, -1]], atol=1e-12)


def test_drawn_curve_forgives_what_people_draw() -> None:
    assert drawn_curve([[0, 0], [0, 0], [5, 5]]).degrees == (1,)
    assert drawn_curve([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], closed=True).periodic == (True,)
    with pytest.raises(InputError, match="draw at least two"):
        drawn_curve([[1, 1], [1, 1]])


def test_bad_input_is_told() -> None:
    with pytest.raises(InputError, match=r"points 2 and 3 have the same"):
        interpolate([[0, 0], [1, 1], [1, 1], [2, 0], [3, 3]])
    with pytest.raises(InputError, match="all points are the same"):
        interpolate(np.ones((5, 2)))
    with pytest.raises(InputError, match="lower the degree to 2"):
        interpolate([[0, 0], [1, 1], [2, 0]], 3)
    with pytest.raises(InputError, match="NaN"):
        interpolate([[0, 0], [1, math.nan], [2, 0]], 1)
    with pytest.raises(SettingError, match="chord"):
        interpolate([[0, 0], [1, 1], [2, 0]], 1, parameters="arc")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="decrease"):
        interpolate([[0, 0], [1, 1], [2, 0]], 1, parameters=[0, 2, 1])
    with pytest.raises(InputError, match="not repeated at the end"):
        interpolate_closed([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
