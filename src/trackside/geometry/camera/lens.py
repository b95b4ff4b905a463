"""How a camera maps directions to pixels, and back: a pinhole with Brown distortion, or a fisheye lens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import SettingError
from trackside.geometry.camera.distortion import brown, fisheye, fold, undo

Model = Literal["brown", "fisheye"]
Floats = NDArray[np.float64]
# How many coefficients each model may have, in OpenCV's order.
LENGTHS = {"brown": (4, 5, 8), "fisheye": (4,)}


@dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """How a camera maps directions to pixels (its intrinsics).

    Pixels are OpenCV's: the centre of the top-left pixel is (0, 0). Camera frame: x right, y down, z forward.

    Attributes:
        size: width and height of the picture, pixels.
        focal: fx and fy, pixels.
        centre: cx and cy, pixels.
        distortion: float64, brown: k1 k2 p1 p2 [k3 [k4 k5 k6]], 4, 5 or 8 long; fisheye (Kannala-Brandt): k1 k2 k3 k4.
        model: which of the two.

    Raises:
        SettingError: an unknown model, a wrong count of coefficients, or a value that is not finite or not positive.
    """

    size: tuple[int, int]
    focal: tuple[float, float]
    centre: tuple[float, float]
    distortion: Floats
    model: Model = "brown"

    def __post_init__(self) -> None:
        if self.model not in LENGTHS:
            raise SettingError(f"a lens of model {self.model!r} is not known", where="lens", fix="use 'brown' or 'fisheye'")
        k = np.array(self.distortion, np.float64).reshape(-1)
        if len(k) not in LENGTHS[self.model]:
            counts = " or ".join(map(str, LENGTHS[self.model]))
            raise SettingError(f"a {self.model} lens has {counts} distortion coefficients, not {len(k)}", where="lens")
        _check_numbers(self, k)
        k.setflags(write=False)
        object.__setattr__(self, "distortion", k)
        object.__setattr__(self, "size", (int(self.size[0]), int(self.size[1])))
        object.__setattr__(self, "focal", (float(self.focal[0]), float(self.focal[1])))
        object.__setattr__(self, "centre", (float(self.centre[0]), float(self.centre[1])))

    @classmethod
    def from_matrix(cls, matrix: ArrayLike, distortion: ArrayLike, size: tuple[int, int], *, model: Model = "brown") -> Lens:
        """The lens of OpenCV's camera matrix [3, 3]; a skew is refused. A missing distortion is four zeros."""
        m, k = np.asarray(matrix, np.float64), np.asarray(distortion, np.float64).reshape(-1)
        if m.shape != (3, 3) or abs(m[0, 1]) > 1e-9 * abs(m[0, 0]):
            raise SettingError("a camera matrix is [[fx, 0, cx], [0, fy, cy], [0, 0, 1]]", where="lens")
        return cls(size, (m[0, 0], m[1, 1]), (m[0, 2], m[1, 2]), k if len(k) else np.zeros(4), model)

    @classmethod
    def from_vector(cls, values: ArrayLike, size: tuple[int, int], model: Model = "brown") -> Lens:
        """The lens of `vector`."""
        v = np.asarray(values, np.float64)
        return cls(size, (v[0], v[1]), (v[2], v[3]), v[4:], model)

    @property
    def vector(self) -> Floats:
        """fx, fy, cx, cy and the distortion: what a calibration estimates, [4 + coefficients]."""
        return np.concatenate([self.focal, self.centre, self.distortion])

    @property
    def matrix(self) -> Floats:
        """OpenCV's camera matrix, [3, 3]."""
        (fx, fy), (cx, cy) = self.focal, self.centre
        return np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])

    @property
    def fold(self) -> float:
        """Angle to the axis, radians, at which the distortion's polynomial turns back: nothing beyond it is seen."""
        limit = fold(self.distortion, self.model)
        return limit if self.model == "fisheye" else float(np.arctan(limit))

    def project(self, points: ArrayLike) -> Floats:
        """Where points of the camera frame fall.

        Args:
            points: [..., 3], any unit.

        Returns:
            Pixels [..., 2]; NaN for points that it cannot see: behind, at the camera, or beyond the fold.
        """
        p = _shaped(points, 3, "points")
        angle = np.arctan2(np.hypot(p[..., 0], p[..., 1]), p[..., 2])
        seen = (angle <= self.fold) & ((p[..., 2] > 0) if self.model == "brown" else (np.abs(p).max(axis=-1, initial=0) > 0))
        safe = np.where(seen[..., None], p, np.array([0.0, 0.0, 1.0]))
        return np.where(seen[..., None], self.jacobians(safe)[0], np.nan)

    def jacobians(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """Pixels as the formula gives them, without a look at what is visible, and their derivatives.

        Args:
            points: float64 [..., 3], camera frame; in front of the camera, else the numbers mean nothing.

        Returns:
            Pixels [..., 2], derivatives by the point [..., 2, 3] and by `vector` [..., 2, 4 + coefficients].
        """
        distorted, by_point, by_k = (brown if self.model == "brown" else fisheye)(points, self.distortion)
        focal = np.array(self.focal)
        by_vector = np.zeros((*distorted.shape, 4 + len(self.distortion)))
        by_vector[..., 0, 0], by_vector[..., 1, 1] = distorted[..., 0], distorted[..., 1]
        by_vector[..., 0, 2] = by_vector[..., 1, 3] = 1.0
        by_vector[..., 4:] = by_k * focal[:, None]
        return distorted * focal + self.centre, by_point * focal[:, None], by_vector

    def rays(self, pixels: ArrayLike) -> Floats:
        """Directions of pixels.

        Args:
            pixels: [..., 2].

        Returns:
            Unit vectors of the camera frame [..., 3]; NaN where the distortion cannot be inverted.
        """
        q = _shaped(pixels, 2, "pixels")
        rays = undo(((q - self.centre) / self.focal).reshape(-1, 2), self.distortion, self.model)
        return rays.reshape(*q.shape[:-1], 3)

    def undistort(self, pixels: ArrayLike) -> Floats:
        """Pixels of the same camera matrix without distortion.

        Args:
            pixels: [..., 2].

        Returns:
            Pixels [..., 2]; NaN where the distortion cannot be inverted or the direction is 90 degrees or more off the axis.
        """
        rays = self.rays(pixels)
        with np.errstate(all="ignore"):
            flat = rays[..., :2] / np.where(rays[..., 2:] > 0, rays[..., 2:], np.nan)
        return np.asarray(flat * self.focal + self.centre)


def _shaped(values: ArrayLike, last: int, name: str) -> Floats:
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise SettingError(f"{name} are not numbers", where="lens", fix=f"give an array [..., {last}]") from None
    if array.ndim == 0 or array.shape[-1] != last:
        raise SettingError(f"{name} have shape {list(array.shape)}, not [..., {last}]", where="lens")
    return array


def _check_numbers(lens: Lens, k: Floats) -> None:
    numbers = np.array([*lens.size, *lens.focal, *lens.centre, *k], np.float64)
    if not np.isfinite(numbers).all():
        raise SettingError("size, focal length, centre or distortion is not finite", where="lens")
    if min(*lens.size, *lens.focal) <= 0:
        raise SettingError(f"size {lens.size} and focal length {lens.focal} should be positive", where="lens")
