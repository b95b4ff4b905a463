"""OC-SORT's ideas: trust what was observed, not what was predicted (Cao et al. 2023, *Observation-Centric SORT*, sec. 4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core import Affine
from trackside.perception.tracking.association import Floats, Rows, Scores, Term
from trackside.perception.tracking.kalman import ConstantVelocity, Noise

# Sightings over which a direction is measured: the paper's delta_t.
_SPAN = 3
# More virtual sightings than this say nothing more about where a track went.
_MOST_VIRTUAL = 50


class Headings:
    """Which way each track has gone: from its place three sightings ago to its last (observation-centric momentum)."""

    def __init__(self) -> None:
        self._past: Floats = np.empty((_SPAN + 1, 2, 0))

    def add(self, boxes: Floats) -> None:
        """Append tracks that start at these boxes, float64 [4, m]."""
        here = np.broadcast_to(_middle(boxes), (_SPAN + 1, 2, boxes.shape[1]))
        self._past = np.concatenate([self._past, here], axis=2)

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other tracks."""
        self._past = self._past[:, :, rows]

    def see(self, rows: Rows, boxes: Floats) -> None:
        """These tracks were seen at these boxes, float64 [4, m]."""
        past = self._past.take(rows, axis=2)
        self._past[:, :, rows] = np.concatenate([past[1:], _middle(boxes)[None]])

    def warp(self, affine: Affine) -> None:
        """Move all places with the camera, from pixels of the last frame to pixels of this one."""
        self._past = affine.matrix[:, :2] @ self._past + affine.matrix[:, 2:]

    def term(self, found: Floats, scores: Scores, weight: float) -> Term:
        """What agreement of directions adds to a pair's gain: from -weight / 2 to weight / 2, times the score.

        Args:
            found: detected boxes, float64 [4, m].
            scores: of the detections, [m].
            weight: the paper's inertia.
        """

        def momentum(i: Rows, j: Rows) -> Floats:
            # What was three sightings ago when the next sighting is counted in, and the way from there.
            start = self._past[1].take(i, axis=1)
            gone, going = self._past[-1].take(i, axis=1) - start, _middle(found.take(j, axis=1)) - start
            lengths = np.hypot(*gone) * np.hypot(*going)
            cosine = np.divide((gone * going).sum(axis=0), lengths, out=np.zeros(len(i)), where=lengths > 0)
            angle = np.arccos(np.clip(cosine, -1, 1))
            return np.asarray(weight * (0.5 - angle / np.pi) * scores[j])

        return momentum


class ReUpdated(ConstantVelocity):
    """Constant velocity; a track found again is first led along the straight way from where it was last seen.

    Without sightings a filter's errors grow, and one sighting does not mend its velocity. The virtual sightings on the
    straight way, one for each step missed, do (observation-centric re-update).
    """

    def __init__(self, noise: Noise | None = None) -> None:
        super().__init__(noise)
        self._since: Floats = np.empty(0)
        self._steps: NDArray[np.int64] = np.empty(0, np.int64)
        self._then: Floats = np.empty((20, 0))
        self._last: Floats = np.empty((4, 0))

    def add(self, boxes: Floats) -> None:
        """Append tracks that start at these boxes, float64 [4, m], at rest."""
        super().add(boxes)
        count = boxes.shape[1]
        self._since = np.concatenate([self._since, np.zeros(count)])
        self._steps = np.concatenate([self._steps, np.zeros(count, np.int64)])
        self._then = np.concatenate([self._then, self._state[:, self._state.shape[1] - count :]], axis=1)
        self._last = np.concatenate([self._last, boxes], axis=1)

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other tracks."""
        super().keep(rows)
        self._since, self._steps = self._since[rows], self._steps[rows]
        self._then, self._last = self._then[:, rows], self._last[:, rows]

    def predict(self, dt: float) -> None:
        """Move all tracks on by `dt` seconds, at least 0."""
        super().predict(dt)
        self._since += dt
        self._steps += 1

    def warp(self, affine: Affine) -> None:
        """Move all tracks with the camera, from pixels of the last frame to pixels of this one."""
        from trackside.perception.tracking.camera import warp_boxes

        now = self._state
        self._state = self._then
        super().warp(affine)
        self._then, self._state = self._state, now
        super().warp(affine)
        self._last = warp_boxes(self._last.T, affine).T

    def correct(self, rows: Rows, boxes: Floats, scores: Scores) -> None:
        """Take in what was seen of some tracks: boxes float64 [4, m], scores [m]."""
        late = (self._steps[rows] > 1).nonzero()[0]
        if len(late):
            self._lead(rows[late], boxes[:, late])
        super().correct(rows, boxes, scores)
        self._since[rows], self._steps[rows] = 0, 0
        self._then[:, rows], self._last[:, rows] = self._state[:, rows], boxes

    def _lead(self, rows: Rows, boxes: Floats) -> None:
        """Go back to when these were last seen, and come here on the straight way."""
        steps = np.minimum(self._steps[rows], _MOST_VIRTUAL)
        dt, way, start = self._since[rows] / steps, boxes - self._last[:, rows], self._last[:, rows]
        state, certain = self._then[:, rows], np.ones(1)
        for step in range(1, int(steps.max()) + 1):
            going = (step <= steps).nonzero()[0]
            moved = _advance(state[:, going], dt[going], self._noise)
            # The last step ends at the real sighting, which `correct` takes in.
            seen = (step < steps[going]).nonzero()[0]
            here = going[seen]
            there = start[:, here] + way[:, here] * (step / steps[here])
            moved[:, seen] = self._corrected(moved.take(seen, axis=1), there, certain)
            state[:, going] = moved
        self._state[:, rows] = state


def _advance(state: Floats, dt: Floats, noise: Noise) -> Floats:
    """The state moved on, each column by its own time [n]."""
    intensity = np.array([noise.acceleration, noise.acceleration, noise.resizing, noise.resizing])[:, None]
    moved = state.copy()
    moved[0:4] += dt * state[4:8]
    moved[8:12] += 2 * dt * state[12:16] + dt**2 * state[16:20] + intensity * dt**3 / 3
    moved[12:16] += dt * state[16:20] + intensity * dt**2 / 2
    moved[16:20] += intensity * dt
    return moved


def _middle(boxes: Floats) -> Floats:
    return (boxes[:2] + boxes[2:]) / 2
