"""ChArUco boards: a chessboard whose light squares carry markers, so that any part of it can be told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import SettingError, nearest
from trackside.geometry.camera.boards.ink import Ink
from trackside.geometry.camera.sighting import FEWEST_POINTS, Refusal, Sighting

Floats = NDArray[np.float64]

_MOST_SIDE = 50


@dataclass(frozen=True)
class Charuco:
    """A ChArUco board, named by its squares.

    Attributes:
        rows: squares down the board.
        columns: squares across.
        square: side of a square, metres.
        marker: side of a marker, metres.
        dictionary: OpenCV's name of the set of markers.
        legacy: the pattern of OpenCV before 4.6, which differs for an even number of rows.

    Raises:
        SettingError: sides out of range, a marker that does not fit its square, a dictionary that is unknown or too small.
    """

    rows: int
    columns: int
    square: float
    marker: float
    dictionary: str = "DICT_4X4_50"
    legacy: bool = False

    def __post_init__(self) -> None:
        if not (2 <= self.rows <= _MOST_SIDE and 2 <= self.columns <= _MOST_SIDE and self.rows + self.columns > 5):
            raise SettingError(
                f"a board of {self.columns} x {self.rows} squares", where="charuco", fix="give 3 to 50 a side"
            )
        if not 0 < self.marker < self.square < math.inf:
            raise SettingError(
                f"a marker of {self.marker} m in a square of {self.square} m",
                where="charuco",
                fix="give both in metres, the marker smaller than the square",
            )
        import cv2

        known = [name for name in dir(cv2.aruco) if name.startswith("DICT_")]
        if self.dictionary not in known:
            raise SettingError(f"no dictionary {self.dictionary!r}", where="charuco", fix=nearest(self.dictionary, known))
        have, need = len(self._dictionary.bytesList), self.rows * self.columns // 2
        if have < need:
            raise SettingError(
                f"{self.dictionary} has {have} markers, and the board needs {need}",
                where="charuco",
                fix="choose a larger one",
            )

    @property
    def name(self) -> str:
        """The kind of board."""
        return "charuco"

    @property
    def points(self) -> Floats:
        """float64 [(rows - 1) * (columns - 1), 3], metres: inner corners row by row, the first one the origin."""
        row, column = np.divmod(np.arange((self.rows - 1) * (self.columns - 1)), self.columns - 1)
        return np.column_stack([column * self.square, row * self.square, np.zeros(len(row))])

    @property
    def ink(self) -> Ink:
        """Dark squares and the dark modules of the markers; a margin of one square."""
        board = self._board
        row, column = np.indices((self.rows, self.columns)).reshape(2, -1)
        markers = np.array(board.getObjPoints(), np.float64)[:, 0, :2]
        lit = {(round(y // self.square), round(x // self.square)) for x, y in markers + 1e-9}
        dark = np.array([place not in lit for place in zip(row.tolist(), column.tolist(), strict=True)])
        squares = np.column_stack(
            [column[dark] * self.square, row[dark] * self.square, np.full((dark.sum(), 2), self.square)]
        )
        modules = [self._modules(number, place) for number, place in zip(board.getIds().ravel(), markers, strict=True)]
        rectangles = np.concatenate([squares, *modules]) - [self.square, self.square, 0, 0]
        extent = -self.square, -self.square, (self.columns - 1) * self.square, (self.rows - 1) * self.square
        return Ink(np.zeros((0, 3)), rectangles, extent, margin=self.square)

    def detect(self, image: NDArray[np.uint8]) -> Sighting | Refusal:
        """Find inner corners; parts of the board are enough. Boards printed light on dark are found too.

        Args:
            image: uint8 [h, w] or [h, w, 3] RGB.

        Raises:
            InputError: the picture has another shape or kind of numbers.
        """
        from trackside.geometry.camera.boards.corners import (
            CLEAR,
            edge_width,
            neighbour_pairs,
            refined_corners,
        )
        from trackside.geometry.camera.boards.picture import grey_of, why_nothing

        grey = grey_of(image)
        found = max(
            (self._corners(one) for one in (grey, np.asarray(255 - grey, np.uint8))), key=lambda one: (len(one[0]), one[2])
        )
        ids, corners, markers = found
        total = len(self.points)
        if not markers:
            return why_nothing(grey, f"no markers of {self.dictionary}")
        if len(ids) < FEWEST_POINTS or np.linalg.matrix_rank(np.ptp(self.points[ids, :2], axis=0) > 0) == 0:
            return why_nothing(
                grey, f"{len(ids)} of {total} corners found by {markers} markers, and {FEWEST_POINTS} are needed"
            )
        if np.linalg.matrix_rank(self.points[ids, :2] - self.points[ids[0], :2], tol=1e-6) < 2:
            return Refusal(f"{len(ids)} of {total} corners found, all in one line")
        clear = min(CLEAR, 0.9 * (1 - self.marker / self.square) / 2)
        corners, deviations = refined_corners(grey, corners, clear)
        width = edge_width(grey, corners, neighbour_pairs(self.points[ids], self.square), clear)
        return Sighting((grey.shape[1], grey.shape[0]), ids, corners, deviations, sharpness=width)

    def _corners(self, grey: NDArray[np.uint8]) -> tuple[NDArray[np.int64], Floats, int]:
        """Ids ascending, corners [n, 2] and the count of markers."""
        import cv2

        parameters = cv2.aruco.DetectorParameters()
        parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
        detector = cv2.aruco.CharucoDetector(self._board, cv2.aruco.CharucoParameters(), parameters)
        corners, ids, _, markers = detector.detectBoard(grey)
        if ids is None or not len(ids):
            return np.zeros(0, np.int64), np.zeros((0, 2)), 0 if markers is None else len(markers)
        order = np.argsort(ids.ravel(), kind="stable")
        return ids.ravel()[order].astype(np.int64), corners.reshape(-1, 2)[order].astype(np.float64), len(markers)

    @property
    def _dictionary(self) -> Any:
        import cv2

        return cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, self.dictionary))

    @property
    def _board(self) -> Any:
        import cv2

        board = cv2.aruco.CharucoBoard((self.columns, self.rows), self.square, self.marker, self._dictionary)
        board.setLegacyPattern(self.legacy)
        return board

    def _modules(self, number: int, place: Floats) -> Floats:
        """The dark modules of a marker, [m, 4]."""
        side = self._dictionary.markerSize + 2
        bits = self._dictionary.generateImageMarker(int(number), side)
        row, column = np.nonzero(bits == 0)
        module = self.marker / side
        return np.column_stack([place[0] + column * module, place[1] + row * module, np.full((len(row), 2), module)])
