"""No rate is claimed that the pairs cannot show, and what is claimed holds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import beta

from trackside.core import InputError
from trackside.perception.faces import Pairs, Rate, choose_threshold, identification_rate, pairs_of, rates_at
from trackside.perception.faces.rates import upper_bound


def _pairs(impostors: int, seed: int = 0) -> Pairs:
    rng = np.random.default_rng(seed)
    return Pairs(rng.normal(0, 0.1, impostors), rng.normal(0.6, 0.1, 200))


@pytest.mark.parametrize(("count", "asked"), [(2999, 1e-3), (10, 0.2), (0, 0.5)])
def test_a_rate_below_three_in_n_is_refused(count: int, asked: float) -> None:
    with pytest.raises(InputError, match="rule of three") as told:
        choose_threshold(_pairs(count), asked)
    assert f"at least {math.ceil(3 / asked):,} pairs" in told.value.fix


def test_three_in_n_is_just_enough_and_allows_no_error() -> None:
    found = choose_threshold(_pairs(3000), 1e-3)
    assert found.fmr == Rate(0, 3000)
    assert found.threshold > _pairs(3000).impostor.max()


def test_more_pairs_allow_errors_as_long_as_the_bound_holds() -> None:
    found = choose_threshold(_pairs(30_000), 1e-3)
    assert upper_bound(found.fmr.errors, 30_000) <= 1e-3 < upper_bound(found.fmr.errors + 1, 30_000)
    assert 0 < found.fmr.errors < 30


def test_the_bound_holds_in_95_of_100_experiments() -> None:
    """The true rate of a normal impostor distribution is known; the threshold is chosen on 600 pairs each time."""
    held = 0
    for seed in range(400):
        found = choose_threshold(_pairs(600, seed), 0.02)
        held += 0.5 * math.erfc(found.threshold / 0.1 / math.sqrt(2)) <= 0.02
    assert 0.92 <= held / 400 <= 0.99


def test_intervals_are_those_of_clopper_and_pearson() -> None:
    low, high = Rate(8, 720).interval
    assert low == pytest.approx(beta.ppf(0.025, 8, 713))
    assert high == pytest.approx(beta.ppf(0.975, 9, 712))
    assert Rate(0, 100).interval[0] == 0
    assert Rate(0, 100).interval[1] == pytest.approx(1 - 0.025 ** (1 / 100))
    assert Rate(5, 5).interval[1] == 1
    assert Rate(0, 0).interval == (0, 1)
    assert math.isnan(Rate(0, 0).value)


def test_a_gallery_multiplies_false_matches() -> None:
    assert identification_rate(1e-4, 1000) == pytest.approx(0.0952, abs=1e-4)
    assert identification_rate(0.0, 1000) == 0
    assert identification_rate(1.0, 3) == 1
    assert identification_rate(1e-3, 0) == 0


def test_rates_count_what_lies_on_the_wrong_side_of_the_threshold() -> None:
    pairs = Pairs(np.array([0.1, 0.5, 0.6, np.nan]), np.array([0.5, 0.7, 0.4]))
    assert rates_at(pairs, 0.5) == (Rate(2, 3), Rate(1, 3))


def test_pairs_are_all_pairs_within_and_between_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackside.perception.faces.rates._ROWS", 3)
    vectors = np.random.default_rng(4).normal(size=(8, 5)).astype(np.float32)
    vectors[6] = np.nan
    people = ["a", "a", "b", "b", "b", "c", "c", "d"]
    groups = {"a": "x", "b": "x", "c": "y"}
    found = pairs_of(vectors, people, groups)
    known = [row for row in range(8) if row != 6]
    for name, members in (("", known), ("x", [0, 1, 2, 3, 4]), ("y", [5])):
        pairs = [(i, j) for i in members for j in members if i < j]
        for same, values in ((True, found[name].genuine), (False, found[name].impostor)):
            wanted = [float(vectors[i] @ vectors[j]) for i, j in pairs if (people[i] == people[j]) == same]
            np.testing.assert_allclose(sorted(values), sorted(wanted), rtol=1e-5)
    assert found[""].people == 4


@pytest.mark.parametrize("asked", [0, 1, -0.1, float("nan")])
def test_a_rate_that_is_none_is_refused(asked: float) -> None:
    with pytest.raises(InputError, match="cannot be shown"):
        choose_threshold(_pairs(100), asked)


def test_without_two_pictures_of_one_person_nothing_is_chosen() -> None:
    with pytest.raises(InputError, match="no two pictures of one person"):
        choose_threshold(Pairs(np.zeros(1000), np.empty(0)), 0.1)
