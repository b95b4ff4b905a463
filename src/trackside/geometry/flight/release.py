"""How a throw begins: the numbers that a coach measures, as one record and as columns for many throws at once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import astuple, dataclass

import numpy as np

from trackside.core import InputError, SettingError, nearest
from trackside.geometry.flight.checks import Floats, number

# Rows of a batch of throws, in this order.
FIELDS = ("speed", "angle", "height", "attack", "pitch_rate", "wind", "crosswind")
# A javelin thrown at 40 m/s would fly 150 m; shots of air guns are no business of ours.
_FASTEST = 200.0
# The field's word for a value, with its unit.
_MEANINGS = {
    "speed": "the release speed in m/s",
    "angle": "the release angle in radians (above -pi/2, below pi/2)",
    "height": "the release height in metres above the landing ground",
    "attack": "the angle of attack in radians",
    "pitch_rate": "the pitch rate in rad/s",
    "wind": "the wind in m/s",
    "crosswind": "the crosswind in m/s",
}
_LIMITS = {
    "speed": (0.0, _FASTEST),
    "angle": (-math.pi / 2, math.pi / 2),
    "height": (0.0, 1000.0),
    "attack": (-math.pi, math.pi),
    "pitch_rate": (-100.0, 100.0),
    "wind": (-60.0, 60.0),
    "crosswind": (-60.0, 60.0),
}


@dataclass(frozen=True, slots=True)
class Release:
    """How a throw begins.

    Attributes:
        speed: of the centre of mass, m/s.
        angle: of the velocity above the horizontal, radians.
        height: of the centre of mass above the ground on which it lands, metres.
        attack: attitude of the javelin less `angle` (against the ground, as cameras see it; the wind comes on top), radians.
        pitch_rate: positive nose up, rad/s.
        wind: along the throw at the reference height of the wind profile, m/s; positive from behind.
        crosswind: to the left, m/s.
    """

    speed: float
    angle: float
    height: float = 0.0
    attack: float = 0.0
    pitch_rate: float = 0.0
    wind: float = 0.0
    crosswind: float = 0.0

    def __post_init__(self) -> None:
        for name, value in zip(FIELDS, astuple(self), strict=True):
            _check(name, value)

    @property
    def columns(self) -> Floats:
        """float64 [7, 1], in the order of `FIELDS`."""
        return np.array(astuple(self), np.float64)[:, None]


def possible(throws: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which columns of [7, n] are releases that can be: bool [n]."""
    low = np.array([_LIMITS[name][0] for name in FIELDS])[:, None]
    high = np.array([_LIMITS[name][1] for name in FIELDS])[:, None]
    inside = np.asarray(np.isfinite(throws) & (throws >= low) & (throws <= high))
    inside[0] &= throws[0] > 0
    inside[1] &= np.abs(throws[1]) < math.pi / 2
    return np.asarray(inside.all(axis=0))


def checked_throws(throws: Floats) -> Floats:
    """The columns [7, n] themselves.

    Raises:
        InputError: no numbers, wrong shape, empty, or a throw that cannot be.
    """
    try:
        found = np.asarray(throws, np.float64)
    except (TypeError, ValueError):
        raise InputError("throws are no numbers", where="flight", fix=f"give [7, n], rows {', '.join(FIELDS)}") from None
    if found.ndim != 2 or found.shape[0] != len(FIELDS) or not found.shape[1]:
        raise InputError(
            f"throws have the shape {found.shape}", where="flight", fix=f"give [7, n], rows {', '.join(FIELDS)}"
        )
    good = possible(found)
    if not good.all():
        first = int(np.argmin(good))
        values = ", ".join(f"{name} {value:g}" for name, value in zip(FIELDS, found[:, first], strict=True))
        raise InputError(f"throw {first} cannot be ({values})", where="flight", fix="correct it or leave it out")
    return found


def checked_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names of fields.

    Raises:
        SettingError: a name that no release has.
    """
    found = tuple(names)
    for name in found:
        if name not in FIELDS:
            raise SettingError(f"a release has no {name!r}", where="flight", fix=nearest(name, FIELDS))
    return found


def _check(name: str, value: float) -> None:
    low, high = _LIMITS[name]
    found = number(_MEANINGS[name], value)
    if name == "angle" and abs(found) >= math.pi / 2:
        raise SettingError(f"{_MEANINGS[name]} is {found:g}", where="flight", fix="give radians, not degrees, below pi/2")
    if name == "speed" and found <= 0:
        raise SettingError(f"{_MEANINGS[name]} is {found:g}", where="flight", fix="give a number above 0")
    number(_MEANINGS[name], value, least=low, most=high)
