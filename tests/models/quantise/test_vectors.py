"""Agreement of classifiers and of networks for embeddings."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trackside.models.quantise.agreement import compare_vectors


def test_the_same_probabilities_agree() -> None:
    same = compare_vectors(
        [np.array([0.2, 0.8], np.float32)] * 3, [np.array([0.2, 0.8], np.float32)] * 3, are_probabilities=True
    )
    assert (same.score, same.closeness) == (1, pytest.approx(1))


def test_another_winner_is_a_loss_however_small_the_change() -> None:
    reference, other = [np.array([0.49, 0.51]), np.array([0, 1.0])], [np.array([0.51, 0.49]), np.array([0, 1.0])]
    got = compare_vectors(reference, other, are_probabilities=True)
    assert got.score == 0.5
    assert got.closeness == pytest.approx(0.99)


def test_embeddings_are_compared_by_angle_and_by_nearest_neighbour() -> None:
    a = [np.array(v, float) for v in ([1, 0], [0.8, 0.6], [0, 1])]
    turned = [np.array(v, float) for v in ([1, 0], [0.28, 0.96], [0, 1])]
    got = compare_vectors(a, turned, are_probabilities=False)
    assert got.score == pytest.approx((1 + 0.8 * 0.28 + 0.6 * 0.96 + 1) / 3)
    assert got.neighbours == pytest.approx(2 / 3)  # the second one was nearest to the first and is nearest to the third
    assert compare_vectors(a, a, are_probabilities=False).neighbours == 1


def test_an_answer_that_is_no_number_agrees_with_nothing_and_an_unknown_reference_does_not_count() -> None:
    one, nan = np.array([1.0, 0]), np.array([np.nan, np.nan])
    assert compare_vectors([one, one], [one, nan], are_probabilities=False).score == 0.5
    assert compare_vectors([one, nan], [one, one], are_probabilities=False).pictures == 1
    assert math.isnan(compare_vectors([nan], [one], are_probabilities=False).score)
    assert compare_vectors([], [], are_probabilities=True).pictures == 0
