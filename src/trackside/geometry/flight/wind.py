"""How the wind changes with height.

Near the ground wind is slower. The power law (exponent 1/7 over open grass) and the logarithmic law of a neutral surface
layer (Stull 1988, An Introduction to Boundary Layer Meteorology) are the field's two short forms. A throw's wind is given
at one height and scaled by these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trackside.core import SettingError
from trackside.geometry.flight.checks import Floats, number

Profile = Literal["uniform", "power", "log"]


@dataclass(frozen=True, slots=True)
class Wind:
    """The shape of the wind over height; its strength is part of each throw (`Release.wind`, `Release.crosswind`).

    Attributes:
        profile: `uniform`, `power` or `log`.
        reference: height at which the wind was measured, metres (meteorologists: 10; a hand-held gauge: about 2).
        exponent: of the power law.
        roughness: length of the logarithmic law, metres: 0.01 for short grass, 0.5 and more between stands.
    """

    profile: Profile = "uniform"
    reference: float = 10.0
    exponent: float = 1 / 7
    roughness: float = 0.01

    def __post_init__(self) -> None:
        if self.profile not in ("uniform", "power", "log"):
            raise SettingError(f"no wind profile {self.profile!r}", where="wind", fix="use uniform, power or log")
        number("the height of the wind gauge in metres", self.reference, above=0)
        number("the exponent of the wind", self.exponent, least=0, most=1)
        number("the roughness length in metres", self.roughness, above=0, most=5)

    def factor(self, heights: Floats) -> Floats:
        """The wind at these heights above the ground (metres, any shape), as a share of that at the reference."""
        if self.profile == "uniform":
            return np.ones_like(heights)
        above = np.maximum(heights, 0.0)
        if self.profile == "power":
            return np.asarray((above / self.reference) ** self.exponent)
        # One is added, so that the law ends with no wind at the ground and not at minus infinity.
        return np.asarray(np.log1p(above / self.roughness) / np.log1p(self.reference / self.roughness))
