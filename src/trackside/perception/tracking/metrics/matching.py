"""Which result box stands for which object in each frame, as CLEAR matches them (Bernardin & Stiefelhagen 2008).

Pairs that were matched in the frame before stay together as long as their IoU reaches the threshold; the rest is matched
for the greatest sum of IoU. Only frames in which a box could choose between partners need a solver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from trackside.perception.tracking.metrics.comparison import Comparison, Floats, Rows

THRESHOLD = 0.5
"""The IoU from which a box is said to be on an object."""

EPS = float(np.finfo(float).eps)
"""By how much a threshold may be missed, as in TrackEval."""

# What it is worth to stay with the partner of the frame before: more than all IoU of a frame can add up to.
_LOYALTY = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Pairs of boxes, at most one a box, in the order of the frames.

    Attributes:
        steps: intp [m], places in `Comparison.frames`.
        truth: intp [m], identities of the ground truth, counted from 0 as in `Side.ids`.
        result: intp [m], identities of the result, counted likewise.
        overlap: float64 [m], IoU.
    """

    steps: Rows
    truth: Rows
    result: Rows
    overlap: Floats

    def __len__(self) -> int:
        return len(self.steps)


def match_frames(comparison: Comparison, threshold: float = THRESHOLD) -> Matches:
    """Match every frame.

    As in TrackEval, which this follows in every detail, "the frame before" is the last one in which both sides have a box.

    Args:
        comparison: the sequences.
        threshold: the lowest IoU of a pair, 0 to 1.
    """
    good = (comparison.overlap >= threshold - EPS).nonzero()[0]
    i, j = comparison.i[good], comparison.j[good]
    contested = (np.bincount(i)[i] > 1) | (np.bincount(j)[j] > 1)
    steps = comparison.steps[good]
    chosen = ~np.isin(steps, steps[contested])
    _settle(comparison, i, j, comparison.overlap[good], np.unique(steps[contested]), chosen)
    i, j = i[chosen], j[chosen]
    return Matches(steps[chosen], comparison.truth.ids[i], comparison.result.ids[j], comparison.overlap[good][chosen])


def shared_steps(comparison: Comparison) -> Rows:
    """The steps in which both sides have a box."""
    return ((comparison.truth.per_step > 0) & (comparison.result.per_step > 0)).nonzero()[0]


def _settle(comparison: Comparison, i: Rows, j: Rows, overlap: Floats, contested: Rows, chosen: NDArray[np.bool_]) -> None:
    """Choose among the candidate pairs of the contested steps, in order, since each leans on the step before it."""
    truth, result = comparison.truth, comparison.result
    starts = np.searchsorted(truth.steps[i], np.arange(len(comparison.frames) + 1))
    both = shared_steps(comparison)
    before = both[np.searchsorted(both, contested) - 1]
    partner = np.full(len(truth.names), -1)
    for step, last in zip(contested.tolist(), before.tolist(), strict=True):
        if last < step:
            old = np.arange(starts[last], starts[last + 1])[chosen[starts[last] : starts[last + 1]]]
            partner[truth.ids[i[old]]] = result.ids[j[old]]
        pairs = slice(starts[step], starts[step + 1])
        worth = overlap[pairs] + _LOYALTY * (result.ids[j[pairs]] == partner[truth.ids[i[pairs]]])
        chosen[pairs] = _best(
            i[pairs] - truth.starts[step],
            j[pairs] - result.starts[step],
            worth,
            (int(truth.per_step[step]), int(result.per_step[step])),
        )
        partner[:] = -1


def _best(i: Rows, j: Rows, worth: Floats, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Which pairs together are worth most."""
    table = np.zeros(shape)
    table[i, j] = worth
    rows, columns = linear_sum_assignment(-table)
    partner = np.full(shape[0], -1)
    partner[rows] = columns
    return np.asarray(partner[i] == j)
