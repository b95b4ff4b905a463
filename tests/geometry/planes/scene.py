"""Synthetic pictures of a pool, with known truth: a camera without noise, and what it sees."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trackside.geometry.planes import Field, Homography, pool

Floats = NDArray[np.float64]
SIZE = (1280, 720)


@dataclass(frozen=True)
class View:
    """A pinhole camera at `eye` that looks at `target`; x_camera = rotation @ x + translation."""

    eye: tuple[float, float, float] = (25.0, -22.0, 14.0)
    target: tuple[float, float, float] = (25.0, 10.0, 0.0)
    focal: float = 800.0
    roll: float = 0.0

    @property
    def matrix(self) -> Floats:
        return np.array([[self.focal, 0, (SIZE[0] - 1) / 2], [0, self.focal, (SIZE[1] - 1) / 2], [0, 0, 1.0]])

    @property
    def rotation(self) -> Floats:
        forward = np.subtract(self.target, self.eye)
        forward = forward / np.linalg.norm(forward)
        right = np.cross(forward, [0, 0, 1.0])
        right /= np.linalg.norm(right)
        c, s = np.cos(self.roll), np.sin(self.roll)
        turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        return turn @ np.stack([right, np.cross(forward, right), forward])

    @property
    def translation(self) -> Floats:
        return -self.rotation @ np.array(self.eye)

    @property
    def truth(self) -> Homography:
        to_pixels = self.matrix @ np.column_stack([self.rotation[:, :2], self.translation])
        return Homography.of(np.linalg.inv(to_pixels), seen=self.pixels([self.target])[0])

    def camera_frame(self, points: object) -> Floats:
        """Places [n, 3] in the camera's frame."""
        return np.asarray(points, np.float64) @ self.rotation.T + self.translation

    def pixels(self, points: object) -> Floats:
        """Where places [n, 2] or [n, 3] are seen."""
        given = np.asarray(points, np.float64)
        if given.shape[1] == 2:
            given = np.column_stack([given, np.zeros(len(given))])
        seen = self.camera_frame(given) @ self.matrix.T
        return seen[:, :2] / seen[:, 2:]


def rendered(
    view: View, field: Field | None = None, *, ropes: bool = True, noise: float = 4.0, seed: int = 0, waves: float = 0.0
) -> NDArray[np.uint8]:
    """The picture of a pool: water, deck, ropes with red ends; three times oversampled, with grain (synthetic).

    Args:
        view: the camera.
        field: whose lines are drawn.
        ropes: whether they are in the water.
        noise: standard deviation of each pixel, grey levels.
        seed: of the noise.
        waves: standard deviation of the brightness of waves some ten pixels long, grey levels.
    """
    field = field or pool()
    rng = np.random.default_rng(seed)
    metres = _plane_of_each_pixel(view, 3)
    (left, bottom), (right, top) = field.extent
    x, y = metres[..., 0], metres[..., 1]
    image = np.full((*x.shape, 3), (168, 160, 150), np.float32)
    water = (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
    image[water] = (60, 150, 190)
    if ropes:
        for line in field.lines.values():
            if line.width and line.start[1] == line.end[1]:
                on = water & (np.abs(y - line.start[1]) < line.width / 2)
                ends = on & ((x < 5) | (x > right - 5))
                image[on], image[ends] = (235, 215, 90), (200, 40, 40)
    small = cv2.resize(image, SIZE, interpolation=cv2.INTER_AREA)
    if waves:
        coarse = rng.normal(0, 1, (SIZE[1], SIZE[0])).astype(np.float32)
        rough = cv2.GaussianBlur(coarse, (0, 0), 5)
        small += (waves * rough / rough.std())[..., None]
    small += rng.normal(0, noise, small.shape)
    return np.clip(small.round(), 0, 255).astype(np.uint8)


def _plane_of_each_pixel(view: View, times: int) -> NDArray[np.float32]:
    """Metres [h, w, 2] of each subpixel; NaN above the horizon."""
    u = (np.arange(SIZE[0] * times) + 0.5) / times - 0.5
    v = (np.arange(SIZE[1] * times) + 0.5) / times - 0.5
    u, v = np.meshgrid(u, v)
    h = view.truth.matrix
    depth = h[2, 0] * u + h[2, 1] * v + h[2, 2]
    depth = np.where(depth > 0, depth, np.nan)
    x, y = ((h[row, 0] * u + h[row, 1] * v + h[row, 2]) / depth for row in (0, 1))
    return np.stack([x, y], axis=-1).astype(np.float32)
