"""Knot insertion and refinement leave the shape as it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.interpolate import BSpline

from tests.geometry.nurbs.splines import circle, curves, gap, one_of, random_batch, random_shape, reference, surfaces
from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.insertion import insert_knot, refine
from trackside.geometry.nurbs.shapes import Curve, Surface, Volume


def within(curve: Curve, share: float) -> float:
    low, high = curve.domain[0]
    return float(low + (high - low) * share)


@given(curve=curves(), share=st.floats(0.01, 0.99))
def test_insertion_leaves_the_curve_as_it_is(curve: Curve, share: float) -> None:
    more = insert_knot(curve, within(curve, share))
    assert more.counts[0] == curve.counts[0] + 1
    assert gap(curve, more) < 1e-12


@given(curve=curves(), share=st.floats(0.01, 0.99))
def test_a_knot_inserted_degree_times_puts_a_control_point_on_the_curve(curve: Curve, share: float) -> None:
    value, degree = within(curve, share), curve.degrees[0]
    if value in curve.knots[0]:
        return
    more = insert_knot(curve, value, degree)
    place = int(np.searchsorted(more.knots[0], value)) - 1
    on_curve = reference(curve, [value])[0]
    assert np.linalg.norm(more.control_points[place] - on_curve) < 1e-12 * np.abs(curve.control_points).max()


@given(curve=curves(clamped=True), share=st.floats(0.01, 0.99))
def test_it_agrees_with_scipy(curve: Curve, share: float) -> None:
    plain = Curve(curve.control_points, curve.degrees, curve.knots)
    value = within(plain, share)
    theirs = BSpline(plain.knots[0], plain.control_points, plain.degrees[0]).insert_knot(value)
    ours = insert_knot(plain, value)
    np.testing.assert_array_equal(ours.knots[0], theirs.t)
    np.testing.assert_allclose(ours.control_points, theirs.c[: ours.counts[0]], rtol=0, atol=1e-13 * np.abs(theirs.c).max())


@given(surface=surfaces(), parameter=st.sampled_from([0, 1]), count=st.integers(1, 3))
def test_refinement_leaves_a_surface_as_it_is(surface: Surface, parameter: int, count: int) -> None:
    if surface.degrees[parameter] < 1:
        return
    more = refine(surface, count, parameter)
    assert more.counts[parameter] > surface.counts[parameter]
    assert more.counts[1 - parameter] == surface.counts[1 - parameter]
    assert gap(surface, more, 23) < 1e-12


def test_refinement_of_a_volume_along_its_last_parameter() -> None:
    volume: Volume = random_shape(5, (2, 1, 3))
    assert gap(volume, refine(volume, [0.11, 0.11, 0.3], 2), 9) < 1e-12


def test_control_points_away_from_the_knot_stay_bit_for_bit() -> None:
    curve = random_shape(3, (3,), spans=8, rational=False)
    more = insert_knot(curve, float(curve.knots[0][-1]) - 0.05)
    np.testing.assert_array_equal(more.control_points[:4], curve.control_points[:4])


def test_convexity_keeps_weights_positive_over_six_decades() -> None:
    curve = random_shape(8, (7,), spans=6)
    more = refine(curve, 5)
    assert more.weights.min() >= curve.weights.min() * (1 - 1e-14)
    assert more.weights.max() <= curve.weights.max() * (1 + 1e-14)


def test_each_curve_of_a_batch_is_refined_on_its_own_knots() -> None:
    batch = random_batch(1, 5)
    more, halves = insert_knot(batch, 0.37), refine(batch, 1)
    for row in range(5):
        assert gap(one_of(batch, row), one_of(more, row)) < 1e-12
        assert gap(one_of(batch, row), one_of(halves, row)) < 1e-12
        alone = insert_knot(one_of(batch, row), 0.37)
        np.testing.assert_array_equal(alone.control_points, more.control_points[row])


def test_a_circle_stays_a_circle() -> None:
    points = reference(refine(circle(), 3), np.linspace(0, 1, 500))
    np.testing.assert_allclose(np.linalg.norm(points, axis=-1), 1.0, atol=1e-14)


def test_a_value_that_differs_from_a_knot_by_rounding_is_that_knot() -> None:
    curve = insert_knot(Curve(np.eye(4), 3), 0.3)
    twice = insert_knot(curve, 0.1 + 0.2)
    assert (twice.knots[0] == 0.3).sum() == 2


def test_float32_stays_float32() -> None:
    curve = Curve(np.eye(4, dtype=np.float32), 3)
    more = insert_knot(curve, 0.4, 2)
    assert more.control_points.dtype == np.float32 and more.knots[0].dtype == np.float32
    assert gap(curve, more) < 1e-6


def test_a_knot_does_not_stand_more_often_than_the_degree() -> None:
    with pytest.raises(InputError, match="stands 2 times already and would stand more than 3 times"):
        insert_knot(insert_knot(Curve(np.eye(4), 3), 0.5, 2), 0.5, 2)
    with pytest.raises(InputError, match="more than 3"):
        refine(Curve(np.eye(4), 3), [0.5, 0.2, 0.5, 0.5, 0.5])
    with pytest.raises(InputError, match="stands 4 times"):
        insert_knot(Curve(np.eye(4), 3), 0.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: insert_knot(c, 1.5), "1.5 is outside"),
        (lambda c: insert_knot(c, float("nan")), "outside"),
        (lambda c: insert_knot(c, 0.5, 0), "give 1 or more"),
        (lambda c: insert_knot(c, 0.5, 1.5), "1.5 knots"),
        (lambda c: insert_knot(c, 0.5, parameter=1), "no parameter 1"),
        (lambda c: refine(c, []), "no knots to insert"),
        (lambda c: refine(c, 0), "give 1 or more"),
    ],
)
def test_what_cannot_be_is_refused(call: object, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        call(Curve(np.eye(4), 3))  # type: ignore[operator]
