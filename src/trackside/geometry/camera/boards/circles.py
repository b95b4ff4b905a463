"""Boards of discs, in rows and columns or with every second row shifted by half a step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import SettingError
from trackside.geometry.camera.boards.ink import Ink
from trackside.geometry.camera.sighting import FEWEST_POINTS, Refusal, Sighting

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.lattice import Lattice
    from trackside.geometry.camera.boards.outlines import Discs
    from trackside.geometry.camera.boards.picture import Grey

Floats = NDArray[np.float64]

# Fewer dots of a board than this could as well be a pattern of the scene.
_LEAST_SHARE = 0.3
# A tenth in radius; distortion bends the areas of a whole board by less than that from dot to dot.
_LEAST_SIZE_STEP = 0.25
_LEAST_DOTS = 6
_MOST_SIDE = 100
# After the fine fit: edges off the outline, pixels plus share of the minor axis. Above: covered or smeared.
_MISFIT_PIXELS, _MISFIT_SHARE, _LEAST_SOUND = 0.15, 0.05, 0.75


@dataclass(frozen=True)
class CircleGrid:
    """A grid of equal discs.

    Attributes:
        rows: discs down the board; 11 of OpenCV's asymmetric `4x11`.
        columns: discs in a row; 4 of `4x11`.
        spacing: metres from row to row, and from disc to disc in a row; of an asymmetric grid, from row to row, which is
            half of the distance from disc to disc in a row (as OpenCV's tutorials have it).
        diameter: of a disc, metres.
        asymmetric: whether every second row is shifted by half a step.
        dark: whether discs are darker than the board.

    Raises:
        SettingError: a side below 2 discs or above 100, or discs that touch.
    """

    rows: int
    columns: int
    spacing: float
    diameter: float
    asymmetric: bool = False
    dark: bool = True

    def __post_init__(self) -> None:
        if not (2 <= self.rows <= _MOST_SIDE and 2 <= self.columns <= _MOST_SIDE):
            raise SettingError(
                f"a grid of {self.columns} x {self.rows} circles", where="circles", fix="give 2 to 100 a side"
            )
        if not 0 < self.spacing < math.inf:
            raise SettingError(f"the spacing is {self.spacing}", where="circles", fix="give metres above 0")
        if not 0 < self.diameter < 0.95 * self._pitch:
            raise SettingError(
                f"circles of {self.diameter} m do not fit {self._pitch:.4g} m from centre to centre",
                where="circles",
                fix="give both in metres, the diameter smaller than the distance",
            )

    @property
    def name(self) -> str:
        """The kind of board."""
        return "circles"

    @property
    def points(self) -> Floats:
        """float64 [rows * columns, 3], metres, row by row in OpenCV's order."""
        places = self._places * self.spacing
        return np.column_stack([places, np.zeros(len(places))])

    @property
    def ink(self) -> Ink:
        """The discs, with a margin of one spacing."""
        x, y = self.points[:, :2].T
        radius = self.diameter / 2
        extent = float(x.min() - radius), float(y.min() - radius), float(x.max() + radius), float(y.max() + radius)
        discs = np.column_stack([x, y, np.full(len(x), radius)])
        return Ink(discs, np.zeros((0, 4)), extent, margin=self.spacing, dark=self.dark)

    def detect(self, image: NDArray[np.uint8]) -> Sighting | Refusal:
        """Find the discs and tell which is which, also when some are covered or outside the picture.

        Args:
            image: uint8 [h, w] or [h, w, 3] RGB.

        Raises:
            InputError: the picture has another shape or kind of numbers.
        """
        from trackside.geometry.camera.boards.blobs import find_discs
        from trackside.geometry.camera.boards.picture import grey_of, why_nothing

        grey = grey_of(image)
        discs = find_discs(grey, dark=self.dark)
        found = self._placed(discs, (grey.shape[1], grey.shape[0]))
        if isinstance(found, str):
            return why_nothing(grey, found)
        ids, rows = found
        return self._measured(grey, discs[rows], ids)

    @property
    def _pitch(self) -> float:
        """Metres between nearest discs."""
        return self.spacing * (math.sqrt(2) if self.asymmetric else 1.0)

    @property
    def _places(self) -> NDArray[np.int64]:
        """[k, 2] in spacings."""
        row, column = np.divmod(np.arange(self.rows * self.columns), self.columns)
        return np.column_stack([2 * column + row % 2 if self.asymmetric else column, row])

    @property
    def _nodes(self) -> NDArray[np.int64]:
        """[k, 2]: whole-number coordinates on the square lattice of nearest discs, right-handed as the picture."""
        x, y = self._places.T
        if not self.asymmetric:
            return self._places
        # Turned by 45 degrees: x + y and y - x are both even.
        return np.column_stack([(x + y) // 2, (y - x) // 2])

    def _placed(self, discs: Discs, size: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]] | str:
        """Dots of the board and rows of `discs`, or why not."""
        from trackside.geometry.camera.boards.placing import place

        lattice = self._lattice(discs)
        total = self.rows * self.columns
        count = 0 if lattice is None else len(lattice.rows)
        if lattice is None or count < max(_LEAST_DOTS if total > _LEAST_DOTS else FEWEST_POINTS, _LEAST_SHARE * total):
            return _too_few(count, len(discs), total)
        found = place(lattice, discs.centres, self._nodes, size)
        return found if isinstance(found, str) else (found.ids, found.rows)

    def _lattice(self, discs: Discs) -> Lattice | None:
        """The largest lattice; if the given diameter leads to hardly any, with the distance that the picture suggests."""
        from trackside.geometry.camera.boards.lattice import find_lattices, usual_pitch

        nominal = 2 * self._pitch / self.diameter
        found = find_lattices(discs, nominal)
        if found and len(found[0].rows) >= 0.6 * self.rows * self.columns:
            return found[0]
        seen = usual_pitch(discs)
        if 2.05 < seen < math.inf and abs(seen / nominal - 1) > 0.1:
            found += find_lattices(discs, seen)
        return max(found, key=lambda lattice: len(lattice.rows), default=None)

    def _measured(self, grey: Grey, discs: Discs, ids: NDArray[np.int64]) -> Sighting | Refusal:
        from trackside.geometry.camera.boards.outlines import refined

        gap = 2 * (self._pitch - self.diameter) / self.diameter
        discs = refined(grey.astype(np.float32), discs, dark=self.dark, gap=gap)
        limit = _MISFIT_PIXELS + _MISFIT_SHARE * discs.axes[:, 0]
        # Noise and blur raise the misfit of all dots alike: a dot is bad by comparison with the others.
        good = (
            (discs.misfits < np.maximum(limit, 3 * np.median(discs.misfits)))
            & (discs.sound >= _LEAST_SOUND)
            & _of_like_size(discs)
        )
        if good.sum() < FEWEST_POINTS:
            return Refusal(
                f"{len(ids)} of {self.rows * self.columns} dots found, but their outlines are too unclear to measure"
            )
        discs, ids = discs[good], ids[good]
        return Sighting(
            (grey.shape[1], grey.shape[0]), ids, discs.centres, discs.deviations, discs.ellipses, sharpness=discs.sharpness
        )


def _of_like_size(discs: Discs) -> NDArray[np.bool_]:
    """Whether each disc is as large as its place says: the logarithm of the area changes evenly over the board.

    A blob that covers a dot has the dot's place, and another size.
    """
    area = np.log(np.linalg.det(discs.frames))
    design = np.column_stack([np.ones(len(area)), discs.centres - discs.centres.mean(axis=0)])
    good = np.ones(len(area), bool)
    for _ in range(3):
        off = np.abs(area - design @ np.linalg.lstsq(design[good], area[good], rcond=None)[0])
        good = off < max(_LEAST_SIZE_STEP, 4 * float(np.median(off)))
    return np.asarray(good)


def _too_few(placed: int, seen: int, total: int) -> str:
    if not seen:
        return "no dots"
    if placed < FEWEST_POINTS:
        return f"{seen} dots found, but no grid among them"
    return f"{placed} of {total} dots found; the board is cut off, covered or too small in the picture"
