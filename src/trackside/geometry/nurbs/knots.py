"""Knot vectors: making them, and reading their distinct values and multiplicities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import InputError


def clamped_uniform(count: int, degree: int) -> NDArray[np.float64]:
    """Knots [count + degree + 1] on 0 to 1 with equal spans, the ends repeated degree + 1 times (The NURBS Book, eq. 2.13).

    Raises:
        InputError: there are not more control points than the degree.
    """
    _check(count, degree)
    inner = np.linspace(0.0, 1.0, count - degree + 1)
    return np.concatenate([np.zeros(degree), inner, np.ones(degree)])


def uniform(count: int, degree: int) -> NDArray[np.float64]:
    """Unclamped knots [count + degree + 1] with equal spans and the domain 0 to 1: the ends are not interpolated."""
    _check(count, degree)
    return np.arange(-degree, count + 1) / (count - degree)


def multiplicities(knots: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The distinct values of a knot vector [m], ascending, and how often each stands there."""
    values, counts = np.unique(np.asarray(knots, np.float64), return_counts=True)
    return values, counts.astype(np.int64)


def _check(count: int, degree: int) -> None:
    if count <= degree or degree < 1:
        raise InputError(f"{count} control points make no spline of degree {degree}", fix="give more points than the degree")
