"""Tangents, normals and curvature of circles, helices, spheres and tori."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trackside.core import InputError
from trackside.geometry.nurbs.differential import (
    binormals,
    curvature,
    fundamental_forms,
    normals,
    surface_curvature,
    tangents,
)
from trackside.geometry.nurbs.evaluation import evaluate
from trackside.geometry.nurbs.primitives import arc, circle, line
from trackside.geometry.nurbs.shapes import Curve, Surface
from trackside.geometry.nurbs.sweeps import cone, cylinder, sphere, torus

PLACES = np.linspace(0, 1, 33)


def test_curvature_of_a_circle_has_the_sign_of_its_turn() -> None:
    np.testing.assert_allclose(curvature(circle([1, 2], 4), PLACES), 0.25, rtol=1e-11)
    np.testing.assert_allclose(curvature(arc([0, 0], 4, 0, -3), PLACES), -0.25, rtol=1e-11)
    np.testing.assert_allclose(curvature(arc([0, 0, 0], 4, 0, -3), PLACES), 0.25, rtol=1e-11)
    np.testing.assert_allclose(curvature(line([0, 0, 0], [1, 2, 3]), PLACES), 0, atol=1e-12)


def test_frame_of_a_circle_in_space() -> None:
    curve = circle([1, 2, 3], 2)
    points = evaluate(curve, PLACES) - [1, 2, 3]
    np.testing.assert_allclose(normals(curve, PLACES), -points / 2, atol=1e-10)
    np.testing.assert_allclose(binormals(curve, PLACES), np.broadcast_to([0, 0, 1], (33, 3)), atol=1e-10)
    np.testing.assert_allclose((tangents(curve, PLACES) * points).sum(-1), 0, atol=1e-12)


def test_normal_in_the_plane_is_to_the_left() -> None:
    np.testing.assert_allclose(normals(line([0, 0], [3, 0]), np.array([0.5])), [[0, 1]])


def test_end_drawn_twice_has_a_tangent_and_a_straight_line_no_normal() -> None:
    twice = Curve(np.array([[0, 0], [0, 0], [1, 1], [2, 0.0]]), 3)
    np.testing.assert_allclose(tangents(twice, np.array([0.0])), [[math.sqrt(0.5)] * 2], atol=1e-12)
    other = Curve(twice.control_points[::-1].copy(), 3)
    np.testing.assert_allclose(tangents(other, np.array([1.0])), [[-math.sqrt(0.5)] * 2], atol=1e-12)
    assert np.isnan(normals(line([0, 0, 0], [1, 1, 1]), PLACES)).all()
    assert np.isnan(tangents(Curve(np.ones((4, 2)), 3), PLACES)).all()


def test_sphere_bends_alike_everywhere() -> None:
    ball = sphere([0, 0, 0], 2)
    u, v = np.random.default_rng(0).uniform(0.02, 0.98, (2, 50))
    np.testing.assert_allclose(normals(ball, u, v), evaluate(ball, u, v) / 2, atol=1e-10)
    found = surface_curvature(ball, u, v)
    np.testing.assert_allclose(found.gaussian, 0.25, rtol=1e-8)
    for value in (found.mean, found.lowest, found.highest):
        np.testing.assert_allclose(value, -0.5, rtol=1e-8)  # Away from the outward normal.


def test_normals_at_poles_are_the_limits() -> None:
    ball = sphere([0, 0, 0], 2)
    u = np.array([0.1, 0.3, 0.77, 1.0])
    np.testing.assert_allclose(normals(ball, u, 0 * u + 1), np.broadcast_to([0, 0, 1], (4, 3)), atol=1e-9)
    np.testing.assert_allclose(normals(ball, u, 0 * u), np.broadcast_to([0, 0, -1], (4, 3)), atol=1e-9)
    tip = cone(3, 4)
    near = normals(tip, u, 0 * u + 1 - 1e-6)
    np.testing.assert_allclose(normals(tip, u, 0 * u + 1), near, atol=1e-5)


def test_torus_and_cylinder_have_their_principal_curvatures() -> None:
    u, v = np.random.default_rng(1).uniform(0, 1, (2, 40))
    ring = torus(3, 1)
    points = evaluate(ring, u, v)
    out = np.hypot(points[:, 0], points[:, 1])
    found = surface_curvature(ring, u, v)
    np.testing.assert_allclose(found.gaussian, (out - 3) / out, atol=1e-9)
    np.testing.assert_allclose(np.abs(np.stack([found.lowest, found.highest])).max(axis=0), 1, rtol=1e-8)
    pipe = surface_curvature(cylinder(2, 5), u, v)
    np.testing.assert_allclose(pipe.gaussian, 0, atol=1e-10)
    np.testing.assert_allclose(np.abs(pipe.mean), 0.25, rtol=1e-9)


def test_first_form_measures_lengths_in_the_surface() -> None:
    first, second = fundamental_forms(cylinder(2, 5), np.array([0.3]), np.array([0.6]))
    np.testing.assert_allclose(first[0, 1], [0, 25], atol=1e-10)
    np.testing.assert_allclose(second[0, 1], 0, atol=1e-10)


def test_patch_that_is_a_line_has_no_normal() -> None:
    flat = Surface(np.stack(np.broadcast_arrays(np.arange(4.0)[:, None], np.zeros((1, 4)), 0), -1), 3)
    assert np.isnan(normals(flat, np.array([0.5]), np.array([0.5]))).all()


def test_bad_input_is_told() -> None:
    with pytest.raises(InputError, match="in space"):
        normals(Surface(np.random.default_rng(0).normal(size=(4, 4, 2)), 3), PLACES, PLACES)
    with pytest.raises(InputError, match="needs a Curve"):
        tangents(sphere([0, 0, 0], 1), PLACES)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="in space"):
        binormals(circle([0, 0], 1), PLACES)


def test_torch_gives_the_same_and_the_gradient() -> None:
    torch = pytest.importorskip("torch")
    control = np.random.default_rng(0).normal(size=(2, 6, 3))
    places = np.linspace(0.1, 0.9, 5)
    knots = Curve(control, 3).knots[0]
    held = torch.tensor(control, requires_grad=True)
    for verb in (tangents, normals, curvature):
        found = verb(Curve(held, 3, torch.tensor(knots)), torch.tensor(places))
        np.testing.assert_allclose(found.detach(), verb(Curve(control, 3), places), rtol=1e-9, atol=1e-11)
        assert torch.autograd.gradcheck(
            lambda c, verb=verb: verb(Curve(c, 3, torch.tensor(knots)), torch.tensor(places)), (held,)
        )
