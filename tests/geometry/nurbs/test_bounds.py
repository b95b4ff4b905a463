"""Boxes hold the shape, and tight ones are tight."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.core import SettingError
from trackside.geometry.nurbs.bounding import bounds, control_bounds
from trackside.geometry.nurbs.evaluation import evaluate, evaluate_grid
from trackside.geometry.nurbs.primitives import circle, line, periodic_curve
from trackside.geometry.nurbs.shapes import Curve, Surface, Volume
from trackside.geometry.nurbs.sweeps import sphere, torus

settings.register_profile("bounds", deadline=None, max_examples=30)
settings.load_profile("bounds")


@given(st.integers(0, 10_000), st.integers(1, 7), st.integers(0, 6))
def test_random_curves_are_held_tightly(seed: int, degree: int, decades: int) -> None:
    rng = np.random.default_rng(seed)
    curve = Curve(rng.normal(size=(10, 3)), degree, weights=10 ** rng.uniform(-decades / 2, decades / 2, 10))
    low, high = bounds(curve)
    samples = evaluate(curve, np.union1d(np.linspace(0, 1, 20_001), curve.knots[0]))
    size = np.linalg.norm(np.ptp(curve.control_points, axis=0))
    assert (low <= samples.min(axis=0) + 1e-12 * size).all() and (high >= samples.max(axis=0) - 1e-12 * size).all()
    # The samples themselves miss extrema where weights squeeze a large part of the curve between two of them.
    if decades <= 2:
        assert (samples.min(axis=0) - low <= 1e-4 * size).all() and (high - samples.max(axis=0) <= 1e-4 * size).all()
    loose = control_bounds(curve)
    assert (loose[0] <= low + 1e-12 * size).all() and (loose[1] >= high - 1e-12 * size).all()


def test_known_boxes() -> None:
    for shape, low, high in (
        (circle([1, 2], 3), [-2, -1], [4, 5]),
        (sphere([1, 2, 3], 2), [-1, 0, 1], [3, 4, 5]),
        (torus(3, 1), [-4, -4, -1], [4, 4, 1]),
        (line([3, 0], [1, 2]), [1, 0], [3, 2]),
    ):
        found = bounds(shape)
        np.testing.assert_allclose(found[0], low, atol=1e-5)
        np.testing.assert_allclose(found[1], high, atol=1e-5)


def test_parabola_to_the_tolerance() -> None:
    curve = Curve(np.array([[0, 0], [1, 3], [3, 1.0]]), 2)  # y = 6 t (1 - t) + t^2, highest at t = 3 / 5: 9 / 5.
    assert 0 <= bounds(curve, tolerance=1e-10)[1][1] - 1.8 < 1e-9


def test_batch_with_own_knots_unclamped_and_periodic() -> None:
    rng = np.random.default_rng(0)
    curve = periodic_curve(rng.normal(size=(4, 8, 2)), 3)
    low, high = bounds(curve)
    samples = evaluate(curve, np.linspace(0, 1, 5001))
    np.testing.assert_allclose(low, samples.min(axis=1), atol=1e-5)
    np.testing.assert_allclose(high, samples.max(axis=1), atol=1e-5)


def test_surface_and_volume() -> None:
    rng = np.random.default_rng(1)
    surface = Surface(rng.normal(size=(5, 6, 3)), (3, 2))
    places = np.linspace(0, 1, 301)
    samples = evaluate_grid(surface, places, places).reshape(-1, 3)
    np.testing.assert_allclose(bounds(surface)[1], samples.max(axis=0), atol=1e-3)
    assert (bounds(surface)[1] >= samples.max(axis=0) - 1e-12).all()
    volume = Volume(rng.normal(size=(3, 3, 3, 3)), 2)
    places = np.linspace(0, 1, 41)
    samples = evaluate_grid(volume, places, places, places).reshape(-1, 3)
    assert (bounds(volume, tolerance=1e-4)[1] >= samples.max(axis=0) - 1e-12).all()
    np.testing.assert_allclose(bounds(volume, tolerance=1e-4)[1], samples.max(axis=0), atol=1e-2)


def test_bad_tolerance_is_told() -> None:
    with pytest.raises(SettingError, match="tolerance"):
        bounds(circle([0, 0], 1), tolerance=0)
