"""How a picture has moved against a reference picture of the same scene, by the majority of what stands still.

Corners all over the reference are followed by pyramidal Lucas-Kanade (Bouguet 2001) in pictures whose local brightness and
contrast are levelled, so that clouds and lamps change nothing; RANSAC finds the one movement that corners in most parts of
the picture share. People and water move in their own ways and are outvoted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import Image, resized, size_of
from trackside.geometry.planes.arrays import Flags, Floats

Grey = NDArray[np.uint8]
Rows = NDArray[np.intp]

# Pixels of the longer side that is looked at: Lucas-Kanade is good to a tenth of them.
_LONG_SIDE = 960
# The reference is cut into so many parts, each with so many corners at most: a crowd in one has no more votes than a post.
_COLUMNS, _ROWS, _EACH = 12, 7, 5
# Of the best corner's strength, and pixels between two.
_QUALITY, _APART = 0.02, 6
# Standard deviation of the neighbourhood that is levelled, pixels; contrast below so many grey levels is noise.
_LEVEL, _CONTRAST = 12.0, 8.0
_WINDOW, _PYRAMID = (21, 21), 4
# Pixels: a corner that does not find its way back was lost; and how far off the common movement it may be.
_WAY_BACK, _RESIDUAL = 0.7, 1.5
# Parts of the picture that must hold corners at all, and the share of them in which the movement must be the common one.
_FEWEST_PARTS, _MAJORITY = 6, 0.5
# A correlation peak this high above 0 is a shift; noise against noise gives 0.05.
_LEAST_PEAK = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """How the picture moved.

    Attributes:
        matrix: float64 [3, 3], from pixels of the reference to pixels now.
        before: float64 [n, 2], corners that agree, in the reference.
        after: float64 [n, 2], now.
        shift: median distance that corners moved, pixels.
        share: of the parts of the picture with corners, those that agree.
    """

    matrix: Floats
    before: Floats
    after: Floats
    shift: float
    share: float


class Watcher:
    """Follows the corners of one reference picture.

    Args:
        image: the reference.
        moving: float [n, 4], x1 y1 x2 y2: what is known to move in it, and is left out.
    """

    def __init__(self, image: Image, moving: NDArray[np.floating] | None = None) -> None:
        self.size = size_of(image)
        self._scale = min(1.0, _LONG_SIDE / max(self.size))
        self._grey = self._levelled(image)
        self._corners, self._parts = _corners(self._grey, self._masked(moving))

    @property
    def enough(self) -> bool:
        """Whether the reference has corners in enough parts of the picture."""
        return len(np.unique(self._parts)) >= _FEWEST_PARTS

    def movement(self, image: Image, moving: NDArray[np.floating] | None = None) -> Movement | None:
        """How another picture of that size moved; None where most of it does not agree on anything."""
        if not self.enough:
            return None
        grey, mask = self._levelled(image), self._masked(moving)
        return self._agreed(grey, mask, np.zeros(2)) or self._agreed(grey, mask, _shift(self._grey, grey))

    def _agreed(self, grey: Grey, mask: Grey, start: Floats) -> Movement | None:
        import cv2

        after, kept = _followed(self._grey, grey, self._corners, start, mask)
        before, now = self._corners[kept], after[kept]
        if len(now) < _FEWEST_PARTS:
            return None
        matrix, votes = cv2.estimateAffinePartial2D(before, now, method=cv2.RANSAC, ransacReprojThreshold=_RESIDUAL)
        if matrix is None or not np.isfinite(matrix).all():
            return None
        agree = np.asarray(votes).ravel() > 0
        # Corners that are hidden now have no vote; what is still seen decides, as long as it is enough.
        parts = self._parts[kept]
        share = _share(parts, agree)
        if share < _MAJORITY or len(np.unique(parts[agree])) < max(_FEWEST_PARTS, len(np.unique(self._parts)) / 4):
            return None
        moved = self._corners @ matrix[:, :2].T + matrix[:, 2] - self._corners
        shift = float(np.median(np.linalg.norm(moved, axis=1))) / self._scale
        whole = np.vstack([matrix, [0, 0, 1]])
        # Pixels are counted from their centres, so the middle of the first one stays in the middle.
        half = 0.5 / self._scale - 0.5
        back = np.array([[1 / self._scale, 0, half], [0, 1 / self._scale, half], [0, 0, 1]])
        there, here = (np.asarray(each[agree] / self._scale + half, np.float64) for each in (before, now))
        return Movement(np.asarray(back @ whole @ np.linalg.inv(back)), there, here, shift, share)

    def _levelled(self, image: Image) -> Grey:
        import cv2

        width, height = (max(1, round(side * self._scale)) for side in self.size)
        grey = cv2.cvtColor(resized(image, width, height), cv2.COLOR_RGB2GRAY).astype(np.float32)
        even = grey - cv2.GaussianBlur(grey, (0, 0), _LEVEL)
        contrast = np.sqrt(cv2.GaussianBlur(even**2, (0, 0), _LEVEL)) + _CONTRAST
        return np.asarray(np.clip(127 + 50 * even / contrast, 0, 255), np.uint8)

    def _masked(self, moving: NDArray[np.floating] | None) -> Grey:
        """255 where nothing is known to move."""
        mask: Grey = np.full(self._grey.shape, 255, np.uint8)
        boxes = np.empty((0, 4)) if moving is None else np.asarray(moving, np.float64).reshape(-1, 4) * self._scale
        limits = np.array([*mask.shape[::-1]] * 2)
        for x1, y1, x2, y2 in np.clip(boxes[np.isfinite(boxes).all(axis=1)], 0, limits).astype(int).tolist():
            mask[y1 : y2 + 1, x1 : x2 + 1] = 0
        return mask


def _corners(grey: Grey, mask: Grey) -> tuple[NDArray[np.float32], Rows]:
    """Corners [n, 2], strongest first within each part of the picture, and the part of each."""
    import cv2

    every = cv2.goodFeaturesToTrack(grey, 4000, _QUALITY, _APART, mask=mask)
    if every is None:
        return np.empty((0, 2), np.float32), np.empty(0, np.intp)
    places = np.asarray(every, np.float32).reshape(-1, 2)
    columns = (places[:, 0] * _COLUMNS / grey.shape[1]).astype(np.intp)
    parts = (places[:, 1] * _ROWS / grey.shape[0]).astype(np.intp) * _COLUMNS + columns
    kept = np.sort(np.concatenate([np.flatnonzero(parts == part)[:_EACH] for part in np.unique(parts)]))
    return places[kept], parts[kept]


def _followed(
    before: Grey, after: Grey, corners: NDArray[np.float32], start: Floats, mask: Grey
) -> tuple[NDArray[np.float32], Flags]:
    """Where corners are now [n, 2], from a first guess of their shift [2], and which of them were found."""
    import cv2

    given = corners.reshape(-1, 1, 2)
    guess = (given + start).astype(np.float32)
    how: dict[str, Any] = {"winSize": _WINDOW, "maxLevel": _PYRAMID, "flags": cv2.OPTFLOW_USE_INITIAL_FLOW}
    now, found, _ = cv2.calcOpticalFlowPyrLK(before, after, given, guess, **how)
    back, returned, _ = cv2.calcOpticalFlowPyrLK(after, before, now, (now - start).astype(np.float32), **how)
    now, back = np.asarray(now, np.float32).reshape(-1, 2), np.asarray(back).reshape(-1, 2)
    limits = np.array([after.shape[1] - 1, after.shape[0] - 1])
    inside = ((now >= 0) & (now <= limits)).all(axis=1)
    kept = (found.ravel() > 0) & (returned.ravel() > 0) & inside & (np.abs(back - corners).max(axis=1) < _WAY_BACK)
    place = np.clip(np.nan_to_num(now), 0, limits).round().astype(np.intp)
    return now, kept & (mask[place[:, 1], place[:, 0]] > 0)


def _shift(before: Grey, after: Grey) -> Floats:
    """The shift [2] of the whole picture by phase correlation, pixels; 0 where it shows none."""
    import cv2

    window = cv2.createHanningWindow((before.shape[1], before.shape[0]), cv2.CV_32F)
    shift, peak = cv2.phaseCorrelate(before.astype(np.float32), after.astype(np.float32), window)
    return np.array(shift) if peak > _LEAST_PEAK else np.zeros(2)


def _share(parts: Rows, agree: Flags) -> float:
    """Of the parts of the picture, those in which most corners agree."""
    totals, votes = np.bincount(parts), np.bincount(parts[agree], minlength=parts.max() + 1)
    return float((2 * votes[totals > 0] > totals[totals > 0]).mean())
