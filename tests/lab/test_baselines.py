"""Trivial baselines, against what scikit-learn and arithmetic say."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import datasets
from sklearn.linear_model import Ridge

from trackside.lab.baselines import bag_of_words, linear, majority, mean, median, score, score_baselines
from trackside.lab.metric import Metric

ACCURACY = Metric("accuracy", lambda given, wanted: float((given.argmax(1) == wanted).double().mean()))
ERROR = Metric("mean absolute error", lambda given, wanted: float((given - wanted).abs().mean()), higher_is_better=False)


def test_the_majority_names_the_commonest_class() -> None:
    assert majority(np.array([2, 1, 2, 0]), 3, 4).argmax(1).tolist() == [2, 2, 2]


def test_mean_and_median_keep_the_shape_of_the_targets() -> None:
    targets = np.array([[0.0, 1.0], [0.0, 3.0], [9.0, 8.0]])
    assert mean(targets, 2).tolist() == [[3.0, 4.0], [3.0, 4.0]]
    assert median(targets, 1).tolist() == [[0.0, 3.0]]


def test_the_linear_model_is_ridge_regression() -> None:
    data = datasets.load_diabetes()
    inputs = (data.data[:300] - data.data[:300].mean(0)) / data.data[:300].std(0)
    unseen = (data.data[300:] - data.data[:300].mean(0)) / data.data[:300].std(0)
    ours = linear(data.data[:300], data.target[:300], data.data[300:])
    best = min(
        float(np.abs(Ridge(alpha=alpha).fit(inputs, data.target[:300]).predict(unseen) - ours).max())
        for alpha in np.logspace(-3, 5, 17)
    )
    assert best < 1e-6


def test_the_penalty_is_high_where_inputs_say_nothing() -> None:
    chance = np.random.default_rng(0)
    answers = linear(chance.normal(size=(60, 200)), chance.normal(size=60), chance.normal(size=(50, 200)))
    assert answers.std() < 0.2


def test_more_columns_than_items_and_columns_that_never_change_do_no_harm() -> None:
    digits = datasets.load_digits()
    inputs = np.repeat(digits.data, 4, axis=1)
    scores = linear(inputs[:150], digits.target[:150], inputs[1000:], 10)
    assert float((scores.argmax(1) == digits.target[1000:]).mean()) > 0.7


def test_words_are_counted() -> None:
    assert bag_of_words(np.array([[1, 1, 3], [0, 2, 2]])).tolist() == [[0, 2, 0, 1], [1, 0, 2, 0]]


def test_scores_of_classes_come_best_first_with_an_interval() -> None:
    data = datasets.load_wine()
    order = np.random.default_rng(0).permutation(len(data.target))
    x, y = data.data[order], data.target[order]
    found = score_baselines((x[:120], y[:120]), (x[120:], y[120:]), ACCURACY)
    assert [one.name for one in found] == ["linear on raw", "majority"]
    assert found[0].value > 0.9
    assert found[1].low < found[1].value < found[1].high
    assert found[1].value == pytest.approx((y[120:] == np.bincount(y[:120]).argmax()).mean())


def test_errors_are_ranked_from_the_lowest_and_names_choose() -> None:
    data = datasets.load_diabetes()
    split = (data.data[:300], data.target[:300, None]), (data.data[300:], data.target[300:, None])
    assert [one.name for one in score_baselines(*split, ERROR)] == ["linear on raw", "mean", "median"]
    assert [one.name for one in score_baselines(*split, ERROR, names=["mean"])] == ["mean"]


def test_frozen_features_are_a_baseline_of_their_own() -> None:
    chance = np.random.default_rng(0)
    y = chance.integers(0, 2, 200)
    x, features = chance.normal(size=(200, 5)), y[:, None] + chance.normal(0, 0.1, (200, 3))
    best, *_ = score_baselines((x[:100], y[:100]), (x[100:], y[100:]), ACCURACY, features=(features[:100], features[100:]))
    assert (best.name, best.value) == ("linear on frozen features", 1.0)


def test_the_bootstrap_interval_covers_the_truth_about_nineteen_times_in_twenty() -> None:
    chance = np.random.default_rng(1)
    covered = 0
    for trial in range(60):
        hits = (chance.random(80) < 0.7).astype(int)
        found = score("x", np.eye(2)[hits], np.ones(80, int), ACCURACY, seed=trial)
        covered += found.low <= 0.7 <= found.high
    assert 51 <= covered <= 60
