"""Where the picture is taken from.

Camera axes: x to the right, y down, z ahead. Pixels: the first reaches from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# A body part nearer than this would fill the picture.
NEAREST = 0.3


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera: `x' = rotation @ x + shift`, then `pixel = focal * (x'/z', y'/z') + centre`.

    Attributes:
        rotation: float64 [3, 3], world to camera.
        shift: float64 [3], metres.
        focal: pixels.
        centre: principal point, pixels.
        size: width and height, pixels.
    """

    rotation: Floats
    shift: Floats
    focal: float
    centre: tuple[float, float]
    size: tuple[int, int]

    @property
    def place(self) -> Floats:
        """float64 [3]: where it stands in the world."""
        return -self.rotation.T @ self.shift

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Pixels float64 [..., 2] and depths [...] of world points [..., 3]."""
        seen = points @ self.rotation.T + self.shift
        depth = np.maximum(seen[..., 2], 1e-6)
        return self.focal * seen[..., :2] / depth[..., None] + np.array(self.centre), seen[..., 2]

    def slopes(self, factor: int = 1) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """x/z of every column and y/z of every row of a picture `factor` times as fine, float32 [w], [h]."""
        width, height = (side * factor for side in self.size)
        xs = ((np.arange(width) + 0.5) / factor - self.centre[0]) / self.focal
        ys = ((np.arange(height) + 0.5) / factor - self.centre[1]) / self.focal
        return xs.astype(np.float32), ys.astype(np.float32)


def look_at(
    target: Floats, *, turn: float, height: float, distance: float, focal: float, size: tuple[int, int], roll: float = 0.0
) -> Camera:
    """A camera that looks at a point.

    Args:
        target: float64 [3], what lands in the middle of the picture, metres.
        turn: where it stands around the figure, degrees: 0 ahead of it, 90 at its left.
        height: of the camera above the ground, metres.
        distance: from the target along the ground, metres.
        focal: pixels.
        size: of the picture, pixels.
        roll: degrees by which the horizon is askew.
    """
    angle = np.deg2rad(turn)
    place = np.array([target[0] + distance * np.sin(angle), height, target[2] + distance * np.cos(angle)])
    ahead = (target - place) / np.linalg.norm(target - place)
    right = np.cross(ahead, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    down = np.cross(ahead, right)
    c, s = np.cos(np.deg2rad(roll)), np.sin(np.deg2rad(roll))
    rotation = np.stack([c * right + s * down, c * down - s * right, ahead])
    return Camera(rotation, -rotation @ place, focal, (size[0] / 2, size[1] / 2), size)
