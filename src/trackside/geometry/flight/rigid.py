"""A javelin in flight as a rigid body in the vertical plane: place, velocity, pitch and pitch rate.

After Hubbard and Rust 1984 (J. Biomech. 17:769) in its form: lift and drag at the centre of mass and a pitching moment,
all from tables over the angle of attack against the air. Left out: sideslip, spin and bending; so a crosswind is refused,
not ignored.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from trackside.core import InputError
from trackside.geometry.flight.atmosphere import Air
from trackside.geometry.flight.checks import GRAVITY, Floats, number
from trackside.geometry.flight.coefficients import Coefficients, wrapped
from trackside.geometry.flight.integrate import many, one
from trackside.geometry.flight.javelins import MEN, Javelin
from trackside.geometry.flight.landing import Contact, Flight, Landings
from trackside.geometry.flight.release import Release, checked_throws
from trackside.geometry.flight.slender import pitch_damping, slender_coefficients
from trackside.geometry.flight.wind import Wind

# A javelin that lands within 3 degrees of level strikes along its whole length: judges cannot see the tip touch first.
FLAT: Final = math.radians(3.0)


@dataclass(frozen=True, slots=True)
class RigidJavelin:
    """The model of a javelin in moving air.

    Attributes:
        javelin: the body.
        table: its coefficients; None for the modelled ones of its shape.
        damping: factors of the pitch damping (`slender.pitch_damping`); None for those of its shape.
        air: density; viscosity does not count.
        wind: how the wind of a throw changes with height.
        gravity: m/s^2.
        step: of the batched integration, seconds.
    """

    javelin: Javelin = MEN
    table: Coefficients | None = None
    damping: tuple[float, float] | None = None
    air: Air = field(default_factory=Air)
    wind: Wind = field(default_factory=Wind)
    gravity: float = GRAVITY
    step: float = 0.04
    used: tuple[str, ...] = ("speed", "angle", "height", "attack", "pitch_rate", "wind")

    def __post_init__(self) -> None:
        number("gravity in m/s^2", self.gravity, above=0)
        number("the step in seconds", self.step, above=0, most=0.2)
        if self.table is None:
            object.__setattr__(self, "table", slender_coefficients(self.javelin))
        if self.damping is None:
            object.__setattr__(self, "damping", pitch_damping(self.javelin))
        for value in self.damping or ():
            number("a factor of the pitch damping", value, least=0)

    def motion(self, state: Floats, throws: Floats) -> Floats:
        """The derivative of x z vx vz pitch rate [6, n] for throws [7, n]."""
        force, moment = self.loads(state, throws)
        out = np.empty_like(state)
        out[:2], out[4] = state[2:4], state[5]
        out[2:4] = force / self.javelin.mass
        out[3] -= self.gravity
        out[5] = moment / self.javelin.moment_of_inertia
        return out

    def loads(self, state: Floats, throws: Floats) -> tuple[Floats, Floats]:
        """What the air does: force forward and up [2, n], N, and moment nose up [n], N m."""
        assert self.table is not None and self.damping is not None  # __post_init__ filled them
        forward, up, attack = self._through_air(state, throws)
        drag, lift, turn = self.table.at(attack)
        speed = np.sqrt(forward * forward + up * up)
        push = self.air.density / 2 * speed
        force = push * np.stack([-drag * forward - lift * up, -drag * up + lift * forward])
        rate, (linear, square) = state[5], self.damping
        brake = rate * (linear * np.abs(speed * np.sin(attack)) + square / 2 * np.abs(rate))
        return force, push * speed * turn - self.air.density * brake

    def land(self, throws: Floats) -> Landings:
        """Where the tips of throws [7, n] come down. A javelin lands when its tip or its tail touches the ground.

        Raises:
            InputError: a throw that cannot be, a crosswind, or a javelin that sticks in the ground at release.
        """
        given = self._checked(throws)
        times, states = many(self.motion, self._lowest, _start(given), given, step=self.step)
        tips = states[0] + self.javelin.centre * np.cos(states[4])
        return Landings(tips, np.zeros_like(tips), times, np.sin(states[4]) < -math.sin(FLAT))

    def fly(self, release: Release, *, points: int = 200) -> Flight:
        """The path of one throw, to about 1e-6 m."""
        throw = self._checked(release.columns)
        end, dense = one(self.motion, self._lowest, _start(throw)[:, 0], throw)
        times = np.linspace(0.0, end, points)
        states = dense(times)
        attack = wrapped(self._through_air(states, np.broadcast_to(throw, (len(throw), points)))[2])
        level = np.zeros(points)
        positions = np.stack([states[0], level, states[1]], axis=1)
        velocities = np.stack([states[2], level, states[3]], axis=1)
        tip = float(states[0, -1] + self.javelin.centre * math.cos(states[4, -1]))
        contact = _contact(float(states[4, -1]))
        return Flight(times, positions, velocities, tip, end, states[4], attack, states[5], contact)

    def _through_air(self, state: Floats, throws: Floats) -> tuple[Floats, Floats, Floats]:
        """Velocity through the air, forward and up, and the angle of attack against it, any turn."""
        forward = state[2] - throws[5] * self.wind.factor(state[1])
        return forward, state[3], state[4] - np.arctan2(state[3], forward)

    def _lowest(self, state: Floats, throws: Floats) -> Floats:
        """Height of the lower end."""
        rise = np.sin(state[4])
        return np.asarray(
            state[1] + np.minimum(self.javelin.centre * rise, (self.javelin.centre - self.javelin.length) * rise)
        )

    def _checked(self, throws: Floats) -> Floats:
        given = checked_throws(throws)
        if given[6].any():
            raise InputError(
                "the javelin flies in its plane: a crosswind does not count",
                where="flight",
                fix="give the wind's part along the throw, and no crosswind",
            )
        if (self._lowest(_start(given), given) <= 0).any():
            raise InputError(
                "the javelin sticks in the ground at release", where="flight", fix="check height, angle and attack"
            )
        return given


def _start(throws: Floats) -> Floats:
    speed, angle, height, attack, rate = throws[:5]
    return np.stack([np.zeros_like(speed), height, speed * np.cos(angle), speed * np.sin(angle), angle + attack, rate])


def _contact(pitch: float) -> Contact:
    rise = math.sin(pitch)
    if abs(rise) <= math.sin(FLAT):
        return "flat"
    return "nose first" if rise < 0 else "tail first"
