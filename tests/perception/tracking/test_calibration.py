"""What scores mean, guessed from scores."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.perception.tracking.calibration import EVEN_SCORE, even_score, weightless_score

from .scenes import found, person


def scored(*scores: float) -> dict[int, object]:
    """A frame for each score, with one box."""
    return {n: found([person(100)], score) for n, score in enumerate(scores)}


@pytest.mark.parametrize("guess", [even_score, weightless_score])
def test_without_scores_it_is_that_of_a_usual_detector(guess: object) -> None:
    usual = guess(scored(*[0.99] * 10))  # type: ignore[operator]
    for nothing in ({}, {1: found([])}, scored(float("nan"), float("inf"))):
        assert guess(nothing) == pytest.approx(usual)  # type: ignore[operator]


def test_a_sure_detector_has_the_usual_level_and_a_shy_one_a_lower_one() -> None:
    assert even_score(scored(*np.linspace(0.9, 1.0, 50))) == pytest.approx(EVEN_SCORE)
    assert even_score(scored(*np.linspace(0.2, 0.7, 51))) == pytest.approx(0.325)
    assert weightless_score(scored(*[0.95] * 9)) == pytest.approx(0.5)
    assert 0 < weightless_score(scored(*[0.5] * 9)) < 0.2


def test_scores_that_are_no_numbers_do_not_count() -> None:
    assert even_score(scored(0.4, float("nan"), 0.4, float("-inf"))) == pytest.approx(0.4)


@pytest.mark.parametrize("score", [-3.0, 0.0, 1e-9, 1.0, 60.0])
def test_it_stays_between_0_and_1_whatever_the_scores(score: float) -> None:
    for guess in (even_score, weightless_score):
        assert 0 < guess(scored(*[score] * 5)) < 1  # type: ignore[arg-type]


def test_more_boxes_of_the_same_scores_change_nothing() -> None:
    scores = np.random.default_rng(0).uniform(0, 1, 40)
    assert even_score(scored(*scores, *scores)) == pytest.approx(even_score(scored(*scores)), abs=0.03)
