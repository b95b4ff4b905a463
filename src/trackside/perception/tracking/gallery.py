"""What each track looks like: a few exemplars, and a mean that a stranger's crop does not pull.

A track holds at most a handful of exemplars, each the direction of some crops that look alike and the weight of those crops.
When there is no room, the two that are most alike become one, so old views stay and a look that was seen once keeps its
small weight. The mean is an M-estimate of location on the sphere: it starts at the weighted medoid and is reweighted with
Tukey's biweight on the cosine distance (Huber and Ronchetti 2009, *Robust Statistics*, sections 4.8 and 7.8), so an exemplar
beyond `reach` counts nothing. Weights carry how well a crop shows its object (`crop_weights`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import SettingError
from trackside.models.families.embedding import unit
from trackside.perception.tracking.association import Floats, Rows, Term, overlapping

Vectors = NDArray[np.float32]

# Of OSNet's cosine distances on TUD-Campus, unobstructed crops: 95 % of the pairs of one person lie below 0.25, 95 % of the
# pairs of two people above 0.38. A crop beyond the reach of a track's centre is somebody else.
REACH = 0.35
# A distance that speaks neither for nor against (both errors under 4 %), and one that nearly no clear crop of the same
# person reaches.
EVEN, GATE = 0.3, 0.6
# Crops that one exemplar stands for at most: beyond it, the new one is followed with this inertia.
_MOST_WEIGHT = 50.0
_REWEIGHTINGS = 2
_LEAST_LENGTH = 1e-6
# Comparing all tracks with all detections is one product of matrices; unless so many more pairs come of it.
_DENSE = 16


class Gallery:
    """Exemplars and robust mean of all tracks, a row each.

    Memory is bounded: a track takes 4 dim (most + 1) + 8 most + 4 most^2 bytes, 19 kB for 8 exemplars of 512 numbers.

    Args:
        dim: length of a feature, d.
        most: exemplars a track.
        reach: cosine distance from the centre from which a crop does not count, 0 to 2.

    Raises:
        SettingError: no exemplars, no length, or no reach.

    Attributes:
        means: float32 [n, d], unit length; NaN while nothing is known.
    """

    def __init__(self, dim: int, *, most: int = 8, reach: float = REACH) -> None:
        if dim < 1 or most < 1 or not 0 < reach <= 2:
            what = f"need dim >= 1, most >= 1 and 0 < reach <= 2, got {dim=}, {most=}, {reach=}"
            raise SettingError(what, where="gallery")
        self._reach = reach
        self._vectors: Vectors = np.empty((0, most, dim), np.float32)
        self._likeness: Vectors = np.empty((0, most, most), np.float32)
        self._weights: Floats = np.empty((0, most))
        self.means: Vectors = np.empty((0, dim), np.float32)

    def __len__(self) -> int:
        """The number of tracks."""
        return len(self.means)

    @property
    def bytes_per_track(self) -> int:
        """What a track takes, whatever its length."""
        most, dim = self._vectors.shape[1:]
        return int(4 * dim * (most + 1) + 8 * most + 4 * most * most)

    def add(self, features: Vectors, weights: Floats | None = None) -> None:
        """Append tracks that start with these features [m, d]; a row of NaN starts a track whose look is not known."""
        count = len(features)
        rows = np.arange(len(self), len(self) + count)
        self._vectors = _longer(self._vectors, count, 0)
        self._likeness = _longer(self._likeness, count, 0)
        self._weights = _longer(self._weights, count, 0)
        self.means = _longer(self.means, count, np.nan)
        self.update(rows, features, weights)

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other tracks."""
        self._vectors, self._likeness = self._vectors[rows], self._likeness[rows]
        self._weights, self.means = self._weights[rows], self.means[rows]

    def update(self, rows: Rows, features: Vectors, weights: Floats | None = None) -> None:
        """Take in what was seen of some tracks.

        Args:
            rows: the tracks, intp [m], each at most once.
            features: float32 [m, d]; a row of NaN says nothing.
            weights: how well each crop shows its object, [m], 0 to 1 (see `crop_weights`); None for 1.
        """
        directions = unit(features)
        weights = np.ones(len(rows)) if weights is None else np.asarray(weights, np.float64)
        says = (weights > 0) & np.isfinite(weights) & np.isfinite(directions[:, 0])
        if says.any():
            self._take_in(rows[says], directions[says], weights[says])
            self._settle(rows[says])

    def distance(self, i: Rows, j: Rows, features: Vectors) -> Floats:
        """Cosine distance, 0 to 2, of pairs of tracks and features; NaN where one of the two is not known.

        Args:
            i: tracks, intp [p].
            j: rows of `features`, intp [p].
            features: float32 [m, d], unit length.
        """
        if len(self) * len(features) <= _DENSE * len(i):
            likeness = (self.means @ features.T)[i, j]
        else:
            likeness = np.einsum("pd,pd->p", self.means[i], features[j])
        return np.maximum(1.0 - likeness.astype(np.float64), 0.0)

    def _take_in(self, rows: Rows, features: Vectors, weights: Floats) -> None:
        """Into a free place, or into the most alike exemplar."""
        likeness = np.asarray((self._vectors[rows] @ features[:, :, None])[:, :, 0])
        self._make_room(rows, features, likeness)
        free = self._weights[rows] == 0
        slots = np.where(free.any(axis=1), free.argmax(axis=1), likeness.argmax(axis=1))
        self._merge(rows, slots, features, weights, likeness)

    def _make_room(self, rows: Rows, features: Vectors, likeness: Vectors) -> None:
        """Where a track is full and two exemplars are more alike than the new one and any, make those two one.

        `likeness` [m, most] of exemplars to the new features is kept up to date.
        """
        most = self._weights.shape[1]
        pairs = self._likeness[rows]
        pairs[:, np.arange(most), np.arange(most)] = -np.inf
        pairs = pairs.reshape(len(rows), -1)
        closest, at = pairs.argmax(axis=1), np.arange(len(rows))
        full = (self._weights[rows] > 0).all(axis=1)
        at = (full & (pairs[at, closest] > likeness.max(axis=1))).nonzero()[0]
        if not len(at):
            return
        tracks, (kept, freed) = rows[at], np.divmod(closest[at], most)
        second = self._vectors[tracks, freed], self._weights[tracks, freed], self._likeness[tracks, freed]
        self._merge(tracks, kept, *second)
        likeness[at, kept] = np.einsum("md,md->m", self._vectors[tracks, kept], features[at])
        for array in (self._weights, self._vectors, self._likeness):
            array[tracks, freed] = 0
        self._likeness[tracks, :, freed] = 0

    def _merge(self, rows: Rows, slots: Rows, features: Vectors, weights: Floats, likeness: Vectors) -> None:
        """Let exemplars (of weight 0 where the place is free) stand for further crops, whose likeness to all is known."""
        own = self._weights[rows, slots]
        a, b = own.astype(np.float32)[:, None], weights.astype(np.float32)[:, None]
        together = a * self._vectors[rows, slots] + b * features
        length = np.sqrt(np.einsum("md,md->m", together, together))[:, None]
        # Two crops exactly opposite have no common direction: the new one is as good as any.
        opposite = length < _LEAST_LENGTH * b
        length, a = np.where(opposite, b, length), np.where(opposite, 0, a)
        self._vectors[rows, slots] = np.where(opposite, features, together / length)
        alike = (a * self._likeness[rows, slots] + b * likeness) / length
        self._likeness[rows, slots] = self._likeness[rows, :, slots] = alike
        self._likeness[rows, slots, slots] = 1
        self._weights[rows, slots] = np.minimum(own + weights, _MOST_WEIGHT)

    def _settle(self, rows: Rows) -> None:
        """The robust means of some tracks."""
        shares = robust_weights(self._weights[rows], self._likeness[rows].astype(np.float64), self._reach)
        self.means[rows] = unit((shares[:, None, :].astype(np.float32) @ self._vectors[rows])[:, 0])


def robust_weights(weights: Floats, likeness: Floats, reach: float) -> Floats:
    """How much each exemplar counts in its track's mean.

    Args:
        weights: float64 [n, k], 0 for a free place.
        likeness: float64 [n, k, k], cosine similarity of exemplars to each other.
        reach: cosine distance from the centre from which an exemplar counts nothing.

    Returns:
        float64 [n, k], not normalised.
    """
    support = np.where(weights > 0, (likeness @ weights[:, :, None])[:, :, 0], -np.inf)
    near = likeness[np.arange(len(weights)), support.argmax(axis=1)]
    for _ in range(_REWEIGHTINGS):
        shares = weights * _biweight(1 - near, reach)
        pulled = (likeness @ shares[:, :, None])[:, :, 0]
        length = np.sqrt(np.maximum((shares * pulled).sum(axis=1, keepdims=True), 1e-12))
        near = pulled / length
    shares = weights * _biweight(1 - near, reach)
    return np.where(shares.sum(axis=1, keepdims=True) > 0, shares, weights)


def crop_weights(boxes: Floats, scores: Floats) -> Floats:
    """How well each crop shows its object, [m], 0 to 1: its score times the part that nothing in front covers.

    Whoever's box ends lower in the picture stands in front (the camera looks down on a common ground). Of several boxes in
    front the one that covers most counts.

    Args:
        boxes: float64 [4, m], x1 y1 x2 y2.
        scores: [m].
    """
    covered = np.zeros(boxes.shape[1])
    i, j = overlapping(boxes, boxes)
    front = boxes[3, j] > boxes[3, i]
    i, j = i[front], j[front]
    sides = np.minimum(boxes[2:, i], boxes[2:, j]) - np.maximum(boxes[:2, i], boxes[:2, j])
    own = boxes[2:, i] - boxes[:2, i]
    np.maximum.at(covered, i, sides.prod(axis=0) / own.prod(axis=0))
    return np.asarray(np.clip(scores, 0, 1) * (1 - np.minimum(covered, 1)), np.float64)


def appearance_term(
    gallery: Gallery,
    features: Vectors,
    tracks: Rows | None = None,
    *,
    weight: float = 0.5,
    even: float = EVEN,
    gate: float = GATE,
) -> Term:
    """What a look adds to a pair's gain: `weight` if the same, 0 at the distance `even`, at least `-weight`.

    A pair beyond `gate` is forbidden. Where the look of one of the two is not known, the term says nothing: 0.

    Args:
        gallery: of the tracks.
        features: float32 [m, d] of the detections that the term's second rows point into, unit length or NaN.
        tracks: the gallery's rows that the term's first rows point into; None for all, in order.
        weight: gain of a pair that looks the same.
        even: cosine distance that speaks neither for nor against.
        gate: cosine distance beyond which a pair is forbidden.
    """

    def term(i: Rows, j: Rows) -> Floats:
        distance = gallery.distance(i if tracks is None else tracks[i], j, features)
        gain = weight * np.maximum(1 - distance / even, -1.0)
        gain[distance > gate] = -np.inf
        gain[np.isnan(distance)] = 0.0
        return np.asarray(gain, np.float64)

    return term


def _biweight(distance: Floats, reach: float) -> Floats:
    """Tukey's biweight: 1 at the centre, 0 from `reach` on."""
    return np.asarray(np.maximum(1 - (distance / reach) ** 2, 0.0) ** 2)


def _longer(array: NDArray[Any], count: int, value: float) -> NDArray[Any]:
    """The array with `count` more rows of one value."""
    return np.concatenate([array, np.full((count, *array.shape[1:]), value, array.dtype)])
