"""What is kept of each track: looks at most five times a second, for the last half minute.

Looks are thinned by media time, so a history is the same at 5 and at 25 frames a second, and takes the same memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trackside.core import Look, Tracks
from trackside.perception.per_track import PerTrack

Floats = NDArray[np.float64]

# Seconds between two looks that are kept; time stamps are often rounded to milliseconds.
EVERY = 0.2
_ROUNDING = 2e-3
# 32 s of looks. Size and speed of an object are known long before that.
_KEPT = 160
# 5 kB a track: 20 MB at most.
_MOST_TRACKS = 4_000
# Looks that an alarm carries.
MOST_EVIDENCE = 48


@dataclass(frozen=True, slots=True)
class History:
    """The looks at one track, oldest first, and what is known of it now.

    Attributes:
        times: float64 [n], media time in seconds.
        scores: float64 [n].
        boxes: float64 [n, 4], x1 y1 x2 y2 in pixels.
        classes: int64 [n].
        began: when it was first seen, in seconds; also if that look is no longer kept.
        seen: when it was last seen.
        start: x y of the foot point where it was first seen.
        end: x y of the foot point where it was last seen.
    """

    times: Floats
    scores: Floats
    boxes: Floats
    classes: NDArray[np.int64]
    began: float
    seen: float
    start: Floats
    end: Floats

    def __len__(self) -> int:
        return len(self.times)

    @property
    def feet(self) -> Floats:
        """float64 [n, 2]: the middle of each box's lower edge."""
        return np.stack([(self.boxes[:, 0] + self.boxes[:, 2]) / 2, self.boxes[:, 3]], axis=1)

    def last(self, seconds: float) -> History:
        """The looks of the last seconds before it was last seen."""
        cut = slice(int(np.searchsorted(self.times, self.seen - seconds - _ROUNDING)), None)
        return replace(
            self, times=self.times[cut], scores=self.scores[cut], boxes=self.boxes[cut], classes=self.classes[cut]
        )

    def evidence(self) -> tuple[Look, ...]:
        """The last looks, as an alarm carries them."""
        rows = zip(self.times[-MOST_EVIDENCE:], self.boxes[-MOST_EVIDENCE:], self.scores[-MOST_EVIDENCE:], strict=True)
        return tuple(Look(float(time), tuple(box.tolist()), float(score)) for time, box, score in rows)


class Histories:
    """The histories of all tracks of a stream."""

    def __init__(self) -> None:
        self._state = PerTrack(
            most=_MOST_TRACKS,
            times=np.full(_KEPT, math.nan),
            scores=np.zeros(_KEPT, np.float32),
            boxes=np.zeros((_KEPT, 4), np.float32),
            classes=np.zeros(_KEPT, np.int32),
            count=0,
            kept=-math.inf,
            began=math.nan,
            seen=math.nan,
            start=np.full(2, math.nan),
            end=np.full(2, math.nan),
        )
        # Asked for several times a record.
        self._made: dict[int, History | None] = {}

    def __len__(self) -> int:
        return len(self._state)

    def update(self, tracks: Tracks, time: float) -> NDArray[np.int64]:
        """Take in one record at media time `time`. Returns the ids of the tracks that got a look, int64 [n]."""
        self._made.clear()
        tracks = tracks[(tracks.ids > 0) & np.isfinite(tracks.boxes).all(axis=1)]
        if not len(tracks):
            return tracks.ids
        state, feet = self._state, tracks.feet.astype(np.float64)
        rows = state.rows(tracks.ids)
        new = state["count"][rows] == 0
        state["began"][rows[new]], state["start"][rows[new]] = time, feet[new]
        state["seen"][rows], state["end"][rows] = time, feet
        due = time - state["kept"][rows] >= EVERY - _ROUNDING
        rows, looks = rows[due], tracks[due]
        place = state["count"][rows] % _KEPT
        state["times"][rows, place], state["scores"][rows, place] = time, looks.scores
        state["boxes"][rows, place], state["classes"][rows, place] = looks.boxes, looks.classes
        state["kept"][rows] = time
        state["count"][rows] += 1
        return np.asarray(looks.ids)

    def of(self, track: int) -> History | None:
        """The history of a track; None if it is not known."""
        if track not in self._made:
            self._made[track] = self._make(track)
        return self._made[track]

    def _make(self, track: int) -> History | None:
        state = self._state
        row = int(np.searchsorted(state.ids, track))
        if row == len(state) or state.ids[row] != track:
            return None
        count = int(state["count"][row])
        order = np.arange(max(0, count - _KEPT), count) % _KEPT
        return History(
            state["times"][row, order],
            state["scores"][row, order].astype(np.float64),
            state["boxes"][row, order].astype(np.float64),
            state["classes"][row, order].astype(np.int64),
            float(state["began"][row]),
            float(state["seen"][row]),
            state["start"][row].copy(),
            state["end"][row].copy(),
        )

    def drop(self, ids: Iterable[int]) -> None:
        """Forget tracks."""
        self._made.clear()
        self._state.drop(ids)
