"""The map from pixels to metres on the ground, from points that are known in both."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import SettingError
from trackside.perception.tracking.lanes import checked_homography


def homography_of(points: ArrayLike) -> NDArray[np.float64]:
    """The map [3, 3] from pixels to metres on the ground that fits given points best.

    Args:
        points: float [k, 4], at least four, no three of them on a line: x and y in pixels, x and y in metres.

    Raises:
        SettingError: there are too few, or they do not make a map.
    """
    import cv2

    given = np.asarray(points, np.float64)
    fix = "give at least four, no three of them on a line"
    if given.ndim != 2 or given.shape[1] != 4 or len(given) < 4 or not np.isfinite(given).all():
        raise SettingError("points of the ground are x and y in pixels, x and y in metres", where="ground", fix=fix)
    found, _ = cv2.findHomography(given[:, :2], given[:, 2:])
    if found is None:
        raise SettingError("these points of the ground make no map", where="ground", fix=fix)
    return checked_homography(found)
