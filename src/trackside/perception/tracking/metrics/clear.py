"""CLEAR: objects found, false boxes, changes of identity (Bernardin & Stiefelhagen 2008, section 2).

Every number equals TrackEval's. py-motmetrics defines some otherwise, so its numbers can differ:

- It keeps a pair together that was matched at any time before; here only one of the last frame.
- Its MOTP is the mean distance, 1 - IoU; here it is the mean IoU.
- Its fragmentations are changes from found to missed while the object is there; here they are the times that an object
  is found anew, also after it was away.
- An object is mostly tracked from 80 % of its life on; here above 80 %.

Where no box has two partners to choose from, its true and false positives, misses and switches are the same as here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trackside.perception.tracking.metrics.comparison import Comparison, Rows
from trackside.perception.tracking.metrics.matching import THRESHOLD, Matches, match_frames, shared_steps

# Shares of an object's life from which it is mostly tracked, and below which it is mostly lost (Li et al. 2009).
_MOSTLY, _HARDLY = 0.8, 0.2


@dataclass(frozen=True, slots=True)
class Clear:
    """Counts, which add up over sequences with `+`, and the scores made of them. A score without anything to score is 0.

    Attributes:
        tp: objects found, a frame and object each.
        fn: objects missed.
        fp: boxes on no object.
        idsw: identity switches: an object is found under another identity than when it was last found.
        frag: fragmentations: times that an object is found anew after it was not, less the first.
        mt: objects mostly tracked: found in more than 80 % of their frames.
        pt: objects partly tracked.
        ml: objects mostly lost: found in less than 20 %.
        overlap: sum of IoU of the objects found.
    """

    tp: int
    fn: int
    fp: int
    idsw: int
    frag: int
    mt: int
    pt: int
    ml: int
    overlap: float

    @property
    def mota(self) -> float:
        """Multiple object tracking accuracy: 1 - (misses + false boxes + switches) / objects. May be below 0."""
        return (self.tp - self.fp - self.idsw) / self.objects if self.objects else 0.0

    @property
    def motp(self) -> float:
        """Multiple object tracking precision: mean IoU of the objects found."""
        return self.overlap / max(1, self.tp)

    @property
    def recall(self) -> float:
        """The share of objects found."""
        return self.tp / max(1, self.objects)

    @property
    def precision(self) -> float:
        """The share of boxes that are on an object."""
        return self.tp / max(1, self.tp + self.fp)

    @property
    def objects(self) -> int:
        """Boxes of the ground truth."""
        return self.tp + self.fn

    def __add__(self, other: Clear) -> Clear:
        return Clear(
            self.tp + other.tp,
            self.fn + other.fn,
            self.fp + other.fp,
            self.idsw + other.idsw,
            self.frag + other.frag,
            self.mt + other.mt,
            self.pt + other.pt,
            self.ml + other.ml,
            self.overlap + other.overlap,
        )


def clear(comparison: Comparison, *, threshold: float = THRESHOLD) -> Clear:
    """Score one sequence.

    Args:
        comparison: the sequences.
        threshold: the IoU from which a box is on an object, 0 to 1.
    """
    matches = match_frames(comparison, threshold)
    tp = len(matches)
    mt, pt, ml = _coverage(comparison, matches)
    return Clear(
        tp=tp,
        fn=len(comparison.truth) - tp,
        fp=len(comparison.result) - tp,
        idsw=_switches(matches),
        frag=_fragmentations(matches, shared_steps(comparison)),
        mt=mt,
        pt=pt,
        ml=ml,
        overlap=float(matches.overlap.sum()),
    )


def _by_object(matches: Matches) -> tuple[Rows, Rows]:
    """The order that puts each object's matches together, in time; and which of them are followed by the same object's."""
    order = np.argsort(matches.truth, kind="stable")
    return order, np.diff(matches.truth[order]) == 0


def _switches(matches: Matches) -> int:
    order, same = _by_object(matches)
    return int(np.count_nonzero(same & (np.diff(matches.result[order]) != 0)))


def _fragmentations(matches: Matches, both: Rows) -> int:
    """Breaks between an object's matches; steps in which a side has no box at all break nothing, as in TrackEval."""
    order, same = _by_object(matches)
    places = np.searchsorted(both, matches.steps[order])
    return int(np.count_nonzero(same & (np.diff(places) > 1)))


def _coverage(comparison: Comparison, matches: Matches) -> tuple[int, int, int]:
    """How many objects are mostly tracked, partly tracked and mostly lost."""
    lives = comparison.truth.per_id
    found = np.bincount(matches.truth, minlength=len(lives)) / lives
    mostly = int(np.count_nonzero(found > _MOSTLY))
    partly = int(np.count_nonzero(found >= _HARDLY)) - mostly
    return mostly, partly, len(lives) - mostly - partly
