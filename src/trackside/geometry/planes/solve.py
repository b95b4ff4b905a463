"""The homography that agrees best with points and lines, in pixels, and its covariance.

Normalised direct linear transform for the start (Hartley 1997, "In defense of the eight-point algorithm"), then
Levenberg-Marquardt on the errors in pixels over the eight directions in which a matrix of free scale can change. What was
known before (a homography with its covariance) counts as one more measurement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trackside.geometry.planes.arrays import Floats, homogeneous
from trackside.geometry.planes.constraints import Constraints, equations, residuals

# Of the greatest singular value: below, points and lines leave the homography open (float64 has 1e-16).
_LEAST_RANK = 1e-7
_MOST_STEPS = 60
# Relative fall of the sum of squares below which nothing happens any more.
_SETTLED = 1e-12
_MOST_DAMPING = 1e12


class Undetermined(Exception):
    """Points and lines leave the homography open."""


class Crossed(Exception):
    """Some of the pixels would lie beyond the horizon of the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A homography of undistorted pixels, as in `Homography`.

    Attributes:
        matrix: float64 [3, 3].
        covariance: float64 [9, 9].
        errors: float64 [k], of each equation, in deviations.
        doubt: standard deviation of the least known combination of entries, of a matrix of norm 1 in normalised coordinates.
        strain: squared departure from what was known before, in its deviations: chi-squared of 8 degrees of freedom where
            both are right; 0 without.
    """

    matrix: Floats
    covariance: Floats
    errors: Floats
    doubt: float
    strain: float = 0.0

    @property
    def squares(self) -> float:
        """The sum of squared errors."""
        return float(self.errors @ self.errors)


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What was known before: a matrix [3, 3] and the covariance [9, 9] of its entries."""

    matrix: Floats
    covariance: Floats


def solve(constraints: Constraints, prior: Prior | None = None) -> Solution:
    """The best homography.

    Raises:
        Undetermined: there is not enough to fit to.
        Crossed: some of the points are seen beyond the horizon.
    """
    pixels, plane = _frames(constraints, prior)
    scaled = constraints.mapped(pixels, plane)
    linear = np.kron(plane, np.linalg.inv(pixels).T)
    start = _linear(scaled) if prior is None else (linear @ prior.matrix.ravel()).reshape(3, 3)
    start = _signed(start, scaled)
    basis = _tangent(start)
    known = None if prior is None else _information(linear, prior, basis)
    change, squares = _descended(start, basis, scaled, known)
    found = start + (basis @ change).reshape(3, 3)
    errors, slope = residuals(found, scaled)
    if not np.isfinite(squares):
        raise Crossed
    own = slope @ basis
    spread, doubt = _spread(own.T @ own + (0.0 if known is None else known))
    solution = _unscaled(found, basis @ spread @ basis.T, errors, doubt, pixels, plane, constraints)
    return solution if known is None else replace(solution, strain=float(change @ known @ change))


def _frames(constraints: Constraints, prior: Prior | None) -> tuple[Floats, Floats]:
    """Similarities [3, 3] that bring pixels and plane to the size of 1 around 0."""
    pixels = np.concatenate([constraints.pixels, constraints.on_lines])
    feet = -constraints.lines[:, :2] * constraints.lines[:, 2:]
    places = np.concatenate([constraints.places, feet]) if prior is None else _seen_by(prior.matrix, pixels)
    return _similarity(pixels), _similarity(places)


def _seen_by(matrix: Floats, pixels: Floats) -> Floats:
    found = homogeneous(pixels) @ matrix.T
    return np.asarray((found[:, :2] / found[:, 2:])[found[:, 2] > 0])


def _similarity(places: Floats) -> Floats:
    middle = places.mean(axis=0) if len(places) else np.zeros(2)
    size = float(np.sqrt(((places - middle) ** 2).sum(axis=1).mean() / 2)) if len(places) else 0.0
    scale = 1 / size if size > 0 else 1.0
    return np.array([[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]], [0, 0, 1]])


def _linear(constraints: Constraints) -> Floats:
    system = equations(constraints)
    if len(system) < 8:
        raise Undetermined
    _, singular, right = np.linalg.svd(system)
    if singular[7] <= _LEAST_RANK * singular[0]:
        raise Undetermined
    matrix = right[8].reshape(3, 3)
    if abs(np.linalg.det(matrix)) < _LEAST_RANK:
        raise Undetermined
    return np.asarray(matrix)


def _signed(matrix: Floats, constraints: Constraints) -> Floats:
    """The matrix of norm 1, positive where the pixels are, as most of them see it."""
    depth = homogeneous(np.concatenate([constraints.pixels, constraints.on_lines])) @ matrix[2]
    sign = 1.0 if np.median(np.sign(depth)) >= 0 else -1.0
    if (sign * depth <= 0).any():
        raise Crossed
    return np.asarray(sign * matrix / np.linalg.norm(matrix))


def _tangent(matrix: Floats) -> Floats:
    """The eight directions [9, 8] at right angles to a matrix of norm 1."""
    return np.asarray(np.linalg.svd(matrix.reshape(1, 9))[2][1:].T)


def _information(linear: Floats, prior: Prior, basis: Floats) -> Floats:
    """The inverse covariance [8, 8] of a prior, in the directions of the basis around it."""
    norm = np.linalg.norm(linear @ prior.matrix.ravel())
    own = basis.T @ linear @ prior.covariance @ linear.T @ basis / norm**2
    return np.asarray(np.linalg.inv(own))


def _descended(start: Floats, basis: Floats, constraints: Constraints, known: Floats | None) -> tuple[Floats, float]:
    """The change [8] of least squares, and their sum."""
    change, damping = np.zeros(8), 1e-3
    squares, gradient, normal = _state(start, basis, change, constraints, known)
    for _ in range(_MOST_STEPS):
        step = np.linalg.solve(normal + damping * np.diag(np.diag(normal)) + 1e-300 * np.eye(8), -gradient)
        tried = _state(start, basis, change + step, constraints, known)
        if not tried[0] <= squares:
            damping *= 10
            if damping > _MOST_DAMPING:
                break
            continue
        settled = squares - tried[0] <= _SETTLED * squares
        change, damping = change + step, damping / 10
        squares, gradient, normal = tried
        if settled:
            break
    return change, squares


def _state(
    start: Floats, basis: Floats, change: Floats, constraints: Constraints, known: Floats | None
) -> tuple[float, Floats, Floats]:
    """The sum of squares, its gradient [8] and the normal matrix [8, 8]."""
    matrix = start + (basis @ change).reshape(3, 3)
    if abs(np.linalg.det(matrix)) < 1e-15:
        return np.inf, np.zeros(8), np.eye(8)
    errors, slope = residuals(matrix, constraints)
    if not np.isfinite(errors).all():
        return np.inf, np.zeros(8), np.eye(8)
    own = slope @ basis
    squares, gradient, normal = float(errors @ errors), own.T @ errors, own.T @ own
    if known is None:
        return squares, gradient, normal
    return squares + float(change @ known @ change), gradient + known @ change, normal + known


def _spread(information: Floats) -> tuple[Floats, float]:
    """The covariance [8, 8], and the greatest standard deviation."""
    values, vectors = np.linalg.eigh(information)
    if values[0] <= 0:
        raise Undetermined
    return np.asarray((vectors / values) @ vectors.T), float(1 / np.sqrt(values[0]))


def _unscaled(
    matrix: Floats, spread: Floats, errors: Floats, doubt: float, pixels: Floats, plane: Floats, constraints: Constraints
) -> Solution:
    """Back in pixels and metres, with a depth of 1 in the middle of the pixels."""
    back = np.kron(np.linalg.inv(plane), pixels.T)
    found = (back @ matrix.ravel()).reshape(3, 3)
    middle = np.concatenate([constraints.pixels, constraints.on_lines]).mean(axis=0)
    depth = float(found[2] @ [*middle, 1.0])
    if depth <= 0:
        raise Crossed
    return Solution(found / depth, back @ spread @ back.T / depth**2, errors, doubt)
