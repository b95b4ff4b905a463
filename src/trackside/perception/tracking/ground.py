"""The map from pixels to metres on the ground, from points that are known in both."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import InputError, SettingError
from trackside.geometry.planes import fit_homography

# Pixels by which points in a pipeline file are off: typed from a picture, and of a camera whose lens nobody calibrated.
_DEVIATION = 5.0


def homography_of(points: ArrayLike) -> NDArray[np.float64]:
    """The map [3, 3] from pixels to metres on the ground that fits given points best.

    Args:
        points: float [k, 4], at least four, no three of them on a line: x and y in pixels, x and y in metres.

    Raises:
        SettingError: there are too few, they do not make a map, or they contradict each other.
    """
    given = np.asarray(points, np.float64)
    fix = "give at least four, no three of them on a line"
    if given.ndim != 2 or given.shape[1] != 4 or len(given) < 4 or not np.isfinite(given).all():
        raise SettingError("points of the ground are x and y in pixels, x and y in metres", where="ground", fix=fix)
    try:
        found = fit_homography(given[:, :2], given[:, 2:], _DEVIATION)
    except InputError as error:
        raise SettingError(error.what, where="ground", fix=error.fix) from None
    # A pipeline has nobody to read advice: a point that had to be left out is a mistake in the file.
    if found.fit is not None and found.fit.advice:
        raise SettingError(found.fit.advice[0], where="ground", fix="correct it, or take it out")
    return found.matrix
