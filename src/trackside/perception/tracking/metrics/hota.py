"""HOTA: one score for finding, placing and keeping identity (Luiten et al. 2021, HOTA, section 5). Equal to TrackEval.

At each of 19 thresholds of IoU (0.05 to 0.95), DetA is the share of detections that are right, and AssA the share to which
the tracks of a match agree beyond that match, averaged over the matches. HOTA is the geometric mean of both; the numbers
reported are means over the thresholds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from trackside.perception.tracking.metrics.comparison import Comparison, Floats, Rows
from trackside.perception.tracking.metrics.matching import EPS

ALPHAS = np.arange(0.05, 0.99, 0.05)
"""float64 [19]: the thresholds of IoU."""


@dataclass(frozen=True, eq=False)
class Hota:
    """Counts at each threshold, which add up over sequences with `+`, and the scores made of them.

    Attributes:
        tp: int64 [19], matches.
        fn: int64 [19], objects missed.
        fp: int64 [19], boxes on no object.
        overlap: float64 [19], sum of IoU over the matches.
        agreement: float64 [3, 19], sums over the matches of the association's accuracy, recall and precision.
    """

    tp: NDArray[np.int64]
    fn: NDArray[np.int64]
    fp: NDArray[np.int64]
    overlap: Floats
    agreement: Floats

    @cached_property
    def curves(self) -> dict[str, Floats]:
        """Each score at each threshold, float64 [19]: HOTA, DetA, AssA, DetRe, DetPr, AssRe, AssPr, LocA, all 0 to 1."""
        tp, matches = self.tp, np.maximum(1, self.tp)
        det_a = tp / np.maximum(1, tp + self.fn + self.fp)
        ass_a, ass_re, ass_pr = self.agreement / matches
        return {
            "HOTA": np.sqrt(det_a * ass_a),
            "DetA": det_a,
            "AssA": ass_a,
            "DetRe": tp / np.maximum(1, tp + self.fn),
            "DetPr": tp / np.maximum(1, tp + self.fp),
            "AssRe": ass_re,
            "AssPr": ass_pr,
            "LocA": np.where(tp > 0, self.overlap / matches, 1.0),
        }

    @property
    def hota(self) -> float:
        """Higher order tracking accuracy."""
        return float(self.curves["HOTA"].mean())

    @property
    def det_a(self) -> float:
        """Detection accuracy: matches among all boxes of both sides."""
        return float(self.curves["DetA"].mean())

    @property
    def ass_a(self) -> float:
        """Association accuracy: how well matched tracks agree."""
        return float(self.curves["AssA"].mean())

    @property
    def loc_a(self) -> float:
        """Localisation accuracy: mean IoU of the matches; 1 where there are none."""
        return float(self.curves["LocA"].mean())

    @property
    def det_re(self) -> float:
        """Detection recall."""
        return float(self.curves["DetRe"].mean())

    @property
    def det_pr(self) -> float:
        """Detection precision."""
        return float(self.curves["DetPr"].mean())

    @property
    def ass_re(self) -> float:
        """Association recall: how much of an object's life its match covers."""
        return float(self.curves["AssRe"].mean())

    @property
    def ass_pr(self) -> float:
        """Association precision: how much of an identity's life is on its match."""
        return float(self.curves["AssPr"].mean())

    def __add__(self, other: Hota) -> Hota:
        return Hota(
            self.tp + other.tp,
            self.fn + other.fn,
            self.fp + other.fp,
            self.overlap + other.overlap,
            self.agreement + other.agreement,
        )


def hota(comparison: Comparison) -> Hota:
    """Score one sequence."""
    i, j, overlap = _matches(comparison)
    matched = overlap >= ALPHAS[:, None] - EPS
    tp = np.count_nonzero(matched, axis=1)
    return Hota(
        tp,
        len(comparison.truth) - tp,
        len(comparison.result) - tp,
        (matched * overlap).sum(axis=1),
        _agreement(comparison, i, j, matched),
    )


def _matches(comparison: Comparison) -> tuple[Rows, Rows, Floats]:
    """The pairs that make the final scores greatest: rows of both sides and their IoU. The same for all thresholds."""
    truth, result = comparison.truth, comparison.result
    alignment = _alignment(comparison)
    rows, columns, overlaps = [np.empty(0, np.intp)], [np.empty(0, np.intp)], [np.empty(0)]
    for step in np.unique(comparison.steps).tolist():
        above, left = truth.rows(step), result.rows(step)
        similarity = comparison.similarity(step)
        ids = np.ix_(truth.ids[above], result.ids[left])
        i, j = linear_sum_assignment(-(alignment[ids] * similarity))
        rows.append(above.start + i)
        columns.append(left.start + j)
        overlaps.append(similarity[i, j])
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(overlaps)


def _alignment(comparison: Comparison) -> Floats:
    """How far each object and each identity agree over the whole sequence, before any choice: float64 [objects, ids].

    Boxes that overlap several others count for each only in part.
    """
    truth, result = comparison.truth, comparison.result
    together = np.zeros((len(truth.names), len(result.names)))
    for step in np.unique(comparison.steps).tolist():
        similarity = comparison.similarity(step)
        either = similarity.sum(axis=0)[None, :] + similarity.sum(axis=1)[:, None] - similarity
        share = np.divide(similarity, either, out=np.zeros_like(similarity), where=either > EPS)
        together[np.ix_(truth.ids[truth.rows(step)], result.ids[result.rows(step)])] += share
    return together / (truth.per_id[:, None] + result.per_id[None, :] - together)


def _agreement(comparison: Comparison, i: Rows, j: Rows, matched: NDArray[np.bool_]) -> Floats:
    """Sums over the matches at each threshold of the association's accuracy, recall and precision: float64 [3, 19].

    Args:
        comparison: the sequences.
        i: rows of the ground truth, [m].
        j: rows of the result that they may match, [m].
        matched: bool [19, m], whether they do.
    """
    truth, result = comparison.truth, comparison.result
    codes = truth.ids[i] * len(result.names) + result.ids[j]
    couples, place = np.unique(codes, return_inverse=True)
    counts = np.stack([np.bincount(place[row], minlength=len(couples)) for row in matched])
    lives, others = truth.per_id[couples // len(result.names)], result.per_id[couples % len(result.names)]
    shares = counts / np.stack([lives + others - counts, lives + 0 * counts, others + 0 * counts])
    return np.asarray((counts * shares).sum(axis=2))
