"""Wrong labels: confident learning on predictions of probes that never saw the item (Northcutt, Jiang and Chuang 2021).

Steps: reduce the features; let probes predict out of fold; plant wrong labels and learn to tell them from given ones
(`planting`); lean towards the confusions that the data shows (`confusion`); let suspects count less and begin again with
other folds; average. What comes out is a ranking, a probability each, the class it should have, and how many there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.data.extras import need
from trackside.data.features.reducing import principal
from trackside.data.labels import confusion, planting
from trackside.data.labels.folds import Ints, together
from trackside.data.labels.panel import Panel
from trackside.data.labels.planting import Share, Wide

# A class of fewer has no fold without it that still knows it.
LEAST_MEMBERS = 4
LEAST_ITEMS = 20
_DIMENSIONS = 128
_SMALL = 2000


@dataclass(frozen=True, slots=True)
class LabelErrors:
    """What is thought of each label.

    Attributes:
        score: float64 [n], log odds that the label is wrong, for ranking; NaN where it was not judged.
        probability: float64 [n], 0 to 1, that the label is wrong; NaN where it was not judged.
        suggestion: int32 [n], the likeliest other class; -1 where it was not judged.
        share: the estimated share of wrong labels among those judged.
        thresholds: float64 [classes], what counts as confident for each class; NaN for classes that were not judged.
        confusions: float64 [classes, classes] or None: how many of each given class (row) are confidently of each class.
        told: 0 to 1, how often a planted wrong label looks worse than a given one (the area under the ROC curve); about 1
            less the share of wrong labels where the features tell the classes, 0.5 where they tell nothing.
    """

    score: Wide
    probability: Wide
    suggestion: NDArray[np.int32]
    share: Share
    thresholds: Wide
    confusions: Wide | None
    told: float

    @property
    def judged(self) -> NDArray[np.bool_]:
        """bool [n]: whether the label could be judged."""
        return np.isfinite(self.score)

    @property
    def ranking(self) -> Ints:
        """The judged items, the most suspect first."""
        order = np.argsort(-np.where(self.judged, self.score, -np.inf), kind="stable")
        return order[: int(self.judged.sum())]


def find_label_errors(
    features: NDArray[np.floating],
    labels: NDArray[np.integer],
    *,
    units: Ints | None = None,
    seed: int = 0,
) -> LabelErrors:
    """Judge the label of every item.

    Args:
        features: [n, d], frozen features; rows that are not finite are not judged.
        labels: [n], class numbers; -1 for none. Classes of fewer than 4 items are not judged.
        units: of `folds.together`: items that must not tell on each other (copies, frames of one video).
        seed: same seed, same answer.

    Returns:
        scores for all; none judged where there are fewer than two classes or 20 items to judge.

    Raises:
        InputError: scikit-learn is not installed.
    """
    count = int(labels.max(initial=-1)) + 1
    usable = (labels >= 0) & np.isfinite(features).all(axis=1)
    members = np.bincount(labels[usable], minlength=count)
    usable &= np.where(labels >= 0, members[labels] >= LEAST_MEMBERS if count else False, False)
    rows = np.flatnonzero(usable)
    known, inner = np.unique(labels[rows], return_inverse=True)
    if len(known) < 2 or len(rows) < LEAST_ITEMS:
        return _nothing(len(labels), count)
    own = together(len(labels)) if units is None else units
    with need("threadpoolctl").threadpool_limits(1):  # Sums in one order: the same answer on every machine.
        points = _reduced(features[rows])
        found = _judge(points, inner, len(known), np.unique(own[rows], return_inverse=True)[1], seed)
    return _widened(found, rows, known, len(labels), count)


def _judge(points: NDArray[np.float32], labels: Ints, count: int, units: Ints, seed: int) -> LabelErrors:
    panel = Panel(points, labels, count, units, seed)
    planted = planting.plant(labels, count, seed)
    weights = np.ones(len(labels), np.float32)
    # The first round only finds out which labels should count less in the others.
    rounds = 6 if len(labels) < _SMALL else 3
    total_given, total_planted = np.zeros(len(labels)), np.zeros(planted.shape)
    for number in range(rounds):
        one = _round(panel, planted, weights, number)
        weights = (1 - planting.probabilities(one.given, one.planted, _share(one).value)).astype(np.float32)
        if number:
            total_given += one.given / (rounds - 1)
            total_planted += one.planted / (rounds - 1)
    share = planting.share_of_wrong(total_given, total_planted)
    probability = planting.probabilities(total_given, total_planted, share.value)
    told = planting.told_apart(total_given, total_planted)
    return LabelErrors(total_given, probability, one.suggestion, share, one.thresholds, one.confusions, told)


@dataclass(slots=True)
class _Round:
    given: Wide
    planted: Wide
    suggestion: NDArray[np.int32]
    thresholds: Wide
    confusions: Wide | None


def _share(one: _Round) -> Share:
    return planting.share_of_wrong(one.given, one.planted)


def _round(panel: Panel, planted: Ints, weights: NDArray[np.float32], number: int) -> _Round:
    """All probes once, with folds of their own."""
    own, tried, suggestion = panel.judge(weights, number, planted)
    given, others = planting.compare(own, tried)
    probability = panel.probability
    if probability is None:
        return _Round(given, others, suggestion, np.full(panel.count, np.nan), None)
    relative = confusion.mistakes(probability, panel.labels)
    given = given + confusion.lean(probability, panel.labels, relative)
    others = np.stack([one + confusion.lean(probability, to, relative) for one, to in zip(others, planted, strict=True)])
    thresholds = confusion.class_thresholds(probability, panel.labels)
    return _Round(given, others, suggestion, thresholds, confusion.confident_joint(probability, panel.labels))


def _reduced(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """Principal components of unit features, at a mean squared length of one: settings then mean the same everywhere."""
    rows = np.asarray(features, np.float32)
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    points = principal(rows, _DIMENSIONS)(rows)
    return points / np.float32(max(float(np.sqrt((points.astype(np.float64) ** 2).sum(axis=1).mean())), 1e-9))


def _nothing(n: int, count: int) -> LabelErrors:
    nan = np.full(n, np.nan)
    return LabelErrors(nan, nan.copy(), np.full(n, -1, np.int32), Share(0.0, 0.0, 1.0), np.full(count, np.nan), None, 0.5)


def _widened(found: LabelErrors, rows: Ints, known: NDArray[np.integer], n: int, count: int) -> LabelErrors:
    """From the judged items and classes to all."""
    wide = _nothing(n, count)
    wide.score[rows], wide.probability[rows] = found.score, found.probability
    wide.suggestion[rows] = known[found.suggestion]
    wide.thresholds[known] = found.thresholds
    confusions = None
    if found.confusions is not None and count <= 2000:
        confusions = np.zeros((count, count))
        confusions[np.ix_(known, known)] = found.confusions
    return LabelErrors(wide.score, wide.probability, wide.suggestion, found.share, wide.thresholds, confusions, found.told)
