"""How people differ: lengths and girths of one body.

Lengths are shares of the stature (Drillis & Contini 1966, as in Winter 2009, *Biomechanics and Motor Control of Human
Movement*, figure 4.1); single segments vary by a few per cent around them, girths by a build from slim to stout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

# Shares of the stature.
UPPER_ARM, FOREARM, HAND = 0.186, 0.146, 0.108
THIGH, SHANK, ANKLE_HEIGHT, FOOT = 0.245, 0.246, 0.039, 0.152
HALF_HIPS, HALF_SHOULDERS = 0.052, 0.108
HIP_TO_SHOULDER, SHOULDER_TO_CHIN, HEAD = 0.288, 0.052, 0.13
# Statures of adults, metres: mean and deviation over both sexes (ANSUR II, 2012, rounded).
_STATURE, _STATURE_DEVIATION = 1.70, 0.09


@dataclass(frozen=True, slots=True)
class Body:
    """One person's measures.

    Attributes:
        stature: metres.
        build: factor on girths; 1 is average.
        shoulders: factor on the breadth of the shoulders.
        legs: factor on the length of the legs; the trunk makes up for it.
        arms: factor on the length of the arms.
        head: factor on the size of the head.
    """

    stature: float = 1.7
    build: float = 1.0
    shoulders: float = 1.0
    legs: float = 1.0
    arms: float = 1.0
    head: float = 1.0

    @property
    def trunk(self) -> float:
        """Length from hips to shoulders, metres: what the legs leave of the stature."""
        spared = (THIGH + SHANK) * (1 - self.legs)
        return (HIP_TO_SHOULDER + spared) * self.stature


FACTORS = ("stature", "build", "shoulders", "legs", "arms", "head")


def body_of(chosen: Mapping[str, float]) -> Body:
    """The person that these numbers (0 to 1 for each of `FACTORS`) stand for; within 2.3 deviations of the mean."""
    from scipy.special import ndtri

    deviates = np.clip(ndtri(np.clip([chosen[name] for name in FACTORS], 1e-6, 1 - 1e-6)), -2.3, 2.3)
    return Body(
        stature=float(_STATURE + _STATURE_DEVIATION * deviates[0]),
        build=float(np.exp(0.1 * deviates[1])),
        shoulders=float(1 + 0.05 * deviates[2]),
        legs=float(1 + 0.025 * deviates[3]),
        arms=float(1 + 0.025 * deviates[4]),
        head=float(1 + 0.035 * deviates[5]),
    )
