"""What splits share, and how much better it makes a score, step by step."""

import numpy as np
import pytest

from trackside.data.leakage import (
    evaluation_splits,
    leaked,
    logistic_probe,
    metric_inflation,
    neighbour_probe,
    training_split,
)
from trackside.data.leakage.grouping import group_inflation, shared_groups


def texts(*values):
    return np.array(values, object)


@pytest.mark.parametrize(
    ("splits", "training", "others"),
    [
        (texts("test", "train", "", "val", "test"), "train", ("test", "val")),
        (texts("Validation", "Training", "Validation", "Validation"), "Training", ("Validation",)),
        (texts("a", "b", "b"), "b", ("a",)),
        (texts("", ""), "", ()),
        (texts(), "", ()),
    ],
)
def test_which_split_is_trained_on(splits, training, others):
    assert training_split(splits) == training and evaluation_splits(splits) == others


def test_leaked_items_and_their_originals():
    splits = texts("train", "test", "test", "train", "val", "test")
    found = leaked(splits, "train", "test", np.array([0, 0, 1, 2, 0, 2]))
    assert found.rows.tolist() == [1, 5] and found.partners.tolist() == [0, 3]
    assert len(leaked(splits, "train", "val", np.arange(6)).rows) == 0


def test_inflation_is_the_difference_of_the_two_scores():
    correct = np.repeat([True, False, True], [50, 30, 20])
    known = np.repeat([True, False], [50, 50])
    found = metric_inflation(correct, known)
    assert (found.whole, found.clean) == (0.7, 0.4) and found.difference == pytest.approx(0.3)
    assert found.low < 0.3 < found.high and found.high - found.low < 0.25


def test_the_interval_holds_as_often_as_it_says():
    rng, held = np.random.default_rng(0), 0
    for seed in range(200):
        known = rng.random(300) < 0.2
        correct = rng.random(300) < np.where(known, 0.95, 0.7)
        found = metric_inflation(correct, known, seed)
        held += found.low <= 0.05 <= found.high  # 0.2 of the items are right 0.25 more often.
    assert 180 <= held <= 199


@pytest.mark.parametrize("known", [[], [True, True]])
def test_without_clean_items_there_is_no_inflation_to_tell(known):
    found = metric_inflation(np.ones(len(known), bool), np.array(known, bool))
    assert np.isnan(found.difference)


def test_nothing_leaked_inflates_nothing():
    found = metric_inflation(np.array([True, False]), np.zeros(2, bool))
    assert (found.difference, found.low, found.high) == (0, 0, 0)


def clusters(count, seed=0, classes=3, groups=0):
    """Features around a centre of their class, and of their group."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count).astype(np.int32)
    features = rng.normal(0, 1, (count, 8)) + 2 * np.eye(classes, 8)[labels]
    member = rng.integers(0, max(groups, 1), count)
    if groups:
        labels = (member % classes).astype(np.int32)
        features = rng.normal(0, 0.3, (count, 8)) + rng.normal(0, 1, (groups, 8))[member] + 0.5 * np.eye(classes, 8)[labels]
    return features.astype(np.float32), labels, texts(*(f"video {one}" for one in member))


@pytest.mark.parametrize("probe", [neighbour_probe, logistic_probe])
def test_probes_learn(probe):
    if probe is logistic_probe:
        pytest.importorskip("sklearn")
    features, labels, _ = clusters(400)
    answer = probe(features[:300], labels[:300], features[300:], 0)
    assert answer.dtype == np.int32 and (answer == labels[300:]).mean() > 0.6
    assert (probe(features[:5], np.full(5, 2, np.int32), features[:9], 0) == 2).all()


def test_the_neighbour_probe_knows_what_it_has_seen():
    features, labels, _ = clusters(3000)
    assert (neighbour_probe(features, labels, features, 0) == labels).all()


def test_groups_across_splits_inflate():
    features, labels, groups = clusters(600, 1, groups=30)
    order = np.random.default_rng(1).permutation(600)
    found = group_inflation(features, labels, groups, order[:400], order[400:], neighbour_probe, 0)
    assert found.given > 0.95 and found.low > 0.1


def test_groups_kept_together_inflate_nothing():
    features, labels, groups = clusters(900, 2, groups=90)
    held = np.isin(groups, [f"video {number}" for number in range(30)])
    found = group_inflation(features, labels, groups, np.flatnonzero(~held), np.flatnonzero(held), neighbour_probe, 0)
    assert found.low < 0 < found.high


def test_one_group_cannot_be_split():
    features, labels, groups = clusters(60, 3, groups=1)
    found = group_inflation(features, labels, groups, np.arange(40), np.arange(40, 60), neighbour_probe, 0)
    assert np.isnan(found.difference)


def test_items_without_a_group_share_none():
    shared = shared_groups(texts("", "a", "", "a", "b"), np.array([0, 1]), np.array([2, 3, 4]))
    assert shared.tolist() == [False, True, False]
