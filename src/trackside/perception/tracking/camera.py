"""How the camera moved from one picture to the next.

Corners of the background are followed by pyramidal Lucas-Kanade (Bouguet 2001, "Pyramidal implementation of the affine Lucas
Kanade feature tracker"), and RANSAC finds the shift, turn and zoom that most of them agree on: the camera motion
compensation of BoT-SORT (Aharon, Orfaig and Bobrovsky 2022, section 3.2). Differences from its code: points on objects are
left out on both pictures, every point must find its way back, and a map that hardly any corner supports, or that no camera
makes between two frames, is not believed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trackside.core import Affine, Image, resized, size_of

Floats = NDArray[np.float64]
Grey = NDArray[np.uint8]
Points = NDArray[np.float32]

# Pixels of the longer side that is looked at. Lucas-Kanade is good to a tenth of a pixel, so a 1080p frame's motion is
# known to about a quarter of a pixel, which is far less than a detector's boxes jitter.
_LONG_SIDE = 512
# A picture this narrow, so scaled, has no corners to speak of.
_LEAST_SIDE = 32
_MOST_CORNERS = 300
# Of the best corner's strength, and pixels between two (BoT-SORT's code: 0.01 and 1; farther apart, they cover the picture).
_QUALITY, _APART = 0.01, 8
# The smaller eigenvalue that a corner must have at all: noise of a blank wall lies below.
_LEAST_EIGENVALUE = 1e-4
_WINDOW, _LEVELS = (21, 21), 3
# Pixels: a point that does not come back to where it started was lost.
_WAY_BACK = 0.5
# Pixels that a point may lie off the common motion.
_RESIDUAL = 1.5
# Four parameters, three times over (two points fix them), and this part of all corners must agree: after a cut, a few always
# agree by chance.
_FEWEST, _LEAST_SHARE = 12, 0.3
# No camera zooms or rolls faster than this between two frames.
_MOST_ZOOM, _MOST_ROLL = 1.5, math.radians(30)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The last picture: its small grey version, the corners in it, and the size of the original."""

    grey: Grey
    corners: Points
    size: tuple[int, int]


class CameraMotion:
    """Measures the camera's motion through the pictures of one stream.

    Nothing in a picture raises: where the motion cannot be told (first picture, blank picture, cut, change of size, too few
    corners) the answer is the identity, with `known` False.
    """

    def __init__(self) -> None:
        self._last: _Seen | None = None

    def update(self, image: Image, boxes: NDArray[np.floating] | None = None) -> Affine:
        """Take in the next picture.

        Args:
            image: any size.
            boxes: float [n, 4], x1 y1 x2 y2 in its pixels: objects, which move by themselves and are left out.

        Returns:
            the map from pixels of the last picture to pixels of this one.
        """
        size = size_of(image)
        if min(_small(size)) < _LEAST_SIDE:
            self._last = None
            return Affine()
        grey = np.asarray(cv2.cvtColor(resized(image, *_small(size)), cv2.COLOR_RGB2GRAY), np.uint8)
        background = _background(grey, size, boxes)
        last, self._last = self._last, _Seen(grey, _corners(grey, background), size)
        if last is None or last.size != size:
            return Affine()
        return _motion(last, grey, background)


def warp_boxes(boxes: NDArray[np.floating], affine: Affine) -> Floats:
    """Where boxes [n, 4], x1 y1 x2 y2, come to lie: middles move along, sizes scale, sides stay upright."""
    corners = np.asarray(boxes, np.float64).reshape(-1, 2, 2)
    middle, half = corners.mean(axis=1), (corners[:, 1] - corners[:, 0]) / 2 * affine.scale
    moved = middle @ affine.matrix[:, :2].T + affine.matrix[:, 2]
    return np.concatenate([moved - half, moved + half], axis=1)


def warp_velocities(velocities: NDArray[np.floating], affine: Affine) -> Floats:
    """Velocities [n, 2] in pixels a second, as seen by the camera in its new pose: turned and scaled, not shifted."""
    return np.asarray(velocities, np.float64).reshape(-1, 2) @ affine.matrix[:, :2].T


def _small(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height of the picture that is looked at."""
    scale = min(1.0, _LONG_SIDE / max(1, *size))
    return round(size[0] * scale), round(size[1] * scale)


def _background(grey: Grey, size: tuple[int, int], boxes: NDArray[np.floating] | None) -> Grey:
    """255 where no object is."""
    mask = np.full(grey.shape, 255, np.uint8)
    if boxes is None or not len(boxes):
        return mask
    scale = np.tile(_scales(grey, size), 2)
    limits = np.array([grey.shape[1], grey.shape[0]] * 2)
    small = np.asarray(boxes, np.float64).reshape(-1, 4)
    small = np.clip(small[np.isfinite(small).all(axis=1)] * scale, 0, limits)
    edges = np.concatenate([np.floor(small[:, :2]), np.ceil(small[:, 2:])], axis=1).astype(np.intp)
    for x1, y1, x2, y2 in edges.tolist():
        mask[y1:y2, x1:x2] = 0
    return mask


def _scales(grey: Grey, size: tuple[int, int]) -> Floats:
    """Pixels of the small picture to a pixel of the original, on each axis."""
    return np.array([grey.shape[1] / size[0], grey.shape[0] / size[1]])


def _corners(grey: Grey, background: Grey) -> Points:
    """float32 [n, 1, 2]: the corners of the background, strongest first."""
    found, strengths = cv2.goodFeaturesToTrackWithQuality(grey, _MOST_CORNERS, _QUALITY, _APART, background)
    if found is None:
        return np.empty((0, 1, 2), np.float32)
    strong = np.asarray(strengths).ravel() > _LEAST_EIGENVALUE
    return np.asarray(found, np.float32).reshape(-1, 1, 2)[strong]


def _motion(last: _Seen, grey: Grey, background: Grey) -> Affine:
    if len(last.corners) < _FEWEST:
        return Affine()
    before, after = _followed(last, grey, background)
    if len(before) < _FEWEST:
        return Affine()
    matrix, inliers = cv2.estimateAffinePartial2D(before, after, method=cv2.RANSAC, ransacReprojThreshold=_RESIDUAL)
    if matrix is None or not np.isfinite(matrix).all():
        return Affine()
    agreeing = int(np.count_nonzero(inliers))
    if agreeing < max(_FEWEST, _LEAST_SHARE * len(last.corners)) or not _possible(matrix, grey):
        return Affine()
    return Affine(_in_pixels(matrix, _scales(grey, last.size)), known=True)


def _followed(last: _Seen, grey: Grey, background: Grey) -> tuple[Points, Points]:
    """Corners of the last picture and where they are now, float32 [n, 2] each, without those lost or behind objects."""
    after, found, _ = cv2.calcOpticalFlowPyrLK(last.grey, grey, last.corners, None, winSize=_WINDOW, maxLevel=_LEVELS)
    back, returned, _ = cv2.calcOpticalFlowPyrLK(grey, last.grey, after, None, winSize=_WINDOW, maxLevel=_LEVELS)
    before, after, back = (np.asarray(p, np.float32).reshape(-1, 2) for p in (last.corners, after, back))
    near = np.abs(back - before).max(axis=1) < _WAY_BACK
    limits = np.array([grey.shape[1] - 1, grey.shape[0] - 1])
    inside = ((after >= 0) & (after <= limits)).all(axis=1)
    kept = (found.ravel() > 0) & (returned.ravel() > 0) & near & inside
    place = after[kept].round().astype(np.intp)
    free = background[place[:, 1], place[:, 0]] > 0
    return before[kept][free], after[kept][free]


def _possible(matrix: Floats, grey: Grey) -> bool:
    """Whether a camera can have moved so between two frames."""
    zoom = math.hypot(matrix[0, 0], matrix[1, 0])
    roll = math.atan2(matrix[1, 0], matrix[0, 0])
    middle = np.array([grey.shape[1], grey.shape[0]]) / 2
    moved = np.abs(matrix[:, :2] @ middle + matrix[:, 2] - middle)
    return bool(1 / _MOST_ZOOM < zoom < _MOST_ZOOM and abs(roll) < _MOST_ROLL and (moved < middle * 2).all())


def _in_pixels(matrix: Floats, scales: Floats) -> Floats:
    """From centres of pixels of the small picture to pixels of the original, whose first pixel spans 0 to 1."""
    turn, half = matrix[:, :2], np.full(2, 0.5)
    shift = matrix[:, 2] + half - turn @ half
    return np.column_stack([turn * scales / scales[:, None], shift / scales])
