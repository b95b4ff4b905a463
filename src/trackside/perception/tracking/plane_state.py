"""A Kalman filter on the ground, for many at once: x, y and their velocities, in metres and seconds.

Velocities decay to rest (Singer 1970, *Estimating optimal tracking filter performance for manned maneuvering targets*, with
his correlated acceleration taken one order lower): nobody out of sight runs straight on for long.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from trackside.perception.tracking.association import Floats, Rows


@dataclass(slots=True, eq=False)
class PlaneState:
    """Attributes:
    mean: float64 [n, 4], x, y, and their velocities.
    covariance: float64 [n, 4, 4].
    """

    mean: Floats
    covariance: Floats

    @classmethod
    def empty(cls) -> PlaneState:
        """No states."""
        return cls(np.empty((0, 4)), np.empty((0, 4, 4)))

    def __getitem__(self, rows: Any) -> PlaneState:
        return PlaneState(self.mean[rows], self.covariance[rows])

    def put(self, rows: Rows, other: PlaneState) -> None:
        """Replace some rows."""
        self.mean[rows], self.covariance[rows] = other.mean, other.covariance

    def joined(self, places: Floats, errors: Floats, speed: float) -> PlaneState:
        """These and new ones at rest: places [m, 2], their covariances [m, 2, 2], and the deviation of a first speed."""
        mean = np.concatenate([places, np.zeros_like(places)], axis=1)
        covariance = np.zeros((len(places), 4, 4))
        covariance[:, :2, :2] = errors
        covariance[:, 2:, 2:] = np.eye(2) * speed**2
        return PlaneState(np.concatenate([self.mean, mean]), np.concatenate([self.covariance, covariance]))


def advanced(state: PlaneState, dt: float, acceleration: float, rest: float) -> PlaneState:
    """The states after `dt` seconds.

    Args:
        state: before.
        dt: seconds, at least 0.
        acceleration: intensity of the white noise, m^2/s^3.
        rest: seconds in which a speed decays to 1/e; infinite for never.
    """
    slide, left, noise = decay(dt, acceleration, rest)
    step = np.kron(np.array([[1.0, slide], [0.0, left]]), np.eye(2))
    covariance = step @ state.covariance @ step.T + np.kron(noise, np.eye(2))
    return PlaneState(state.mean @ step.T, covariance)


def corrected(state: PlaneState, places: Floats, errors: Floats) -> PlaneState:
    """The states after sightings [n, 2] with covariances [n, 2, 2]."""
    across = state.covariance[:, :, :2]
    gain = across @ np.linalg.inv(across[:, :2] + errors)
    mean = state.mean + np.einsum("nij,nj->ni", gain, places - state.mean[:, :2])
    covariance = state.covariance - gain @ across.transpose(0, 2, 1)
    return PlaneState(mean, (covariance + covariance.transpose(0, 2, 1)) / 2)


def distances(state: PlaneState, rows: Rows, places: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """Pair by pair, between states in these rows [p] and places [p, 2] with covariances [p, 2, 2].

    Returns:
        The squared Mahalanobis distances [p] and the determinants of their covariances [p].
    """
    surprise = places - state.mean[rows, :2]
    covariance = state.covariance[rows, :2, :2] + errors
    squared = np.einsum("pi,pij,pj->p", surprise, np.linalg.inv(covariance), surprise)
    return squared, np.asarray(np.linalg.det(covariance))


def decay(dt: float, acceleration: float, rest: float) -> tuple[float, float, Floats]:
    """How far a speed of 1 gets in `dt` seconds, what is left of it, and the covariance [2, 2] that the noise adds."""
    left = math.exp(-dt / rest)
    slide = dt if math.isinf(rest) else -rest * math.expm1(-dt / rest)
    if dt < 1e-3 * rest:
        # The limit, where the closed form would lose its digits.
        return slide, left, acceleration * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
    speed = acceleration * rest * (1 - left**2) / 2
    mixed = acceleration * slide**2 / 2
    place = acceleration * rest**2 * (dt - 2 * slide + rest * (1 - left**2) / 2)
    return slide, left, np.array([[place, mixed], [mixed, speed]])
