"""Telling wrong labels from right ones by planting some: how well does a label fit that is certainly not the given one?

Every item is paired with its given label and with labels drawn at random. Scores that probes gave out of fold say how well a
label fits; a small logistic regression on those scores learns to tell given labels from planted ones. Its output is the log
of how much likelier the evidence is for a wrong label than for a given one: comparable over items and classes, and
calibrated by this very data set. Few given labels are wrong, so that they hardly disturb it; the share of wrong ones is then
estimated from the tails (Blanchard, Lee and Scott 2010: the share is at most that of given above planted, at any limit).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core.intervals import wilson
from trackside.data.extras import need
from trackside.data.labels.folds import Ints
from trackside.data.labels.probes import Floats

Wide = NDArray[np.float64]
PLANTED = 3
"""Random labels an item, where there are more than two classes."""
_STRENGTH = 0.03
_TAILS = np.arange(0.1, 0.95, 0.1)


def plant(labels: Ints, count: int, seed: int) -> Ints:
    """Labels that differ from the given ones, [m, n]: all others alike."""
    rounds = PLANTED if count > 2 else 1
    return np.asarray((labels + np.random.default_rng(seed).integers(1, count, (rounds, len(labels)))) % count, np.intp)


def evidence(scores: Sequence[Floats], labels: Ints) -> Wide:
    """How well labels fit, [n, 3 a probe]: the score, its margin over the best other class, its log share of all."""
    rows = np.arange(len(labels))
    columns: list[NDArray[np.float32]] = []
    for table in scores:
        own = table[rows, labels]
        top = table.max(axis=1)
        whole = np.log(np.exp(table - top[:, None]).sum(axis=1)) + top
        columns += [own, own - best_other(table, labels), own - whole]
    return np.stack(columns, axis=1).astype(np.float64)


def best_other(table: Floats, labels: Ints) -> Floats:
    """The highest score of a class other than the label, [n]."""
    second, first = np.partition(table, -2, axis=1)[:, -2:].T
    return np.asarray(np.where(table[np.arange(len(labels)), labels] >= first, second, first), np.float32)


def compare(given: Wide, planted: Sequence[Wide]) -> tuple[Wide, Wide]:
    """Log ratio of wrong to given for the given labels [n], and for the planted ones [m, n]."""
    table = np.concatenate([given, *planted])
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    target = np.r_[np.zeros(len(given)), np.ones(len(given) * len(planted))]
    weight = np.r_[np.ones(len(given)), np.full(len(given) * len(planted), 1 / len(planted))]
    model = need("sklearn.linear_model").LogisticRegression(C=_STRENGTH, max_iter=300)
    model.fit((table - mean) / spread, target, sample_weight=weight)
    found = model.decision_function((table - mean) / spread)
    return found[: len(given)], found[len(given) :].reshape(len(planted), -1)


@dataclass(frozen=True, slots=True)
class Share:
    """The estimated share of wrong labels, with its 95 % interval."""

    value: float
    low: float
    high: float


def share_of_wrong(given: Wide, planted: Wide) -> Share:
    """The share of wrong labels from the tails of both.

    Above any limit the given labels hold all wrong ones that planted ones lead us to expect there, and some that are merely
    hard; so each limit bounds the share from above. The limit with the lowest upper end of a Wilson interval is taken.
    """
    best = Share(0.0, 0.0, 1.0)
    for tail in _TAILS:
        limit = np.quantile(planted, 1 - tail)
        low, high = wilson(int((given > limit).sum()), len(given))
        if high / tail < best.high:
            best = Share(min(float((given > limit).mean() / tail), 1.0), low / tail, high / tail)
    return best


def probabilities(given: Wide, planted: Wide, share: float) -> Wide:
    """The probability that each given label is wrong, [n]: the share times the odds of planted to given at its score."""
    table = np.r_[given, planted.ravel()][:, None]
    target = np.r_[np.zeros(len(given)), np.ones(planted.size)]
    weight = np.r_[np.ones(len(given)), np.full(planted.size, len(given) / planted.size)]
    scale = table.std() + 1e-9
    model = need("sklearn.linear_model").LogisticRegression(C=100.0).fit(table / scale, target, sample_weight=weight)
    odds = np.exp(np.clip(model.decision_function(given[:, None] / scale), -50, 50))
    return np.asarray(np.clip(share * odds, 0, 1))


def told_apart(given: Wide, planted: Wide) -> float:
    """How often a planted wrong label looks worse than a given one: the area under the ROC curve (Hanley and McNeil 1982).

    Args:
        given: float64 [n], log odds that each given label is wrong.
        planted: float64 [p, n], the same of planted ones.
    """
    from scipy.stats import rankdata

    ranks = rankdata(np.r_[given, planted.ravel()])[len(given) :]
    return float((ranks.mean() - (planted.size + 1) / 2) / max(len(given), 1)) if planted.size else 0.5
