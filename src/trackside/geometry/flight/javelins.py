"""The javelin as a body: dimensions of the rules, and what follows from them (area, volume, inertia).

Mass, length, distance of the centre of gravity from the tip, head length and greatest diameter are from the World Athletics
specification (men 800 g, 2.60 to 2.70 m, 0.90 to 1.06 m; women 600 g, 2.20 to 2.30 m, 0.80 to 0.92 m; shaft 25 to 30 and
20 to 25 mm; head 250 to 330 mm). The taper between is a model of ours that keeps the greatest diameter at the grip and
thins towards both ends as javelins do; no maker's drawing is public. The inertia is a model too: a shaft whose mass goes
with its girth, and a head that brings the centre of gravity to its place. Give `inertia` where it was measured (swing the
javelin as a pendulum).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from trackside.core import SettingError
from trackside.geometry.flight.checks import Floats, number

# Stations of the taper: share of the way from tip to centre of gravity, and on to the tail; share of the greatest diameter.
_FRONT = ((0.0, 0.10), (0.15, 0.70), (0.50, 0.90), (1.0, 1.0))
_REAR = ((0.50, 0.85), (0.90, 0.50), (1.0, 0.15))
_SLICES = 2000


@dataclass(frozen=True, slots=True)
class Javelin:
    """A javelin.

    Attributes:
        mass: kg.
        length: metres.
        centre: distance of the centre of gravity from the tip, metres.
        diameter: the greatest of the shaft, metres.
        head: length of the metal head, metres.
        inertia: about the centre of gravity across the shaft, kg m^2; None for the model above.
        name: for people.

    Raises:
        SettingError: a value that no javelin has, or a centre of gravity that no head can bring about.
    """

    mass: float
    length: float
    centre: float
    diameter: float
    head: float = 0.29
    inertia: float | None = None
    name: str = "javelin"

    def __post_init__(self) -> None:
        number("the javelin's mass in kg", self.mass, above=0, most=5)
        number("the javelin's length in metres", self.length, least=1, most=4)
        number("the javelin's greatest diameter in metres", self.diameter, least=0.01, most=0.06)
        number("the javelin's head in metres", self.head, above=0, most=0.25 * self.length)
        number("the centre of gravity in metres from the tip", self.centre, above=self.head, most=0.6 * self.length)
        if self.inertia is not None:
            number("the moment of inertia in kg m^2", self.inertia, above=0)
        elif not 0 <= self._head_share < 1:
            raise SettingError(
                f"no head of {self.head:g} m balances the javelin {self.centre:g} m from its tip",
                where="flight",
                fix=f"give a centre of at most {self._shaft_centre:.2f} m, or the measured moment of inertia",
            )

    @property
    def profile(self) -> tuple[Floats, Floats]:
        """Distances from the centre of gravity, positive to the tip, and diameters there: float64 [k] each, metres."""
        front = [(self.centre * (1 - share), width) for share, width in _FRONT]
        rear = [(-(self.length - self.centre) * share, width) for share, width in _REAR]
        stations, widths = np.array(front + rear).T
        along = np.linspace(self.centre - self.length, self.centre, _SLICES + 1)
        return along, self.diameter * np.interp(along, stations[::-1], widths[::-1])

    def integral(self, power: int, girth: int = 1) -> float:
        """The integral of diameter^girth s^power ds over the length; s from the centre of gravity, positive to the tip."""
        along, widths = self.profile
        return float(np.trapezoid(widths**girth * along**power, along))

    @property
    def planform(self) -> float:
        """Area of the side view, m^2."""
        return self.integral(0)

    @property
    def volume(self) -> float:
        """m^3."""
        return float(np.pi / 4 * self.integral(0, girth=2))

    @property
    def rear_centre(self) -> float:
        """How far the centre of the side view lies behind the centre of gravity, metres."""
        return -self.integral(1) / self.planform

    @property
    def moment_of_inertia(self) -> float:
        """About the centre of gravity across the shaft, kg m^2: as given, or as modelled."""
        return _modelled_inertia(self) if self.inertia is None else self.inertia

    @property
    def _shaft_centre(self) -> float:
        """Where a shaft without head would balance, metres from the tip."""
        return self.centre + self.rear_centre

    @property
    def _head_share(self) -> float:
        """The head's share of the mass."""
        return self.rear_centre / (self._shaft_centre - self.head / 2)


@lru_cache(maxsize=64)
def _modelled_inertia(body: Javelin) -> float:
    """Asked for at every step of every flight."""
    head = body._head_share * body.mass
    middle = body.centre - body.head / 2
    shaft = (body.mass - head) * body.integral(2) / body.planform
    return float(shaft + head * (middle**2 + body.head**2 / 12))


# The middle of the ranges of the rules; the least mass, which all makers aim at.
MEN = Javelin(0.800, 2.65, 0.98, 0.0275, name="men's 800 g")
WOMEN = Javelin(0.600, 2.25, 0.86, 0.0225, name="women's 600 g")


def javelin(who: Literal["men", "women"] = "men") -> Javelin:
    """The javelin of the rules since 1986 (men) and 1999 (women).

    Raises:
        SettingError: neither men nor women.
    """
    known = {"men": MEN, "women": WOMEN}
    if who not in known:
        raise SettingError(f"no javelin for {who!r}", where="flight", fix="use men or women, or make a Javelin")
    return known[who]
