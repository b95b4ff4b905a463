"""Who, where and in which light: chosen so that none of it tells the pose class.

Every factor (a hue, the place, the sun's height, the direction of view, ...) is cut into as many strata as a class has
pictures, and one value is drawn in each: a Latin hypercube (McKay, Beckman & Conover 1979). All classes get *the same
values* of every factor, each in an order of its own. So a factor's distribution is equal in all classes, and no background,
colour or light can predict the class, however few pictures there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Design:
    """The plan of n pictures.

    Attributes:
        classes: int32 [n], number of the pose class; each class as often as the others, but for one.
        factors: names of the f factors.
        values: float64 [n, f], 0 to 1.
        seeds: int64 [n], for what is left to chance within a picture.
    """

    classes: NDArray[np.int32]
    factors: tuple[str, ...]
    values: Floats
    seeds: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.classes)

    def chosen(self, row: int) -> dict[str, float]:
        """One picture's factors by name."""
        return dict(zip(self.factors, self.values[row].tolist(), strict=True))


def design(count: int, classes: int, factors: Sequence[str], seed: int) -> Design:
    """A plan for `count` pictures of so many classes, in an order that mixes them.

    Args:
        count: of pictures.
        classes: how many there are.
        factors: names, each once.
        seed: the same seed gives the same plan.
    """
    rng = np.random.default_rng([seed, 0])
    each = -(-count // classes)
    strata = (np.arange(each)[:, None] + rng.random((each, len(factors)))) / each
    values = np.stack([rng.permuted(strata, axis=0) for _ in range(classes)], axis=1).reshape(-1, len(factors))
    numbers = np.tile(np.arange(classes, dtype=np.int32), each)
    order = rng.permutation(np.arange(count))
    seeds = rng.integers(0, 2**62, count)
    return Design(numbers[order], tuple(factors), values[order], seeds)
