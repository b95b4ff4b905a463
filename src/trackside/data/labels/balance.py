"""Class imbalance: how uneven classes are, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Balance:
    """How items spread over classes.

    Attributes:
        members: int64 [classes], items of each class.
        effective: number of equally large classes that would be as uncertain: exp of the entropy of the shares.
        ratio: members of the largest class over those of the smallest that has any.
        majority: share of the largest class: the accuracy of an answer that is always the same.
        empty: classes without a member.
    """

    members: NDArray[np.int64]
    effective: float
    ratio: float
    majority: float
    empty: int

    @property
    def evenness(self) -> float:
        """Effective number over number of classes that have members, 0 to 1."""
        present = int((self.members > 0).sum())
        return self.effective / present if present else 0.0

    def without(self, names: Sequence[str]) -> list[str]:
        """Which of the classes, by name, have no member."""
        return [name for name, count in zip(names, self.members, strict=True) if not count]


def measure_balance(labels: NDArray[np.integer], count: int) -> Balance:
    """Measure the shares of classes.

    Args:
        labels: [n], class numbers; -1 for none, which count for nothing.
        count: how many classes there are, with those that have no member.
    """
    members = np.bincount(labels[labels >= 0], minlength=count).astype(np.int64)
    present = members[members > 0]
    if not len(present):
        return Balance(members, 0.0, 1.0, 0.0, int(count))
    shares = present / present.sum()
    effective = float(np.exp(-(shares * np.log(shares)).sum()))
    return Balance(members, effective, float(present.max() / present.min()), float(shares.max()), int((members == 0).sum()))
