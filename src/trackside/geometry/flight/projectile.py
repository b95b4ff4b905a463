"""A ball in flight as a body: mass, size, and how it resists the air.

Drag is 1/2 rho A Cd v^2 against the motion through the air, lift 1/2 rho A Cl v^2 along (spin axis x direction), the usual
form of the Magnus force. The drag of a smooth sphere is the fit of Morrison 2013 (An Introduction to Fluid Mechanics,
Cambridge) to the standard curve up to a Reynolds number of 10^6, with the drag crisis. It is quoted from the textbook; a
real shot is dimpled or rough, and its crisis comes earlier.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trackside.core import SettingError
from trackside.geometry.flight.checks import Floats, number

# (speed through the air [n], m/s; Reynolds number [n]) -> coefficient [n]
Coefficient = float | Callable[[Floats, Floats], Floats]
# Backspin about the thrower's left-to-right axis lifts.
_BACKSPIN = (0.0, -1.0, 0.0)
# World Athletics technical rules, shot: least mass; diameter 110 to 130 mm (men) and 95 to 110 mm (women), here the middle.
_SHOTS = {"men": (7.26, 0.120), "women": (4.0, 0.1025)}


@dataclass(frozen=True, slots=True)
class Projectile:
    """A ball.

    Attributes:
        mass: kg.
        diameter: metres; forces refer to the circle of that diameter.
        drag: coefficient, or a function of speed and Reynolds number.
        lift: the same for the lift coefficient.
        axis: of the spin, a unit vector in the frame of the throw; the default is backspin.
    """

    mass: float
    diameter: float
    drag: Coefficient = 0.47
    lift: Coefficient = 0.0
    axis: tuple[float, float, float] = _BACKSPIN

    def __post_init__(self) -> None:
        number("the mass in kg", self.mass, above=0)
        number("the diameter in metres", self.diameter, above=0)
        if not callable(self.drag):
            number("the drag coefficient", self.drag, least=0)
        if not callable(self.lift):
            number("the lift coefficient", self.lift)
        if len(self.axis) != 3 or not abs(float(np.linalg.norm(self.axis)) - 1) < 1e-6:
            raise SettingError(
                f"the spin axis is {self.axis}", where="flight", fix="give a vector of three numbers and length 1"
            )

    @property
    def area(self) -> float:
        """Of the largest cross-section, m^2."""
        return float(np.pi * self.diameter**2 / 4)


def evaluated(coefficient: Coefficient, speeds: Floats, reynolds: Floats) -> Floats:
    """A coefficient for each throw: float64 [n]."""
    found = coefficient(speeds, reynolds) if callable(coefficient) else coefficient
    return np.broadcast_to(np.asarray(found, np.float64), speeds.shape)


def sphere_drag(speeds: Floats, reynolds: Floats) -> Floats:
    """The drag coefficient of a smooth sphere at these Reynolds numbers [n]; `speeds` do not count."""
    number_ = np.maximum(reynolds, 1e-6)
    small, crisis, large = number_ / 5, number_ / 2.63e5, number_ / 1e6
    creeping = 24 / number_ + 2.6 * small / (1 + small**1.52)
    return np.asarray(creeping + 0.411 * crisis**-7.94 / (1 + crisis**-8.0) + 0.25 * large / (1 + large))


def shot(who: Literal["men", "women"] = "men") -> Projectile:
    """The shot of the rules, as a smooth sphere.

    Raises:
        SettingError: neither men nor women.
    """
    if who not in _SHOTS:
        raise SettingError(f"no shot for {who!r}", where="flight", fix="use men or women, or make a Projectile")
    mass, diameter = _SHOTS[who]
    return Projectile(mass, diameter, drag=sphere_drag)
