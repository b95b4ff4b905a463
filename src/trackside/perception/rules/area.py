"""How far inside or outside an area somebody stands: the number that rules about zones hold against their borders."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import SettingError
from trackside.geometry.planes import Homography
from trackside.perception.zones import Polygon, PolygonZone

Floats: TypeAlias = NDArray[np.float64]


class Area:
    """A polygon, with the distance to its edge.

    Args:
        points: its corners, at least three, x y.

    Raises:
        SettingError: fewer than three corners, or one that is not finite.
    """

    def __init__(self, points: Polygon) -> None:
        self._zone = PolygonZone(points)
        self.points: Floats = self._zone.points
        self._along = (np.roll(self.points, -1, axis=0) - self.points).T
        # An edge of no length is a point: any share of it will do.
        self._squares = np.maximum((self._along**2).sum(axis=0), np.finfo(np.float64).tiny)

    def outside(self, points: ArrayLike) -> Floats:
        """How far each point [n, 2] lies outside: the distance to the nearest edge, negative inside, float64 [n].

        NaN for a point that is not finite; 0 or below exactly where `PolygonZone` says that it is inside.
        """
        places = np.asarray(points, np.float64).reshape(-1, 2)
        x, y = places[:, :1] - self.points[:, 0], places[:, 1:] - self.points[:, 1]
        along_x, along_y = self._along
        share = np.minimum(np.maximum((x * along_x + y * along_y) / self._squares, 0), 1)
        distances = np.sqrt(((x - share * along_x) ** 2 + (y - share * along_y) ** 2).min(axis=1))
        # Rounding may leave a point on the edge at a distance; the exact test decides.
        inside = self._zone.contains(places)
        return np.asarray(np.where(inside, -distances, np.maximum(distances, math.ulp(0))))

    def on_ground(self, ground: Homography) -> Area:
        """The same area in metres. Straight edges stay straight, so its corners are enough.

        Raises:
            SettingError: a corner lies on or above the ground's horizon.
        """
        corners = ground.to_plane(self.points)
        if not np.isfinite(corners).all():
            fix = "draw the zone below the horizon, or leave out `ground`"
            raise SettingError("a corner of the zone lies above the horizon of the ground", where="zone", fix=fix)
        return Area(corners)
