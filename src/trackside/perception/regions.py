"""Where in a picture a person is: the rotated square that the landmark network looks at."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB

# MediaPipe, pose_detection_to_roi.pbtxt: the margin that the landmark network was trained with.
MARGIN = 1.25


@dataclass(frozen=True, slots=True)
class Region:
    """A rotated square of a picture.

    Attributes:
        x: of its centre, pixels.
        y: of its centre, pixels.
        size: length of a side, pixels.
        angle: clockwise turn in radians; 0 is upright.
    """

    x: float
    y: float
    size: float
    angle: float = 0.0

    def matrix(self, pixels: int) -> NDArray[np.float64]:
        """float64 [2, 3]: from pixels of a crop of `pixels` x `pixels` to pixels of the picture."""
        scale = self.size / pixels
        cos, sin = np.cos(self.angle) * scale, np.sin(self.angle) * scale
        half = pixels / 2
        return np.array([[cos, -sin, self.x - half * (cos - sin)], [sin, cos, self.y - half * (sin + cos)]], np.float64)

    @property
    def usable(self) -> bool:
        """It has an area, and one that a picture can have."""
        return bool(np.isfinite([self.x, self.y, self.size, self.angle]).all() and 1 <= self.size <= 1e6)


def aligned(hips: NDArray[np.float32], top: NDArray[np.float32]) -> Region:
    """The region of a person from the detector's first two alignment points.

    The middle of the hips is its centre, the other point lies on a circle round the whole body, straight above the hips of
    somebody upright (Bazarevsky et al. 2020, section 3; MediaPipe's AlignmentPointsRectsCalculator).
    """
    x, y = (float(value) for value in top - hips)
    angle = np.pi / 2 - np.arctan2(-y, x)
    turn = float(angle - 2 * np.pi * np.floor((angle + np.pi) / (2 * np.pi)))
    return Region(float(hips[0]), float(hips[1]), 2 * float(np.hypot(x, y)) * MARGIN, turn)


def upright(box: NDArray[np.float64]) -> Region:
    """The square round a person's box, x1 y1 x2 y2, with the margin that the landmark network expects."""
    x1, y1, x2, y2 = (float(value) for value in box)
    return Region((x1 + x2) / 2, (y1 + y2) / 2, max(x2 - x1, y2 - y1) * MARGIN)


def crop(picture: RGB, matrix: NDArray[np.float64], pixels: int) -> RGB:
    """The region's pixels, uint8 [pixels, pixels, 3]; outside the picture its edge is continued, as MediaPipe does.

    Args:
        picture: uint8 [h, w, 3].
        matrix: of `Region.matrix`.
        pixels: width and height of the crop.
    """
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(picture, matrix, (pixels, pixels), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)
