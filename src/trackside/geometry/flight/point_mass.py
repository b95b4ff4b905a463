"""A point mass that the air slows, lifts and carries, in three dimensions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from trackside.geometry.flight.atmosphere import Air
from trackside.geometry.flight.checks import GRAVITY, Floats, number
from trackside.geometry.flight.integrate import many, one
from trackside.geometry.flight.landing import Flight, Landings
from trackside.geometry.flight.projectile import Projectile, evaluated
from trackside.geometry.flight.release import FIELDS, Release, checked_throws
from trackside.geometry.flight.wind import Wind

_SPEED, _ANGLE, _HEIGHT, _WIND, _CROSS = (FIELDS.index(name) for name in ("speed", "angle", "height", "wind", "crosswind"))


@dataclass(frozen=True, slots=True)
class PointMass:
    """The model of a ball in moving air.

    Attributes:
        projectile: the ball.
        air: its density and viscosity.
        wind: how the wind of a throw changes with height.
        gravity: m/s^2.
        step: of the batched integration, seconds. Measured on the shot: 0.02 s differs from 0.0025 s by under 1e-8 m.
    """

    projectile: Projectile
    air: Air = field(default_factory=Air)
    wind: Wind = field(default_factory=Wind)
    gravity: float = GRAVITY
    step: float = 0.02
    used: tuple[str, ...] = ("speed", "angle", "height", "wind", "crosswind")

    def __post_init__(self) -> None:
        number("gravity in m/s^2", self.gravity, above=0)
        number("the step in seconds", self.step, above=0, most=0.5)

    def motion(self, state: Floats, throws: Floats) -> Floats:
        """The derivative of x y z vx vy vz [6, n] for throws [7, n]."""
        velocity = state[3:]
        through = velocity.copy()
        factor = self.wind.factor(state[2])
        through[0] -= throws[_WIND] * factor
        through[1] -= throws[_CROSS] * factor
        speed = np.sqrt((through**2).sum(axis=0))
        reynolds = self.air.density * speed * self.projectile.diameter / self.air.viscosity
        scale = self.air.density * self.projectile.area / (2 * self.projectile.mass) * speed
        pull = -scale * evaluated(self.projectile.drag, speed, reynolds) * through
        lift = evaluated(self.projectile.lift, speed, reynolds)
        if np.any(lift):
            pull = pull + scale * lift * np.cross(self.projectile.axis, through, axisb=0, axisc=0)
        pull[2] -= self.gravity
        return np.concatenate([velocity, pull])

    def land(self, throws: Floats) -> Landings:
        """Where throws [7, n] come down."""
        given = checked_throws(throws)
        times, states = many(self.motion, _height, _start(given), given, step=self.step)
        return Landings(states[0], states[1], times, np.ones(len(times), np.bool_))

    def fly(self, release: Release, *, points: int = 200) -> Flight:
        """The path of one throw, to about 1e-9 m."""
        throw = release.columns
        end, dense = one(self.motion, _height, _start(throw)[:, 0], throw)
        times = np.linspace(0.0, end, points)
        states = dense(times)
        return Flight(times, states[:3].T, states[3:].T, float(states[0, -1]), end)


def _start(throws: Floats) -> Floats:
    state = np.zeros((6, throws.shape[1]))
    state[2] = throws[_HEIGHT]
    state[3], state[5] = throws[_SPEED] * np.cos(throws[_ANGLE]), throws[_SPEED] * np.sin(throws[_ANGLE])
    return state


def _height(state: Floats, throws: Floats) -> Floats:
    return np.asarray(state[2])
