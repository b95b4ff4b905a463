"""Chessboards: OpenCV finds the inner corners; places, certainty and sharpness are checked here."""

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
    from trackside.geometry.camera.boards.picture import Grey

Floats = NDArray[np.float64]

_MOST_SIDE = 100
# Grey levels between squares of one colour; a light square is at least this much brighter than a dark one.
_SAME_GREY = 15.0
# Shares of the corners that must hang together before a search, and before a search that takes a second. Boards that can be
# found at all have 0.6 and more, mostly all.
_WORTH_A_LOOK, _WORTH_A_SEARCH = 0.5, 0.75
# The part that is searched: its margin as a share of the box, with a few pixels more, and its longer side in pixels.
_ROOM, _BORDER, _SIDE, _LARGEST_SCALE = 0.3, 12, 720, 2.0
# Of OpenCV: CALIB_CB_ADAPTIVE_THRESH, CALIB_CB_NORMALIZE_IMAGE.
_OLDER_FLAGS = 1 | 2


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
        from trackside.geometry.camera.boards.corners import edge_width, neighbour_pairs, refined_corners
        from trackside.geometry.camera.boards.crossings import linked_crossings
        from trackside.geometry.camera.boards.picture import grey_of, why_nothing

        grey = grey_of(image)
        total = self.rows * self.columns
        linked = linked_crossings(grey, enough=int(_WORTH_A_LOOK * total))
        if linked.count < _WORTH_A_LOOK * total:
            return why_nothing(grey, self._too_few(linked.count))
        view = _View.around(grey, linked.box)
        corners = view.search(self.rows, self.columns, thorough=linked.count >= _WORTH_A_SEARCH * total)
        if corners is None:
            return why_nothing(grey, self._other_size(view))
        corners = _one_reading(grey, corners.reshape(self.rows, self.columns, 2)).reshape(-1, 2)
        corners, deviations = refined_corners(grey, corners)
        width = edge_width(grey, corners, neighbour_pairs(self.points, self.square))
        ids = np.arange(len(corners), dtype=np.int64)
        return Sighting((grey.shape[1], grey.shape[0]), ids, corners, deviations, sharpness=width)

    def _too_few(self, count: int) -> str:
        """With some corners of a board in sight, their number is said."""
        wanted = f"no chessboard with {self.columns} x {self.rows} inner corners"
        if count < FEWEST_POINTS:
            return f"{wanted}; it must be wholly in the picture"
        return f"{wanted}: {count} of {self.rows * self.columns} hang together; it must be wholly in the picture"

    def _other_size(self, view: _View) -> str:
        """A board with a row or column less, or the size given the other way (squares for corners), is named."""
        for rows, columns in (
            (self.rows - 1, self.columns - 1),
            (self.rows, self.columns - 1),
            (self.rows - 1, self.columns),
        ):
            if min(rows, columns) >= 3 and view.search(rows, columns, thorough=False) is not None:
                return (
                    f"found a chessboard with {columns} x {rows} inner corners, not {self.columns} x {self.rows}; "
                    "a part may be covered, or squares were counted in place of inner corners"
                )
        return f"no chessboard with {self.columns} x {self.rows} inner corners; it must be wholly in the picture"


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The part of a picture where crossings are, enlarged or reduced to a size that is quick to search.

    Attributes:
        grey: the part.
        scale: its pixels for one of the picture.
        corner: of the part in the picture, x and y.
    """

    grey: Grey
    scale: float
    corner: Floats

    @classmethod
    def around(cls, grey: Grey, box: Floats) -> _View:
        """The box with room for squares beyond the outer corners, even if some of those were not linked."""
        import cv2

        room = _ROOM * np.ptp(box, axis=0).max() + _BORDER
        low = np.maximum(np.floor(box[0] - room), 0).astype(int)
        high = np.minimum(np.ceil(box[1] + room) + 1, grey.shape[::-1]).astype(int)
        part = np.ascontiguousarray(grey[low[1] : high[1], low[0] : high[0]])
        scale = min(_SIDE / max(part.shape), _LARGEST_SCALE)
        kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        return cls(np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=kind), np.uint8), scale, low + 0.0)

    def search(self, rows: int, columns: int, *, thorough: bool) -> Floats | None:
        """Inner corners [rows * columns, 2] row by row, in pixels of the picture, not yet refined; or None.

        OpenCV's sector-based detector (Duda and Frese 2018) is tried first, then the older one, then the first one with all
        thresholds and blurs it knows, which takes long. Its own refinement (`CALIB_CB_ACCURACY`) is left out: it is slow,
        and the gradients around each corner, in a window that follows the size of the squares, halve its error.
        """
        import cv2

        def by_sectors(flags: int) -> tuple[bool, Floats]:
            return cv2.findChessboardCornersSB(self.grey, (columns, rows), flags=flags | cv2.CALIB_CB_NORMALIZE_IMAGE)

        seen, corners = by_sectors(0)
        if not seen and thorough:
            seen, corners = cv2.findChessboardCorners(self.grey, (columns, rows), flags=_OLDER_FLAGS)
        if not seen and thorough:
            seen, corners = by_sectors(cv2.CALIB_CB_EXHAUSTIVE)
        # Pixel centres are whole numbers: (x + 1/2) is what scales.
        return (corners.reshape(-1, 2) + 0.5) / self.scale - 0.5 + self.corner if seen else None


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
