"""A textbook Kalman filter of one coordinate, with full matrices: the reference for the motion models.

Bar-Shalom, Li and Kirubarajan 2001, *Estimation with Applications to Tracking and Navigation*, sections 5.2.3 and 6.2.2.
"""

from __future__ import annotations

import numpy as np

from trackside.perception.tracking import Noise


class Textbook:
    """One coordinate of one track: x = [position, velocity]."""

    def __init__(self, position: float, q: float, r: float, speed: float) -> None:
        self.x, self.p = np.array([position, 0.0]), np.diag([r, speed**2])
        self.q, self.r = q, r

    def predict(self, dt: float) -> None:
        f = np.array([[1, dt], [0, 1]])
        noise = self.q * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
        self.x, self.p = f @ self.x, f @ self.p @ f.T + noise

    def correct(self, z: float, score: float = 1.0, doubt: float = 0.0) -> None:
        h = np.array([[1.0, 0.0]])
        gain = self.p @ h.T / (h @ self.p @ h.T + self.r * (1 + doubt * (1 - score)))
        self.x = self.x + (gain * (z - self.x[0]))[:, 0]
        self.p = (np.eye(2) - gain @ h) @ self.p


def measured(box: np.ndarray) -> np.ndarray:
    """Centre x, foot y, width and height of x1 y1 x2 y2."""
    return np.array([(box[0] + box[2]) / 2, box[3], box[2] - box[0], box[3] - box[1]])


def box_of(values: np.ndarray) -> np.ndarray:
    """The box with that centre x, foot y, width and height."""
    x, foot, width, height = values
    return np.array([x - width / 2, foot - height, x + width / 2, foot])


def filters(box: np.ndarray, noise: Noise) -> list[Textbook]:
    """A filter for each of the four coordinates of a track that starts with this box."""
    moving = [(noise.acceleration, noise.place)] * 2 + [(noise.resizing, noise.size)] * 2
    return [Textbook(z, q, r**2, noise.speed) for z, (q, r) in zip(measured(box), moving, strict=True)]
