"""Outlines that belong to a picture: zones, lines, lanes; what a rule looks at, so that it can be drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Shape:
    """A polygon or a line.

    Attributes:
        name: as drawn beside it.
        points: float32 [k, 2], x y in pixels of the source frame.
        closed: a polygon rather than a line.
        label: what it says now: a count, a speed.
    """

    name: str
    points: NDArray[np.float32]
    closed: bool = True
    label: str = ""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The outlines that one block has at one moment."""

    items: tuple[Shape, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.items)
