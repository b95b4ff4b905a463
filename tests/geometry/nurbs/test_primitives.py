"""Lines, arcs, circles and closed curves are what they say, to the last digits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.evaluation import evaluate
from trackside.geometry.nurbs.primitives import arc, circle, ellipse, line, periodic_curve, polyline

settings.register_profile("shapes", deadline=None, max_examples=40)
settings.load_profile("shapes")

PLACES = np.linspace(0, 1, 101)


@given(st.floats(1e-3, 1e3), st.floats(-7, 7), st.floats(-2 * math.pi, 2 * math.pi).filter(lambda sweep: abs(sweep) > 1e-3))
def test_arc_lies_on_the_circle_and_runs_from_start_to_end(radius: float, start: float, sweep: float) -> None:
    points = evaluate(arc([3.0, -2.0], radius, start, sweep), PLACES) - [3.0, -2.0]
    np.testing.assert_allclose(np.hypot(*points.T), radius, rtol=1e-12, atol=1e-13)
    for row, angle in ((0, start), (-1, start + sweep), (50, start + sweep / 2)):
        expected = radius * np.array([math.cos(angle), math.sin(angle)])
        np.testing.assert_allclose(points[row], expected, rtol=0, atol=1e-11 * radius + 1e-13)


def test_circle_in_space_lies_in_the_plane_of_its_axes() -> None:
    points = evaluate(circle([1, 2, 3], 2, axes=[[0, 0, 5], [0, 1, 1]]), PLACES) - [1, 2, 3]
    np.testing.assert_allclose(points[:, 0], 0, atol=1e-15)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 2, rtol=1e-14)
    np.testing.assert_allclose(points[0], [0, 0, 2], atol=1e-15)
    np.testing.assert_allclose(points[25], [0, 2, 0], atol=1e-14)


def test_ellipse_satisfies_its_equation() -> None:
    x, y = evaluate(ellipse([0, 0], (3, 0.5)), PLACES).T
    np.testing.assert_allclose((x / 3) ** 2 + (y / 0.5) ** 2, 1, rtol=1e-13)


def test_full_circle_closes_to_the_last_bit() -> None:
    ends = circle([0, 0], 0.3).control_points[[0, -1]]
    assert np.array_equal(ends[0], ends[1])


def test_lines_come_in_batches() -> None:
    lines = line(np.zeros((5, 2)), np.arange(10.0).reshape(5, 2))
    assert lines.batch == (5,)
    np.testing.assert_allclose(evaluate(lines, np.array([0.5]))[:, 0], np.arange(10.0).reshape(5, 2) / 2)


def test_polyline_runs_at_unit_speed_and_drops_repeated_points() -> None:
    curve = polyline([[0, 0], [3, 0], [3, 0], [3, 4]])
    assert curve.counts == (3,)
    np.testing.assert_allclose(
        evaluate(curve, np.array([0.0, 1.5, 3.0, 5.0, 7.0])), [[0, 0], [1.5, 0], [3, 0], [3, 2], [3, 4]]
    )


def test_closed_polyline_returns_to_its_start() -> None:
    curve = polyline([[0, 0], [1, 0], [1, 1]], closed=True)
    np.testing.assert_allclose(curve.control_points[-1], [0, 0])


@pytest.mark.parametrize("degree", [1, 2, 3, 5])
def test_periodic_curve_joins_itself_smoothly(degree: int) -> None:
    from trackside.geometry.nurbs.evaluation import derivatives

    curve = periodic_curve(np.random.default_rng(degree).normal(size=(7, 2)), degree)
    assert curve.counts == (7 + degree,)
    near = 1e-9
    found = derivatives(curve, np.array([0.0, 1.0 - near]), order=2)
    np.testing.assert_allclose(found[(0,)][0], found[(0,)][1], atol=1e-6)
    if degree >= 2:
        np.testing.assert_allclose(found[(1,)][0], found[(1,)][1], atol=1e-5)


def test_periodic_parameters_run_on() -> None:
    curve = periodic_curve(np.random.default_rng(1).normal(size=(6, 3)), 3)
    np.testing.assert_allclose(evaluate(curve, np.array([0.3])), evaluate(curve, np.array([2.3])), atol=1e-13)


@pytest.mark.parametrize("sweep", [0.0, 7.0, math.nan])
def test_arc_refuses_impossible_sweeps(sweep: float) -> None:
    with pytest.raises(SettingError, match="full turn"):
        arc([0, 0], 1, 0, sweep)


def test_bad_input_is_told() -> None:
    with pytest.raises(SettingError, match="radius"):
        circle([0, 0], -1)
    with pytest.raises(InputError, match="parallel"):
        circle([0, 0, 0], 1, axes=[[1, 0, 0], [2, 0, 0]])
    with pytest.raises(InputError, match="two different points"):
        polyline([[1, 1], [1, 1]])
    with pytest.raises(InputError, match="NaN"):
        line([0, math.nan], [1, 1])
    with pytest.raises(InputError, match="closed curve"):
        periodic_curve([[0, 0], [1, 1]], 3)


def test_ends_of_different_dimensions_are_told() -> None:
    with pytest.raises(InputError, match=r"start has the shape \[2\], the end \[3\]"):
        line([0, 0], [1, 1, 1])
