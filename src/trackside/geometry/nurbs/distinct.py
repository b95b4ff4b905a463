"""Distinct knots of one shape, or of each shape of a batch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError


def breaks(knots: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    """Distinct knots within the domain, its ends included: float64 [..., k + 1] for k spans.

    Raises:
        InputError: the shapes of a batch have different numbers of spans.
    """
    return each(knots, lambda row: np.unique(row[degree : len(row) - degree]), "distinct knots")


def inside(knots: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Knots [..., m] above `low` [...] and below `high` [...], as often as they stand.

    Raises:
        InputError: the shapes of a batch have different numbers of them.
    """
    ends = np.stack(np.broadcast_arrays(low, high), axis=-1)
    joined = np.concatenate([knots, ends], axis=-1)
    return each(joined, lambda row: row[:-2][(row[:-2] > row[-2]) & (row[:-2] < row[-1])], "knots there")


def each(
    knots: NDArray[np.float64], function: Callable[[NDArray[np.float64]], NDArray[np.float64]], what: str
) -> NDArray[np.float64]:
    """A function of one knot vector, done to each of a batch [..., k].

    Raises:
        InputError: the results differ in length.
    """
    if knots.ndim == 1:
        return function(knots)
    rows = [function(row) for row in knots.reshape(-1, knots.shape[-1])]
    if not rows:
        raise InputError("a batch of no shapes with knots of their own", fix="give at least one shape")
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        few, many = min(lengths), max(lengths)
        raise InputError(f"shapes of the batch differ: they have from {few} to {many} {what}", fix="take them one by one")
    return np.array(rows).reshape(*knots.shape[:-1], -1)
