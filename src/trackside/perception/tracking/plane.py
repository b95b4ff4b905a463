"""People on the ground: their feet in metres through a homography, where a metre is a metre near and far.

A homography of the ground also tells how large somebody looks: heights in the picture are as the nearness of the place
(Hartley and Zisserman 2004, *Multiple View Geometry in Computer Vision*, section 8.1).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trackside.core import Affine, SettingError
from trackside.perception.tracking.association import MOST_PAIRS, Floats, Match, Rows, Scores
from trackside.perception.tracking.lanes import checked_homography
from trackside.perception.tracking.plane_state import PlaneState, advanced, corrected, distances
from trackside.perception.tracking.similarity import Likeness

# The 99.99 % quantile of chi-square with two degrees of freedom.
_GATE = 18.4
# Metres beyond which no prediction is worth anything: half a pitch.
_WIDEST = 40.0
# In crowds (`MOST_PAIRS`) each track looks at so many of the nearest detections only, which bounds time and memory.
_NEAREST = 32
# Newcomers a square metre and frame: what is less likely to be a track than one of them starts a track. On a pitch of
# 7,000 m^2 that is one in half a minute at 25 frames a second, and some false detections.
_NEWCOMERS = 1e-5
# A sighting's error is never smaller than this, metres.
_LEAST_ERROR = 0.2


class PlaneMotion:
    """Motion on the ground, in metres. Boxes whose foot is above the horizon are nobody's.

    Args:
        homography: float [3, 3], from pixels to metres on the ground.
        acceleration: intensity of the white noise, m^2/s^3: how freely people change speed and direction.
        rest: seconds in which a speed decays to a third; infinite for never.
        place: standard deviation of a seen foot point, in box heights.
        fastest: the greatest speed, m/s: 12 is a sprinter's.

    Raises:
        SettingError: the homography cannot be inverted, or a value is not positive.
    """

    def __init__(
        self,
        homography: ArrayLike,
        *,
        acceleration: float = 4.0,
        rest: float = 1.5,
        place: float = 0.04,
        fastest: float = 12.0,
    ) -> None:
        if not (0 < acceleration < math.inf and 0 < place < math.inf and 0 < fastest < math.inf and rest > 0):
            raise SettingError(f"need positive values, got {acceleration=}, {rest=}, {place=}, {fastest=}", where="plane")
        self._map = checked_homography(homography)
        # Its sign is told by the first feet that are seen: people stand below the horizon.
        self._signed = False
        self._acceleration, self._rest, self._place, self._fastest = acceleration, rest, place, fastest
        self._state = PlaneState.empty()
        # As it was when seen, at a nearness of 1.
        self._size: Floats = np.empty((2, 0))
        self._last: Floats = np.empty((4, 0))
        self._scale = 1.0

    @property
    def places(self) -> Floats:
        """float64 [2, n]: x and y of each track on the ground, metres."""
        return self._state.mean[:, :2].T

    @property
    def velocity(self) -> Floats:
        """float64 [2, n]: m/s on the ground."""
        return self._state.mean[:, 2:].T

    @property
    def boxes(self) -> Floats:
        """float64 [4, n]: x1, y1, x2, y2 of each track now; where it was last seen if that is beyond the horizon."""
        feet, near = _through(np.linalg.inv(self._map).astype(np.float64), self.places)
        width, height = self._size * (near * self._scale)
        boxes = np.stack([feet[0] - width / 2, feet[1] - height, feet[0] + width / 2, feet[1]])
        return np.where(np.isfinite(boxes).all(axis=0), boxes, self._last)

    def admits(self, boxes: Floats) -> NDArray[np.bool_]:
        """Which of these boxes [4, m] stand on the ground, bool [m]."""
        return np.asarray(np.isfinite(self._ground(boxes)).all(axis=0))

    @property
    def believed(self) -> NDArray[np.bool_]:
        """Which tracks are where they are said to be, bool [n]: all."""
        return np.ones(self._size.shape[1], np.bool_)

    def add(self, boxes: Floats) -> None:
        """Append tracks that start at these boxes, float64 [4, m], at rest."""
        # Who is beyond the horizon has places of NaN, which are near nothing.
        self._state = self._state.joined(self._ground(boxes).T, self._errors(boxes), self._fastest / 4)
        self._size = np.concatenate([self._size, self._sizes(boxes)], axis=1)
        self._last = np.concatenate([self._last, boxes], axis=1)

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other tracks."""
        self._state = self._state[rows]
        self._size, self._last = self._size[:, rows], self._last[:, rows]

    def predict(self, dt: float) -> None:
        """Move all tracks on by `dt` seconds, at least 0."""
        self._state = advanced(self._state, dt, self._acceleration, self._rest)

    def correct(self, rows: Rows, boxes: Floats, scores: Scores) -> None:
        """Take in what was seen of some tracks: boxes float64 [4, m], scores [m]."""
        seen = np.isfinite(self._ground(boxes)).all(axis=0)
        rows, boxes = rows[seen], boxes[:, seen]
        state = corrected(self._state[rows], self._ground(boxes).T, self._errors(boxes))
        speed = np.hypot(state.mean[:, 2], state.mean[:, 3])
        state.mean[:, 2:] *= np.minimum(1, self._fastest / np.maximum(speed, 1e-9))[:, None]
        self._state.put(rows, state)
        self._size[:, rows], self._last[:, rows] = self._sizes(boxes), boxes

    def lose(self, rows: Rows) -> None:
        """Tracks out of sight go on as they did; their speed decays in `predict`."""

    def warp(self, affine: Affine) -> None:
        """Move the ground with the camera; in metres nothing moves."""
        from trackside.perception.tracking.camera import warp_boxes  # Brings OpenCV along.

        self._map = self._map @ np.linalg.inv(np.vstack([affine.matrix, [0, 0, 1]]))
        self._last = warp_boxes(self._last.T, affine).T
        self._scale *= affine.scale

    def pairs(self, rows: Rows, found: Floats, like: Likeness) -> tuple[Match, Floats]:
        """Pairs of these tracks and detections [4, m] that can be one, as places in `rows` and `found`, and how much.

        How alike is by how much likelier the track is than a newcomer (log likelihood ratio): 1 for the best that can be,
        `like.least` for even. So a track long lost, which may be anywhere, takes nothing from one that is there.
        """
        places, errors = self._ground(found), self._errors(found)
        i, j = self._near(rows, places, errors)
        squared, spread = distances(self._state, rows[i], places[:, j].T, errors[j])
        # Twice the logarithms of densities, a square metre.
        best = -2 * math.log(_NEWCOMERS * 2 * math.pi * _LEAST_ERROR**2)
        apart = (squared + np.log(spread / _LEAST_ERROR**4)) / best
        good = ((apart <= 1) & (squared <= _GATE)).nonzero()[0]
        return (i[good], j[good]), like.least + (1 - like.least) * (1 - np.maximum(apart[good], 0))

    def _near(self, rows: Rows, places: Floats, errors: Floats) -> Match:
        """Pairs that are not farther apart than anybody gets, nor than the gate lets through; in crowds the nearest ones."""
        mean = self._state.mean[rows, :2].T
        crowd = mean.shape[1] * places.shape[1] > MOST_PAIRS
        i, j = _nearest(mean, places) if crowd else _close(mean, places)
        # No Mahalanobis distance is less than that by the longest axes. A little more, for rounding.
        reach = (_GATE * (1 + 1e-6)) * (_longest(self._state.covariance[rows, :2, :2])[i] + _longest(errors)[j])
        apart: Floats = ((places[:, j] - mean[:, i]) ** 2).sum(axis=0)
        near = (apart <= reach).nonzero()[0]
        return i[near], j[near]

    def _ground(self, boxes: Floats) -> Floats:
        """Where the feet of boxes [4, m] are, metres [2, m]; NaN beyond the horizon."""
        feet = _feet(boxes)
        if not self._signed and feet.shape[1]:
            side = np.median(self._map[2, :2] @ feet + self._map[2, 2])
            if side:
                self._map, self._signed = self._map * np.sign(side), True
        return _through(self._map, feet)[0]

    def _sizes(self, boxes: Floats) -> Floats:
        # What the map divides by is one over what its inverse divides by: the nearness.
        near = self._map[2, :2] @ _feet(boxes) + self._map[2, 2]
        return np.asarray((boxes[2:] - boxes[:2]) / np.maximum(near, 1e-12) / self._scale)

    def _errors(self, boxes: Floats) -> Floats:
        """Covariance [m, 2, 2] of seen feet on the ground, square metres: that of the picture through the local map."""
        feet = _feet(boxes)
        depth = np.maximum(self._map[2, :2] @ feet + self._map[2, 2], 1e-12)
        places = (self._map[:2, :2] @ feet + self._map[:2, 2:]) / depth
        local = (self._map[:2, :2, None] - places[:, None] * self._map[2, :2][None, :, None]) / depth
        pixels = self._place * (boxes[3] - boxes[1])
        errors: Floats = np.einsum("ikm,jkm->mij", local, local) * (pixels**2)[:, None, None]
        return errors + np.eye(2) * _LEAST_ERROR**2


def _close(a: Floats, b: Floats) -> Match:
    """Pairs of the places [2, n] and [2, m] that are not farther apart than anybody gets, along x and along y."""
    close = np.abs(a[0, :, None] - b[0]) <= _WIDEST
    close &= np.abs(a[1, :, None] - b[1]) <= _WIDEST
    i, j = close.nonzero()
    return i, j


def _nearest(a: Floats, b: Floats) -> Match:
    """Pairs of each place [2, n] and its nearest places [2, m], not farther apart than anybody gets."""
    from scipy.spatial import cKDTree

    here, there = (np.nonzero(np.isfinite(each).all(axis=0))[0] for each in (a, b))
    # Where there are fewer, the rest are infinitely far.
    apart, nearest = cKDTree(b[:, there].T).query(a[:, here].T, k=_NEAREST, distance_upper_bound=_WIDEST)
    i, rank = np.isfinite(apart).nonzero()
    return here[i], there[nearest[i, rank]]


def _longest(covariance: Floats) -> Floats:
    """The greatest eigenvalue [n] of covariances [n, 2, 2]: the variance along their longest axes."""
    a, b, d = covariance[:, 0, 0], covariance[:, 0, 1], covariance[:, 1, 1]
    return np.asarray((a + d) / 2 + np.hypot((a - d) / 2, b))


def _feet(boxes: Floats) -> Floats:
    return np.stack([(boxes[0] + boxes[2]) / 2, boxes[3]])


def _through(matrix: Floats, points: Floats) -> tuple[Floats, Floats]:
    """Points [2, m] by a map, NaN beyond the horizon; and how near they look there, [m]."""
    finite = np.where(np.isfinite(points), points, math.nan)
    found = matrix[:, :2] @ finite + matrix[:, 2:]
    depth = np.where(found[2] > 0, found[2], math.nan)
    return np.asarray(found[:2] / depth), np.asarray(1 / depth)
