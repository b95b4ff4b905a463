"""How a picture shows the board: where in the picture, how large, tilted to which side.

This is for choosing pictures, before any lens is known. Tilt comes from the homography of board to picture with a guessed
focal length (Zhang 2000, equation 2): good to some degrees, which is enough for bins of 45 degrees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from trackside.geometry.camera.boards.board import Board
    from trackside.geometry.camera.sighting import Sighting

Floats = NDArray[np.float64]

# Sides of the picture to which a board can lean away, clockwise from the right: bins of 45 degrees.
SIDES = ("right", "lower right", "bottom", "lower left", "left", "upper left", "top", "upper right")
# Below so much a board counts as face on: depth then differs too little over the board to tell the focal length.
FACE_ON = math.radians(15)
# Cells along the longer side of the picture: a cell is about as large as a waved board's square or two.
_LONG = 10
_LEAST_CELLS = 4
# A phone's or action camera's usual focal length, in units of the longer side of its picture.
GUESSED_FOCAL = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """How one picture shows the board.

    Attributes:
        cells: bool [rows, columns], cells of the picture (see `grid_of`) that the points seen span.
        tilt: angle between the board and the picture's plane, radians; NaN where it cannot be told.
        away: direction in the picture of the board's far side, radians from the right towards the bottom; NaN if `tilt` is.
        size: square root of the share of the picture that the points seen span, 0 to 1.
        outline: float64 [k, 2], convex hull of the points seen, pixels.
    """

    cells: NDArray[np.bool_]
    tilt: float
    away: float
    size: float
    outline: Floats

    @property
    def side(self) -> int:
        """Index into `SIDES` of where the board leans away to; -1 if it is face on or unknown."""
        if not self.tilt >= FACE_ON:
            return -1
        return round(self.away / (math.pi / 4)) % 8


def view_of(board: Board, sighting: Sighting) -> View:
    """How a sighting shows its board."""
    outline = hull(sighting.pixels)
    tilt, away = tilt_of(board.points[sighting.ids, :2], sighting.pixels, sighting.size)
    cells = cells_of(outline, sighting.size)
    cells[cell_indices(sighting.pixels, sighting.size)] = True
    return View(cells, tilt, away, size_of_outline(outline, sighting.size), outline)


def grid_of(size: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of the cells of a picture of that width and height; cells are about square."""
    width, height = size
    unit = max(width, height) / _LONG
    return max(_LEAST_CELLS, round(height / unit)), max(_LEAST_CELLS, round(width / unit))


def cells_of(outline: Floats, size: tuple[int, int]) -> NDArray[np.bool_]:
    """bool [rows, columns]: cells whose centre lies inside a convex outline [k, 2] of pixels."""
    rows, columns = grid_of(size)
    x = (np.arange(columns) + 0.5) / columns * size[0] - 0.5
    y = (np.arange(rows) + 0.5) / rows * size[1] - 0.5
    centres = np.stack(np.meshgrid(x, y), -1)
    edge = np.roll(outline, -1, 0) - outline
    arm = centres[:, :, None] - outline
    turn = edge[:, 0] * arm[..., 1] - edge[:, 1] * arm[..., 0]
    return np.asarray((turn >= 0).all(-1) | (turn <= 0).all(-1))


def cell_indices(pixels: Floats, size: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of the cell of each pixel [n, 2]; those outside the picture count to the nearest cell."""
    shape = np.array(grid_of(size))
    places = np.floor((pixels[:, ::-1] + 0.5) / np.array(size)[::-1] * shape).astype(np.int64)
    inside = np.clip(places, 0, shape - 1)
    return inside[:, 0], inside[:, 1]


def hull(pixels: Floats) -> Floats:
    """The convex hull [k, 2] of points [n, 2]."""
    import cv2

    return np.asarray(cv2.convexHull(pixels.astype(np.float32)), np.float64).reshape(-1, 2)


def size_of_outline(outline: Floats, size: tuple[int, int]) -> float:
    """Square root of the share of the picture inside an outline [k, 2] (shoelace formula)."""
    x, y = outline.T
    area = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
    return math.sqrt(area / (size[0] * size[1]))


def guessed_focal(size: tuple[int, int]) -> float:
    """A focal length in pixels for a camera of which only the picture's size is known."""
    return GUESSED_FOCAL * max(size)


def tilt_of(plane: Floats, pixels: Floats, size: tuple[int, int]) -> tuple[float, float]:
    """Tilt, and direction in the picture of the far side, of a plane's points [n, 2] seen at pixels [n, 2]; radians.

    Both are NaN where the points do not tell them: fewer than four, or all on a line.
    """
    homography = _homography(plane, pixels - (np.array(size) - 1) / 2)
    if homography is None:
        return math.nan, math.nan
    axes = homography / np.array([[guessed_focal(size)], [guessed_focal(size)], [1.0]])
    if axes[2] @ np.append(plane.mean(0), 1) < 0:
        axes = -axes
    normal = np.cross(axes[:, 0], axes[:, 1])
    length = float(np.linalg.norm(normal))
    if not length > 0:
        return math.nan, math.nan
    normal *= -math.copysign(1, float(normal @ axes @ np.append(plane.mean(0), 1))) / length
    return math.acos(min(1.0, abs(float(normal[2])))), math.atan2(normal[1], normal[0])


def _homography(plane: Floats, pixels: Floats) -> Floats | None:
    import cv2

    # Of points on a line (smallest extent far below the largest) a homography would be noise.
    for points in (plane, pixels):
        extent = np.linalg.svd(points - points.mean(0), compute_uv=False) if len(points) >= 4 else np.zeros(2)
        if not extent[1] > 1e-3 * extent[0]:
            return None
    found, _ = cv2.findHomography(plane, pixels)
    return None if found is None or not np.isfinite(found).all() else np.asarray(found, np.float64)
