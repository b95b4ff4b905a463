"""Degree elevation leaves the shape as it is; reduction says how far it is off."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tests.geometry.nurbs.splines import (
    circle,
    curves,
    gap,
    one_of,
    random_batch,
    random_shape,
    reference,
    samples,
    surfaces,
)
from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.clamping import clamp
from trackside.geometry.nurbs.elevation import elevate_degree
from trackside.geometry.nurbs.knots import multiplicities
from trackside.geometry.nurbs.reduction import reduce_degree
from trackside.geometry.nurbs.shapes import Curve, Surface


@given(curve=curves(), by=st.integers(1, 3))
def test_elevation_leaves_the_curve_as_it_is(curve: Curve, by: int) -> None:
    higher = elevate_degree(curve, by)
    assert higher.degrees == (curve.degrees[0] + by,)
    assert gap(curve, higher) < 1e-12


@given(curve=curves(clamped=True), by=st.integers(1, 3))
def test_every_knot_stands_as_many_times_more(curve: Curve, by: int) -> None:
    values, counts = multiplicities(curve.knots[0])
    higher_values, higher_counts = multiplicities(elevate_degree(curve, by).knots[0])
    np.testing.assert_array_equal(higher_values, values)
    np.testing.assert_array_equal(higher_counts, counts + by)


def test_a_double_knot_becomes_triple_and_the_curve_stays() -> None:
    """geomdl's issue 125: there the knot stays double, and a curve of 150 units is off by 5.4. Our points are synthetic."""
    points = [[0, 0], [30, 110], [60, 20], [85, 140], [110, 35], [150, 90]]
    curve = Curve(points, 3, [0, 0, 0, 0, 0.5, 0.5, 1, 1, 1, 1])
    higher = elevate_degree(curve)
    assert (higher.knots[0] == 0.5).sum() == 3
    np.testing.assert_allclose(reference(higher, *samples(curve)), reference(curve, *samples(curve)), rtol=0, atol=1e-12)


@given(surface=surfaces(), parameter=st.sampled_from([0, 1]))
def test_elevation_leaves_a_surface_as_it_is(surface: Surface, parameter: int) -> None:
    higher = elevate_degree(surface, 2, parameter)
    assert higher.degrees[parameter] == surface.degrees[parameter] + 2
    assert higher.degrees[1 - parameter] == surface.degrees[1 - parameter]
    assert gap(surface, higher, 23) < 1e-12


def test_an_elevated_circle_stays_a_circle() -> None:
    points = reference(elevate_degree(circle(), 3), np.linspace(0, 1, 500))
    np.testing.assert_allclose(np.linalg.norm(points, axis=-1), 1.0, atol=1e-14)


def test_a_bezier_curve_is_elevated_as_the_formula_says() -> None:
    """Q_i = i / (p + 1) P_{i-1} + (1 - i / (p + 1)) P_i (The NURBS Book, eq. 5.36)."""
    points = np.random.default_rng(0).normal(size=(5, 2))
    higher = elevate_degree(Curve(points, 4)).control_points
    share = np.arange(1, 5)[:, None] / 5
    np.testing.assert_allclose(higher[1:-1], share * points[:-1] + (1 - share) * points[1:], atol=1e-15)


def test_a_batch_with_its_own_knots() -> None:
    batch = random_batch(3, 4)
    higher, lower = elevate_degree(batch, 2), reduce_degree(elevate_degree(batch, 2), 2)[0]
    for row in range(4):
        assert gap(one_of(batch, row), one_of(higher, row)) < 1e-12
        assert gap(one_of(batch, row), one_of(lower, row)) < 1e-11


def test_a_batch_whose_knots_differ_in_number_is_refused() -> None:
    knots = np.array([[0, 0, 0, 0.5, 0.5, 1, 1, 1], [0, 0, 0, 0.4, 0.6, 1, 1, 1]])
    with pytest.raises(InputError, match="from 3 to 4 distinct knots; take them one by one"):
        elevate_degree(Curve(np.zeros((2, 5, 2)), 2, knots))


@given(curve=curves(), by=st.integers(1, 2))
def test_what_was_elevated_is_reduced_to_what_it_was(curve: Curve, by: int) -> None:
    size = float(np.abs(curve.control_points).max())
    lower, bound = reduce_degree(elevate_degree(curve, by), by, 1e-8)
    assert bound < 1e-10 * size
    np.testing.assert_array_equal(lower.knots[0], clamp(curve).knots[0])
    assert gap(curve, lower) < 1e-10


@given(curve=curves(clamped=True, lowest=2))
def test_the_bound_of_a_reduction_holds_and_its_ends_stay(curve: Curve) -> None:
    try:
        lower, bound = reduce_degree(curve, 1, math.inf)
    except InputError:
        return
    at = samples(curve, 1001)
    assert np.linalg.norm(reference(curve, *at) - reference(lower, *at), axis=-1).max() <= bound * (1 + 1e-9)
    np.testing.assert_allclose(lower.control_points[[0, -1]], curve.control_points[[0, -1]], rtol=0, atol=1e-9)


@pytest.mark.parametrize("degree", [2, 3, 5])
def test_the_bound_of_a_reduction_is_not_far_above_the_truth(degree: int) -> None:
    curve = random_shape(9, (degree,), spans=5, rational=False)
    lower, bound = reduce_degree(curve, 1, math.inf)
    at = samples(curve, 4001)
    truth = np.linalg.norm(reference(curve, *at) - reference(lower, *at), axis=-1).max()
    assert truth <= bound <= 1.6 * truth


def test_a_parabola_is_the_best_for_a_cubic_as_chebyshev_has_it() -> None:
    """x^3 on -1 to 1 as a cubic: with free ends the best error is 1/4; with the ends kept it is 2 / (3 sqrt 3), by x."""
    cubic = Curve(np.array([[-1.0], [1.0], [-1.0], [1.0]]), 3)
    lower, bound = reduce_degree(cubic, 1, 1.0)
    at = np.linspace(0, 1, 2001)
    truth = np.abs(reference(cubic, at) - reference(lower, at)).max()
    assert truth == pytest.approx(2 / (3 * math.sqrt(3)), abs=1e-6)
    assert truth <= bound < 1.2 * truth


def test_a_reduction_beyond_the_tolerance_is_refused() -> None:
    with pytest.raises(InputError, match=r"degree 1 comes no closer than 1\.\d+, the tolerance is 0\.1"):
        reduce_degree(Curve([[0, 0], [1, 2], [2, 0]], 2), tolerance=0.1)
    assert reduce_degree(Curve([[0, 0], [1, 2], [2, 0]], 2), tolerance=1.5)[0].degrees == (1,)


def test_settings_out_of_range_are_refused() -> None:
    line = Curve([[0, 0], [1, 1]], 1)
    with pytest.raises(SettingError, match="1 is the lowest"):
        reduce_degree(line)
    with pytest.raises(SettingError, match="give 1 to 2"):
        reduce_degree(Curve(np.eye(4), 3), 3)
    with pytest.raises(SettingError, match="tolerance"):
        reduce_degree(Curve(np.eye(4), 3), tolerance=float("nan"))
    with pytest.raises(SettingError, match="give 1 or more"):
        elevate_degree(line, 0)
    with pytest.raises(SettingError, match="give 1 or more"):
        elevate_degree(line, 1.5)
    with pytest.raises(SettingError, match="no parameter 1"):
        elevate_degree(line, 1, 1)
