"""Objects that stay in their lanes: one dimension, in metres, with walls at both ends.

A swimmer out of sight is under water: going on at 0.5 to 3 m/s, and turned round at the wall. That, and that nobody changes
lanes, tells who comes up again after fifteen metres, where a box has nothing to overlap with and all heads look alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trackside.core import Affine, SettingError
from trackside.perception.tracking.association import Floats, Match, Rows, Scores
from trackside.perception.tracking.lane_state import FASTEST, LaneState, advanced, corrected, found_again, started
from trackside.perception.tracking.lanes import Lanes
from trackside.perception.tracking.similarity import Likeness

# Standard deviations of the innovation that are still believed: 16 is the 99.99 % quantile of chi-square with one degree.
_GATE = 4.0
# The gate is never narrower (arms, splashes, a box around half of the body) nor wider than this, metres.
_NARROWEST, _WIDEST = 0.8, 12.0
# Seconds out of sight from which somebody is under water, and not just missed.
_UNDER_WATER = 0.5
# A start dive leaves the block this far through the air, metres.
_FLIGHT = 3.0
# Sightings from which a track claims a lane for itself, and metres that it has moved by then: floats and officials rest.
_CLAIM_SIGHTINGS, _CLAIM_METRES = 3, 2.0
# Metres: where there can be one only, nobody else is so near.
_BESIDE = 2.0
# Sightings after which somebody found again is believed to be found. Till then a miss takes it back: it was a splash.
_CONFIRM = 3
# Where swimmers pass each other in a lane: standard deviation of the place across it, metres, and how it grows, m / sqrt(s).
_ACROSS, _WANDER = 0.4, 0.3


class LaneMotion:
    """Motion along lanes. Detections in no lane are nobody's.

    Where a lane holds one (`alone`), whoever comes up in it after a gap is the one who went under, if that can be reached
    at 3 m/s; and while it is claimed by somebody who swims, nothing else in it is matched. A first sighting after a gap is
    on trial: if it is not confirmed at once, the track goes back to waiting where it was expected before.

    Args:
        lanes: where they are. They are changed in place as the camera moves.
        acceleration: intensity of the white noise, m^2/s^3: how freely the speed changes.
        place: standard deviation of a sighting along the lane, metres.
        alone: whether there is at most one in each lane, as in a race; else they may pass each other, as in training.

    Raises:
        SettingError: a noise is not positive and finite.
    """

    def __init__(self, lanes: Lanes, *, acceleration: float = 0.05, place: float = 0.15, alone: bool = True) -> None:
        if not (0 < acceleration < np.inf and 0 < place < np.inf):
            raise SettingError(f"need positive noise, got {acceleration=}, {place=}", where="lane")
        self.lanes = lanes
        self._acceleration, self._spread, self._alone = acceleration, place**2, alone
        self._lane: Rows = np.empty(0, np.intp)
        self._now: LaneState = np.empty((7, 0))
        # What was expected before the first sighting after a gap, for as long as that is on trial.
        self._before: LaneState = np.empty((7, 0))
        self._trial: Rows = np.empty(0, np.intp)
        self._sightings: Rows = np.empty(0, np.intp)
        self._across: Floats = np.empty(0)
        # As it was when seen, at a nearness of 1.
        self._size: Floats = np.empty((2, 0))
        self._first: Floats = np.empty(0)
        self._moved: Floats = np.empty(0)
        self._nowhere: Floats = np.empty((4, 0))

    @property
    def lane(self) -> Rows:
        """intp [n]: the lane of each track, -1 for none."""
        return self._lane

    @property
    def places(self) -> Floats:
        """float64 [2, n]: metres from the first wall, and metres a second."""
        return self._now[:2].copy()

    @property
    def boxes(self) -> Floats:
        """float64 [4, n]: x1, y1, x2, y2 of each track now."""
        boxes = self._nowhere.copy()
        inside = (self._lane >= 0).nonzero()[0]
        places = np.stack([self._now[0, inside], self._across[inside]])
        middle, near = self.lanes.picture(self._lane[inside], places)
        half = self._size[:, inside] * near / 2
        boxes[:, inside] = np.concatenate([middle - half, middle + half])
        return boxes

    def admits(self, boxes: Floats) -> NDArray[np.bool_]:
        """Which of these boxes [4, m] are in a lane, bool [m]."""
        return np.asarray(self.lanes.locate(_middle(boxes))[0] >= 0)

    @property
    def believed(self) -> NDArray[np.bool_]:
        """Which tracks are where they are said to be, bool [n]: not under water, and not back from there on trial."""
        return np.asarray((self._now[5] <= _UNDER_WATER) & (self._trial == 0))

    def add(self, boxes: Floats) -> None:
        """Append tracks that start at these boxes, float64 [4, m], at rest. Those in no lane stay where they are."""
        count = boxes.shape[1]
        lane, places = self.lanes.locate(_middle(boxes))
        inside = lane >= 0
        along = np.where(inside, np.clip(places[0], 0, self.lanes.lengths[lane]), 0.0)
        self._lane = np.concatenate([self._lane, lane])
        self._now = np.concatenate([self._now, started(along, self._spread)], axis=1)
        self._before = np.concatenate([self._before, np.zeros((7, count))], axis=1)
        self._trial = np.concatenate([self._trial, np.zeros(count, np.intp)])
        self._sightings = np.concatenate([self._sightings, np.ones(count, np.intp)])
        self._across = np.concatenate([self._across, np.where(inside, places[1], 0.0)])
        self._size = np.concatenate([self._size, self._sizes(lane, along, boxes)], axis=1)
        self._first = np.concatenate([self._first, along])
        self._moved = np.concatenate([self._moved, np.zeros(count)])
        self._nowhere = np.concatenate([self._nowhere, boxes], axis=1)

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other tracks."""
        self._lane, self._trial, self._sightings = self._lane[rows], self._trial[rows], self._sightings[rows]
        self._now, self._before = self._now[:, rows], self._before[:, rows]
        self._across, self._size = self._across[rows], self._size[:, rows]
        self._first, self._moved = self._first[rows], self._moved[rows]
        self._nowhere = self._nowhere[:, rows]

    def predict(self, dt: float) -> None:
        """Move all tracks on by `dt` seconds, at least 0."""
        lengths = self._lengths()
        self._now = advanced(self._now, dt, lengths, self._acceleration, _UNDER_WATER)
        tried = (self._trial > 0).nonzero()[0]
        if len(tried):
            past = self._before[:, tried]
            self._before[:, tried] = advanced(past, dt, lengths[tried], self._acceleration, _UNDER_WATER)

    def correct(self, rows: Rows, boxes: Floats, scores: Scores) -> None:
        """Take in what was seen of some tracks: boxes float64 [4, m], scores [m]."""
        inside = self._lane[rows] >= 0
        rows, boxes = rows[inside], boxes[:, inside]
        lane = self._lane[rows]
        places = self.lanes.place(lane, _middle(boxes))
        along = np.clip(places[0], 0, self.lanes.lengths[lane])
        state = self._now[:, rows]
        again = state[5] > _UNDER_WATER
        self._try(rows, state, again)
        self._now[:, rows] = np.where(again, found_again(state, along, self._spread), corrected(state, along, self._spread))
        self._sightings[rows] += 1
        self._across[rows] = places[1]
        self._size[:, rows] = self._sizes(lane, along, boxes)
        sure = rows[self._trial[rows] == 0]
        self._moved[sure] = np.maximum(self._moved[sure], np.abs(self._now[0, sure] - self._first[sure]))

    def lose(self, rows: Rows) -> None:
        """Tracks found again and at once lost were not found: they are where they were expected before."""
        back = rows[self._trial[rows] > 0]
        self._now[:, back] = self._before[:, back]
        self._trial[back] = 0

    def warp(self, affine: Affine) -> None:
        """Move the lanes with the camera; in metres nothing moves."""
        self.lanes.warp(affine)
        if (self._lane < 0).any():
            from trackside.perception.tracking.camera import warp_boxes  # Brings OpenCV along.

            self._nowhere = warp_boxes(self._nowhere.T, affine).T

    def pairs(self, rows: Rows, found: Floats, like: Likeness) -> tuple[Match, Floats]:
        """Pairs of these tracks and detections [4, m] that can be one, as places in `rows` and `found`, and how much.

        A pair in the middle of the gate is alike by 1, at its edge by `like.least`; boxes are not compared.
        """
        lane, places = self.lanes.locate(_middle(found))
        sole, barred = self._claims()
        candidates = np.where(barred[rows], -1, self._lane[rows])
        i, j = ((candidates[:, None] == lane) & (lane >= 0)).nonzero()
        track = rows[i]
        offset, strict, wide = self._offsets(track, places[:, j])
        lengths = self.lanes.lengths[lane[j]]
        free = wide & sole[track] & (self._now[5, track] > _UNDER_WATER)
        # In a lane of one's own the nearest counts, however far.
        apart = np.where(free, offset / np.maximum(strict, lengths + _FLIGHT), offset / strict) ** 2
        if not self._alone:
            wander = _ACROSS**2 + _WANDER**2 * self._now[5, track]
            apart = apart + (places[1, j] - self._across[track]) ** 2 / wander / _GATE**2
        good = ((apart <= 1) & wide).nonzero()[0]
        return (i[good], j[good]), like.least + (1 - like.least) * (1 - apart[good])

    def _offsets(self, tracks: Rows, places: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """How far [p] each place is from its track's, the gate in metres, and whether it can be reached in the time."""
        state = self._now[:, tracks]
        length = self.lanes.lengths[self._lane[tracks]]
        along = np.clip(places[0], 0, length)
        gate = np.clip(_GATE * np.sqrt(state[2] + self._spread), _NARROWEST, _WIDEST)
        reached = np.abs(along - state[6]) <= FASTEST * state[5] + np.where(state[5] > _UNDER_WATER, _FLIGHT, _NARROWEST)
        return np.abs(along - state[0]), gate, reached

    def _claims(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which tracks have a lane of their own, and which are barred from theirs because another has it, bool [n] each."""
        count = len(self._lane)
        if not self._alone:
            return np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        owners = np.full(len(self.lanes) + 1, -1, np.intp)
        firm = self._sightings >= _CLAIM_SIGHTINGS
        settled = (firm & (self._lane >= 0)).nonzero()[0][::-1]
        moving = settled[self._moved[settled] >= _CLAIM_METRES]
        # The oldest comes last and stays; those that have moved go before those that rest.
        owners[self._lane[settled]] = settled
        owners[self._lane[moving]] = moving
        owner = owners[self._lane]
        mine = owner == np.arange(count)
        taken = np.zeros(len(owners), np.bool_)
        taken[self._lane[moving]] = True
        dived = mine & ~self.believed & self._began_at_wall()
        taken[self._lane[dived]] = True
        near = (owner >= 0) & (np.abs(self._now[0] - self._now[0, owner]) < _BESIDE)
        return mine, (taken[self._lane] | near) & ~mine

    def _began_at_wall(self) -> NDArray[np.bool_]:
        """Which tracks began at a wall, as those do who wait for the start, bool [n]."""
        return np.asarray(np.minimum(self._first, self._lengths() - self._first) < _BESIDE)

    def _try(self, rows: Rows, state: LaneState, again: NDArray[np.bool_]) -> None:
        """Put what is seen again after a gap on trial; what was seen often enough since is believed."""
        self._before[:, rows[again]] = state[:, again]
        trial = self._trial[rows]
        trial = np.where(again, 1, np.where(trial > 0, trial + 1, 0))
        self._trial[rows] = np.where(trial > _CONFIRM, 0, trial)

    def _lengths(self) -> Floats:
        return np.where(self._lane >= 0, self.lanes.lengths[self._lane], np.inf)

    def _sizes(self, lane: Rows, along: Floats, boxes: Floats) -> Floats:
        size = boxes[2:] - boxes[:2]
        inside = lane >= 0
        places = np.stack([along[inside], np.zeros(np.count_nonzero(inside))])
        size[:, inside] /= self.lanes.picture(lane[inside], places)[1]
        return np.asarray(size)


def _middle(boxes: Floats) -> Floats:
    return (boxes[:2] + boxes[2:]) / 2
