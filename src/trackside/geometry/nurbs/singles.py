"""The shapes of a batch one by one, in NumPy: for searches that take another course for each shape."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from trackside.geometry.nurbs.arrays import as_numpy
from trackside.geometry.nurbs.shapes import Nurbs

Shape = TypeVar("Shape", bound=Nurbs)


def in_numpy(shape: Shape) -> Shape:
    """The same shape in NumPy float64, outside of any gradient."""
    return type(shape).trusted(
        control_points=as_numpy(shape.control_points).astype(np.float64),
        weights=None if shape.weights is None else as_numpy(shape.weights).astype(np.float64),
        degrees=shape.degrees,
        knots=tuple(as_numpy(knots).astype(np.float64) for knots in shape.knots),
        periodic=shape.periodic,
    )


def singles(shape: Shape) -> list[Shape]:
    """The shapes of a batch in row order, each without batch axes; in NumPy float64."""
    whole = in_numpy(shape)
    return [
        type(shape).trusted(
            control_points=whole.control_points[row],
            weights=None if whole.weights is None else whole.weights[row],
            degrees=whole.degrees,
            knots=tuple(knots[row] if knots.ndim > 1 else knots for knots in whole.knots),
            periodic=whole.periodic,
        )
        for row in np.ndindex(*shape.batch)
    ]
