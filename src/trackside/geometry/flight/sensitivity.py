"""How many metres one more m/s, degree or metre of height is worth: derivatives of the distance, of any model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trackside.geometry.flight.checks import Floats
from trackside.geometry.flight.landing import Model
from trackside.geometry.flight.release import FIELDS, Release, checked_names, possible

# Steps of the central differences, in the unit of each field: small against what athletes vary, large against the error of
# the integration (1e-5 m).
_STEPS = {
    "speed": 0.05,
    "angle": 0.005,
    "height": 0.02,
    "attack": 0.005,
    "pitch_rate": 0.02,
    "wind": 0.05,
    "crosswind": 0.05,
}
_DEGREE = float(np.pi / 180)
# The unit in which people read a sensitivity, and its size in the unit of the field.
_SHOWN = {
    "speed": ("m/s", 1.0),
    "angle": ("degree", _DEGREE),
    "height": ("m", 1.0),
    "attack": ("degree", _DEGREE),
    "pitch_rate": ("degree/s", _DEGREE),
    "wind": ("m/s", 1.0),
    "crosswind": ("m/s", 1.0),
}


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What one more of something is worth.

    Attributes:
        name: the field of the release.
        derivative: metres for each SI unit (m/s, radian, m, rad/s).
    """

    name: str
    derivative: float

    @property
    def shown(self) -> str:
        """As people read it, `speed: +5.47 m per m/s`."""
        unit, size = _SHOWN[self.name]
        return f"{self.name}: {self.derivative * size:+.2f} m per {unit}"


def sensitivities(model: Model, release: Release, names: Sequence[str] = ()) -> tuple[Sensitivity, ...]:
    """The derivatives of the distance at a release.

    Args:
        model: of the flight.
        release: where.
        names: fields; empty for all that the model heeds.

    Raises:
        SettingError: an unknown field.
    """
    wanted = checked_names(names) or model.used
    return tuple(Sensitivity(*pair) for pair in zip(wanted, gradient(model, release, wanted).tolist(), strict=True))


def gradient(model: Model, release: Release, names: Sequence[str]) -> Floats:
    """Central differences of the distance over these fields: float64 [k], metres a unit; one-sided at the end of a range."""
    rows = [FIELDS.index(name) for name in names]
    throws = np.repeat(release.columns, 2 * len(rows), axis=1)
    for place, (row, name) in enumerate(zip(rows, names, strict=True)):
        throws[row, 2 * place] += _STEPS[name]
        throws[row, 2 * place + 1] -= _STEPS[name]
    bad = ~possible(throws)
    throws[:, bad] = release.columns
    distances = model.land(throws).distance.reshape(-1, 2)
    between = np.array([throws[row, 2 * place] - throws[row, 2 * place + 1] for place, row in enumerate(rows)])
    return np.asarray((distances[:, 0] - distances[:, 1]) / between)
