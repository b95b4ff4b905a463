"""Lines that a picture shows straight, but not where a homography has them: the field is not the one that was taken for it.

A line of the field is straight in the picture (once the lens is undone), so what was found along it lies on one straight
line of its own, whatever the homography. Where many more of these places agree with that one than with the homography, the
line is there and contradicts it; where they agree with neither, they are swimmers, reflections or waves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.geometry.planes.arrays import Flags, Floats

# A straight line of its own has at least this part of the places of a line, and so many; noise has a third of it by chance.
_LEAST_SHARE, _FEWEST = 0.5, 8
# A homography that holds less of these places than this is contradicted; sag and swimmers leave nearly all of them.
_LEAST_HELD = 0.8


def contradicting(along: Floats, off: Floats, rows: NDArray[np.intp], holds: float) -> dict[int, float]:
    """Lines that contradict, and the part of their own straight line that the homography holds, 0 to 1.

    Args:
        along: float64 [n, 2], where places were looked for, pixels.
        off: float64 [n], how far from the homography's line they were found, signed, pixels; NaN for nowhere.
        rows: which line each is of [n].
        holds: pixels off at which a place holds.
    """
    found = {}
    for row in np.unique(rows).tolist():
        mine = rows == row
        seen = mine & np.isfinite(off)
        own = _straight(np.linalg.norm(along[seen] - along[mine][0], axis=1), off[seen], holds)
        if np.count_nonzero(own) < max(_FEWEST, _LEAST_SHARE * np.count_nonzero(mine)):
            continue
        held = float(np.mean(np.abs(off[seen][own]) < holds))
        if held < _LEAST_HELD:
            found[row] = held
    return found


def _straight(along: Floats, off: Floats, holds: float) -> Flags:
    """Which places are on the straight line through two of them that has the most: bool [n]. A line has 80 at most."""
    first, second = np.triu_indices(len(along), 1)
    apart = along[second] - along[first]
    first, second, apart = first[apart != 0], second[apart != 0], apart[apart != 0]
    if not len(first):
        return np.zeros(len(along), bool)
    tilt = (off[second] - off[first]) / apart
    on = np.abs(off - off[first, None] - tilt[:, None] * (along - along[first, None])) < holds
    return np.asarray(on[on.sum(axis=1).argmax()])
