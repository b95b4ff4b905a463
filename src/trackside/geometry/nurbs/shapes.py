"""Curves, surfaces and volumes as data: control points, knots, degrees, weights. One shape, or a batch of them at once.

Everything else in this package is a function of these. Notation follows Piegl and Tiller, The NURBS Book, 2nd edition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from trackside.geometry.nurbs.arrays import Array, as_array, as_numpy, first_torch, namespace
from trackside.geometry.nurbs.knots import clamped_uniform


@dataclass(frozen=True, slots=True, eq=False)
class Nurbs:
    """A tensor-product NURBS with d parameters: `Curve` (1), `Surface` (2) or `Volume` (3).

    Leading axes of the control points are a batch: `[..., n, dim]` are many curves of n points each. Knots have the same
    leading axes (each shape its own) or none (all share them). Arrays may be NumPy's or PyTorch's; float32 stays float32.

    Attributes:
        control_points: float [..., n_1, ..., n_d, dim], not multiplied by weights.
        degrees: d degrees, each at least 1; a single int stands for all.
        knots: d knot vectors, float [..., n_i + p_i + 1], never decreasing; None for clamped and uniform on 0 to 1. A curve
            may be given its one vector bare.
        weights: float [..., n_1, ..., n_d], positive; None for a shape that is not rational.
        periodic: for each parameter, whether it runs in a circle: parameters beyond the domain are brought back into it. The
            last p control points then repeat the first p (`periodic_curve` does it), and the knots repeat likewise.

    Raises:
        InputError: counts that do not fit together, knots that decrease or repeat more than degree + 1 times, weights that
            are not positive, NaN or infinity.
    """

    parameters: ClassVar[int] = 0

    control_points: Array
    degrees: tuple[int, ...] = (3,)
    knots: tuple[Array, ...] = ()
    weights: Array | None = None
    periodic: tuple[bool, ...] = (False,)

    def __init__(
        self,
        control_points: Array,
        degrees: int | Sequence[int] = 3,
        knots: Array | Sequence[Array] | None = None,
        weights: Array | None = None,
        periodic: bool | Sequence[bool] = False,
    ) -> None:
        from trackside.geometry.nurbs.checks import checked

        count = type(self).parameters
        kind = first_torch((control_points, weights, *(knots if isinstance(knots, (tuple, list)) else (knots,))))
        control = as_array(control_points, kind if first_torch((control_points,)) is None else None)
        settings: dict[str, Any] = {
            "control_points": control,
            "degrees": _each(degrees, count),
            "weights": None if weights is None else as_array(weights, control),
            "periodic": _each(periodic, count),
        }
        settings["knots"] = _knots(knots, settings["degrees"], control, count)
        for name, value in settings.items():
            object.__setattr__(self, name, value)
        checked(self)

    @classmethod
    def trusted(cls, **fields: Any) -> Self:
        """A shape of fields that are known to be right (all of them, as the attributes say): nothing is checked."""
        shape = cls.__new__(cls)
        for name, value in fields.items():
            object.__setattr__(shape, name, value)
        return shape

    def with_control(self, control_points: Array, weights: Array | None = None) -> Self:
        """The same shape with other control points and weights, unchecked: for optimisation, where they change often."""
        return self.trusted(
            control_points=control_points, weights=weights, degrees=self.degrees, knots=self.knots, periodic=self.periodic
        )

    @property
    def batch(self) -> tuple[int, ...]:
        """The leading axes: () for one shape."""
        return tuple(self.control_points.shape[: -self.parameters - 1])

    @property
    def counts(self) -> tuple[int, ...]:
        """Control points along each parameter."""
        return tuple(self.control_points.shape[-self.parameters - 1 : -1])

    @property
    def dimension(self) -> int:
        """Of the space that the shape is in."""
        return int(self.control_points.shape[-1])

    @property
    def rational(self) -> bool:
        """Whether it has weights."""
        return self.weights is not None

    @property
    def domain(self) -> tuple[tuple[Array, Array], ...]:
        """For each parameter its lowest and highest value, each [...] (one a shape of the batch, if knots are)."""
        return tuple((knots[..., p], knots[..., -p - 1]) for knots, p in zip(self.knots, self.degrees, strict=True))

    @property
    def homogeneous(self) -> Array:
        """Control points as the evaluation wants them: [..., dim + 1] of w x, w y, .., w; or as they are without weights."""
        if self.weights is None:
            return self.control_points
        weights = self.weights[..., None]
        return namespace(weights).concat([self.control_points * weights, weights], axis=-1)

    def __repr__(self) -> str:
        batch = f", batch {list(self.batch)}" if self.batch else ""
        kind = "rational " if self.rational else ""
        return f"<{kind}{type(self).__name__}, degrees {list(self.degrees)}, counts {list(self.counts)}{batch}>"


class Curve(Nurbs):
    """A curve, `[..., n, dim]`; attributes as of `Nurbs`."""

    __slots__ = ()
    parameters: ClassVar[int] = 1


class Surface(Nurbs):
    """A surface, `[..., n, m, dim]`; attributes as of `Nurbs`."""

    __slots__ = ()
    parameters: ClassVar[int] = 2


class Volume(Nurbs):
    """A volume, `[..., n, m, l, dim]`; attributes as of `Nurbs`."""

    __slots__ = ()
    parameters: ClassVar[int] = 3


KINDS: dict[int, type[Nurbs]] = {1: Curve, 2: Surface, 3: Volume}
"""The class for a number of parameters."""


def from_homogeneous(
    like: Nurbs, homogeneous: Array, *, degrees: Sequence[int] | None = None, knots: Sequence[Array] | None = None
) -> Nurbs:
    """A shape of the kind of `like` from homogeneous control points; degrees and knots are those of `like` if not given.

    The result is not periodic. Nothing is checked.
    """
    control, weights = homogeneous, None
    if like.rational:
        weights = homogeneous[..., -1]
        control = homogeneous[..., :-1] / weights[..., None]
    return type(like).trusted(
        control_points=control,
        weights=weights,
        degrees=tuple(degrees) if degrees is not None else like.degrees,
        knots=tuple(knots) if knots is not None else like.knots,
        periodic=(False,) * like.parameters,
    )


def _each(value: Any, count: int) -> tuple[Any, ...]:
    """One value for all parameters, or one each."""
    return tuple(value) if isinstance(value, (tuple, list, np.ndarray)) else (value,) * count


def _knots(given: Any, degrees: tuple[int, ...], control: Array, count: int) -> tuple[Array, ...]:
    if given is None:
        counts = control.shape[-count - 1 : -1]
        wrong = len(counts) != count or len(degrees) != count or not all(isinstance(p, (int, np.integer)) for p in degrees)
        if wrong or any(n <= p or p < 1 for n, p in zip(counts, degrees, strict=True)):
            return ()  # The check says what is wrong.
        return tuple(as_array(clamped_uniform(n, p), control) for n, p in zip(counts, degrees, strict=True))
    if count == 1 and not _is_sequence_of_vectors(given):
        return (as_array(given, control),)
    return tuple(as_array(vector, control) for vector in given)


def _is_sequence_of_vectors(given: Any) -> bool:
    return isinstance(given, (tuple, list)) and len(given) == 1 and np.ndim(as_numpy(given[0])) >= 1
