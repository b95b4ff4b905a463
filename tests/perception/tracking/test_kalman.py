"""The motion model, held against a textbook Kalman filter with full matrices."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.perception.tracking import ConstantVelocity


class Textbook:
    """One coordinate of one track: x = [position, velocity]."""

    def __init__(self, position: float, q: float, r: float, first_speed: float) -> None:
        self.x, self.p = np.array([position, 0.0]), np.diag([r, first_speed**2])
        self.q, self.r = q, r

    def predict(self, dt: float) -> None:
        f = np.array([[1, dt], [0, 1]])
        noise = self.q * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
        self.x, self.p = f @ self.x, f @ self.p @ f.T + noise

    def correct(self, z: float) -> None:
        h = np.array([[1.0, 0.0]])
        gain = self.p @ h.T / (h @ self.p @ h.T + self.r)
        self.x = self.x + (gain * (z - self.x[0]))[:, 0]
        self.p = (np.eye(2) - gain @ h) @ self.p


def test_every_coordinate_follows_the_textbook_filter() -> None:
    rng = np.random.default_rng(1)
    start = rng.uniform(0, 100, (4, 3))
    motion = ConstantVelocity(acceleration=0.7, measurement=0.1, first_speed=1.5)
    motion.add(start)
    reference = [[Textbook(start[c, n], 0.7, 0.01, 1.5) for n in range(3)] for c in range(4)]
    for dt in (0.04, 0.04, 0.2, 0.0, 1 / 3):
        seen = rng.uniform(0, 100, (4, 3))
        motion.predict(dt)
        motion.correct(np.array([0, 2]), seen[:, [0, 2]])
        for c, n in np.ndindex(4, 3):
            reference[c][n].predict(dt)
            if n != 1:
                reference[c][n].correct(seen[c, n])
    assert motion.boxes == pytest.approx(np.array([[track.x[0] for track in row] for row in reference]))
    assert motion.velocity == pytest.approx(np.array([[track.x[1] for track in row] for row in reference]))


def test_prediction_depends_on_seconds_not_on_the_number_of_steps() -> None:
    coarse, fine = ConstantVelocity(), ConstantVelocity()
    for motion in (coarse, fine):
        motion.add(np.array([[0.0], [0], [10], [20]]))
        motion.predict(0.1)
        motion.correct(np.array([0]), np.array([[5.0], [0], [15], [20]]))
    coarse.predict(0.6)
    for _ in range(6):
        fine.predict(0.1)
    for motion in (coarse, fine):
        motion.correct(np.array([0]), np.array([[50.0], [3], [60], [23]]))
    assert fine.boxes == pytest.approx(coarse.boxes)
    assert fine.velocity == pytest.approx(coarse.velocity)


def test_a_lost_track_moves_on_without_growing() -> None:
    motion = ConstantVelocity()
    motion.add(np.array([[0.0], [0], [10], [20]]))
    motion.predict(0.1)
    motion.correct(np.array([0]), np.array([[4.0], [0], [20], [20]]))
    width = motion.boxes[2, 0] - motion.boxes[0, 0]
    left = motion.boxes[0, 0]
    motion.lose(np.array([0]))
    motion.predict(1.0)
    assert motion.boxes[2, 0] - motion.boxes[0, 0] == pytest.approx(width)
    assert motion.boxes[0, 0] > left + 5


def test_dropped_tracks_leave_the_others_untouched() -> None:
    motion = ConstantVelocity()
    motion.add(np.arange(12.0).reshape(4, 3))
    motion.keep(np.array([True, False, True]))
    assert motion.boxes.tolist() == [[0, 2], [3, 5], [6, 8], [9, 11]]
