"""IDF1: for how much of their lives objects carry the one identity that suits them best (Ristani et al. 2016, section 3).

Every object is paired with at most one identity of the result over the whole sequence, so that the boxes on which both
agree are as many as can be. Equal to TrackEval and py-motmetrics.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from trackside.perception.tracking.metrics.comparison import Comparison
from trackside.perception.tracking.metrics.matching import THRESHOLD


@dataclass(frozen=True, slots=True)
class Identity:
    """Counts, which add up over sequences with `+`, and the scores made of them. A score without anything to score is 0.

    Attributes:
        idtp: boxes on which an object and its identity agree.
        idfn: boxes of objects without their identity.
        idfp: boxes of the result that are not on the object of their identity.
    """

    idtp: int
    idfn: int
    idfp: int

    @property
    def idf1(self) -> float:
        """Harmonic mean of both."""
        return self.idtp / max(1.0, self.idtp + 0.5 * self.idfp + 0.5 * self.idfn)

    @property
    def idr(self) -> float:
        """Identity recall: the share of objects' boxes that carry their identity."""
        return self.idtp / max(1, self.idtp + self.idfn)

    @property
    def idp(self) -> float:
        """Identity precision: the share of result boxes that are on the object of their identity."""
        return self.idtp / max(1, self.idtp + self.idfp)

    def __add__(self, other: Identity) -> Identity:
        return Identity(self.idtp + other.idtp, self.idfn + other.idfn, self.idfp + other.idfp)


def identity(comparison: Comparison, *, threshold: float = THRESHOLD) -> Identity:
    """Score one sequence.

    Args:
        comparison: the sequences.
        threshold: the IoU from which a box is on an object, 0 to 1.
    """
    truth, result = comparison.truth, comparison.result
    good = comparison.overlap >= threshold
    agreed = np.zeros((len(truth.names), len(result.names)))
    np.add.at(agreed, (truth.ids[comparison.i[good]], result.ids[comparison.j[good]]), 1)
    idtp = int(agreed[linear_sum_assignment(agreed, maximize=True)].sum())
    return Identity(idtp, len(truth) - idtp, len(result) - idtp)
