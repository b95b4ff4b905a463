"""Where each track is now: a Kalman filter for all tracks at once, in seconds.

Each corner coordinate of a box moves with constant velocity that white noise accelerates (Bar-Shalom, Li and Kirubarajan
2001, *Estimation with Applications to Tracking and Navigation*, section 6.2.2). The four coordinates are independent and
have the same noise, in proportion to the box's height, hence one 2 x 2 covariance serves all four: predicting 200 tracks
takes a dozen vector operations and no matrix product. Since the gain is a plain number, filtering corners is the same as
filtering centre and size, without the conversions.
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

# In box heights, so that near and far objects are alike. The measurement is SORT's and ByteTrack's, 1/20 of the height. The
# acceleration lies on the plateau (0.1 to 1) of IDF1 on the four sequences of MOT15 that the project has; ByteTrack's
# velocity noise (1/160 of the height a frame) is 1.05 in these units at 30 frames a second.
_MEASUREMENT_STD = 1 / 20
_ACCELERATION = 0.3
# A new track's speed is unknown up to about one body height a second: walking is 0.8, running 3.
_FIRST_SPEED_STD = 2.0


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

    def correct(self, rows: Rows, boxes: Floats) -> None:
        """Take in what was seen of some tracks: boxes float64 [4, m]."""
        ...

    def lose(self, rows: Rows) -> None:
        """These tracks were seen until now and are not seen this time."""
        ...


class ConstantVelocity:
    """Boxes that move with constant velocity, accelerated by white noise.

    The state is one float64 array [11, n], a column a track: four coordinates, their four velocities a second, and the
    covariance in squared box heights (position, position with velocity, velocity). All of it moves linearly in time, so a
    step is one small matrix product for all tracks.

    Args:
        acceleration: intensity of the white noise, (box heights a second)^2 a second.
        measurement: standard deviation of a detected corner, in box heights.
        first_speed: standard deviation of a new track's speed, in box heights a second.
    """

    def __init__(
        self,
        *,
        acceleration: float = _ACCELERATION,
        measurement: float = _MEASUREMENT_STD,
        first_speed: float = _FIRST_SPEED_STD,
    ) -> None:
        self._acceleration, self._measured = acceleration, measurement**2
        self._first = np.array([[self._measured], [0.0], [first_speed**2]])
        self._state: Floats = np.empty((11, 0))
        self._dt = math.nan
        self._step, self._noise = np.eye(11), np.zeros((11, 1))

    @property
    def boxes(self) -> Floats:
        """float64 [4, n]: x1, y1, x2, y2 of each track now."""
        return self._state[:4]

    @property
    def velocity(self) -> Floats:
        """float64 [4, n]: pixels a second of each coordinate."""
        return self._state[4:8]

    def add(self, boxes: Floats) -> None:
        """Append tracks that start at these boxes, float64 [4, m], at rest."""
        columns = np.concatenate([boxes, np.zeros_like(boxes), np.repeat(self._first, boxes.shape[1], axis=1)])
        self._state = np.concatenate([self._state, columns], axis=1)

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other tracks."""
        self._state = self._state[:, rows]

    def predict(self, dt: float) -> None:
        """Move all tracks on by `dt` seconds, at least 0."""
        # To the nanosecond, so that a steady rate stays one step in spite of rounding.
        if (dt := round(dt, 9)) != self._dt:
            self._dt, self._step, self._noise = dt, *_transition(dt, self._acceleration)
        self._state = self._step @ self._state + self._noise

    def correct(self, rows: Rows, boxes: Floats) -> None:
        """Take in what was seen of some tracks: boxes float64 [4, m]."""
        state = self._state.take(rows, axis=1)
        position, mixed = state[8], state[9]
        spread = position + self._measured
        gain, pull = position / spread, mixed / spread
        surprise = boxes - state[:4]
        state[:4] += gain * surprise
        state[4:8] += pull * surprise
        state[10] -= pull * mixed
        state[8:10] *= 1 - gain
        self._state[:, rows] = state

    def lose(self, rows: Rows) -> None:
        """Tracks out of sight keep moving but no longer grow or shrink: a size extrapolated is soon absurd."""
        velocity = self.velocity[:, rows]
        self._state[4:6, rows] = self._state[6:8, rows] = (velocity[:2] + velocity[2:]) / 2


def _transition(dt: float, acceleration: float) -> tuple[Floats, Floats]:
    """The matrix [11, 11] and the offset [11, 1] that move the state on by `dt` seconds."""
    step = np.eye(11)
    step[range(4), range(4, 8)] = dt
    step[8, 9:] = 2 * dt, dt * dt
    step[9, 10] = dt
    noise = np.zeros((11, 1))
    noise[8:, 0] = acceleration * dt**3 / 3, acceleration * dt**2 / 2, acceleration * dt
    return step, noise
