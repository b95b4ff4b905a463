"""Heights above a plane: where the camera stands, and where its rays cross a height.

A swimmer's head is 0.15 m above the water and a runner's hip 1 m above the ground; a homography takes both for points of the
plane, further away than they are. With the camera's intrinsics a homography tells its pose (Hartley and Zisserman 2004,
section 8.1.1; Zhang 2000, "A flexible new technique for camera calibration", section 3.1), and a ray meets the height.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from trackside.core import InputError, SettingError
from trackside.geometry.planes.arrays import Floats, checked_deviation, pairs
from trackside.geometry.planes.homography import Homography

if TYPE_CHECKING:
    from trackside.geometry.camera.lens import Lens
    from trackside.geometry.camera.pose import Pose

# Columns of a rotation are of one length and at right angles. Beyond this difference (of lengths, and cosine), the lens or
# the field is another one; picks of a few pixels' error stay far below.
_MOST_SKEW = 0.15
# Metres and pixels for slopes by central differences.
_STEP = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class PlanarCamera:
    """A camera that sees a plane.

    Attributes:
        homography: from its pixels to the plane, z = 0.
        lens: its intrinsics.
        pose: from plane coordinates (x, y, z) to the camera.
        skew: how far the homography is from one that this lens can make: 0 for exact, 0.1 for ten per cent.
    """

    homography: Homography
    lens: Lens
    pose: Pose
    skew: float = 0.0

    @property
    def position(self) -> Floats:
        """Of the camera: x and y of the point of the plane below it and its height above, metres, [3]."""
        return np.asarray(self.pose.position * [1, 1, self._up])

    def above(self, pixels: ArrayLike, height: ArrayLike) -> Floats:
        """The foot on the plane [..., 2] of what is seen at pixels [..., 2], so high above the plane, metres.

        NaN where the ray never reaches that height. Heights below 0 are under the plane, seen without refraction.

        Raises:
            InputError: shapes do not fit.
            SettingError: a height is not finite.
        """
        eye, rays, up = self._rays(pairs(pixels, "pixels"), height)
        way = (up - eye[2]) / rays[..., 2]
        way = np.where((way > 0) & np.isfinite(way), way, np.nan)
        return np.asarray(eye[:2] + way[..., None] * rays[..., :2])

    def covariance_above(
        self, pixels: ArrayLike, height: ArrayLike, *, height_deviation: float = 0.0, pixel_deviation: float = 0.0
    ) -> Floats:
        """Covariances [..., 2, 2] of these feet, square metres.

        That of the homography on the plane at the foot is taken for that at the height: the camera is far above both.

        Raises:
            SettingError: a height is not finite, or a deviation is negative or not finite.
        """
        given, pixel_deviation = pairs(pixels, "pixels"), checked_deviation(pixel_deviation, "a pixel's deviation")
        height_deviation = checked_deviation(height_deviation, "a height's deviation")
        _, rays, _ = self._rays(given, height)
        tilt = rays[..., :2] / rays[..., 2:] * self._up
        local = self._slope(given, height)
        foot = self.homography.to_pixels(self.above(given, height))
        return np.asarray(
            self.homography.covariance_at(foot)
            + height_deviation**2 * tilt[..., :, None] * tilt[..., None, :]
            + pixel_deviation**2 * local @ np.swapaxes(local, -1, -2)
        )

    def deviation_above(
        self, pixels: ArrayLike, height: ArrayLike, *, height_deviation: float = 0.0, pixel_deviation: float = 0.0
    ) -> Floats:
        """Standard deviations [...] of these feet, metres: the root of the variances along x and y together."""
        own = self.covariance_above(pixels, height, height_deviation=height_deviation, pixel_deviation=pixel_deviation)
        return np.asarray(np.sqrt(np.trace(own, axis1=-2, axis2=-1)))

    def error_if_ignored(self, pixels: ArrayLike, height: ArrayLike) -> Floats:
        """How far off [...] places are if what is seen so high is taken for a point of the plane, metres."""
        return np.asarray(np.linalg.norm(self.above(pixels, 0.0) - self.above(pixels, height), axis=-1))

    @property
    def _up(self) -> float:
        """1 where z points to the camera's side of the plane; -1 where the plane's axes are mirrored."""
        return 1.0 if self.pose.position[2] > 0 else -1.0

    def _rays(self, pixels: Floats, height: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """The camera's place, directions [..., 3] in plane coordinates, and the z of the height [...]."""
        up = np.asarray(height, np.float64)
        if not np.isfinite(up).all():
            raise SettingError("a height is a finite number of metres", where="height")
        if up.shape not in ((), pixels.shape[:-1]):
            raise InputError(f"{list(pixels.shape[:-1])} pixels, but heights {list(up.shape)}", where="height")
        return np.asarray(self.pose.position), np.asarray(self.lens.rays(pixels) @ self.pose.rotation), up * self._up

    def _slope(self, pixels: Floats, height: ArrayLike) -> Floats:
        sides = [self.above(pixels + step, height) - self.above(pixels - step, height) for step in _STEP * np.eye(2)]
        return np.stack(sides, axis=-1) / (2 * _STEP)


def pose_of(homography: Homography, lens: Lens) -> PlanarCamera:
    """The camera of a homography, given its intrinsics.

    Args:
        homography: fitted with the same lens; or without one, if the lens has no distortion.
        lens: of the camera.

    Raises:
        InputError: no such lens sees the plane so.
    """
    from trackside.geometry.camera.pose import Pose

    to_pixels = np.asarray(np.linalg.inv(homography.matrix), np.float64)
    rotation, translation, skew = _decomposed(to_pixels, lens)
    if not skew <= _MOST_SKEW:
        what = f"with this lens the plane's axes would differ from right angles and equal metres by {skew:.0%}"
        fix = "calibrate the lens at this zoom, or check the field's measures"
        raise InputError(what, where="homography", fix=fix)
    return PlanarCamera(homography, lens, Pose(rotation, translation), skew)


def _decomposed(to_pixels: Floats, lens: Lens) -> tuple[Floats, Floats, float]:
    columns = np.linalg.inv(lens.matrix) @ to_pixels
    lengths = np.linalg.norm(columns[:, :2], axis=0)
    # The sign is that of a plane in front of the camera already: `Homography` holds it so.
    columns = columns / lengths.mean()
    first, second = columns[:, 0], columns[:, 1]
    turned = np.column_stack([first, second, np.cross(first, second)])
    left, _, right = np.linalg.svd(turned)
    cosine = abs(first @ second) / np.prod(np.linalg.norm(columns[:, :2], axis=0))
    skew = max(abs(lengths[0] - lengths[1]) / lengths.mean(), cosine)
    return left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right, columns[:, 2], float(skew)
