"""What annotators together say is nearer to the truth than the vote, and names the careless one."""

import numpy as np
import pytest

from trackside.core import InputError
from trackside.data.agreement import Ratings, consensus_boxes, dawid_skene


def rated(values, names=None):
    values = np.asarray(values)
    return Ratings(values, np.arange(len(values)), tuple(names or map(str, range(values.shape[1]))), ("a", "b", "c"))


def crowd(accuracies, units=600, seed=0):
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, units)
    values = [
        np.where(random.random(units) < right, truth, (truth + random.integers(1, 3, units)) % 3) for right in accuracies
    ]
    return truth, np.transpose(values)


def test_careful_annotators_outweigh_a_careless_majority():
    truth, values = crowd([0.97, 0.95, 0.45, 0.45, 0.45])
    votes = np.array([np.bincount(row, minlength=3).argmax() for row in values])
    found = dawid_skene(rated(values))
    assert (found.classes == truth).mean() > (votes == truth).mean() + 0.05
    assert found.accuracy[:2].min() > 0.9
    assert found.accuracy[2:].max() < 0.6


def test_missing_judgements_are_no_judgements():
    truth, values = crowd([0.9, 0.9, 0.9])
    values[::2, 2] = -1
    assert (dawid_skene(rated(values)).classes == truth).mean() > 0.9


def test_one_annotator_is_believed():
    assert dawid_skene(rated([[0], [2], [1]])).classes.tolist() == [0, 2, 1]


def test_nobody_is_an_error():
    with pytest.raises(InputError, match="nobody"):
        dawid_skene(rated(np.full((3, 2), -1)))


def test_boxes_of_the_majority_are_medians():
    boxes = np.array([[0, 0, 10, 10], [1, 1, 11, 11], [2, 2, 12, 12], [50, 50, 60, 60.0]])
    found, votes = consensus_boxes(boxes, np.array(["a", "b", "c", "c"], object))
    assert found.tolist() == [[1, 1, 11, 11]]
    assert votes.tolist() == [3]


def test_no_boxes_give_none():
    found, votes = consensus_boxes(np.empty((0, 4)), np.empty(0, object))
    assert found.shape == (0, 4)
    assert len(votes) == 0
