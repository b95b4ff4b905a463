"""How tracks move: what a tracker asks of a motion model, whatever it knows of the place."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from trackside.core import Affine
from trackside.perception.tracking.association import Floats, Match, Rows, Scores
from trackside.perception.tracking.similarity import Likeness


class Motion(Protocol):
    """How boxes move. A tracker holds one, with one row for each of its tracks."""

    @property
    def boxes(self) -> Floats:
        """float64 [4, n]: x1, y1, x2, y2 of each track now."""
        ...

    def add(self, boxes: Floats) -> None:
        """Append tracks that start at these boxes, float64 [4, m]."""
        ...

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other tracks."""
        ...

    def predict(self, dt: float) -> None:
        """Move all tracks on by `dt` seconds, at least 0."""
        ...

    def correct(self, rows: Rows, boxes: Floats, scores: Scores) -> None:
        """Take in what was seen of some tracks: boxes float64 [4, m], scores [m]."""
        ...

    def lose(self, rows: Rows) -> None:
        """These tracks were seen until now and are not seen this time."""
        ...

    def warp(self, affine: Affine) -> None:
        """Move all tracks with the camera, from pixels of the last frame to pixels of this one."""
        ...

    def pairs(self, rows: Rows, found: Floats, like: Likeness) -> tuple[Match, Floats]:
        """Pairs of these tracks and detections [4, m] that are alike, as places in `rows` and `found`, and how much."""
        ...


@runtime_checkable
class Placed(Motion, Protocol):
    """Motion at a place that is known: which boxes can be anybody's there, and which tracks to believe."""

    @property
    def believed(self) -> NDArray[np.bool_]:
        """Which tracks are where they are said to be, bool [n]."""
        ...

    def admits(self, boxes: Floats) -> NDArray[np.bool_]:
        """Which boxes [4, m] can be anybody's, bool [m]."""
        ...
