"""What a picture shows of a board: the points that were found, or why there are none.

Every kind of board answers with one of these two, so that selection, calibration and reports need not know the kind.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core.errors import InputError

# Four points in a plane fix a homography; fewer say nothing about a pose.
FEWEST_POINTS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A board as one picture shows it.

    Attributes:
        size: width and height of the picture, pixels.
        ids: int64 [n], rows of `board.points`, ascending; at least 4 of them, for boards may be seen in part.
        pixels: float64 [n, 2] as measured. Of discs it is the centre of the image of the disc's outline, which is not the
            image of the disc's centre; `centres.disc_centres` says where a camera model expects it.
        deviations: float64 [n], standard deviation of each coordinate, pixels, estimated.
        ellipses: float64 [n, 5] of discs: x, y, semi-major and semi-minor axis (pixels), angle of the major axis (radians).
        sharpness: width of the edges of dots or squares from 10 % to 90 % of their height, pixels; smaller is sharper.
        source: file or video.
        time: seconds of media time.

    Raises:
        InputError: the arrays do not fit each other, hold NaN, or there are fewer than 4 points.
    """

    size: tuple[int, int]
    ids: NDArray[np.int64]
    pixels: NDArray[np.float64]
    deviations: NDArray[np.float64]
    ellipses: NDArray[np.float64] | None = None
    sharpness: float = math.nan
    source: str = ""
    time: float = math.nan

    def __post_init__(self) -> None:
        count = len(self.ids)
        shapes = self.ids.shape == (count,) and self.pixels.shape == (count, 2) and self.deviations.shape == (count,)
        if not shapes or (self.ellipses is not None and self.ellipses.shape != (count, 5)):
            raise self._error(
                f"ids {self.ids.shape}, pixels {self.pixels.shape} and deviations {self.deviations.shape} do not fit",
                "give one row a point",
            )
        if count < FEWEST_POINTS:
            raise self._error(f"only {count} points of the board", f"give at least {FEWEST_POINTS}, or a Refusal")
        if not (np.diff(self.ids) > 0).all() or self.ids[0] < 0:
            raise self._error("ids repeat, descend or are negative", "sort the points by id and keep one of each")
        if not (np.isfinite(self.pixels).all() and np.isfinite(self.deviations).all() and (self.deviations > 0).all()):
            raise self._error("a position or its deviation is not a number", "leave out the points that were not found")

    def _error(self, what: str, fix: str) -> InputError:
        return InputError(what, where=self.source or "sighting", fix=fix)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no board was found in a picture.

    Attributes:
        reason: one clause for people: `no dots`, `found a grid of 4 x 10, not 4 x 11`.
        source: file or video.
        time: seconds of media time.
    """

    reason: str
    source: str = ""
    time: float = math.nan
