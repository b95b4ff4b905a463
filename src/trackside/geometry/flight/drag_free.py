"""A throw without air, in closed form: distance, time, apex and exact derivatives.

With v the speed, a the angle, h the drop to the ground and g gravity: s = sqrt(v^2 sin^2 a + 2 g h), time T = (v sin a +
s) / g and distance R = v cos a T. It is the limit against which all models are tested.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trackside.geometry.flight.checks import GRAVITY, Floats, number
from trackside.geometry.flight.landing import Flight, Landings
from trackside.geometry.flight.release import FIELDS, Release, checked_throws


@dataclass(frozen=True, slots=True, eq=False)
class VacuumFlight:
    """Throws without air; arrays of the shape of the input.

    Attributes:
        distance: metres from the release point to the landing point.
        time: of flight, seconds.
        apex: greatest height above the landing ground, metres.
        by_speed: metres a m/s.
        by_angle: metres a radian.
        by_height: metres a metre.
    """

    distance: Floats
    time: Floats
    apex: Floats
    by_speed: Floats
    by_angle: Floats
    by_height: Floats


def vacuum(
    speed: ArrayLike, angle: ArrayLike, height: ArrayLike = 0.0, *, landing: ArrayLike = 0.0, gravity: float = GRAVITY
) -> VacuumFlight:
    """Throws without air.

    >>> round(float(vacuum(29.12, np.radians(34), 1.8).distance), 2)
    82.76

    Args:
        speed: m/s.
        angle: above the horizontal, radians.
        height: of release, metres.
        landing: height of the ground where it lands, metres; at most `height`.
        gravity: m/s^2.

    Raises:
        InputError: a throw that cannot be: not finite, no speed, below the ground, 90 degrees and more.
    """
    g = number("gravity in m/s^2", gravity, above=0)
    given = np.broadcast_arrays(*(np.asarray(value, np.float64) for value in (speed, angle, height, landing)))
    v, a, drop = given[0], given[1], given[2] - given[3]
    rows = np.zeros((len(FIELDS), v.size))
    rows[0], rows[1], rows[2] = v.ravel(), a.ravel(), drop.ravel()
    checked_throws(rows)
    sine, cosine = np.sin(a), np.cos(a)
    up, forward = v * sine, v * cosine
    # At ground level without upward speed there is no flight; the derivatives have no value there.
    root = np.sqrt(up**2 + 2 * g * drop)
    time = (up + root) / g
    with np.errstate(divide="ignore", invalid="ignore"):
        by_speed = cosine * time + forward * (sine + up * sine / root) / g
        by_angle = -up * time + forward * (forward + up * forward / root) / g
        by_height = forward / root
    apex = given[2] - given[3] + np.where(up > 0, up**2 / (2 * g), 0.0)
    return VacuumFlight(forward * time, time, apex, by_speed, by_angle, by_height)


@dataclass(frozen=True, slots=True)
class Vacuum:
    """The model without air, for `range_interval` and the optimum."""

    gravity: float = GRAVITY
    used: tuple[str, ...] = ("speed", "angle", "height")

    def land(self, throws: Floats) -> Landings:
        """Where throws [7, n] come down."""
        speed, angle, height = checked_throws(throws)[:3]
        found = vacuum(speed, angle, height, gravity=self.gravity)
        return Landings(found.distance, np.zeros_like(found.distance), found.time, np.ones(len(found.time), np.bool_))

    def fly(self, release: Release, *, points: int = 200) -> Flight:
        """The path of one throw."""
        end = float(self.land(release.columns).time[0])
        times = np.linspace(0.0, end, points)
        speeds = release.speed * np.array([np.cos(release.angle), 0.0, np.sin(release.angle)])
        fall = np.array([0.0, 0.0, -self.gravity])
        places = np.array([0, 0, release.height]) + times[:, None] * speeds + times[:, None] ** 2 / 2 * fall
        return Flight(times, places, speeds + times[:, None] * fall, float(places[-1, 0]), end)
