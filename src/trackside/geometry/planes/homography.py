"""A plane in the world as one picture shows it: from pixels to metres and back, with how sure that is.

A homography maps the picture of a plane to the plane (Hartley and Zisserman 2004, *Multiple View Geometry in Computer
Vision*, section 2.3; uncertainty: section 5.2). Its sign says on which side of the horizon the plane is seen: beyond it
there is no place, and the answer is NaN instead of a mirrored one. A lens with distortion is undone first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from trackside.core import InputError
from trackside.geometry.planes.arrays import Flags, Floats, checked_deviation, homogeneous, matrix_of, pairs

if TYPE_CHECKING:
    from trackside.geometry.camera.lens import Lens

# Below, rows of a matrix, each by its own length, span no plane in float64.
_LEAST_DETERMINANT = 1e-12
# Pixels to either side for the slope of a lens's distortion: far below its curvature, far above rounding.
_STEP = 0.5


def _unknown() -> Floats:
    return np.full((9, 9), np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """How well a homography agrees with what it was fitted to.

    Attributes:
        labels: what people call each point or line [n].
        pixels: float64 [n], how far each is off in the picture; of a line, the worst of its pixels.
        metres: float64 [n], the same on the plane.
        kept: bool [n], False for what disagrees with the rest and was left out.
        scale: how much larger the residuals are than the deviations that were assumed; 1 where they are as expected or
            smaller, or where nothing is left to judge by. Uncertainties are multiplied by it.
        advice: one sentence a point that should be checked.
    """

    labels: tuple[str, ...]
    pixels: Floats
    metres: Floats
    kept: Flags
    scale: float = 1.0
    advice: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [
            f"{name}: {100 * m:.1f} cm ({p:.1f} px)"
            for name, p, m in zip(self.labels, self.pixels, self.metres, strict=True)
        ]
        return "\n".join([*lines, *self.advice])


@dataclass(frozen=True, slots=True, eq=False)
class Homography:
    """From pixels to metres on a plane.

    Attributes:
        matrix: float64 [3, 3], from undistorted pixels (u, v, 1) to (x, y, 1) times a number that is positive where the
            plane is seen.
        covariance: float64 [9, 9], of the matrix's entries, row by row; of rank 8, as its scale is free. NaN if unknown.
        lens: of the camera, if its distortion must be undone; None for pixels as they are.
        fit: what it was fitted to, if it was.

    Raises:
        InputError: the matrix is of another shape, not finite, or cannot be inverted.
    """

    matrix: Floats
    covariance: Floats = field(default_factory=_unknown)
    lens: Lens | None = None
    fit: Residuals | None = None

    def __post_init__(self) -> None:
        matrix = matrix_of(self.matrix, "a homography")
        if matrix.shape != (3, 3) or not np.isfinite(matrix).all():
            raise InputError(f"a homography is a finite matrix of 3 x 3, got {matrix.tolist()}", where="homography")
        norms = np.linalg.norm(matrix, axis=1)
        if not norms.all() or abs(np.linalg.det(matrix / norms[:, None])) < _LEAST_DETERMINANT:
            fix = "fit it to four points, no three of them on a line"
            raise InputError("the homography cannot be inverted", where="homography", fix=fix)
        covariance = matrix_of(self.covariance, "a homography's covariance")
        if covariance.shape != (9, 9):
            raise InputError(f"a homography's covariance is 9 x 9, got {list(covariance.shape)}", where="homography")
        object.__setattr__(self, "matrix", matrix)
        object.__setattr__(self, "covariance", covariance)

    @classmethod
    def of(cls, matrix: ArrayLike, *, seen: ArrayLike, lens: Lens | None = None) -> Homography:
        """The homography of a matrix whose sign does not matter, given one pixel [2] where the plane is seen."""
        signed = matrix_of(matrix, "a homography")
        here = cls(signed, lens=lens)._straight(pairs(seen, "pixels"))
        return cls(signed * np.sign(signed[2] @ [*here, 1.0]), lens=lens)

    def to_plane(self, pixels: ArrayLike) -> Floats:
        """Places [..., 2] in metres of pixels [..., 2]; NaN on and beyond the horizon."""
        return self._places(self._straight(pairs(pixels, "pixels")))[0]

    def to_pixels(self, points: ArrayLike) -> Floats:
        """Pixels [..., 2] of places [..., 2] in metres; NaN behind the camera. They may lie outside the picture."""
        seen = homogeneous(pairs(points, "points")) @ np.linalg.inv(self.matrix).T
        seen = np.where(seen[..., 2:] > 0, seen, np.nan)
        seen = seen / seen[..., 2:]
        if self.lens is None:
            return np.asarray(seen[..., :2])
        return self.lens.project(seen @ np.linalg.inv(self.lens.matrix).T)

    def metres_per_pixel(self, pixels: ArrayLike) -> Floats:
        """How places change with pixels [..., 2]: the Jacobian [..., 2, 2], rows x and y in metres, columns u and v.

        Its singular values are the metres to a pixel in the best and in the worst direction.
        """
        given = pairs(pixels, "pixels")
        places, depth = self._places(self._straight(given))
        slope = (self.matrix[:2, :2] - places[..., :, None] * self.matrix[2, :2]) / depth[..., None, None]
        return np.asarray(slope @ self._slope_of_lens(given))

    def covariance_at(self, pixels: ArrayLike, pixel_deviation: float = 0.0) -> Floats:
        """Covariances [..., 2, 2] of places, square metres: of the homography, and of pixels that are so uncertain.

        Raises:
            SettingError: the deviation is negative or not finite.
        """
        given, pixel_deviation = pairs(pixels, "pixels"), checked_deviation(pixel_deviation, "a pixel's deviation")
        straight = self._straight(given)
        places, depth = self._places(straight)
        rows = homogeneous(straight) / depth[..., None]
        slope = np.zeros((*places.shape, 9))
        slope[..., 0, :3] = slope[..., 1, 3:6] = rows
        slope[..., 6:] = -places[..., :, None] * rows[..., None, :]
        own = slope @ self.covariance @ np.swapaxes(slope, -1, -2)
        if not pixel_deviation:
            return np.asarray(own)
        local = self.metres_per_pixel(given)
        return np.asarray(own + pixel_deviation**2 * local @ np.swapaxes(local, -1, -2))

    def deviation(self, pixels: ArrayLike, pixel_deviation: float = 0.0) -> Floats:
        """Standard deviations [...] of places in metres: the root of the variances along x and y together.

        Args:
            pixels: [..., 2].
            pixel_deviation: of each coordinate of these pixels, on top of the uncertainty of the homography.

        Raises:
            SettingError: the deviation is negative or not finite.
        """
        variances = np.trace(self.covariance_at(pixels, pixel_deviation), axis1=-2, axis2=-1)
        return np.asarray(np.sqrt(variances))

    @property
    def horizon(self) -> Floats | None:
        """The line a u + b v + c = 0 of undistorted pixels, [a, b, c] with a^2 + b^2 = 1, positive where the plane is seen.

        None for a plane seen straight on: it has none.
        """
        a, b, _ = self.matrix[2]
        # A horizon further off than a billion pixels is rounding.
        length = np.hypot(a, b)
        return None if length * 1e9 < abs(self.matrix[2, 2]) else np.asarray(self.matrix[2] / length)

    def after(self, step: Homography) -> Homography:
        """This homography for another picture, given the one that maps pixels of that picture to pixels of this one.

        Both are of undistorted pixels; uncertainties add up.
        """
        first = np.kron(np.eye(3), step.matrix.T)
        second = np.kron(self.matrix, np.eye(3))
        covariance = first @ self.covariance @ first.T + second @ step.covariance @ second.T
        return Homography(self.matrix @ step.matrix, covariance, self.lens)

    def _places(self, straight: Floats) -> tuple[Floats, Floats]:
        """Places [..., 2] of undistorted pixels [..., 2], and the depth [...]: NaN unless positive."""
        found = homogeneous(straight) @ self.matrix.T
        depth = np.where(found[..., 2] > 0, found[..., 2], np.nan)
        return found[..., :2] / depth[..., None], depth

    def _straight(self, pixels: Floats) -> Floats:
        return pixels if self.lens is None else self.lens.undistort(pixels)

    def _slope_of_lens(self, pixels: Floats) -> Floats:
        return np.eye(2) if self.lens is None else lens_slope(self.lens, pixels)


def lens_slope(lens: Lens, pixels: Floats) -> Floats:
    """How undistorted pixels change with pixels [..., 2]: [..., 2, 2], by central differences."""
    sides = [(lens.undistort(pixels + step) - lens.undistort(pixels - step)) / (2 * _STEP) for step in _STEP * np.eye(2)]
    return np.stack(sides, axis=-1)
