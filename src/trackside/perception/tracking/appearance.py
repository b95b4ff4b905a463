"""What an online tracker knows of looks: a gallery that opens with the first features, and the cost that follows from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.models.families.embedding import unit
from trackside.perception.tracking.association import Floats, Rows, Term
from trackside.perception.tracking.gallery import Gallery, Vectors, appearance_term, crop_weights


class Looks:
    """A row for each track, in the order of the motion model's. Until features are given it holds nothing."""

    def __init__(self) -> None:
        self._gallery: Gallery | None = None
        self._features: Vectors | None = None
        self._weights: Floats = np.empty(0)

    def show(
        self, features: NDArray[np.floating] | None, boxes: Floats, scores: NDArray[np.float32], rows: Rows, tracks: int
    ) -> None:
        """Take the features of a frame's detections; `see`, `add` and `term` speak of them until the next frame.

        Args:
            features: float [m, d], of any length; a row of NaN is not known. None for no features in this frame.
            boxes: of the detections, float64 [4, m].
            scores: of the detections, [m].
            rows: the detections that count.
            tracks: how many tracks there are.

        Raises:
            InputError: not one vector a detection, or vectors of another dimension than before.
        """
        self._features = None
        if features is None:
            return
        if features.ndim != 2 or len(features) != boxes.shape[1]:
            what = f"need one vector for each of {boxes.shape[1]} detections, got embeddings of shape {features.shape}"
            raise InputError(what, where="tracker")
        if not len(features):
            return
        if self._gallery is None:
            self._gallery = Gallery(features.shape[1])
            self._gallery.add(_unknown(tracks, features.shape[1]))
        if (before := self._gallery.means.shape[1]) != features.shape[1]:
            raise InputError(f"embeddings had {before} numbers until now, got {features.shape[1]}", where="tracker")
        self._features, self._weights = unit(features), np.zeros(len(features))
        self._weights[rows] = crop_weights(boxes[:, rows], scores[rows].astype(np.float64))

    def term(self, weight: float) -> list[Term]:
        """What looks add to a pair's gain, with that weight; nothing where nothing is known."""
        if self._gallery is None or self._features is None or weight <= 0:
            return []
        return [appearance_term(self._gallery, self._features, weight=weight)]

    def see(self, matched: Rows, rows: Rows) -> None:
        """These tracks were seen as these detections."""
        if self._gallery is not None and self._features is not None:
            self._gallery.update(matched, self._features[rows], self._weights[rows])

    def add(self, rows: Rows) -> None:
        """Append tracks that start with these detections."""
        if self._gallery is None:
            return
        if self._features is None:
            self._gallery.add(_unknown(len(rows), self._gallery.means.shape[1]))
        else:
            self._gallery.add(self._features[rows], self._weights[rows])

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other tracks."""
        if self._gallery is not None:
            self._gallery.keep(rows)


def _unknown(count: int, dim: int) -> Vectors:
    return np.full((count, dim), np.nan, np.float32)
