"""Identity recall against gap length: does an object that was out of sight come back under the identity it had?

MOTA, IDF1 and HOTA mix this with how well objects are found. Here only returns count. A *gap* of an object is a maximal
run of frames in which it is not sighted, with a sighting before and one after; its length is the time between these two
sightings. Identity is *kept* if the result has the object in both frames of sighting, under one identity; a result that
lacks it in either has not kept it. Recall is the share of gaps with identity kept, told by length of gap.

What a sighting is must not depend on the tracker that is judged, or one that fills its gaps with guessed boxes would have
none. So give the detections that the tracker was fed: then an object is sighted where one of them is on it. Without
detections an object is sighted where a box of the result is on it, and only objects that leave the ground truth and come
back have gaps that every tracker has. "On it" means matched with an IoU of at least 0.5, as CLEAR matches (`match_frames`).

An object is not sighted where the ground truth does not have it, or has it with confidence 0. Frames are numbered without
holes: of a video labelled on every fifth frame, number the labelled frames 1, 2, 3 and give a fifth of its frame rate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trackside.core import Detections, SettingError, Tracks, intervals
from trackside.perception.tracking.metrics.comparison import Comparison, Floats, Rows, compare_again
from trackside.perception.tracking.metrics.matching import THRESHOLD, match_frames

EDGES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, math.inf)
"""Seconds at which one bin of gaps ends and the next begins."""


@dataclass(frozen=True, slots=True)
class GapBin:
    """The gaps whose lengths lie in a range.

    Attributes:
        low: shortest length, seconds.
        high: length that is too long, seconds; infinite for none.
        kept: gaps after which the identity was the same.
        count: all of them.
    """

    low: float
    high: float
    kept: int
    count: int

    @property
    def recall(self) -> float:
        """The share kept; NaN without gaps."""
        return self.kept / self.count if self.count else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the recall (Wilson 1927); NaN without gaps."""
        return wilson(self.kept, self.count)

    @property
    def name(self) -> str:
        """The range, as people write it: `0.5-1 s`, `30+ s`."""
        return f"{self.low:g}+ s" if math.isinf(self.high) else f"{self.low:g}-{self.high:g} s"


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """The gaps of all objects, which join over sequences with `+`.

    Attributes:
        seconds: float64 [g], time from the last sighting before to the first after.
        kept: bool [g], whether the identity after was that before.
        away: bool [g], whether the object was out of the ground truth all the while, not merely unseen in part of it.
    """

    seconds: Floats
    kept: NDArray[np.bool_]
    away: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.seconds)

    @property
    def total(self) -> GapBin:
        """All gaps in one bin."""
        return GapBin(0.0, math.inf, int(np.count_nonzero(self.kept)), len(self))

    def bins(self, edges: Sequence[float] = EDGES) -> tuple[GapBin, ...]:
        """Count by length.

        Args:
            edges: seconds, ascending; a bin has its lower edge, not its upper. Gaps outside all are not counted.

        Raises:
            SettingError: fewer than two edges, or not ascending.
        """
        if len(edges) < 2 or not all(low < high for low, high in pairwise(edges)):
            raise SettingError(f"bins of gaps need two or more ascending edges, got {list(edges)}")
        return tuple(self._bin(low, high) for low, high in pairwise(edges))

    def _bin(self, low: float, high: float) -> GapBin:
        inside = (self.seconds >= low) & (self.seconds < high)
        return GapBin(low, high, int(np.count_nonzero(inside & self.kept)), int(np.count_nonzero(inside)))

    def __add__(self, other: Gaps) -> Gaps:
        return Gaps(
            np.concatenate([self.seconds, other.seconds]),
            np.concatenate([self.kept, other.kept]),
            np.concatenate([self.away, other.away]),
        )


def gaps(
    comparison: Comparison, *, fps: float, detections: Mapping[int, Detections] | None = None, threshold: float = THRESHOLD
) -> Gaps:
    """Find the gaps of one sequence and what became of the identities.

    Args:
        comparison: the sequences.
        fps: frames a second, which turns frame numbers into media time.
        detections: frame to what a detector found, which says where objects were sighted; None for the result itself.
        threshold: the IoU from which a box is on an object, 0 to 1.

    Raises:
        SettingError: the frame rate is not a positive number.
        InputError: a detection's box is not finite.
    """
    if not 0 < fps < math.inf:
        raise SettingError(f"need a positive number of frames a second, got {fps=}")
    named = match_frames(comparison, threshold)
    sighted = named if detections is None else match_frames(compare_again(comparison, _numbered(detections)), threshold)
    order = np.argsort(sighted.truth, kind="stable")
    objects, steps = sighted.truth[order], sighted.steps[order]
    seconds = np.diff(comparison.frames[steps]) / fps
    breaks = ((np.diff(objects) == 0) & (np.diff(comparison.frames[steps]) > 1)).nonzero()[0]
    before = _Lookup(comparison, objects[breaks], steps[breaks])
    after = _Lookup(comparison, objects[breaks], steps[breaks + 1])
    was = before.values(named.truth, named.steps, named.result)
    ids = after.values(named.truth, named.steps, named.result)
    lived = _order_of_life(comparison)
    truth = comparison.truth
    last, first = (side.values(truth.ids, truth.steps, lived) for side in (before, after))
    return Gaps(seconds[breaks], (was == ids) & (was >= 0), first - last == 1)


class _Lookup:
    """What stands beside given objects in given steps.

    Args:
        comparison: the sequences.
        objects: identities of the ground truth, intp [g].
        steps: intp [g].
    """

    def __init__(self, comparison: Comparison, objects: Rows, steps: Rows) -> None:
        self._width = len(comparison.frames)
        self._codes = objects * self._width + steps

    def values(self, objects: Rows, steps: Rows, values: Rows) -> Rows:
        """The value [g] of each, from rows of object, step and value; -1 where there is no row. Rows differ."""
        codes = objects * self._width + steps
        order = np.argsort(codes)
        place = np.searchsorted(codes, self._codes, sorter=order)
        codes, values = np.append(codes[order], -1), np.append(values[order], -1)
        return np.where(codes[place] == self._codes, values[place], -1)


def _order_of_life(comparison: Comparison) -> Rows:
    """Each box's place among the boxes of its object: intp [n]."""
    ids = comparison.truth.ids
    order = np.argsort(ids, kind="stable")
    place = np.empty(len(ids), np.intp)
    first = np.cumsum(comparison.truth.per_id) - comparison.truth.per_id
    place[order] = np.arange(len(ids)) - first[ids[order]]
    return place


def _numbered(detections: Mapping[int, Detections]) -> dict[int, Tracks]:
    """Every detection as an identity of its own, so that none is expected to stay with an object."""
    ends = np.cumsum([len(found) for found in detections.values()], dtype=np.int64)
    parts = zip(detections.items(), ends.tolist(), strict=True)
    return {frame: Tracks.of(found, np.arange(end - len(found), end)) for (frame, found), end in parts}


def wilson(kept: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson's score (1927), which stays inside 0 to 1 and holds for small counts.

    >>> [round(edge, 3) for edge in wilson(8, 10)]
    [0.49, 0.943]
    """
    if not count:
        return math.nan, math.nan
    return intervals.wilson(kept, count)
