"""Ground truth and a tracker's result side by side, frame by frame: what every tracking metric is computed from.

A box counts by where it is, not by what it is: classes are not looked at. As the rules of MOTChallenge and TrackEval say,
boxes of the ground truth whose confidence is 0 are left out: nobody is to find them. (TrackEval rounds confidences down,
so it leaves out those below 1; here 0 alone means "leave out".) Of distractors, which MOT17 and later rules take out of the
result, nothing is known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError, Tracks

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

# Pairs of boxes looked at together: some ten megabytes.
_MOST_PAIRS = 1 << 18

GROUND_TRUTH, RESULT = "the ground truth", "the result"


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """All boxes of one side, a row each, in the order of the frames and within a frame in the order given.

    Attributes:
        boxes: float64 [4, n], corners x1 y1 x2 y2 in pixels.
        ids: intp [n], identities counted from 0 in the order of their names.
        names: int64 [k], the identities as they were given.
        steps: intp [n], each box's place in `Comparison.frames`.
        starts: intp [t + 1], the first row of each step, and n.
    """

    boxes: Floats
    ids: Rows
    names: NDArray[np.int64]
    steps: Rows
    starts: Rows

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def areas(self) -> Floats:
        """float64 [n]: the area of each box, square pixels."""
        width, height = self.boxes[2:] - self.boxes[:2]
        return np.asarray(width * height)

    def rows(self, step: int) -> slice:
        """The rows of one step."""
        return slice(int(self.starts[step]), int(self.starts[step + 1]))

    @property
    def per_id(self) -> Rows:
        """intp [k]: how many boxes each identity has."""
        return np.bincount(self.ids, minlength=len(self.names))

    @property
    def per_step(self) -> Rows:
        """intp [t]: how many boxes each frame has."""
        return np.diff(self.starts)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two sequences prepared for scoring.

    Attributes:
        frames: int64 [t], the numbers of the frames that either side has, ascending. A step is a place in it.
        truth: what is there.
        result: what the tracker said.
        i: intp [p], rows of `truth`, of the pairs of boxes in one frame that share some area; ascending.
        j: intp [p], rows of `result`, of the same pairs; ascending within a row of `truth`.
        overlap: float64 [p], their IoU, above 0.
        starts: intp [t + 1], the first pair of each step, and p.
    """

    frames: NDArray[np.int64]
    truth: Side
    result: Side
    i: Rows
    j: Rows
    overlap: Floats
    starts: Rows

    @property
    def steps(self) -> Rows:
        """intp [p]: the step of each pair."""
        return self.truth.steps[self.i]

    def similarity(self, step: int) -> Floats:
        """The IoU of every pair of boxes of one frame: float64 [its boxes in `truth`, its boxes in `result`]."""
        pairs = slice(self.starts[step], self.starts[step + 1])
        rows, columns = self.truth.rows(step), self.result.rows(step)
        table = np.zeros((rows.stop - rows.start, columns.stop - columns.start))
        table[self.i[pairs] - rows.start, self.j[pairs] - columns.start] = self.overlap[pairs]
        return table


def compare(truth: Mapping[int, Tracks], result: Mapping[int, Tracks]) -> Comparison:
    """Prepare two sequences for scoring.

    Args:
        truth: frame to what is there; a score of 0 marks a box that does not count.
        result: frame to what the tracker said. Frames may be on one side only, and both may be empty.

    Raises:
        InputError: an identity stands twice in a frame or is below 0, or a box is not finite; names side and frame.
    """
    frames = np.union1d(np.fromiter(truth, np.int64, len(truth)), np.fromiter(result, np.int64, len(result)))
    return _paired(frames, _side(truth, frames, GROUND_TRUTH, flagged=True), _side(result, frames, RESULT))


def compare_again(comparison: Comparison, result: Mapping[int, Tracks]) -> Comparison:
    """The same ground truth beside another result, of which only the frames compared before are looked at.

    Raises:
        InputError: as `compare`.
    """
    known = set(comparison.frames.tolist())
    side = _side({frame: found for frame, found in result.items() if frame in known}, comparison.frames, RESULT)
    return _paired(comparison.frames, comparison.truth, side)


def _side(tracks: Mapping[int, Tracks], frames: NDArray[np.int64], what: str, *, flagged: bool = False) -> Side:
    parts = [tracks.get(frame) for frame in frames.tolist()]
    counts = np.array([0 if part is None else len(part) for part in parts], np.intp)
    given = [part for part in parts if part is not None]
    boxes = np.concatenate([np.empty((0, 4)), *(part.boxes for part in given)]).T
    ids = np.concatenate([np.empty(0, np.int64), *(part.ids for part in given)])
    steps = np.repeat(np.arange(len(frames)), counts)
    _check(boxes, ids, frames[steps], what)
    if flagged:
        kept = np.concatenate([np.empty(0, np.float32), *(part.scores for part in given)]) != 0
        boxes, ids, steps = boxes[:, kept], ids[kept], steps[kept]
    names, dense = np.unique(ids, return_inverse=True)
    starts = np.searchsorted(steps, np.arange(len(frames) + 1))
    return Side(np.ascontiguousarray(boxes), dense.astype(np.intp), names, steps, starts)


def _check(boxes: Floats, ids: NDArray[np.int64], frames: NDArray[np.int64], what: str) -> None:
    broken = ~np.isfinite(boxes).all(axis=0)
    if broken.any():
        row = int(broken.argmax())
        raise InputError(f"the box of id {ids[row]} in frame {frames[row]} is not finite", where=what, fix="mend that row")
    if (ids < 0).any():
        row = int((ids < 0).argmax())
        fix = "give each box the identity of its track (-1 stands for none, as in files of detections)"
        raise InputError(f"frame {frames[row]} has a box with id {ids[row]}", where=what, fix=fix)
    order = np.lexsort((ids, frames))
    again = (np.diff(ids[order]) == 0) & (np.diff(frames[order]) == 0)
    if again.any():
        row = int(order[1:][again][0])
        fix = "an identity may stand once in a frame"
        raise InputError(f"frame {frames[row]} has id {ids[row]} more than once", where=what, fix=fix)


def _paired(frames: NDArray[np.int64], truth: Side, result: Side) -> Comparison:
    parts = list(_overlapping(truth, result))
    i, j = (np.concatenate([np.empty(0, np.intp), *(part[side] for part in parts)]) for side in (0, 1))
    overlap = np.concatenate([np.empty(0), *(part[2] for part in parts)])
    starts = np.searchsorted(truth.steps[i], np.arange(len(frames) + 1))
    return Comparison(frames, truth, result, i, j, overlap, starts)


def _overlapping(truth: Side, result: Side) -> Iterator[tuple[Rows, Rows, Floats]]:
    """Pairs of one frame that share some area, with their IoU, a bounded number of candidates at a time."""
    partners, areas, others = result.per_step[truth.steps], truth.areas, result.areas
    after = np.cumsum(partners)
    low = 0
    while low < len(truth):
        done = after[low] - partners[low]
        high = max(low + 1, int(np.searchsorted(after, done + _MOST_PAIRS, side="right")))
        i = np.repeat(np.arange(low, high), partners[low:high])
        before = np.repeat(after[low:high] - partners[low:high] - done, partners[low:high])
        j = result.starts[truth.steps[i]] + np.arange(len(i)) - before
        across = (_shared(truth, result, i, j, axis=0) > 0).nonzero()[0]  # Most pairs are settled by this.
        i, j = i[across], j[across]
        width, height = (_shared(truth, result, i, j, axis=axis) for axis in (0, 1))
        meets = (height > 0).nonzero()[0]
        i, j, common = i[meets], j[meets], width[meets] * height[meets]
        yield i, j, common / (areas[i] + others[j] - common)
        low = high


def _shared(truth: Side, result: Side, i: Rows, j: Rows, *, axis: int) -> Floats:
    """How many pixels the boxes of each pair share along an axis; below 0 where they share none: float64 [p]."""
    a, b = truth.boxes, result.boxes
    return np.asarray(np.minimum(a[axis + 2, i], b[axis + 2, j]) - np.maximum(a[axis, i], b[axis, j]))
