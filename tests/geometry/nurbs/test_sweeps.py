"""Surfaces of known form satisfy their equations; lofted and ruled ones pass through their curves."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.evaluation import evaluate, evaluate_grid
from trackside.geometry.nurbs.primitives import arc, circle, line, polyline
from trackside.geometry.nurbs.shapes import Curve
from trackside.geometry.nurbs.sweeps import (
    bilinear,
    compatible,
    cone,
    cylinder,
    extrude,
    loft,
    plane,
    revolve,
    ruled,
    sphere,
    torus,
)

U = np.linspace(0, 1, 23)


def test_sphere_cylinder_cone_and_torus_satisfy_their_equations() -> None:
    x, y, z = np.moveaxis(evaluate_grid(sphere([1, 2, 3], 2), U, U), -1, 0)
    np.testing.assert_allclose((x - 1) ** 2 + (y - 2) ** 2 + (z - 3) ** 2, 4, rtol=1e-13)
    x, y, z = np.moveaxis(evaluate_grid(cylinder(1.5, 4), U, U), -1, 0)
    np.testing.assert_allclose(np.hypot(x, y), 1.5, rtol=1e-13)
    np.testing.assert_allclose(z[0], 4 * U, atol=1e-14)
    x, y, z = np.moveaxis(evaluate_grid(cone(3, 4), U, U), -1, 0)
    np.testing.assert_allclose(np.hypot(x, y), 3 * (1 - z / 4), atol=1e-13)
    x, y, z = np.moveaxis(evaluate_grid(torus(3, 1), U, U), -1, 0)
    np.testing.assert_allclose((np.hypot(x, y) - 3) ** 2 + z**2, 1, rtol=1e-12)


def test_revolve_about_a_skew_axis_keeps_distance_and_height() -> None:
    axis, point = np.array([1.0, 1.0, 0.5]), np.array([2.0, 0.0, 1.0])
    curve = Curve(np.random.default_rng(0).normal(size=(5, 3)), 3)
    unit = axis / np.linalg.norm(axis)
    grid, source = evaluate_grid(revolve(curve, point, axis, 2.0), U, U) - point, evaluate(curve, U) - point
    np.testing.assert_allclose(grid @ unit, np.broadcast_to(source @ unit, (23, 23)), atol=1e-13)
    np.testing.assert_allclose(
        np.linalg.norm(grid, axis=-1), np.broadcast_to(np.linalg.norm(source, axis=-1), (23, 23)), atol=1e-13
    )
    np.testing.assert_allclose(grid[0], source, atol=1e-13)
    first, last = (row - (row @ unit)[:, None] * unit for row in (grid[0], grid[-1]))
    angle = np.arctan2(np.cross(first, last) @ unit, (first * last).sum(-1))
    np.testing.assert_allclose(angle, 2.0, atol=1e-12)


def test_point_on_the_axis_becomes_one_point() -> None:
    poles = sphere([0.1, 0.2, 0.3], 1.7).control_points[:, [0, -1]]
    assert np.ptp(poles, axis=0).max() == 0


def test_extruded_and_bilinear() -> None:
    surface = extrude(arc([0, 0, 0], 1, 0, 1.0), [0, 0, 2])
    np.testing.assert_allclose(evaluate_grid(surface, U, U)[..., 2], np.broadcast_to(2 * U, (23, 23)), atol=1e-14)
    np.testing.assert_allclose(evaluate(bilinear([[[0.0], [1]], [[2], [7]]]), U, U)[:, 0], U + 2 * U + 4 * U * U, atol=1e-14)
    np.testing.assert_allclose(evaluate(plane([1, 1, 1], [2, 0, 0], [0, 3, 0]), U, U)[-1], [3, 4, 1])


def test_ruled_joins_curves_of_different_kind() -> None:
    a, b = circle([0, 0, 0], 1), polyline([[2, 0, 1], [0, 2, 1], [-2, 0, 1]])
    surface = ruled(a, b)
    low, high = b.domain[0]
    np.testing.assert_allclose(evaluate(surface, U, 0 * U), evaluate(a, U), atol=1e-12)
    np.testing.assert_allclose(evaluate(surface, U, 0 * U + 1), evaluate(b, low + U * (high - low)), atol=1e-12)


def test_loft_passes_through_every_curve() -> None:
    curves = [circle([0, 0, z], radius) for z, radius in ((0, 1), (1, 2), (2, 1.5), (4, 1))]
    surface = loft(curves)
    assert surface.degrees == (2, 3)
    for curve in curves:
        z = float(curve.control_points[0, 2])
        heights = evaluate(surface, 0 * U, U)[:, 2]
        place = np.interp(z, heights, U)
        for _ in range(60):  # Bisection would do; this converges as the heights rise smoothly.
            place += (z - evaluate(surface, np.zeros(1), np.array([place]))[0, 2]) / 4
        np.testing.assert_allclose(evaluate(surface, U, 0 * U + place), evaluate(curve, U), atol=1e-6)


def test_compatible_leaves_like_curves_alone_and_changes_no_form() -> None:
    a, b = circle([0, 0], 1), circle([1, 1], 2)
    assert compatible([a, b])[0].control_points is not None
    c, d = compatible([a, Curve(np.random.default_rng(0).normal(size=(6, 2)), 4)])
    assert c.degrees == d.degrees == (4,)
    np.testing.assert_array_equal(c.knots[0], d.knots[0])
    np.testing.assert_allclose(evaluate(c, U), evaluate(a, U), atol=1e-12)


def test_bad_input_is_told() -> None:
    with pytest.raises(InputError, match="in space"):
        revolve(line([0, 0], [1, 1]), [0, 0, 0], [0, 0, 1])
    with pytest.raises(InputError, match="direction"):
        revolve(line([1, 0, 0], [1, 0, 1]), [0, 0, 0], [0, 0, 0])
    with pytest.raises(SettingError, match="full turn"):
        revolve(line([1, 0, 0], [1, 0, 1]), [0, 0, 0], [0, 0, 1], 3 * math.pi)
    with pytest.raises(InputError, match="two or more"):
        loft([line([0, 0], [1, 1])])
    with pytest.raises(InputError, match="the same"):
        loft([line([0, 0], [1, 1]), line([0, 0], [1, 1])])
    with pytest.raises(InputError, match="dimensions"):
        ruled(line([0, 0], [1, 1]), line([0, 0, 0], [1, 1, 1]))
    with pytest.raises(SettingError, match="above 0"):
        cylinder(0, 1)
