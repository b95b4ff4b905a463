"""The online tracker: detections of successive frames become tracks, on arrays, with time in seconds.

One core for all trackers of the tracking-by-detection family: predict, match in rounds, correct, start, end. What differs
between them is data (`settings.py`, `presets.py`), how things move is a motion model (`motion.py`), and further costs are
terms. Nothing is kept a frame or an object longer than needed.

Differences from the papers, for all presets: motion and patience are in seconds of media time, not in frames; an identity
is spent only on what was seen often or surely enough, and never twice; a track without identity ends when it is not seen;
a term (momentum, looks) can keep a pair apart that the gate alone would let through.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import Affine, Detections, InputError, Tracks
from trackside.perception.tracking.appearance import Looks
from trackside.perception.tracking.association import Floats, Match, Rows, Term, compiled
from trackside.perception.tracking.book import Book
from trackside.perception.tracking.existence import HOPELESS, Evidence
from trackside.perception.tracking.kalman import ConstantVelocity
from trackside.perception.tracking.matching import Mask, match, same_class
from trackside.perception.tracking.motion import Motion, Placed
from trackside.perception.tracking.observation import Headings, ReUpdated
from trackside.perception.tracking.presets import preset
from trackside.perception.tracking.settings import Round, TrackerSettings
from trackside.perception.tracking.similarity import wider
from trackside.perception.tracking.usable import by_strength, sound

# More tracks than this are no scene but a broken detector; those unseen for longest go first.
_MOST_TRACKS = 20_000
# Sightings from which a track is given out unseen, where existence is not weighed.
_FIRM = 10
# Seconds between frames from which the rate is low.
_LONG_STEP = 0.15


class Tracker:
    """Online tracker of one stream.

    Boxes that are not finite or have no area, and scores that are NaN, are ignored and counted in `ignored`. Time that goes
    back by less than `keep_lost` is taken as no time passed (time stamps jitter); by more, the stream has started anew: all
    tracks end, and identities go on counting. What a motion model that knows the place does not admit (officials beside a
    pool) is ignored too.

    Args:
        settings: a preset's name or settings.
        motion: how things move; None for constant velocity with the settings' noise.
        changes: settings to change, by name.

    Attributes:
        settings: what it works with.
        rows: int64 [n], for each track of the last update the row of its detection, -1 where it is predicted.
        ended: the identities that ended in the last update; no later update gives them out.
        ignored: detections ignored so far because their box or score is unusable.

    Raises:
        SettingError: there is no such preset or setting, or a value is impossible.
    """

    def __init__(
        self, settings: str | TrackerSettings = "evidence", *, motion: Motion | None = None, **changes: Any
    ) -> None:
        compiled()  # Now, and not with the first frame.
        self.settings = chosen = preset(settings, **changes)
        default = ReUpdated if chosen.re_update else ConstantVelocity
        self._motion: Motion = default(chosen.noise) if motion is None else motion
        self._placed = self._motion if isinstance(self._motion, Placed) else None
        self._evidence = None if chosen.existence is None else Evidence(chosen.existence, chosen.even or chosen.starts)
        self._headings = Headings() if any(each.momentum for each in chosen.rounds) else None
        self._looks = Looks() if chosen.by_looks else None
        self._book = Book()
        self._time: float | None = None
        self._next_id = 1
        self.rows: NDArray[np.int64] = np.empty(0, np.int64)
        self.ended: list[int] = []
        self.ignored = 0

    def __len__(self) -> int:
        """The number of tracks kept, seen, lost and without identity."""
        return len(self._book)

    def update(
        self,
        detections: Detections,
        time: float,
        *,
        camera: Affine | None = None,
        embeddings: NDArray[np.floating] | None = None,
        terms: Sequence[Term] = (),
    ) -> Tracks:
        """Take in one frame.

        Args:
            detections: what was found in it, in any order.
            time: its media time in seconds.
            camera: how the camera moved since the last frame; None for not at all.
            embeddings: how each detection looks, float [m, d], a row of NaN for not known. They count in the rounds that
                have an `appearance` weight. None for not known in this frame.
            terms: further costs, of every round.

        Returns:
            The tracks in this frame: those seen, in the order of the detections, then those that are only predicted.

        Raises:
            InputError: the time is not a finite number, or the embeddings are not one vector a detection.
        """
        self.ended = []
        passed, starting = self._advance(time, camera)
        boxes, scores = detections.boxes.T.astype(np.float64, order="C"), detections.scores
        good = sound(boxes, scores)
        self.ignored += len(good) - int(np.count_nonzero(good))
        found = by_strength(boxes, scores, good, self.settings.low, self.settings.high, self._placed)
        if self._looks is not None:
            self._looks.show(embeddings, boxes, scores, found["all"].nonzero()[0], len(self))
        matched, rows = self._match(boxes, detections, found, terms, passed)
        self._see(matched, rows, boxes, detections, passed)
        origin = np.full(len(self), len(scores))
        origin[matched] = rows
        fresh = found["all"] & (scores >= np.float32(self.settings.starts))
        fresh[rows] = False
        started = fresh.nonzero()[0]
        if len(started):
            self._start(started, boxes, detections, starting)
            origin = np.concatenate([origin, started])
        left = self._end()
        return self._give_out(detections, origin if len(left) == len(self) else origin[left])

    def _advance(self, time: float, camera: Affine | None) -> tuple[float, bool]:
        """Move all tracks to `time` and end those that waited too long.

        Returns:
            The seconds that passed, and whether the stream starts with this frame.
        """
        if not math.isfinite(time):
            raise InputError(f"a frame's time must be a finite number of seconds, got {time}", where="tracker")
        if camera is not None:
            # Also without tracks: a place that is known moves in the picture.
            self._motion.warp(camera)
        last, self._time = self._time, time
        if last is None:
            return 0.0, True
        if time < last - self.settings.keep_lost:
            self._keep(np.zeros(len(self), np.bool_))
            return 0.0, True
        self._time = max(time, last)
        if len(self):
            waiting = self._book.seen >= self._time - self.settings.keep_lost
            if not waiting.all():
                self._keep(waiting)
            if camera is not None:
                from trackside.perception.tracking.camera import warp_boxes  # Brings OpenCV along.

                self._book.last = warp_boxes(self._book.last.T, camera).T
                if self._headings is not None:
                    self._headings.warp(camera)
            self._motion.predict(self._time - last)
        return self._time - last, False

    def _match(
        self, boxes: Floats, detections: Detections, found: dict[str, Mask], terms: Sequence[Term], passed: float
    ) -> Match:
        known = self._known()
        book = self._book
        tracks = {"known": known, "seen": known & book.visible, "new": ~known, "all": np.ones(len(known), np.bool_)}

        more = self.settings.reach * max(0.0, passed - _LONG_STEP)

        def pairs(each: Round, candidates: Rows, offered: Rows) -> tuple[Match, Floats]:
            there, like = boxes.take(offered, axis=1), wider(each.like, more) if more else each.like
            if each.last_seen:
                return like(book.last.take(candidates, axis=1), there)
            return self._motion.pairs(candidates, there, like)

        def costs(each: Round) -> list[Term]:
            all_terms = list(terms)
            if self.settings.class_aware:
                all_terms.append(same_class(book.classes, detections.classes))
            if self._headings is not None and each.momentum:
                all_terms.append(self._headings.term(boxes, detections.scores, each.momentum))
            if self._looks is not None:
                all_terms += self._looks.term(each.appearance)
            return all_terms

        return match(self.settings.rounds, tracks, found, pairs, costs)

    def _known(self) -> Mask:
        """Which tracks count, bool [n]: by the evidence, or because they have an identity."""
        return self._book.ids > 0 if self._evidence is None else self._book.odds >= 0

    def _see(self, matched: Rows, rows: Rows, boxes: Floats, detections: Detections, passed: float) -> None:
        """Correct the matched tracks, name those seen often enough, end those that lost their claim."""
        assert self._time is not None
        book, there, scores = self._book, boxes.take(rows, axis=1), detections.scores[rows]
        lost = book.see(matched, self._time, scores, detections.classes[rows], there)
        if len(matched):
            self._motion.correct(matched, there, scores)
            if self._headings is not None:
                self._headings.see(matched, there)
            if self._looks is not None:
                self._looks.see(matched, rows)
        if self._evidence is not None:
            self._evidence.weigh(book.odds, book.firm, matched, scores, passed)
        if len(nameless := matched[book.ids[matched] == 0]):
            self._name(nameless)
        if lost.any():
            self._motion.lose(lost.nonzero()[0])

    def _name(self, rows: Rows) -> None:
        """Give an identity to those of these tracks that have earned one."""
        book = self._book
        if self._evidence is None:
            earned = book.sightings[rows] >= self.settings.sightings
        else:
            earned = self._evidence.earns(book.odds[rows], book.sightings[rows])
        book.ids[rows[earned]] = self._new_ids(int(np.count_nonzero(earned)))

    def _start(self, rows: Rows, boxes: Floats, detections: Detections, starting: bool) -> None:
        """Tracks for these detections. At the start of a stream what is seen counts at once, later by what it has earned."""
        assert self._time is not None
        count, scores, there = len(rows), detections.scores[rows], boxes.take(rows, axis=1)
        odds = np.zeros(count) if self._evidence is None else self._evidence.of(scores)
        self._motion.add(there)
        self._book.add(self._time, odds, scores, detections.classes[rows], there)
        if self._headings is not None:
            self._headings.add(there)
        if self._looks is not None:
            self._looks.add(rows)
        started = np.arange(len(self) - count, len(self))
        if starting and self._evidence is None and self.settings.at_once:
            self._book.ids[started] = self._new_ids(count)
        else:
            self._name(started)

    def _end(self) -> Mask:
        """End the tracks that have no claim any longer, and those beyond the bound. Returns which are left, bool [n]."""
        book = self._book
        if self._evidence is None:
            keep = book.visible | (book.ids > 0)
        else:
            assert self._time is not None
            waiting = self._time - book.seen <= self._evidence.existence.doubtful
            keep = (book.odds >= 0) | (waiting & (book.odds >= HOPELESS))
        if np.count_nonzero(keep) > _MOST_TRACKS:
            latest = np.argsort(np.where(keep, -book.seen, np.inf), kind="stable")
            keep[latest[_MOST_TRACKS:]] = False
        if not keep.all():
            self._keep(keep)
        return keep

    def _new_ids(self, count: int) -> NDArray[np.int64]:
        ids = np.arange(self._next_id, self._next_id + count, dtype=np.int64)
        self._next_id += count
        return ids

    def _keep(self, keep: Mask) -> None:
        gone = self._book.ids[~keep]
        self.ended.extend(gone[gone > 0].tolist())
        self._book.keep(keep)
        self._motion.keep(keep)
        if self._headings is not None:
            self._headings.keep(keep)
        if self._looks is not None:
            self._looks.keep(keep)

    def _give_out(self, detections: Detections, origin: Rows) -> Tracks:
        """The tracks that count. `origin` [n]: each track's row of detections, their number where there is none."""
        book, count = self._book, len(detections)
        shown = self._known() & (book.ids > 0) & ((origin < count) | self._coasting())
        tracks = shown.nonzero()[0]
        rows = origin[tracks]
        order = rows.argsort(kind="stable")
        tracks, rows = tracks[order], rows[order]
        seen = rows < count
        self.rows = np.where(seen, rows, -1)
        if self.settings.filtered or not seen.all():
            boxes = self._motion.boxes.take(tracks, axis=1).T.astype(np.float32)
            if not self.settings.filtered:
                boxes[seen] = detections.boxes[self.rows[seen]]
        else:
            boxes = detections.boxes[self.rows]
        return Tracks(boxes, book.scores[tracks], book.classes[tracks], detections.names, book.ids[tracks])

    def _coasting(self) -> Mask | bool:
        """Which tracks are given out unseen, bool [n]: those that surely exist, for a little while."""
        assert self._time is not None
        book, evidence = self._book, self._evidence
        coast = self.settings.coast if evidence is None else evidence.existence.coast
        if not coast:
            return False
        sure = book.sightings >= _FIRM if evidence is None else book.odds >= evidence.existence.sure
        if self._placed is not None:
            sure &= self._placed.believed
        # Media times are sums of frame times: a nanosecond more is not later.
        return np.asarray(sure & (self._time - book.seen <= coast + 1e-9))
