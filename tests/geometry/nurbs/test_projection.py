"""Closest points against dense sampling and closed forms; ends, corners, kinks, poles; the inverse returns."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.evaluation import evaluate, evaluate_grid
from trackside.geometry.nurbs.primitives import circle, line, periodic_curve, polyline
from trackside.geometry.nurbs.projection import closest, invert, signed_distance
from trackside.geometry.nurbs.shapes import Curve, Surface, Volume
from trackside.geometry.nurbs.sweeps import cone, plane, sphere, torus

settings.register_profile("projection", deadline=None, max_examples=20)
settings.load_profile("projection")

POINTS = np.random.default_rng(7).normal(size=(400, 3)) * 3


@given(st.integers(0, 10_000), st.integers(1, 5), st.booleans())
@example(74, 1, True)  # Eight straight parts; the nearest has its samples far away.
def test_nothing_on_a_random_curve_is_nearer(seed: int, degree: int, rational: bool) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.2, 5, 9) if rational else None
    curve = Curve(rng.normal(size=(9, 2)), degree, weights=weights)
    points = rng.normal(size=(30, 2)) * 1.5
    found = closest(curve, points)
    samples = evaluate(curve, np.linspace(0, 1, 4001))
    nearest = np.linalg.norm(points[:, None] - samples, axis=-1).min(axis=1)
    assert (found.distances <= nearest + 1e-9).all()
    assert found.converged.all()
    np.testing.assert_allclose(evaluate(curve, *found.parameters), found.points, atol=1e-14)
    np.testing.assert_allclose(np.linalg.norm(points - found.points, axis=-1), found.distances, atol=1e-14)


def test_nothing_on_a_random_surface_is_nearer() -> None:
    rng = np.random.default_rng(2)
    grid = np.stack([*np.meshgrid(np.arange(6.0), np.arange(5.0), indexing="ij"), rng.normal(size=(6, 5)) * 2], -1)
    surface = Surface(grid, (3, 2), weights=rng.uniform(0.5, 2, (6, 5)))
    points = rng.uniform([-1, -1, -3], [6, 5, 3], (150, 3))
    found = closest(surface, points)
    dense = np.linspace(0, 1, 200)
    samples = evaluate_grid(surface, dense, dense).reshape(-1, 3)
    nearest = np.array([np.linalg.norm(samples - point, axis=1).min() for point in points])
    assert (found.distances <= nearest + 1e-9).all()
    assert found.converged.all()


def test_known_distances_with_poles_and_seams() -> None:
    radius = np.hypot(POINTS[:, 0], POINTS[:, 1])
    np.testing.assert_allclose(
        closest(torus(3, 1), POINTS).distances, np.abs(np.hypot(radius - 3, POINTS[:, 2]) - 1), atol=1e-11
    )
    expected = np.abs(np.linalg.norm(POINTS - [1, 0, 0], axis=1) - 2)
    np.testing.assert_allclose(closest(sphere([1, 0, 0], 2), POINTS).distances, expected, atol=1e-11)
    along = np.clip((radius * 3 - (POINTS[:, 2] - 4) * 4) / 5, 0, 5)
    expected = np.hypot(radius - along * 3 / 5, POINTS[:, 2] - (4 - along * 4 / 5))
    np.testing.assert_allclose(closest(cone(3, 4), POINTS).distances, expected, atol=1e-11)


def test_points_that_have_no_single_nearest_point_are_answered() -> None:
    found = closest(circle([0, 0], 2), np.zeros((1, 2)))
    np.testing.assert_allclose(found.distances, 2, rtol=1e-12)
    np.testing.assert_allclose(closest(sphere([0, 0, 0], 1), np.array([[0, 0, 3.0]])).distances, 2, rtol=1e-12)


def test_ends_corners_and_kinks_are_answers() -> None:
    found = closest(polyline([[0, 0], [1, 0], [1, 1]]), [[2, -1], [0.5, 0.2], [0, 5], [-1, -1]])
    np.testing.assert_allclose(found.points, [[1, 0], [0.5, 0], [1, 1], [0, 0]], atol=1e-12)
    assert found.converged.all()
    corner = closest(plane([0, 0, 0], [1, 0, 0], [0, 1, 0]), [[2.0, 3, 1], [-1, -1, 0], [0.5, 9, 0]])
    np.testing.assert_allclose(corner.points, [[1, 1, 0], [0, 0, 0], [0.5, 1, 0]], atol=1e-12)
    assert corner.converged.all()


def test_one_point_one_batch_and_many() -> None:
    assert closest(line([0, 0], [1, 0]), [0.25, 1.0]).distances.shape == (1,)
    lines = line(np.zeros((3, 2)), [[1, 0], [0, 1], [1, 1]])
    found = closest(lines, [[1.0, 0.0], [0.0, 2.0]])
    np.testing.assert_allclose(found.distances, [[0, 2], [1, 1], [math.sqrt(0.5), math.sqrt(2)]], atol=1e-12)
    own = closest(lines, np.array([[[1.0, 0]], [[0, 1]], [[1, 1]]]))
    np.testing.assert_allclose(own.distances, 0, atol=1e-12)


def test_periodic_curve_across_its_seam() -> None:
    curve = periodic_curve(
        np.stack([np.cos(np.arange(8.0)), np.sin(np.arange(8.0))], 1)[np.argsort(np.arange(8) * 1.0 % 6.28)]
    )
    places = np.array([0.0005, 0.9995, 0.5])
    points = evaluate(curve, places)
    np.testing.assert_allclose(closest(curve, points).distances, 0, atol=1e-10)


@given(st.integers(0, 10_000))
def test_invert_returns_the_parameters(seed: int) -> None:
    rng = np.random.default_rng(seed)
    steps = np.cumsum(rng.uniform(0.5, 1.5, (12, 1)), axis=0)
    curve = Curve(np.concatenate([steps, rng.normal(size=(12, 1))], axis=1), 3)  # A graph: it does not cross itself.
    places = rng.uniform(0, 1, 20)
    np.testing.assert_allclose(invert(curve, evaluate(curve, places))[0], places, atol=1e-7)


def test_invert_in_a_volume() -> None:
    control = np.stack(np.meshgrid(*[np.arange(4.0)] * 3, indexing="ij"), -1) ** 1.3
    volume = Volume(control, (3, 2, 1))
    places = np.random.default_rng(0).uniform(0.05, 0.95, (3, 10))
    for found, expected in zip(invert(volume, evaluate(volume, *places)), places, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-8)


def test_invert_tells_points_that_are_off() -> None:
    curve = line([0, 0], [1, 0])
    with pytest.raises(InputError, match="not on the shape, the first is number 2"):
        invert(curve, [[0.5, 0], [0.5, 0.1]])
    found = invert(curve, [[0.5, 0], [0.5, 0.1]], missing="nan")[0]
    np.testing.assert_allclose(found, [0.5, math.nan])
    with pytest.raises(SettingError, match="raise or"):
        invert(curve, [[0.5, 0]], missing="skip")  # type: ignore[arg-type]


def test_signed_distance_is_positive_to_the_left() -> None:
    np.testing.assert_allclose(signed_distance(circle([0, 0], 1), [[0, 0.1], [2, 0]]), [0.9, -1], atol=1e-12)
    square = polyline([[0, 0], [1, 0], [1, 1], [0, 1]], closed=True)
    np.testing.assert_allclose(signed_distance(square, [[0.5, 0.4], [2, 0.5], [2, -1]]), [0.4, -1, -math.sqrt(2)], atol=1e-9)
    with pytest.raises(InputError, match="plane"):
        signed_distance(circle([0, 0, 0], 1), [[0, 0, 0]])


def test_bad_input_is_told() -> None:
    with pytest.raises(InputError, match="finite numbers"):
        closest(line([0, 0], [1, 0]), [[0, math.nan]])
    with pytest.raises(InputError, match=r"\[m, 2\]"):
        closest(line([0, 0], [1, 0]), [[0, 1, 2]])
    with pytest.raises(InputError, match="batch"):
        closest(line(np.zeros((3, 2)), np.ones((3, 2))), np.zeros((2, 5, 2)))


def test_torch_distance_has_the_gradient() -> None:
    torch = pytest.importorskip("torch")
    control = torch.tensor(np.random.default_rng(0).normal(size=(6, 2)), requires_grad=True)
    points = torch.tensor(np.random.default_rng(1).normal(size=(5, 2)) * 2, requires_grad=True)
    assert torch.autograd.gradcheck(lambda c, p: closest(Curve(c, 3), p).distances, (control, points), atol=1e-4)


def test_no_points_have_no_closest_ones() -> None:
    for shape in (line([0, 0], [1, 0]), line(np.zeros((3, 2)), np.ones((3, 2)))):
        found = closest(shape, np.zeros((0, 2)))
        assert found.points.shape == (*shape.batch, 0, 2) and found.distances.shape == (*shape.batch, 0)
    assert invert(sphere([0, 0, 0], 1), np.zeros((0, 3)))[1].shape == (0,)


@pytest.mark.parametrize("points", ["ab", [["x", "y"]], [[1.0, 2.0], [3.0]], [[1.0, 2.0, 3.0]], [[np.nan, 0.0]]])
def test_points_that_cannot_be_are_refused(points: object) -> None:
    with pytest.raises(InputError):
        closest(line([0, 0], [1, 0]), points)
