"""Groups across splits: what the score would be if no video, athlete or session were in two splits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.data.leakage.probes import Floats, Labels, Probe

Rows = NDArray[np.int64]
ROUNDS = 5
"""Group-disjoint splits that are tried: one alone may be lucky."""


@dataclass(frozen=True, slots=True)
class GroupInflation:
    """Accuracies in shares of 1.

    Attributes:
        given: of the split as it is.
        disjoint: mean over group-disjoint splits of the same sizes; NaN where there are too few groups.
        low: lower end of the 95 % interval of the difference.
        high: upper end.
    """

    given: float
    disjoint: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """By how much the score is too high."""
        return self.given - self.disjoint


def shared_groups(groups: NDArray[np.object_], training: Rows, evaluation: Rows) -> NDArray[np.bool_]:
    """bool [len(evaluation)]: whether an item's group is in the training rows too; an item without a group is alone."""
    known = {name for name in groups[training] if name}
    return np.array([name in known for name in groups[evaluation]], bool)


def group_inflation(
    features: Floats, labels: Labels, groups: NDArray[np.object_], training: Rows, evaluation: Rows, probe: Probe, seed: int
) -> GroupInflation:
    """The score of the given split, less that of splits that keep each group together.

    Args:
        features: float32 [n, d].
        labels: int32 [n].
        groups: str [n], "" for items that are alone.
        training: rows of the training split.
        evaluation: rows of the evaluation split.
        probe: what learns.
        seed: of the splits that are tried.
    """
    given = _accuracy(features, labels, training, evaluation, probe, seed)
    rows = np.concatenate([training, evaluation])
    rng = np.random.default_rng(seed)
    scores = []
    for _ in range(ROUNDS):
        train, test = _disjoint(rows, groups, len(evaluation), rng)
        known = np.isin(labels[test], labels[train])
        if len(train) and known.sum() >= 2:
            scores.append(_accuracy(features, labels, train, test[known], probe, seed))
    if len(scores) < 2:
        return GroupInflation(given, float("nan"), float("nan"), float("nan"))
    mean = float(np.mean(scores))
    # Two sources of chance: which groups are held out, and which items the given split holds.
    error = np.sqrt(np.var(scores, ddof=1) / len(scores) + given * (1 - given) / len(evaluation))
    return GroupInflation(given, mean, given - mean - 1.96 * float(error), given - mean + 1.96 * float(error))


def _accuracy(features: Floats, labels: Labels, train: Rows, test: Rows, probe: Probe, seed: int) -> float:
    return float((probe(features[train], labels[train], features[test], seed) == labels[test]).mean())


def _disjoint(rows: Rows, groups: NDArray[np.object_], size: int, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Whole groups at random for evaluation until it has about its size."""
    names = [str(groups[row]) or f"alone {row}" for row in rows]
    _, member = np.unique(names, return_inverse=True)
    sizes = np.bincount(member)
    order = rng.permutation(len(sizes))
    before = np.cumsum(sizes[order]) - sizes[order]
    # A group that would overshoot by more than half of itself stays out.
    chosen = order[before + sizes[order] / 2 <= size]
    held = np.isin(member, chosen)
    return rows[~held], rows[held]
