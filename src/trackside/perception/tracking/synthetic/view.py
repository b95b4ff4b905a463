"""A camera that looks at a plane: a pinhole above the ground, for synthetic scenes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trackside.perception.tracking.association import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A still camera without distortion.

    Attributes:
        eye: where it stands, metres: x, y, and height.
        looks_at: the point of the ground in the middle of the picture, metres.
        focal: focal length, pixels.
        width: of the picture, pixels.
        height: of the picture, pixels.
    """

    eye: tuple[float, float, float]
    looks_at: tuple[float, float]
    focal: float
    width: int = 1920
    height: int = 1080

    @property
    def projection(self) -> Floats:
        """float64 [3, 4]: from metres x, y, z to pixels, times the distance in front of the camera."""
        forward = np.array([*self.looks_at, 0.0]) - self.eye
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        turn = np.stack([right, np.cross(forward, right), forward])
        inner = np.array([[self.focal, 0, self.width / 2], [0, self.focal, self.height / 2], [0, 0, 1.0]])
        return np.asarray(inner @ np.concatenate([turn, -turn @ np.array(self.eye)[:, None]], axis=1))

    @property
    def homography(self) -> Floats:
        """float64 [3, 3]: from pixels to metres on the ground."""
        return np.linalg.inv(self.projection[:, [0, 1, 3]]).astype(np.float64)

    def pixels(self, places: Floats, heights: Floats | float = 0.0) -> tuple[Floats, Floats]:
        """Where points are in the picture.

        Args:
            places: float64 [n, 2], metres on the ground.
            heights: metres above it, [n] or one for all.

        Returns:
            Pixels [n, 2], and pixels a metre there, [n].
        """
        above = np.broadcast_to(np.asarray(heights, np.float64), len(places))
        found = np.concatenate([places, above[:, None], np.ones((len(places), 1))], axis=1) @ self.projection.T
        return found[:, :2] / found[:, 2:], self.focal / found[:, 2]
