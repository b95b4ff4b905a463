"""Chessboards: OpenCV finds the inner corners; places, certainty and sharpness are checked here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import SettingError
from trackside.geometry.camera.boards.ink import Ink
from trackside.geometry.camera.sighting import Refusal, Sighting

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.picture import Grey

Floats = NDArray[np.float64]

_MOST_SIDE = 100
# Grey levels between squares of one colour; a light square is at least this much brighter than a dark one.
_SAME_GREY = 15.0


@dataclass(frozen=True)
class Chessboard:
    """A chessboard, named by its inner corners.

    Attributes:
        rows: inner corners down the board (squares less one).
        columns: inner corners across.
        square: side of a square, metres.

    Raises:
        SettingError: fewer than 3 corners a side or more than 100, or a square that is no positive length.
    """

    rows: int
    columns: int
    square: float

    def __post_init__(self) -> None:
        if not (3 <= self.rows <= _MOST_SIDE and 3 <= self.columns <= _MOST_SIDE):
            raise SettingError(
                f"a chessboard of {self.columns} x {self.rows} inner corners", where="chessboard", fix="give 3 to 100 a side"
            )
        if not 0 < self.square < math.inf:
            raise SettingError(f"a square is {self.square} m", where="chessboard", fix="give metres above 0")

    @property
    def name(self) -> str:
        """The kind of board."""
        return "chessboard"

    @property
    def points(self) -> Floats:
        """float64 [rows * columns, 3], metres, row by row."""
        row, column = np.divmod(np.arange(self.rows * self.columns), self.columns)
        return np.column_stack([column * self.square, row * self.square, np.zeros(len(row))])

    @property
    def ink(self) -> Ink:
        """The dark squares, the top left one among them; a margin of one square."""
        row, column = np.indices((self.rows + 1, self.columns + 1)).reshape(2, -1)
        dark = (row + column) % 2 == 0
        corner = (np.column_stack([column, row])[dark] - 1) * self.square
        rectangles = np.column_stack([corner, np.full((dark.sum(), 2), self.square)])
        extent = -self.square, -self.square, self.columns * self.square, self.rows * self.square
        return Ink(np.zeros((0, 3)), rectangles, extent, margin=self.square)

    def detect(self, image: NDArray[np.uint8]) -> Sighting | Refusal:
        """Find all inner corners.

        Args:
            image: uint8 [h, w] or [h, w, 3] RGB.

        Raises:
            InputError: the picture has another shape or kind of numbers.
        """
        from trackside.geometry.camera.boards.corners import corner_deviations, edge_width, neighbour_pairs
        from trackside.geometry.camera.boards.picture import grey_of, why_nothing

        grey = grey_of(image)
        corners = find_corners(grey, self.rows, self.columns)
        if corners is None:
            return why_nothing(grey, self._other_size(grey))
        corners = _one_reading(grey, corners.reshape(self.rows, self.columns, 2)).reshape(-1, 2)
        width = edge_width(grey, corners, neighbour_pairs(self.points, self.square))
        ids = np.arange(len(corners), dtype=np.int64)
        return Sighting((grey.shape[1], grey.shape[0]), ids, corners, corner_deviations(grey, corners), sharpness=width)

    def _other_size(self, grey: Grey) -> str:
        """A board with a row or column less, or the size given the other way (squares for corners), is named."""
        for rows, columns in (
            (self.rows - 1, self.columns - 1),
            (self.rows, self.columns - 1),
            (self.rows - 1, self.columns),
        ):
            if min(rows, columns) >= 3 and _by_sectors(grey, rows, columns, thorough=False) is not None:
                return (
                    f"found a chessboard with {columns} x {rows} inner corners, not {self.columns} x {self.rows}; "
                    "a part may be covered, or squares were counted in place of inner corners"
                )
        return f"no chessboard with {self.columns} x {self.rows} inner corners; it must be wholly in the picture"


def find_corners(grey: Grey, rows: int, columns: int) -> Floats | None:
    """Inner corners [rows * columns, 2], row by row, or None.

    OpenCV's sector-based detector (Duda and Frese 2018) is tried first, then the older one. Places are refined by the
    gradients around each corner in a window that follows the size of the squares; on synthetic boards this halves the error
    of the sector-based places where squares are large, and both agree on small ones.
    """
    import cv2

    from trackside.geometry.camera.boards.corners import moved_corners

    found = _by_sectors(grey, rows, columns, thorough=True)
    if found is None:
        flags = cv2.CALIB_CB_ADAPTIVE_THRESH | cv2.CALIB_CB_NORMALIZE_IMAGE | cv2.CALIB_CB_FAST_CHECK
        seen, corners = cv2.findChessboardCorners(grey, (columns, rows), flags=flags)
        found = corners.reshape(-1, 2).astype(np.float64) if seen else None
    return None if found is None else moved_corners(grey, found)


def _by_sectors(grey: Grey, rows: int, columns: int, *, thorough: bool) -> Floats | None:
    import cv2

    flags = cv2.CALIB_CB_NORMALIZE_IMAGE | cv2.CALIB_CB_ACCURACY | (cv2.CALIB_CB_EXHAUSTIVE if thorough else 0)
    seen, corners = cv2.findChessboardCornersSB(grey, (columns, rows), flags=flags)
    return corners.reshape(-1, 2).astype(np.float64) if seen else None


def _one_reading(grey: Grey, corners: Floats) -> Floats:
    """[rows, columns, 2] as the board is read: never mirrored, the square after the first corner dark, from the top left.

    The colour tells a board from itself turned by 180 degrees unless rows and columns are both even or both odd.
    """
    across, down = corners[0, -1] - corners[0, 0], corners[-1, 0] - corners[0, 0]
    if across[0] * down[1] - across[1] * down[0] < 0:
        corners = corners[:, ::-1]
    quarter = [np.rot90(corners), np.rot90(corners, 3)] if corners.shape[0] == corners.shape[1] else []
    readings = [corners, np.rot90(corners, 2), *quarter]
    lit = [_first_square(grey, reading) for reading in readings]
    darkest = min(lit)
    midway = (max(lit) + darkest) / 2
    alike = max(lit) - darkest < _SAME_GREY
    dark = [reading for reading, level in zip(readings, lit, strict=True) if alike or level <= midway]
    return min(dark, key=lambda reading: float(reading[0, 0].sum()))


def _first_square(grey: Grey, corners: Floats) -> float:
    """Grey level in the middle of the square between the first corners."""
    x, y = np.rint(corners[:2, :2].reshape(4, 2).mean(axis=0)).astype(int)
    return float(np.median(grey[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]))
