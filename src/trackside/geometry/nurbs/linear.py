"""Linear maps of control points along one parameter, and their use on a shape."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import SettingError
from trackside.geometry.nurbs.arrays import Array, as_array, as_numpy, is_torch, namespace
from trackside.geometry.nurbs.shapes import Nurbs, from_homogeneous

Shape = TypeVar("Shape", bound=Nurbs)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A banded matrix [..., m, n]: new control point j is the sum over k of values[j, k] times the old one first[j] + k.

    Attributes:
        first: int64 [..., m]. Columns may fall outside of 0 to n - 1 where their values are 0.
        values: float64 [..., m, width]. Leading axes are those of the knots: a batch, or none.
    """

    first: NDArray[np.int64]
    values: NDArray[np.float64]

    def __call__(self, points: Array) -> Array:
        """Points [..., n, c] to [..., m, c]; differentiable in PyTorch."""
        total = None
        for k in range(self.values.shape[-1]):
            columns = np.clip(self.first + k, 0, points.shape[-2] - 1)
            term = _gathered(points, columns) * as_array(self.values[..., k, None], points)
            total = term if total is None else total + term
        return total

    def at(self, rows: slice) -> Rows:
        """Some of the rows."""
        return Rows(self.first[..., rows], self.values[..., rows, :])


def _gathered(points: Array, columns: NDArray[np.int64]) -> Array:
    indices: Array = columns
    if is_torch(points):
        import torch

        indices = torch.as_tensor(columns, device=points.device)
    if columns.ndim == 1:
        return points[..., indices, :]
    if is_torch(points):
        return torch.take_along_dim(points, indices[..., None], dim=-2)
    return np.take_along_axis(points, indices[..., None], axis=-2)


def along(shape: Nurbs, parameter: int) -> Array:
    """Homogeneous control points as columns along one parameter: [..., n, c], where c counts all else."""
    moved = namespace(shape.control_points).moveaxis(shape.homogeneous, len(shape.batch) + parameter, len(shape.batch))
    before = len(shape.batch)
    return moved.reshape((*shape.batch, shape.counts[parameter], math.prod(moved.shape[before + 1 :])))


def replaced(shape: Shape, columns: Array, knots: NDArray[np.float64], parameter: int, degree: int | None = None) -> Shape:
    """The shape with other columns (of `along`), knots and degree along one parameter, which is not periodic any more.

    Args:
        shape: what gives all else.
        columns: [..., m, c].
        knots: float64 [..., m + p + 1].
        parameter: 0, 1 or 2.
        degree: the new one, if it changes.
    """
    others = [*shape.homogeneous.shape[len(shape.batch) :]]
    del others[parameter]
    full = columns.reshape((*shape.batch, columns.shape[-2], *others))
    homogeneous = namespace(full).moveaxis(full, len(shape.batch), len(shape.batch) + parameter)
    degrees, vectors, periodic = list(shape.degrees), list(shape.knots), list(shape.periodic)
    degrees[parameter] = shape.degrees[parameter] if degree is None else degree
    vectors[parameter], periodic[parameter] = as_array(knots, shape.knots[parameter]), False
    made = from_homogeneous(shape, homogeneous, degrees=degrees, knots=vectors)
    object.__setattr__(made, "periodic", tuple(periodic))  # Of the others: nothing has seen the new shape yet.
    return cast(Shape, made)


def mapped(shape: Shape, rows: Rows, knots: NDArray[np.float64], parameter: int, degree: int | None = None) -> Shape:
    """The shape with a map done to its control points; arguments as of `replaced`."""
    return replaced(shape, rows(along(shape, parameter)), knots, parameter, degree)


def knots_of(shape: Nurbs, parameter: int) -> NDArray[np.float64]:
    """Knots of a parameter as NumPy's, float64 [..., k], outside of any gradient.

    Raises:
        SettingError: the shape has no such parameter.
    """
    if not 0 <= parameter < shape.parameters:
        name, most = type(shape).__name__, shape.parameters - 1
        raise SettingError(f"a {name} has no parameter {parameter}", where="parameter", fix=f"give 0 to {most}")
    return np.asarray(as_numpy(shape.knots[parameter]), np.float64)


def located(shape: Nurbs, value: ArrayLike, parameter: int, what: str = "value") -> NDArray[np.float64]:
    """Parameter values of the domain; one that differs from a knot by rounding alone means that knot.

    Args:
        shape: curve, surface or volume.
        value: one for all, or [m], or [..., m] if the shapes of a batch have knots of their own.
        parameter: 0, 1 or 2.
        what: the value's name, for the error.

    Returns:
        float64 [...] as the knots for a single value, else [..., m].

    Raises:
        SettingError: a value is outside of the domain, or no number.
    """
    knots, degree = knots_of(shape, parameter), shape.degrees[parameter]
    given = np.asarray(as_numpy(as_array(value, shape.knots[parameter])), np.float64)
    values = np.broadcast_to(given.reshape(given.shape or (1,)), (*knots.shape[:-1], given.shape[-1] if given.ndim else 1))
    snapped = _snapped(knots, values, 8 * float(np.finfo(as_numpy(shape.knots[parameter]).dtype).eps))
    low, high = knots[..., degree, None], knots[..., -degree - 1, None]
    outside = ~((snapped >= low) & (snapped <= high))
    if outside.any():
        fix = f"give a number from {float(low.max()):g} to {float(high.min()):g}"
        raise SettingError(f"{float(values[outside][0]):g} is outside of the knots' domain", where=what, fix=fix)
    return snapped if given.ndim else snapped[..., 0]


def _snapped(knots: NDArray[np.float64], values: NDArray[np.float64], precision: float) -> NDArray[np.float64]:
    """Values [..., m], those within a few roundings of a knot put on it: 0.1 + 0.2 means the knot 0.3."""
    after = np.clip(_places(knots, values, "left"), 1, knots.shape[-1] - 1)
    low, high = np.take_along_axis(knots, after - 1, axis=-1), np.take_along_axis(knots, after, axis=-1)
    nearest = np.where(values - low < high - values, low, high)
    close = np.abs(nearest - values) <= precision * np.abs(knots).max(axis=-1, keepdims=True, initial=0.0)
    return np.where(close, nearest, values)


def multiplicity(knots: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.int64]:
    """How often each value [..., m] stands among the knots [..., k]."""
    return _places(knots, values, "right") - _places(knots, values, "left")


def _places(knots: NDArray[np.float64], values: NDArray[np.float64], side: Literal["left", "right"]) -> NDArray[np.int64]:
    if knots.ndim == 1:
        return np.asarray(np.searchsorted(knots, values, side=side), np.int64)
    pairs = zip(knots.reshape(-1, knots.shape[-1]), values.reshape(-1, values.shape[-1]), strict=True)
    return np.array([np.searchsorted(*pair, side=side) for pair in pairs], np.int64).reshape(values.shape)
