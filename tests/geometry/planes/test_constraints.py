"""Errors of points and lines, and their slopes against differences (synthetic)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trackside.geometry.planes.constraints import Constraints, equations, residuals

from .scene import View

MATRIX = View(roll=0.1).truth.matrix


def some() -> Constraints:
    rng = np.random.default_rng(0)
    angles = rng.uniform(0, np.pi, 4)
    lines = np.column_stack([np.cos(angles), np.sin(angles), rng.uniform(-20, 0, 4)])
    return Constraints(
        rng.uniform(300, 600, (5, 2)),
        rng.uniform(5, 20, (5, 2)),
        rng.uniform(0.5, 2, 5),
        rng.uniform(300, 600, (4, 2)),
        lines,
        rng.uniform(0.5, 2, 4),
    )


def test_slopes_are_those_of_the_errors() -> None:
    _, slope = residuals(MATRIX, some())
    for entry in range(9):
        step = np.zeros(9)
        step[entry] = 1e-6 * max(abs(MATRIX.ravel()[entry]), 1e-3)
        more, less = (residuals(MATRIX + sign * step.reshape(3, 3), some())[0] for sign in (1, -1))
        measured = (more - less) / (2 * step[entry])
        assert np.allclose(slope[:, entry], measured, rtol=1e-3, atol=1e-4 * np.abs(measured).max())


def test_what_fits_has_no_error() -> None:
    truth, given = View(roll=0.1).truth, some()
    places = truth.to_plane(given.pixels)
    exact = Constraints(given.pixels, places, given.deviations, np.empty((0, 2)), np.empty((0, 3)), np.empty(0))
    assert np.abs(residuals(MATRIX, exact)[0]).max() < 1e-6
    assert np.abs(equations(exact) @ MATRIX.ravel()).max() < 1e-6


def test_a_point_behind_the_camera_is_infinitely_wrong() -> None:
    given = some()
    behind = replace(given, places=given.places - [0, 90])
    assert np.isinf(residuals(MATRIX, behind)[0][:10]).all()
