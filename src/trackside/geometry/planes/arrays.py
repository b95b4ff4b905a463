"""Arrays of pixels and of places on a plane: checked where they come in, and as homogeneous coordinates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import InputError, SettingError

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


def homogeneous(places: Floats) -> Floats:
    """[..., 2] with a 1 behind: [..., 3]."""
    return np.concatenate([places, np.ones((*places.shape[:-1], 1))], axis=-1)


def pairs(values: ArrayLike, what: str) -> Floats:
    """Values as float64 [..., 2]; NaN may be among them, and stays NaN.

    Raises:
        InputError: they are no numbers, or not in pairs.
    """
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{what} are no numbers", fix="give pairs of numbers") from None
    if array.ndim < 1 or array.shape[-1] != 2:
        raise InputError(f"{what} are pairs of numbers [..., 2], got {list(array.shape)}")
    return array


def listed_pairs(values: ArrayLike, what: str) -> Floats:
    """Values as finite float64 [n, 2], n may be 0.

    Raises:
        InputError: they are not, or not finite.
    """
    array = np.asarray(values, np.float64) if np.size(values) == 0 else pairs(values, what)
    if not array.size:
        return np.empty((0, 2))
    if array.ndim != 2:
        raise InputError(f"{what} are rows of two numbers [n, 2], got {list(array.shape)}")
    broken = ~np.isfinite(array).all(axis=1)
    if broken.any():
        raise InputError(f"{what}: number {int(broken.argmax()) + 1} is not finite", fix="leave it out or pick it again")
    return array


def matrix_of(values: ArrayLike, what: str) -> Floats:
    """Values as a float64 array of their own.

    Raises:
        InputError: they are no numbers.
    """
    try:
        return np.array(values, np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{what} is no array of numbers", fix="give rows of numbers") from None


def checked_deviation(value: float, what: str) -> float:
    """A standard deviation.

    Raises:
        SettingError: it is negative, not finite, or no number.
    """
    if not is_number(value) or not 0 <= value < np.inf:
        raise SettingError(f"{what} is {value!r}", fix="give a finite number of at least 0")
    return float(value)


def is_number(value: object) -> bool:
    """Whether it can be reckoned with: the text "50" cannot, and True is not meant."""
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def all_numbers(values: Iterable[object]) -> bool:
    """Whether each can be reckoned with."""
    return all(is_number(value) for value in values)


def line_through(ends: Floats) -> Floats:
    """The line a x + b y + c = 0 through two places [2, 2], with a^2 + b^2 = 1: [a, b, c]."""
    line = np.cross([*ends[0], 1.0], [*ends[1], 1.0])
    return np.asarray(line / np.hypot(line[0], line[1]), np.float64)
