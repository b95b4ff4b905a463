"""Body points without jitter: the One Euro filter for all points of all tracks at once.

Casiez, Roussel and Vogel 2012, *1 € Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive Systems*,
CHI: a low-pass filter whose cutoff rises with speed, so that slow points are calm and fast ones do not lag. Speed is
counted in body sizes a second instead of pixels a second, so that one setting serves near and far people and any picture
size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trackside.core import SKELETONS, Keypoints, SettingError
from trackside.perception.per_track import PerTrack

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OneEuroFilter:
    """One step of the filter on arrays of any shape (Casiez et al. 2012, algorithm 1).

    Attributes:
        min_cutoff: Hz, the cutoff of a point at rest; lower is calmer.
        beta: Hz for each unit of speed; higher follows fast movement more closely.
        speed_cutoff: Hz, the cutoff of the speed estimate.
    """

    min_cutoff: float = 1.0
    beta: float = 5.0
    speed_cutoff: float = 1.0

    def __post_init__(self) -> None:
        good = 0 < self.min_cutoff < math.inf and 0 <= self.beta < math.inf and 0 < self.speed_cutoff < math.inf
        if not good:
            raise SettingError("need positive cutoffs and a beta from 0 up", where="one euro filter")

    def step(
        self, value: Floats, last: Floats, speed: Floats, dt: Floats, scale: Floats | float = 1.0
    ) -> tuple[Floats, Floats]:
        """Filter new values.

        Args:
            value: what was measured, [...].
            last: the filtered value before, [...].
            speed: the filtered speed before, units a second, [...].
            dt: seconds since then, above 0; broadcasts to [...].
            scale: the length that counts as one unit of speed; broadcasts to [...].

        Returns:
            The filtered value and the filtered speed, [...] each.
        """
        share = _share(self.speed_cutoff, dt)
        speed = speed + share * ((value - last) / dt - speed)
        share = _share(self.min_cutoff + self.beta * np.abs(speed) / scale, dt)
        return last + share * (value - last), speed


class KeypointSmoother:
    """One Euro filter for the body points of each track, on media time.

    People without identity (id 0 or below) and points with a score below `least_score` pass unchanged; such a point's filter
    waits for the next good one. A point not seen for longer than `forget` seconds, or seen before in a later frame (media
    time went back), starts anew.

    Args:
        filter: the filter's settings; None for the defaults.
        least_score: lowest score of a point that is filtered.
        forget: seconds after which the past of a point says nothing.
    """

    def __init__(self, filter: OneEuroFilter | None = None, *, least_score: float = 0.3, forget: float = 1.0) -> None:
        self._filter = filter or OneEuroFilter()
        self._least_score, self._forget = least_score, forget
        self._state: PerTrack | None = None
        self._skeleton = ""

    def update(self, keypoints: Keypoints, time: float) -> Keypoints:
        """The people of one frame at media time `time` with their points filtered; scores and order stay."""
        state = self._for_skeleton(keypoints.skeleton)
        ids = _ids(keypoints)
        named = ids > 0
        if not named.any():
            return keypoints
        rows = state.rows(ids[named])
        points = keypoints.points.astype(np.float64)
        sure = (keypoints.scores[named] >= np.float32(self._least_score)) & np.isfinite(points[named]).all(axis=2)
        points[named] = self._filtered(state, rows, points[named], sure, time)
        return replace(keypoints, points=points.astype(np.float32))

    def end(self, ids: Iterable[int]) -> None:
        """These tracks ended: free their state."""
        if self._state is not None:
            self._state.drop(ids)

    def _filtered(
        self, state: PerTrack, rows: NDArray[np.intp], points: Floats, sure: NDArray[np.bool_], time: float
    ) -> Floats:
        last, speed, seen = state["last"][rows], state["speed"][rows], state["seen"][rows]
        dt = time - seen
        going_on = sure & (dt > 0) & (dt <= self._forget)
        # A record repeated at the same time changes nothing: its points were filtered already.
        repeated = sure & (dt == 0)
        starting = sure & ~going_on & ~repeated
        size = _body_size(points, sure)
        with np.errstate(invalid="ignore", divide="ignore"):
            value, pace = self._filter.step(points, last, speed, dt[..., None], size[:, None, None])
        last = np.where(going_on[..., None], value, np.where(starting[..., None], points, last))
        speed = np.where(going_on[..., None], pace, np.where(starting[..., None], 0.0, speed))
        state["last"][rows], state["speed"][rows], state["seen"][rows] = last, speed, np.where(sure, time, seen)
        return np.where(sure[..., None], last, points)

    def _for_skeleton(self, skeleton: str) -> PerTrack:
        if self._state is None or skeleton != self._skeleton:
            k = len(SKELETONS[skeleton].points)
            self._skeleton = skeleton
            self._state = PerTrack(last=np.full((k, 2), math.nan), speed=np.zeros((k, 2)), seen=np.full(k, math.nan))
        return self._state


def _share(cutoff: Floats | float, dt: Floats) -> Floats:
    """How much of a new value enters a low-pass filter of this cutoff (equation 3 with its time constant)."""
    turn = 2 * math.pi * cutoff * dt
    return np.asarray(turn / (turn + 1))


def _body_size(points: Floats, sure: NDArray[np.bool_]) -> Floats:
    """The longer side of the box around each person's good points, at least a pixel: [n]."""
    low = np.where(sure[..., None], points, np.inf).min(axis=1)
    high = np.where(sure[..., None], points, -np.inf).max(axis=1)
    return np.asarray(np.maximum((high - low).max(axis=1), 1.0))


def _ids(keypoints: Keypoints) -> NDArray[np.int64]:
    return np.zeros(len(keypoints), np.int64) if keypoints.ids is None else keypoints.ids
