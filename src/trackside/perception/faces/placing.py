"""Which track a face belongs to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core import Tracks


def tracks_of(faces: NDArray[np.float32], tracks: Tracks) -> NDArray[np.int64]:
    """The track of each face: the smallest box that holds its middle; two faces in one box leave it to the upper one.

    Args:
        faces: float32 [n, 4], boxes of faces.
        tracks: of people, or of the faces themselves.

    Returns:
        int64 [n]; 0 where there is none.
    """
    found = np.zeros(len(faces), np.int64)
    if not len(faces) or not len(tracks):
        return found
    middles = (faces[:, :2] + faces[:, 2:]) / 2
    low, high = tracks.boxes[None, :, :2] <= middles[:, None], middles[:, None] <= tracks.boxes[None, :, 2:]
    holds = np.asarray((low & high).all(axis=2), np.bool_)
    areas = np.prod(tracks.boxes[:, 2:] - tracks.boxes[:, :2], axis=1)
    best = np.where(holds, areas, np.inf).argmin(axis=1)
    taken: set[int] = set()
    for row in np.argsort(middles[:, 1], kind="stable").tolist():
        if holds[row].any() and int(best[row]) not in taken:
            taken.add(int(best[row]))
            found[row] = tracks.ids[best[row]]
    return found
