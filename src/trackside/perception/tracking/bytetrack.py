"""ByteTrack: every detection counts, also the faint ones (Zhang et al. 2022, ByteTrack, section 3 and algorithm 1).

Detections with a high score are matched to all tracks first; tracks left over are then offered the detections with a low
score, which are mostly the same objects behind something. Detections left over start tracks only if their score is high.
All tracks are rows of arrays; nothing is kept a frame or an object longer than needed.

Differences from the paper: motion and patience are in seconds of media time, not in frames; what is given out is the
detected box, not the filtered one; an identity is spent only on tracks that were seen twice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trackside.core import Detections, InputError, SettingError, Tracks
from trackside.perception.tracking.association import Floats, Rows, Term, associate
from trackside.perception.tracking.kalman import ConstantVelocity, Motion

# The gates of the paper's code (match_thresh 0.8, 0.5 and 0.7 as distances), as lowest IoU.
_LEAST_IOU = 0.2
_LEAST_IOU_FAINT = 0.5
_LEAST_IOU_NEW = 0.3
# More tracks than this are no scene but a broken detector; those unseen for longest go first.
_MOST_TRACKS = 20_000


@dataclass(slots=True)
class _Book:
    """What is known of each track beside its motion: arrays of one length n.

    Attributes:
        ids: int64, 0 while unconfirmed.
        seen: float64, media time of the last detection.
        classes: int32, as last detected.
        visible: bool, matched in the last update.
    """

    ids: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    seen: Floats = field(default_factory=lambda: np.empty(0))
    classes: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    visible: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))

    def add(self, ids: NDArray[np.int64], time: float, classes: NDArray[np.int32]) -> None:
        self.ids = np.concatenate([self.ids, ids])
        self.seen = np.concatenate([self.seen, np.full(len(ids), time)])
        self.classes = np.concatenate([self.classes, classes])
        self.visible = np.concatenate([self.visible, np.ones(len(ids), np.bool_)])

    def keep(self, rows: NDArray[np.bool_]) -> None:
        self.ids, self.seen, self.classes, self.visible = (
            self.ids[rows],
            self.seen[rows],
            self.classes[rows],
            self.visible[rows],
        )


class ByteTracker:
    """Online tracker of one stream.

    Boxes that are not finite or have no area, and scores that are NaN, are ignored and counted in `ignored`. Time that goes
    back by less than `keep_lost` is taken as no time passed (time stamps jitter); by more, the stream has started anew: all
    tracks end, and identities go on counting.

    Args:
        high: score from which a detection takes part in the first round.
        low: score from which a detection takes part in the second round; fainter ones are not looked at.
        new: score from which an unmatched detection starts a track; None for `high`.
        keep_lost: seconds for which a track that is not seen waits to be found again. Keep it above the time between frames.
        class_aware: whether a track keeps its class: detections of another class never match it.
        motion: how boxes move; None for `ConstantVelocity`.

    Attributes:
        rows: int64 [n], for each track of the last update the row of its detection.
        ended: the identities that ended in the last update; no later update gives them out.
        ignored: detections ignored so far because their box or score is unusable.

    Raises:
        SettingError: the scores are not in order or `keep_lost` is not a positive number.
    """

    def __init__(
        self,
        *,
        high: float = 0.5,
        low: float = 0.1,
        new: float | None = None,
        keep_lost: float = 1.0,
        class_aware: bool = False,
        motion: Motion | None = None,
    ) -> None:
        new = high if new is None else new
        if not 0 <= low <= high <= 1 or not low <= new <= 1:
            raise SettingError(
                f"need 0 <= low <= high <= 1 and low <= new <= 1, got {low=}, {high=}, {new=}", where="tracker"
            )
        if not 0 < keep_lost < math.inf:
            raise SettingError(f"need a positive number of seconds, got {keep_lost=}", where="tracker")
        self._high, self._low, self._new, self._keep_lost, self._class_aware = high, low, new, keep_lost, class_aware
        self._motion: Motion = ConstantVelocity() if motion is None else motion
        self._book = _Book()
        self._time: float | None = None
        self._next_id = 1
        self.rows: NDArray[np.int64] = np.empty(0, np.int64)
        self.ended: list[int] = []
        self.ignored = 0

    def __len__(self) -> int:
        """The number of tracks kept, seen, lost and unconfirmed."""
        return len(self._book.ids)

    def update(self, detections: Detections, time: float) -> Tracks:
        """Take in one frame.

        Args:
            detections: what was found in it, in any order.
            time: its media time in seconds.

        Returns:
            The tracks seen in this frame with their detected boxes, in the order of the detections. A new object appears
            from the second frame that shows it; in the first frame of a stream, at once.

        Raises:
            InputError: the time is not a finite number.
        """
        self.ended = []
        time, starting = self._advance(time)
        boxes = detections.boxes.T.astype(np.float64)
        strong, faint = self._usable(boxes, detections.scores)
        matched, rows = self._match(boxes, detections.classes, strong, faint)
        ids = self._see(matched, rows, boxes, detections.classes, time)
        fresh = _without(strong, rows, boxes.shape[1])
        fresh = fresh[detections.scores[fresh] >= np.float32(self._new)]
        if len(fresh):
            named = self._start(boxes[:, fresh], detections.classes[fresh], time, confirmed=starting)
            if starting:
                rows, ids = fresh, named
        return self._give_out(detections, rows, ids)

    def _advance(self, time: float) -> tuple[float, bool]:
        """Move all tracks to `time` and end those that waited too long.

        Returns:
            The time that holds from now on, and whether the stream starts with this frame.
        """
        if not math.isfinite(time):
            raise InputError(f"a frame's time must be a finite number of seconds, got {time}", where="tracker")
        last, self._time = self._time, time
        if last is None:
            return time, True
        if time < last - self._keep_lost:
            self._keep(np.zeros(len(self), np.bool_))
            return time, True
        if time < last:
            self._time = last
            return last, False
        self._end_overdue(time)
        self._motion.predict(time - last)
        return time, False

    def _end_overdue(self, time: float) -> None:
        patient = self._book.seen >= time - self._keep_lost
        if not patient.all():
            self._keep(patient)

    def _usable(self, boxes: Floats, scores: NDArray[np.float32]) -> tuple[Rows, Rows]:
        """Rows of strong and of faint detections."""
        wide, tall = boxes[:2] < boxes[2:]
        sound = wide & tall
        if not (np.isfinite(boxes).all() and scores.min(initial=0) >= 0):
            sound &= np.isfinite(boxes).all(axis=0) & ~np.isnan(scores)
        self.ignored += len(sound) - int(np.count_nonzero(sound))
        seen = sound & (scores >= np.float32(self._low))
        strong = seen & (scores >= np.float32(self._high))
        faint = seen ^ strong
        return strong.nonzero()[0], faint.nonzero()[0]

    def _match(self, boxes: Floats, classes: NDArray[np.int32], strong: Rows, faint: Rows) -> tuple[Rows, Rows]:
        """The rounds of algorithm 1. Returns rows of tracks and rows of detections, matched pair by pair."""
        book = self._book
        confirmed = book.ids > 0
        known = confirmed.nonzero()[0]
        matched, rows = self._round(known, strong, boxes, classes, _LEAST_IOU)
        if len(faint) and len(matched) < len(known):
            unmatched = confirmed & book.visible
            unmatched[matched] = False
            more, found = self._round(unmatched.nonzero()[0], faint, boxes, classes, _LEAST_IOU_FAINT)
            matched, rows = np.concatenate([matched, more]), np.concatenate([rows, found])
        if len(known) < len(confirmed) and len(strong):
            rest = _without(strong, rows, boxes.shape[1])
            more, found = self._round((~confirmed).nonzero()[0], rest, boxes, classes, _LEAST_IOU_NEW)
            matched, rows = np.concatenate([matched, more]), np.concatenate([rows, found])
        return matched, rows

    def _round(
        self, tracks: Rows, found: Rows, boxes: Floats, classes: NDArray[np.int32], least: float
    ) -> tuple[Rows, Rows]:
        if not len(tracks) or not len(found):
            return tracks[:0], found[:0]
        terms = [_same_class(self._book.classes[tracks], classes[found])] if self._class_aware else []
        i, j = associate(self._motion.boxes.take(tracks, axis=1), boxes.take(found, axis=1), least=least, terms=terms)
        return tracks[i], found[j]

    def _see(self, matched: Rows, rows: Rows, boxes: Floats, classes: NDArray[np.int32], time: float) -> NDArray[np.int64]:
        """Update the matched tracks, name those seen for the second time, drop those seen once only. Returns their ids."""
        book, before = self._book, self._book.visible
        book.visible = np.zeros(len(before), np.bool_)
        if len(matched):
            self._motion.correct(matched, boxes.take(rows, axis=1))
            book.visible[matched] = True
            book.seen[matched] = time
            book.classes[matched] = classes[rows]
            newly = matched[book.ids[matched] == 0]
            if len(newly):
                book.ids[newly] = self._new_ids(len(newly))
        ids = book.ids[matched]
        self._lose(before & ~book.visible)
        return ids

    def _lose(self, lost: NDArray[np.bool_]) -> None:
        if not lost.any():
            return
        self._motion.lose(lost.nonzero()[0])
        passing = lost & (self._book.ids == 0)
        if passing.any():
            self._keep(~passing)

    def _start(self, boxes: Floats, classes: NDArray[np.int32], time: float, *, confirmed: bool) -> NDArray[np.int64]:
        count = boxes.shape[1]
        ids = self._new_ids(count) if confirmed else np.zeros(count, np.int64)
        self._motion.add(boxes)
        self._book.add(ids, time, classes)
        if len(self) > _MOST_TRACKS:
            keep = np.zeros(len(self), np.bool_)
            keep[np.argsort(-self._book.seen, kind="stable")[:_MOST_TRACKS]] = True
            self._keep(keep)
        return ids

    def _new_ids(self, count: int) -> NDArray[np.int64]:
        ids = np.arange(self._next_id, self._next_id + count, dtype=np.int64)
        self._next_id += count
        return ids

    def _keep(self, keep: NDArray[np.bool_]) -> None:
        gone = self._book.ids[~keep]
        self.ended.extend(gone[gone > 0].tolist())
        self._book.keep(keep)
        self._motion.keep(keep)

    def _give_out(self, detections: Detections, rows: Rows, ids: NDArray[np.int64]) -> Tracks:
        order = rows.argsort()
        self.rows = rows = rows[order]
        d = detections
        return Tracks(d.boxes[rows], d.scores[rows], d.classes[rows], d.names, ids[order])


def _without(rows: Rows, taken: Rows, count: int) -> Rows:
    """Those of `rows` that are not in `taken`; both point into `count` detections."""
    free = np.ones(count, np.bool_)
    free[taken] = False
    return rows[free[rows]]


def _same_class(tracks: NDArray[np.int32], found: NDArray[np.int32]) -> Term:
    return lambda i, j: np.where(tracks[i] == found[j], 0.0, -np.inf)
