"""Giving layers back: the fewest of the worst that are enough."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from trackside.models.quantise.mixing import fewest

ORDER = [f"layer{number}" for number in range(40)]


@pytest.mark.parametrize("needed", [1, 2, 3, 7, 20, 39])
def test_the_fewest_that_are_enough_are_kept(needed: int) -> None:
    tried: list[int] = []

    def score(groups: Sequence[str]) -> float:
        tried.append(len(groups))
        return 0.99 if len(groups) >= needed else 0.5

    mix = fewest(ORDER, score, 0.95, 40)
    assert (mix.kept, mix.reached) == (tuple(ORDER[:needed]), True)
    assert len(tried) == len(set(tried)) <= 12


def test_where_it_is_never_enough_the_best_try_stays_and_says_so() -> None:
    mix = fewest(ORDER, lambda groups: 0.5 + len(groups) / 100, 0.95, 10)
    assert (len(mix.kept), mix.reached, mix.score) == (10, False, pytest.approx(0.6))


def test_where_more_helps_nothing_as_few_as_possible_stay() -> None:
    assert len(fewest(ORDER, lambda groups: 0.5, 0.95, 10).kept) == 1
