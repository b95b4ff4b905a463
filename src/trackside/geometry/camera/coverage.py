"""How well a set of views covers what a calibration needs: all of the picture, tilts to all sides, near and far.

Corners and edges of the picture carry most of what is known about distortion, tilts what is known about the focal length,
and views that fill the picture most of both (mrcal, "How to calibrate"; Caliscope's frame selector uses the same 8 sides).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.camera.views import SIDES, Floats, View, grid_of, view_of

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.sighting import Sighting

# Steeper adds little: 45 degrees is what mrcal's choreography study recommends.
_STEEP = math.radians(40)
# Tilt counts in steps. Of many pictures of a board at rest, the one with the greatest tilt would be the one whose noise
# looks most like tilt, and a focal length from such a choice is too short (measured: by two standard deviations).
_STEP = math.radians(10)
# Far, middle, near: by the square root of the share of the picture that the board spans.
_SIZES = (0.25, 0.5)
# Of what a view adds: the picture's area is worth most; face on counts for a third of a steep tilt.
_TILT_WORTH, _SIZE_WORTH, _FACE_ON_WORTH = 0.35, 0.15, 0.3
# A cell at the picture's edge counts double, in a corner triple: distortion is greatest and seen least there.
_EDGE = 1.0
# A second view of the same place is worth half of the first, a third one a quarter.
_WORTH_AGAIN = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What a set of views covers. `Coverage.empty(size)`, then `with_view`, or `Coverage.of` a set.

    Attributes:
        size: of the pictures, width and height.
        cells: int64 [rows, columns], how many views span each cell of the picture.
        sides: int64 [8], how many lean away to each of `SIDES`.
        face_on: how many are face on.
        sizes: int64 [3], how many show the board far, at middle distance and near.
        steepest: the greatest tilt, radians; 0 for none.
        largest: the greatest size (`View.size`).
        count: of views.
    """

    size: tuple[int, int]
    cells: NDArray[np.int64]
    sides: NDArray[np.int64]
    face_on: int
    sizes: NDArray[np.int64]
    steepest: float
    largest: float
    count: int

    @classmethod
    def empty(cls, size: tuple[int, int]) -> Coverage:
        """Of no views."""
        return cls(size, np.zeros(grid_of(size), np.int64), np.zeros(8, np.int64), 0, np.zeros(3, np.int64), 0.0, 0.0, 0)

    @classmethod
    def of(cls, board: Board, sightings: Iterable[Sighting], size: tuple[int, int]) -> Coverage:
        """Of sightings of a board in pictures of that width and height."""
        coverage = cls.empty(size)
        for sighting in sightings:
            coverage = coverage.with_view(view_of(board, sighting))
        return coverage

    def with_view(self, view: View) -> Coverage:
        """The coverage with one more view."""
        sides, sizes = self.sides.copy(), self.sizes.copy()
        if view.side >= 0:
            sides[view.side] += 1
        sizes[size_class(view.size)] += 1
        return Coverage(
            self.size,
            self.cells + view.cells,
            sides,
            self.face_on + (view.side < 0),
            sizes,
            max(self.steepest, view.tilt if view.tilt >= 0 else 0.0),
            max(self.largest, view.size),
            self.count + 1,
        )

    @property
    def area(self) -> float:
        """Share of the picture's cells that some view spans, 0 to 1."""
        return float((self.cells > 0).mean())

    @property
    def corners(self) -> float:
        """Share of the picture's four corners (cells) that some view spans, 0 to 1."""
        return float((self.cells[[0, 0, -1, -1], [0, -1, 0, -1]] > 0).mean())

    @property
    def tilts(self) -> float:
        """Share of the eight sides to which some view leans away, 0 to 1."""
        return float((self.sides > 0).mean())

    @property
    def nearness(self) -> float:
        """How near the board came, 0 to 1: 1 if one view spans half of the picture's width and height."""
        return min(1.0, self.largest / _SIZES[1])

    @property
    def missing(self) -> tuple[str, ...]:
        """What is missing, a clause each, most wanted first; empty if nothing is."""
        bare = [name for name, (row, column) in _CORNERS.items() if self.cells[row, column] == 0]
        sides = [name for name, count in zip(SIDES, self.sides, strict=True) if count == 0]
        lacks = []
        if self.tilts < 0.5:
            lacks.append(f"tilted away at the {_listed(sides)}" if self.sides.any() else "tilted by 30 to 45 degrees")
        if bare:
            lacks.append(f"in the {_listed(bare)} of the picture")
        elif self.area < 0.8:
            lacks.append("along the edges of the picture")
        if self.nearness < 1:
            lacks.append("closer, to fill half of the picture")
        return tuple(lacks)

    def gains(self, views: Sequence[View]) -> Floats:
        """What each of some views would add, float64 [n]; 0 for nothing new, about 1.5 at most. Only comparison counts."""
        if not views:
            return np.zeros(0)
        worth = _cell_worth(self.cells.shape) * _WORTH_AGAIN**self.cells
        area = np.stack([view.cells for view in views]).reshape(len(views), -1) @ worth.ravel()
        return np.asarray(area + [self._tilt_gain(view) + self._size_gain(view) for view in views])

    def _tilt_gain(self, view: View) -> float:
        if view.side < 0:
            return _TILT_WORTH * _FACE_ON_WORTH * float(_WORTH_AGAIN**self.face_on)
        steps = math.floor(view.tilt / _STEP) * _STEP
        return _TILT_WORTH * min(1.0, steps / _STEEP) * float(_WORTH_AGAIN ** int(self.sides[view.side]))

    def _size_gain(self, view: View) -> float:
        return _SIZE_WORTH * float(_WORTH_AGAIN ** int(self.sizes[size_class(view.size)]))


_CORNERS = {
    "upper left corner": (0, 0),
    "upper right corner": (0, -1),
    "lower left corner": (-1, 0),
    "lower right corner": (-1, -1),
}


def size_class(size: float) -> int:
    """0 for far, 1 for middle distance, 2 for near, of `View.size`."""
    return int(np.searchsorted(_SIZES, size, side="right"))


def _cell_worth(shape: tuple[int, ...]) -> Floats:
    """What each cell is worth, float64 [rows, columns], summing to 1."""
    worth = np.ones(shape)
    worth[[0, -1]] += _EDGE
    worth[:, [0, -1]] += _EDGE
    return np.asarray(worth / worth.sum())


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
