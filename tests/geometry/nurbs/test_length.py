"""Lengths and areas against closed forms and scipy's quadrature; the inverse finds its way back."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.arc_length import area, equally_spaced, length, lengths_at, parameters_at
from trackside.geometry.nurbs.evaluation import derivatives, evaluate
from trackside.geometry.nurbs.primitives import arc, circle, line, polyline
from trackside.geometry.nurbs.quadrature import halved
from trackside.geometry.nurbs.shapes import Curve, Surface
from trackside.geometry.nurbs.splitting import decompose
from trackside.geometry.nurbs.sweeps import cone, cylinder, plane, sphere, torus

settings.register_profile("lengths", deadline=None, max_examples=15)
settings.load_profile("lengths")


def random_curves(seed: int, count: int = 4, degree: int = 3) -> Curve:
    """A synthetic batch of rational curves, each with its own knots and a double knot in them."""
    rng = np.random.default_rng(seed)
    inner = np.sort(rng.uniform(0.05, 0.95, (count, 4)), axis=1)
    inner[:, 1] = inner[:, 2]
    ends = np.zeros((count, degree + 1))
    knots = np.concatenate([ends, inner, ends + 1], axis=1)
    return Curve(rng.normal(size=(count, degree + 5, 3)), degree, (knots,), rng.uniform(0.3, 3, (count, degree + 5)))


def test_quarter_circle_is_exact() -> None:
    assert abs(float(length(arc([0, 0], 1, 0, math.pi / 2))) - math.pi / 2) < 1e-12


@given(st.integers(0, 1000))
def test_length_agrees_with_adaptive_quadrature(seed: int) -> None:
    from scipy.integrate import quad

    curves = random_curves(seed, 1)
    one = Curve(curves.control_points[0], 3, curves.knots[0][0], curves.weights[0])
    breaks = np.unique(one.knots[0])

    def speed(t: float) -> float:
        return float(np.linalg.norm(derivatives(one, np.array([t]), order=1)[(1,)]))

    expected = sum(quad(speed, a, b, epsabs=0, epsrel=1e-12, limit=200)[0] for a, b in itertools.pairwise(breaks))
    np.testing.assert_allclose(length(curves)[0], expected, rtol=1e-10)


def test_cusp_where_the_speed_is_zero() -> None:
    # x = 3 t^2 (1 - t) .. the cuspidal cubic (t^2, t^3) about t = 0: length from -1 to 1 is 2 (13^1.5 - 8) / 27.
    control = np.array([[1, -1], [-1 / 3, 1], [-1 / 3, -1], [1, 1.0]])
    np.testing.assert_allclose(length(Curve(control, 3)), 2 * (13**1.5 - 8) / 27, rtol=1e-10)


def test_part_of_a_curve_and_the_whole() -> None:
    curve = circle([5, 5], 2)
    np.testing.assert_allclose(length(curve, 0.25, 0.75), 2 * math.pi, rtol=1e-12)
    np.testing.assert_allclose(length(curve, high=0.5), 2 * math.pi, rtol=1e-12)


def test_batch_is_each_curve_by_itself_and_its_inverse_returns() -> None:
    curves = random_curves(3)
    places = np.linspace(0, 1, 17)
    lengths = lengths_at(curves, places)
    for row in range(4):
        one = Curve(curves.control_points[row], 3, curves.knots[0][row], curves.weights[row])
        np.testing.assert_allclose(lengths[row], lengths_at(one, places), rtol=1e-9)
    assert (np.diff(lengths, axis=-1) > 0).all()
    np.testing.assert_allclose(parameters_at(curves, lengths), np.broadcast_to(places, (4, 17)), atol=1e-9)


def test_equally_spaced_points_on_a_polyline_and_a_circle() -> None:
    curve = polyline([[0, 0], [1, 0], [1, 9]])
    np.testing.assert_allclose(evaluate(curve, equally_spaced(curve, 5))[:, 1], [0, 1.5, 4, 6.5, 9], atol=1e-9)
    points = evaluate(circle([0, 0], 1), equally_spaced(circle([0, 0], 1), 8))
    np.testing.assert_allclose(np.arctan2(points[1:4, 1], points[1:4, 0]), 2 * math.pi / 7 * np.arange(1, 4), atol=1e-10)


def test_areas_of_known_surfaces() -> None:
    np.testing.assert_allclose(area(sphere([1, 2, 3], 2)), 16 * math.pi, rtol=1e-8)
    np.testing.assert_allclose(area(torus(3, 1)), 12 * math.pi**2, rtol=1e-8)
    np.testing.assert_allclose(area(cylinder(1, 2)), 4 * math.pi, rtol=1e-8)
    np.testing.assert_allclose(area(cone(3, 4)), 15 * math.pi, rtol=1e-8)
    np.testing.assert_allclose(area(plane([0, 0, 0], [2, 0, 0], [1, 3, 0])), 6, rtol=1e-12)


def test_area_in_the_plane_and_in_batches() -> None:
    flat = Surface(np.random.default_rng(0).uniform(0, 0.2, (3, 4, 4, 2)) + np.stack(np.mgrid[0:4, 0:4], -1), 3)
    assert area(flat).shape == (3,)
    assert (np.abs(area(flat) - 9) < 2).all()


def test_bad_input_is_told() -> None:
    curve = line([0, 0], [1, 1])
    with pytest.raises(InputError, match="outside"):
        lengths_at(curve, np.array([1.5]))
    with pytest.raises(InputError, match="outside"):
        parameters_at(curve, np.array([3.0]))
    with pytest.raises(InputError, match="NaN"):
        lengths_at(curve, np.array([math.nan]))
    with pytest.raises(InputError, match="single point"):
        parameters_at(Curve(np.ones((4, 2)), 3), np.array([0.0]))
    with pytest.raises(InputError, match="swap"):
        length(curve, 0.7, 0.2)
    with pytest.raises(SettingError, match="tolerance"):
        length(curve, tolerance=0)
    with pytest.raises(SettingError, match="two or more"):
        equally_spaced(curve, 1)


def test_torch_gives_the_same_and_the_gradient() -> None:
    torch = pytest.importorskip("torch")
    curves = random_curves(5, 2)
    control = torch.tensor(curves.control_points, requires_grad=True)
    knots, weights = (torch.tensor(curves.knots[0]),), torch.tensor(curves.weights, requires_grad=True)
    np.testing.assert_allclose(length(Curve(control, 3, knots, weights)).detach(), length(curves), rtol=1e-12)
    assert torch.autograd.gradcheck(
        lambda c, w: length(Curve(c, 3, knots, w), tolerance=1e-7), (control, weights), fast_mode=True
    )
    wanted = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda c, s: parameters_at(Curve(c, 3, knots, weights.detach()), s), (control, wanted), fast_mode=True
    )


def test_a_batch_costs_as_much_as_its_worst_curve_and_not_as_all_of_them() -> None:
    """Each curve bends sharply at a place of its own: intervals that one needs are not put into all."""
    curves = Curve(np.random.default_rng(0).normal(size=(60, 8, 2)))
    alone = [Curve(one) for one in curves.control_points]
    most = max(halved(one, 1e-10)[0].shape[-1] for one in alone)
    assert halved(curves, 1e-10)[0].shape[-1] < 2 * most
    np.testing.assert_allclose(length(curves), [length(one) for one in alone], rtol=1e-10)
    sheets = Surface(np.random.default_rng(1).normal(size=(3, 4, 4, 3)))
    np.testing.assert_allclose(
        area(sheets, tolerance=1e-4), [area(Surface(one), tolerance=1e-4) for one in sheets.control_points], rtol=1e-4
    )


def test_a_single_number_counts_as_one() -> None:
    curve = line([0, 0], [3, 4])
    np.testing.assert_allclose(lengths_at(curve, 0.5), [2.5])
    np.testing.assert_allclose(parameters_at(curve, 2.5), [0.5])


def test_a_long_restless_curve_is_as_long_as_its_pieces() -> None:
    curve = Curve(np.random.default_rng(2).normal(size=(200, 2)))
    pieces, _ = decompose(curve)
    whole = math.fsum(float(length(Curve(one), tolerance=1e-12)) for one in pieces.control_points)
    assert float(length(curve)) == pytest.approx(whole, rel=1e-10)
