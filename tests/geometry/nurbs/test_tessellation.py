"""Triangles keep the tolerance, are watertight on closed surfaces and have area, poles and seams included."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.evaluation import evaluate
from trackside.geometry.nurbs.primitives import circle, polyline
from trackside.geometry.nurbs.shapes import Surface
from trackside.geometry.nurbs.sweeps import bilinear, cylinder, plane, sphere, torus
from trackside.geometry.nurbs.tessellation import Mesh, chords, tessellate


def edges(mesh: Mesh) -> Counter[tuple[int, ...]]:
    return Counter((a, b) for face in mesh.faces.tolist() for a, b in zip(face, face[1:] + face[:1], strict=True))


def volume(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices[mesh.faces[:, row]] for row in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


@pytest.mark.parametrize(
    ("surface", "euler", "filled"), [(sphere([1, 2, 3], 2), 2, 32 / 3 * math.pi), (torus(3, 1), 0, 6 * math.pi**2)]
)
def test_closed_surface_is_watertight(surface: Surface, euler: int, filled: float) -> None:
    mesh = tessellate(surface, tolerance=2e-3)
    found = edges(mesh)
    # Each edge once in each direction: no holes, no flips, no doubles.
    assert set(found.values()) == {1}
    assert all((b, a) in found for a, b in found)
    assert len(mesh.vertices) - len(found) // 2 + len(mesh.faces) == euler
    assert volume(mesh) == pytest.approx(filled, rel=5e-3)


def test_open_surface_has_a_border() -> None:
    found = edges(tessellate(cylinder(1, 2)))
    assert any((b, a) not in found for a, b in found)


@pytest.mark.parametrize("tolerance", [1e-1, 1e-2, 1e-3])
def test_tolerance_is_kept_on_the_way(tolerance: float) -> None:
    rng = np.random.default_rng(0)
    grid = np.stack([*np.meshgrid(np.arange(6.0), np.arange(5.0), indexing="ij"), rng.normal(size=(6, 5))], axis=-1)
    surface = Surface(grid, (3, 2), weights=rng.uniform(0.5, 2, (6, 5)))
    mesh = tessellate(surface, tolerance=tolerance)
    for parts in ([1 / 3] * 3, [0.5, 0.5, 0], [0, 0.5, 0.5], [0.5, 0, 0.5]):
        flat = np.einsum("k,nkc->nc", parts, mesh.vertices[mesh.faces])
        u, v = np.einsum("k,nkc->nc", parts, mesh.parameters[mesh.faces]).T
        assert np.linalg.norm(evaluate(surface, u, v) - flat, axis=1).max() <= tolerance


def test_finer_tolerance_gives_more_triangles_and_a_plane_gives_two() -> None:
    assert len(tessellate(torus(3, 1), tolerance=1e-3).faces) > 5 * len(tessellate(torus(3, 1), tolerance=1e-1).faces)
    assert len(tessellate(plane([0, 0, 0], [1, 0, 0], [0, 1, 0])).faces) == 2
    assert len(tessellate(plane([0, 0, 0], [1, 0, 0], [0, 1, 0]), cells=(3, 2)).faces) == 12


def test_no_triangle_is_without_area() -> None:
    mesh = tessellate(sphere([0, 0, 0], 1), tolerance=1e-2)
    a, b, c = (mesh.vertices[mesh.faces[:, row]] for row in range(3))
    assert np.linalg.norm(np.cross(b - a, c - a), axis=1).min() > 1e-9


def test_curve_becomes_a_polyline_within_the_tolerance() -> None:
    points = chords(circle([0, 0], 1), tolerance=1e-4)
    assert np.linalg.norm((points[1:] + points[:-1]) / 2, axis=1).min() >= 1 - 1e-4
    assert len(points) < 600
    assert len(chords(polyline([[0, 0], [1, 0], [1, 1]]))) == 3


def test_bad_input_is_told() -> None:
    with pytest.raises(InputError, match="single surface in space"):
        tessellate(bilinear(np.zeros((2, 2, 2))))
    with pytest.raises(InputError, match="raise the tolerance"):
        tessellate(torus(3, 1), tolerance=1e-14)
    with pytest.raises(SettingError, match="tolerance"):
        tessellate(torus(3, 1), tolerance=-1)
    with pytest.raises(SettingError, match="cells"):
        tessellate(torus(3, 1), cells=(0, 1))
