"""Lanes: where a point of the picture is along and across the lane that it is in, in metres, and back.

Each lane has one map [3, 3] from pixels to its own metres: along the axis from the first wall, and across it to the left
or right. With a homography of the water's surface the maps hold the perspective; without one a lane is seen straight on,
and a pixel is everywhere as many metres as the lane's length says.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import Affine, SettingError
from trackside.perception.tracking.association import Floats, Rows

# World Aquatics facilities rules, swimming pools: lanes are 2.5 m wide.
LANE_WIDTH = 2.5
# How far beyond its half width a lane still reaches, metres: swimmers lean on the rope.
_ACROSS = 0.25
# How far beyond the walls, metres: starting blocks, and hands at the wall.
_BEYOND = 1.5
# By how much a given length and that of the homography may differ before one of them is a mistake.
_MISMATCH = 0.2


class Lanes:
    """The lanes of a pool or a track.

    Args:
        axes: float [k, 4], x1 y1 x2 y2 of the middle of each lane, from wall to wall, pixels.
        length: metres from wall to wall; None for what the homography says.
        width: of a lane, in `unit`.
        unit: metres; or pixels, measured across the middle of each lane.
        homography: float [3, 3], from pixels to metres on the water; None for a view without perspective.

    Attributes:
        lengths: float64 [k], metres.
        half_widths: float64 [k], metres.
        scale: how much larger things look than when the lanes were drawn: the camera zooms.

    Raises:
        SettingError: an axis has no length, a value is not finite or not positive, the homography cannot be inverted, or
            its lengths are not the given one.
    """

    def __init__(
        self,
        axes: ArrayLike,
        *,
        length: float | None = None,
        width: float = LANE_WIDTH,
        unit: Literal["m", "px"] = "m",
        homography: ArrayLike | None = None,
    ) -> None:
        ends = _checked_axes(axes)
        if length is None and homography is None:
            raise SettingError("lanes need their length in metres, or a homography", where="lanes")
        for name, value in (("length", length), ("width", width)):
            if value is not None and not 0 < value < math.inf:
                raise SettingError(f"need a positive number, got {name}={value}", where="lanes")
        to_metres = np.eye(3) if homography is None else checked_homography(homography)
        parts = [_lane(axis, to_metres, length, check=homography is not None) for axis in ends]
        self._maps = np.stack([part[0] for part in parts])
        self._back: Floats = np.linalg.inv(self._maps).astype(np.float64)
        self.lengths: Floats = np.array([part[1] for part in parts])
        self.half_widths = np.full(len(ends), width / 2) if unit == "m" else self._half_widths(ends, width / 2)
        self.scale = 1.0

    def __len__(self) -> int:
        return len(self.lengths)

    def locate(self, points: Floats) -> tuple[Rows, Floats]:
        """The lane of each point [2, m] and its place there.

        Returns:
            The nearest lane [m], -1 for a point in none; and float64 [2, m], metres along and across it.
        """
        if not points.shape[1]:
            return np.empty(0, np.intp), np.empty((2, 0))
        places = _mapped(self._maps, points)
        along, across = places[:, 0], np.abs(places[:, 1])
        inside = (across <= self.half_widths[:, None] + _ACROSS) & (along >= -_BEYOND)
        inside &= along <= self.lengths[:, None] + _BEYOND
        lane = np.where(inside, across, math.inf).argmin(axis=0)
        each = np.arange(points.shape[1])
        return np.where(inside[lane, each], lane, -1), places[lane, :, each].T

    def place(self, lanes: Rows, points: Floats) -> Floats:
        """Where points [2, m] are in given lanes [m]: float64 [2, m], metres along and across."""
        return _mapped_each(self._maps.take(lanes, axis=0), points)[0]

    def picture(self, lanes: Rows, places: Floats) -> tuple[Floats, Floats]:
        """Where places [2, m] of given lanes are in the picture: pixels [2, m], and how near they look, [m].

        Something twice as near looks twice as large.
        """
        points, depth = _mapped_each(self._back.take(lanes, axis=0), places)
        return points, self.scale / depth

    def warp(self, affine: Affine) -> None:
        """The camera moved: the lanes are elsewhere in the picture."""
        moved = np.vstack([affine.matrix, [0, 0, 1]])
        self._maps = self._maps @ np.linalg.inv(moved)
        self._back = moved @ self._back
        self.scale *= affine.scale

    def _half_widths(self, ends: Floats, pixels: float) -> Floats:
        way = ends[:, 2:] - ends[:, :2]
        aside = np.stack([-way[:, 1], way[:, 0]], axis=1) / np.hypot(way[:, 0], way[:, 1])[:, None]
        middle = (ends[:, 2:] + ends[:, :2]) / 2
        places = self.place(np.arange(len(ends)), (middle + pixels * aside).T)
        return np.asarray(np.abs(places[1]))


def checked_homography(homography: ArrayLike) -> Floats:
    """A homography as float64 [3, 3].

    Raises:
        SettingError: it is of another shape, not finite, or maps everything onto a line.
    """
    matrix = np.asarray(homography, np.float64)
    if matrix.shape != (3, 3) or not np.isfinite(matrix).all():
        raise SettingError(f"a homography is a finite matrix of 3 x 3, got {matrix.tolist()}", where="homography")
    # Rows have different units, so each is judged by its own length.
    norms = np.linalg.norm(matrix, axis=1)
    if not norms.all() or abs(np.linalg.det(matrix / norms[:, None])) < 1e-12:
        fix = "measure it from four points, no three of them in a line"
        raise SettingError("the homography cannot be inverted", where="homography", fix=fix)
    return matrix


def _checked_axes(axes: ArrayLike) -> Floats:
    try:
        ends = np.asarray(axes, np.float64)
    except (TypeError, ValueError):
        ends = np.empty(0)
    if ends.ndim != 2 or ends.shape[1] != 4 or not len(ends):
        raise SettingError("lanes are rows of x1 y1 x2 y2, at least one", where="lanes")
    broken = np.asarray(~np.isfinite(ends).all(axis=1))
    if broken.any():
        raise SettingError("an end is not finite", where=f"lane {_first(broken)}")
    short = np.hypot(*(ends[:, 2:] - ends[:, :2]).T) < 1
    if short.any():
        raise SettingError("the two walls of a lane are at the same place", where=f"lane {_first(short)}")
    return ends


def _first(which: NDArray[np.bool_]) -> int:
    """The number of the first, from 1."""
    return int(which.argmax()) + 1


def _lane(axis: Floats, to_metres: Floats, length: float | None, *, check: bool) -> tuple[Floats, float]:
    """The map [3, 3] from pixels to a lane's own metres, and its length."""
    middle = to_metres @ [*(axis[:2] + axis[2:]) / 2, 1]
    to_metres = to_metres * np.sign(middle[2])
    start, end = (to_metres @ [*point, 1] for point in (axis[:2], axis[2:]))
    if not (start[2] > 0 and end[2] > 0):
        raise SettingError("a lane reaches beyond the horizon of the homography", where="lanes")
    start, end = start[:2] / start[2], end[:2] / end[2]
    measured = math.dist(start, end)
    if measured == 0:
        raise SettingError("the homography maps both walls of a lane to one point", where="lanes")
    chosen = measured if length is None else length
    if check and abs(measured / chosen - 1) > _MISMATCH:
        raise SettingError(f"a lane is {measured:.1f} m long by the homography, not {chosen:g} m", where="lanes")
    along = (end - start) / measured
    turn = np.array([along, [-along[1], along[0]]]) * (chosen / measured)
    own = np.eye(3)
    own[:2, :2], own[:2, 2] = turn, -turn @ start
    return own @ to_metres, chosen


def _mapped(maps: Floats, points: Floats) -> Floats:
    """Points [2, m] by every map [k, 3, 3]: float64 [k, 2, m], NaN beyond the horizon."""
    found = maps[:, :, :2] @ points + maps[:, :, 2:]
    depth = np.where(found[:, 2] > 0, found[:, 2], math.nan)
    return np.asarray(found[:, :2] / depth[:, None])


def _mapped_each(maps: Floats, points: Floats) -> tuple[Floats, Floats]:
    """Each point [2, m] by its own map [m, 3, 3]: [2, m], and the depth [m]; NaN beyond the horizon."""
    found = np.einsum("mij,jm->im", maps[:, :, :2], points) + maps[:, :, 2].T
    depth = np.where(found[2] > 0, found[2], math.nan)
    return found[:2] / depth, depth
