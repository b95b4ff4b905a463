"""Synthetic views of boards for the tests: a camera of 640 x 480 pixels, and boards tilted and turned before it."""

from __future__ import annotations

import cv2
import numpy as np

from trackside.geometry.camera.boards import Board
from trackside.geometry.camera.lens import Lens
from trackside.geometry.camera.pose import Pose

PLAIN = Lens((640, 480), (560, 560), (322, 238), np.zeros(5))
BARREL = Lens((640, 480), (480, 480), (322, 238), np.array([-0.35, 0.13, 0.001, -0.001, 0.0]))


def view(
    board: Board,
    *,
    tilt: float = 0,
    side: float = 35,
    turn: float = 10,
    share: float = 0.6,
    shift: tuple[float, float] = (0, 0),
) -> Pose:
    """A pose.

    Args:
        board: its longer side fills `share` of 480 pixels at 500 pixels of focal length when seen face on.
        tilt: degrees, towards the direction `side`.
        side: degrees.
        turn: degrees, in its own plane.
        share: see above.
        shift: of the middle of the board off the picture's middle, shares of the board's distance.
    """
    a, b = np.radians(side), np.radians(turn)
    lean = Pose.from_vectors(np.radians(tilt) * np.array([np.cos(a), np.sin(a), 0.0]), np.zeros(3))
    rotation = (lean @ Pose.from_vectors([0.0, 0.0, b], np.zeros(3))).rotation
    points = board.points
    distance = np.ptp(points, axis=0).max() * 500 / (share * 480)
    return Pose(rotation, np.array([*shift, 1.0]) * distance - rotation @ (points.min(axis=0) + points.max(axis=0)) / 2)


def smeared(image: np.ndarray, length: int, turn: float = 30) -> np.ndarray:
    """A picture as of a camera that moves: averaged along a line of so many pixels at so many degrees, with noise."""
    half = length // 2 + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    kernel[half, half - length // 2 : half + length // 2 + 1] = 1
    kernel = cv2.warpAffine(kernel, cv2.getRotationMatrix2D((half, half), turn, 1), kernel.shape)
    noise = np.random.default_rng(0).normal(0, 2, image.shape)
    return np.asarray(np.clip(cv2.filter2D(image, cv2.CV_64F, kernel / kernel.sum()) + noise, 0, 255), np.uint8)
