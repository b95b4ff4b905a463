"""What annotators together say: the likeliest class of each unit, how reliable each annotator is, boxes of most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.data.agreement.boxes import pair_up
from trackside.data.agreement.ratings import Ratings

_ROUNDS, _CLOSE_ENOUGH = 100, 1e-6
# Added to every cell of an annotator's confusion table, so that a few judgements do not make anybody infallible.
_PRIOR = 0.5
# Cells of all confusion tables together: above it, classes are voted on without a model of annotators.
_MOST_CELLS = 20_000_000


@dataclass(frozen=True, slots=True)
class Consensus:
    """What annotators together say of each unit.

    Attributes:
        classes: int32 [units], the most likely class.
        probabilities: float64 [units], how likely it is.
        accuracy: float64 [annotators], how often each is right, by the model.
        annotators: their names.
    """

    classes: NDArray[np.int32]
    probabilities: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    annotators: tuple[str, ...]


def dawid_skene(ratings: Ratings) -> Consensus:
    """The most likely classes, with a confusion table for each annotator, by expectation maximisation.

    Dawid and Skene 1979, Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm; started from the
    vote. With many classes and annotators, the vote alone.
    """
    values = ratings.values
    if not values.size or not (values >= 0).any():
        raise InputError("nobody has judged anything", fix="give annotations with annotators' names")
    present = np.unique(values[values >= 0])
    codes = np.where(values >= 0, np.searchsorted(present, values), -1)
    belief = _votes(codes, len(present))
    if len(present) ** 2 * len(ratings.annotators) <= _MOST_CELLS:
        belief = _maximised(codes, belief)
    best = belief.argmax(axis=1)
    sure = belief[np.arange(len(best)), best]
    right = [
        float(belief[seen, codes[seen, k]].mean()) if (seen := codes[:, k] >= 0).any() else np.nan for k in _columns(codes)
    ]
    return Consensus(present[best].astype(np.int32), sure, np.array(right), ratings.annotators)


def _columns(codes: NDArray[np.intp]) -> range:
    return range(codes.shape[1])


def _votes(codes: NDArray[np.intp], classes: int) -> NDArray[np.float64]:
    votes = np.zeros((len(codes), classes))
    for k in _columns(codes):
        seen = np.flatnonzero(codes[:, k] >= 0)
        votes[seen, codes[seen, k]] += 1
    return np.asarray(votes / np.maximum(votes.sum(axis=1, keepdims=True), 1))


def _maximised(codes: NDArray[np.intp], belief: NDArray[np.float64]) -> NDArray[np.float64]:
    for _ in range(_ROUNDS):
        prior = belief.mean(axis=0) + 1e-12
        logs = np.tile(np.log(prior), (len(codes), 1))
        for k in _columns(codes):
            seen = np.flatnonzero(codes[:, k] >= 0)
            table = _confusion(codes[seen, k], belief[seen])
            logs[seen] += np.log(table[:, codes[seen, k]]).T
        after = np.exp(logs - logs.max(axis=1, keepdims=True))
        after /= after.sum(axis=1, keepdims=True)
        moved = float(np.abs(after - belief).max())
        belief = after
        if moved < _CLOSE_ENOUGH:
            break
    return belief


def _confusion(given: NDArray[np.intp], belief: NDArray[np.float64]) -> NDArray[np.float64]:
    """[true, given]: how probably this annotator calls each class each way."""
    classes = belief.shape[1]
    table = np.full((classes, classes), _PRIOR / classes)
    table[np.arange(classes), np.arange(classes)] += _PRIOR
    np.add.at(table.T, given, belief)
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def consensus_boxes(
    boxes: NDArray[np.float64], annotators: NDArray[np.object_], least_iou: float = 0.5
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Boxes that most annotators of one image drew: the median of each corner.

    Args:
        boxes: float64 [m, 4], x1 y1 x2 y2 of all annotators.
        annotators: str [m], who drew each.
        least_iou: overlap from which two boxes are of one object.

    Returns:
        float64 [n, 4], and int64 [n], how many annotators drew each. Only those of more than half of all are given.
    """
    names = sorted(set(annotators))
    groups: list[list[int]] = [[int(row)] for row in np.flatnonzero(annotators == names[0])] if names else []
    for name in names[1:]:
        rows = np.flatnonzero(annotators == name)
        middles = np.array([np.median(boxes[group], axis=0) for group in groups]).reshape(-1, 4)
        first, second, _ = pair_up(middles, boxes[rows], least_iou)
        taken = set(second.tolist())
        for group, place in zip(first, second, strict=True):
            groups[group].append(int(rows[place]))
        groups += [[int(row)] for place, row in enumerate(rows) if place not in taken]
    kept = [group for group in groups if len(group) * 2 > len(names)]
    middles = np.array([np.median(boxes[group], axis=0) for group in kept]).reshape(-1, 4)
    return middles, np.array([len(group) for group in kept], np.int64)
