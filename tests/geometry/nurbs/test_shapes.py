"""Shapes: what they are made of, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import InputError
from trackside.geometry.nurbs import Curve, Surface, Volume, clamped_uniform, multiplicities, uniform

SQUARE = np.zeros((4, 2))


def test_a_curve_without_knots_is_clamped_and_uniform() -> None:
    curve = Curve(np.zeros((5, 3)), 2)
    np.testing.assert_allclose(curve.knots[0], [0, 0, 0, 1 / 3, 2 / 3, 1, 1, 1])
    assert (curve.counts, curve.dimension, curve.batch, curve.rational) == ((5,), 3, (), False)


def test_leading_axes_are_a_batch() -> None:
    surface = Surface(np.zeros((7, 2, 4, 5, 3)), (3, 2), weights=np.ones((7, 2, 4, 5)))
    assert (surface.batch, surface.counts, surface.rational) == ((7, 2), (4, 5), True)
    assert surface.homogeneous.shape == (7, 2, 4, 5, 4)


def test_one_degree_stands_for_all() -> None:
    assert Volume(np.zeros((4, 5, 6, 3)), 2).degrees == (2, 2, 2)


def test_float32_stays_float32_and_integers_become_float64() -> None:
    assert Curve(np.zeros((4, 2), np.float32)).knots[0].dtype == np.float32
    assert Curve([[0, 0], [1, 0], [2, 0], [3, 1]]).control_points.dtype == np.float64


def test_the_domain_of_unclamped_knots_lies_inside_them() -> None:
    curve = Curve(np.zeros((6, 2)), 3, uniform(6, 3))
    np.testing.assert_allclose(curve.domain[0], (0, 1))
    assert curve.knots[0][0] == pytest.approx(-1)


def test_multiplicities_count_how_often_a_knot_stands() -> None:
    values, counts = multiplicities([0, 0, 0, 0.5, 0.5, 1, 1, 1])
    assert (values.tolist(), counts.tolist()) == ([0, 0.5, 1], [3, 2, 3])


@pytest.mark.parametrize(
    ("knots", "says"),
    [
        ([0, 0, 0, 0, 1, 1, 1, 0.5], "knots decrease; sort them"),
        ([0, 0, 0, 0, 1, 1, 1], "need 8 knots, got 7"),
        ([0, 0, 0, 0, 0, 1, 1, 1], "more than 4 times|domain is empty"),
        ([0, 0, 0, np.nan, 1, 1, 1, 1], "NaN"),
        ([-3, -2, -1, 1, 1, 2, 3, 4], "domain is empty"),
        (1.0, "got a single number"),
    ],
)
def test_knots_that_are_none_are_refused(knots: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        Curve(SQUARE, 3, knots)


@pytest.mark.parametrize(
    ("weights", "says"),
    [([1, 1, 0, 1], "a weight is 0; give weights above 0"), ([1, 1, -2, 1], "a weight is -2"), ([1, 1, 1], "one a control"),
     ([1, np.inf, 1, 1], "NaN or infinity")],
)  # fmt: skip
def test_weights_that_are_none_are_refused(weights: list[float], says: str) -> None:
    with pytest.raises(InputError, match=says):
        Curve(SQUARE, 3, weights=weights)


def test_wrong_counts_are_refused() -> None:
    with pytest.raises(InputError, match="degree 3 along u with 3 control points"):
        Curve(np.zeros((3, 2)), 3)
    with pytest.raises(InputError, match="degree 0"):
        Curve(SQUARE, 0)
    with pytest.raises(InputError, match=r"an array \[\.\.\., n, m, dim\]"):
        Surface(SQUARE, 1)
    with pytest.raises(InputError, match="2 whole numbers as degrees"):
        Surface(np.zeros((4, 4, 2)), (3, 3, 3))
    with pytest.raises(InputError, match="2 knot vectors, got 1"):
        Surface(np.zeros((4, 4, 2)), 3, [clamped_uniform(4, 3)])
    with pytest.raises(InputError, match="knots of a batch"):
        Curve(np.zeros((5, 4, 2)), 3, np.tile(clamped_uniform(4, 3), (3, 1)))
    with pytest.raises(InputError, match="control points hold NaN"):
        Curve([[0, 0], [np.nan, 1], [1, 1], [2, 2]])


def test_a_shape_is_not_changed() -> None:
    with pytest.raises(AttributeError):
        Curve(SQUARE).degrees = (2,)  # type: ignore[misc]


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(InputError, match="numbers are needed"):
        Curve([["a", "b"]] * 4)
    with pytest.raises(InputError, match="numbers are needed, got complex128"):
        Curve(np.zeros((4, 2), complex))
    with pytest.raises(InputError, match="different lengths"):
        Curve([[0, 0], [1], [2, 2], [3, 3]])
    with pytest.raises(InputError, match="no coordinates"):
        Curve(np.zeros((5, 0)))
    for degree in (1.5, "3", None):
        with pytest.raises(InputError, match="whole numbers as degrees"):
            Curve(SQUARE, degree)  # type: ignore[arg-type]
    for periodic in (1, "yes"):
        with pytest.raises(InputError, match="True or False"):
            Curve(SQUARE, periodic=periodic)  # type: ignore[arg-type]


def test_a_shape_that_does_not_close_is_not_periodic() -> None:
    with pytest.raises(InputError, match="do not come again at the end; repeat the first 3 points"):
        Curve(np.arange(8.0).reshape(4, 2), periodic=True)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    closed = np.concatenate([corners, corners[:2]])
    assert Curve(closed, 2, uniform(6, 2), periodic=True).periodic == (True,)
    with pytest.raises(InputError, match="do not come again"):
        Curve(closed, 2, periodic=True)  # Clamped knots do not.
    with pytest.raises(InputError, match="do not come again"):
        Curve(closed, 2, uniform(6, 2), weights=[1, 1, 1, 1, 1, 2], periodic=True)
