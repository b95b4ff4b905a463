"""What is known of each track beside its motion: arrays of one length, a row a track."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trackside.perception.tracking.association import Floats, Rows


@dataclass(slots=True)
class Book:
    """One row for each track, in the order of the motion model's.

    Attributes:
        ids: int64, 0 while it has no identity.
        seen: float64, media time of the last detection.
        odds: float64, log odds that there is something.
        firm: bool, whether it was ever sure that there is something.
        scores: float32, of the last detection.
        classes: int32, of the last detection.
        visible: bool, matched in the last update.
        sightings: int64, detections so far.
        last: float64 [4, n], the box last seen.
    """

    ids: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    seen: Floats = field(default_factory=lambda: np.empty(0))
    odds: Floats = field(default_factory=lambda: np.empty(0))
    firm: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))
    scores: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    classes: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    visible: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))
    sightings: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    last: Floats = field(default_factory=lambda: np.empty((4, 0)))

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, time: float, odds: Floats, scores: NDArray[np.float32], classes: NDArray[np.int32], boxes: Floats) -> None:
        """Append tracks that are seen for the first time, without identity."""
        count = len(odds)
        self.ids = np.concatenate([self.ids, np.zeros(count, np.int64)])
        self.seen = np.concatenate([self.seen, np.full(count, time)])
        self.odds = np.concatenate([self.odds, odds])
        self.firm = np.concatenate([self.firm, np.zeros(count, np.bool_)])
        self.scores = np.concatenate([self.scores, scores])
        self.classes = np.concatenate([self.classes, classes])
        self.visible = np.concatenate([self.visible, np.ones(count, np.bool_)])
        self.sightings = np.concatenate([self.sightings, np.ones(count, np.int64)])
        self.last = np.concatenate([self.last, boxes], axis=1)

    def see(
        self, rows: Rows, time: float, scores: NDArray[np.float32], classes: NDArray[np.int32], boxes: Floats
    ) -> NDArray[np.bool_]:
        """These rows are seen now, the others are not. Returns which were visible before and are no longer, bool [n]."""
        before, self.visible = self.visible, np.zeros(len(self.ids), np.bool_)
        self.visible[rows] = True
        self.seen[rows] = time
        self.scores[rows], self.classes[rows] = scores, classes
        self.sightings[rows] += 1
        self.last[:, rows] = boxes
        return before & ~self.visible

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other tracks."""
        self.ids, self.seen, self.odds = self.ids[rows], self.seen[rows], self.odds[rows]
        self.scores, self.classes, self.firm = self.scores[rows], self.classes[rows], self.firm[rows]
        self.visible, self.sightings = self.visible[rows], self.sightings[rows]
        self.last = self.last[:, rows]
