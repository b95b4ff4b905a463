"""Where each track is now: a Kalman filter for all tracks at once, in seconds.

Centre, foot line, width and height of a box move with constant velocity that white noise accelerates (Bar-Shalom, Li and
Kirubarajan 2001, *Estimation with Applications to Tracking and Navigation*, section 6.2.2). The four are independent, so
each needs a 2 x 2 covariance only, and a step for all tracks is one small matrix product. Noise is in proportion to the
box's height: near and far objects are alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import Affine, SettingError
from trackside.perception.tracking.association import Floats, Match, Rows, Scores
from trackside.perception.tracking.similarity import Likeness

# From corners x1 y1 x2 y2 to centre x, foot y, width, height, and back.
TO_STATE = np.array([[0.5, 0, 0.5, 0], [0, 0, 0, 1], [-1, 0, 1, 0], [0, -1, 0, 1]])
TO_BOX = np.linalg.inv(TO_STATE)
_POSITION, _VELOCITY, _SIZES, _SIZE_VELOCITY = slice(0, 4), slice(4, 8), slice(2, 4), slice(6, 8)
# Pixels: no box shrinks to nothing by extrapolation.
_LEAST_SIZE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How boxes move and how well they are seen, in box heights.

    Attributes:
        acceleration: of the place; intensity of the white noise, (box heights a second)^2 a second.
        resizing: the same for width and height.
        place: standard deviation of a detected centre and foot line.
        size: standard deviation of a detected width and height.
        speed: standard deviation of a new track's speed, in box heights a second: walking is 0.8, running 3.
        doubt: how much less a faint detection says: variances are multiplied by 1 + doubt (1 - score).
    """

    acceleration: float = 0.3
    resizing: float = 0.3
    place: float = 1 / 20
    size: float = 1 / 20
    speed: float = 2.0
    doubt: float = 0.0

    def __post_init__(self) -> None:
        values = (self.acceleration, self.resizing, self.place, self.size, self.speed, self.doubt)
        if not all(0 <= value < math.inf for value in values) or not (self.place and self.size and self.speed):
            raise SettingError(f"noise must be finite, and place, size and speed above 0, got {self}", where="tracker")


class ConstantVelocity:
    """Boxes that move with constant velocity, accelerated by white noise.

    The state is one float64 array [20, n], a column a track: centre x, foot y, width and height; their velocities a second;
    and their covariances in squared box heights (position [4], position with velocity [4], velocity [4]).

    Args:
        noise: how they move and how well they are seen.
    """

    def __init__(self, noise: Noise | None = None) -> None:
        self._noise = noise = Noise() if noise is None else noise
        self._measured = np.array([noise.place, noise.place, noise.size, noise.size])[:, None] ** 2
        speeds = np.array([noise.speed, noise.speed, noise.speed, noise.speed])[:, None] ** 2
        self._first = np.concatenate([np.zeros((4, 1)), self._measured, np.zeros((4, 1)), speeds])
        self._state: Floats = np.empty((20, 0))
        self._boxes: Floats | None = None
        self._dt = math.nan
        self._step, self._drift = np.eye(20), np.zeros((20, 1))

    @property
    def boxes(self) -> Floats:
        """float64 [4, n]: x1, y1, x2, y2 of each track now."""
        if self._boxes is None:
            self._boxes = TO_BOX @ self._state[_POSITION]
        return self._boxes

    @property
    def velocity(self) -> Floats:
        """float64 [4, n]: pixels a second of centre x, foot y, width and height."""
        return self._state[_VELOCITY]

    def add(self, boxes: Floats) -> None:
        """Append tracks that start at these boxes, float64 [4, m], at rest."""
        columns = np.concatenate([TO_STATE @ boxes, np.repeat(self._first, boxes.shape[1], axis=1)])
        self._state = np.concatenate([self._state, columns], axis=1)
        self._boxes = None

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other tracks."""
        self._state = self._state[:, rows]
        self._boxes = None

    def predict(self, dt: float) -> None:
        """Move all tracks on by `dt` seconds, at least 0."""
        # To the nanosecond, so that a steady rate stays one step in spite of rounding.
        if (dt := round(dt, 9)) != self._dt:
            self._dt, self._step, self._drift = dt, *_transition(dt, self._noise)
        self._state = self._step @ self._state + self._drift
        np.maximum(self._state[_SIZES], _LEAST_SIZE, out=self._state[_SIZES])
        self._boxes = None

    def correct(self, rows: Rows, boxes: Floats, scores: Scores) -> None:
        """Take in what was seen of some tracks: boxes float64 [4, m], scores [m]."""
        self._state[:, rows] = self._corrected(self._state.take(rows, axis=1), boxes, scores)
        self._boxes = None

    def lose(self, rows: Rows) -> None:
        """Tracks out of sight keep moving but no longer grow or shrink: a size extrapolated is soon absurd."""
        self._state[_SIZE_VELOCITY, rows] = 0

    def warp(self, affine: Affine) -> None:
        """Move all tracks with the camera, from pixels of the last frame to pixels of this one."""
        state, turn, scale = self._state, affine.matrix[:, :2], affine.scale
        state[0:2] = turn @ state[0:2] + affine.matrix[:, 2:]
        state[4:6] = turn @ state[4:6]
        state[_SIZES] *= scale
        state[_SIZE_VELOCITY] *= scale
        self._boxes = None

    def pairs(self, rows: Rows, found: Floats, like: Likeness) -> tuple[Match, Floats]:
        """Pairs of these tracks and detections [4, m] that are alike, as places in `rows` and `found`, and how much."""
        return like(self.boxes.take(rows, axis=1), found)

    def _corrected(self, state: Floats, boxes: Floats, scores: Scores | Floats) -> Floats:
        """The state [20, m], which is contiguous and changed in place, after these sightings."""
        place, variances, speed = state[:8].reshape(2, 4, -1), state[8:16].reshape(2, 4, -1), state[16:20]
        measured = self._measured
        if self._noise.doubt:
            measured = measured * (1 + self._noise.doubt * (1 - np.minimum(scores, 1)))
        gains = variances / (variances[0] + measured)
        place += gains * (TO_STATE @ boxes - place[0])
        speed -= gains[1] * variances[1]
        variances *= 1 - gains[0]
        return state


def _transition(dt: float, noise: Noise) -> tuple[Floats, Floats]:
    """The matrix [20, 20] and the offset [20, 1] that move the state on by `dt` seconds."""
    step = np.eye(20)
    each = np.arange(4)
    step[each, each + 4] = dt
    step[each + 8, each + 12], step[each + 8, each + 16] = 2 * dt, dt * dt
    step[each + 12, each + 16] = dt
    drift = np.zeros((20, 1))
    intensity = np.array([noise.acceleration, noise.acceleration, noise.resizing, noise.resizing])
    drift[8:, 0] = np.concatenate([intensity * dt**3 / 3, intensity * dt**2 / 2, intensity * dt])
    return step, drift
