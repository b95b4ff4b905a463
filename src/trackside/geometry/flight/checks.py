"""Numbers of the user that cannot be: one sentence for each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import InputError, SettingError

Floats = NDArray[np.float64]

# Standard gravity (3rd CGPM 1901), m/s^2. Over the earth it differs by 0.3 % either way: 0.2 m in 80 m.
GRAVITY = 9.80665


def number(name: str, value: Any, *, above: float = -math.inf, least: float = -math.inf, most: float = math.inf) -> float:
    """The value as a float.

    Args:
        name: what users call it, with its unit.
        value: what they gave.
        above: it must be greater than this.
        least: it must not be less than this.
        most: it must not be greater than this.

    Raises:
        SettingError: it is no finite number, or outside the limits.
    """
    try:
        # The text "29" has a value, but cannot be reckoned with later.
        found = float(value + 0)
    except (TypeError, ValueError):
        raise SettingError(f"{name} is {value!r}", where="flight", fix="give a number") from None
    if not math.isfinite(found):
        raise SettingError(f"{name} is {found}", where="flight", fix="give a finite number")
    if found <= above or found < least or found > most:
        raise SettingError(f"{name} is {found:g}", where="flight", fix=f"give a number {_limits(above, least, most)}")
    return found


def finite(name: str, values: ArrayLike, *, dimensions: int) -> Floats:
    """The values as float64.

    Raises:
        InputError: they are no numbers, not finite, or have another number of dimensions.
    """
    try:
        found = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{name} are no numbers", where="flight", fix="give an array of numbers") from None
    if found.ndim != dimensions or not found.size:
        raise InputError(
            f"{name} have the shape {found.shape}", where="flight", fix=f"give {dimensions} dimension(s), not empty"
        )
    if not np.isfinite(found).all():
        bad = int((~np.isfinite(found)).sum())
        raise InputError(f"{bad} of the {name} are not finite", where="flight", fix="leave out what was not seen")
    return found


def _limits(above: float, least: float, most: float) -> str:
    low = f"above {above:g}" if above > -math.inf else f"of at least {least:g}" if least > -math.inf else ""
    high = f"at most {most:g}" if most < math.inf else ""
    return " and ".join(part for part in (low, high) if part)
