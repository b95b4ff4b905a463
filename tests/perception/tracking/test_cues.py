"""Team mates told apart by place and number; a cue without knowledge adds nothing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from trackside.core import SettingError
from trackside.perception.tracking.cues import Cue, JerseyNumber, UsualPlace, team_places

RNG = np.random.default_rng(5)
NO_ROWS = np.array([], np.intp)


@pytest.mark.parametrize("make", [UsualPlace, JerseyNumber])
def test_a_cue_that_knows_nothing_says_nothing(make: type[UsualPlace] | type[JerseyNumber]) -> None:
    cue: Cue = make()
    cue.add(2)
    values = np.zeros((3, 2)) if make is UsualPlace else np.array([7, 8, 9])
    term = cue.term(values, np.ones(3))
    np.testing.assert_array_equal(term(np.array([0, 1, 1]), np.array([0, 1, 2])), [0, 0, 0])
    cue.update(NO_ROWS, values[:0], np.empty(0))
    cue.keep(np.array([False, True]))
    cue.add(1)
    assert len(cue) == 2
    assert len(cue.term(values, np.ones(3))(NO_ROWS, NO_ROWS)) == 0


def _seen(place: UsualPlace, centres: np.ndarray, spread: float, times: int) -> np.ndarray:
    walks = centres[None] + RNG.normal(0, spread, (times, *centres.shape))
    for step in walks:
        place.update(np.arange(len(centres)), step)
    return walks


def test_mean_and_spread_are_those_of_what_was_seen() -> None:
    place = UsualPlace()
    place.add(2)
    walks = _seen(place, np.array([[-1.0, 0], [1, 0.5]]), 0.4, 500)
    np.testing.assert_allclose(place.means, walks.mean(axis=0))
    np.testing.assert_allclose(place._variances, walks.var(axis=0), rtol=0.1)


def test_a_player_belongs_where_he_usually_plays() -> None:
    place = UsualPlace()
    place.add(2)
    _seen(place, np.array([[-1.0, 0], [1, 0]]), 0.3, 100)
    term = place.term(np.array([[-1.0, 0], [1, 0], [np.nan, 0], [1e300, 0]]))
    gain = term(np.array([0, 1, 0, 1, 0, 0]), np.array([0, 1, 1, 0, 2, 3]))
    assert (gain[:2] > 1).all() and gain[2:4] == pytest.approx([-3, -3]) and gain[4:] == pytest.approx([0, -3])
    expected = norm.logpdf(-1, place.means[0, 0], np.sqrt(place._variances[0, 0] * 1.01)) - norm.logpdf(-1)
    expected += norm.logpdf(0, place.means[0, 1], np.sqrt(place._variances[0, 1] * 1.01)) - norm.logpdf(0)
    assert gain[0] == pytest.approx(expected)
    trusted = place.term(np.array([[-1.0, 0]]), np.array([0.5]), np.array([1, 0]), weight=2.0)
    assert trusted(np.array([1]), np.array([0])) == pytest.approx(expected)


def test_a_place_that_is_not_known_changes_nothing() -> None:
    place = UsualPlace()
    place.add(1)
    place.update(np.array([0]), np.array([[1.0, 2]]))
    place.update(np.array([0]), np.array([[np.nan, 2]]))
    place.update(np.array([0]), np.array([[9.0, 9]]), np.array([0.0]))
    np.testing.assert_array_equal(place.means, [[1, 2]])


def test_a_place_off_the_field_pulls_no_farther_than_its_edge() -> None:
    place = UsualPlace()
    place.add(1)
    _seen(place, np.array([[0.0, 0]]), 0.3, 99)
    place.update(np.array([0]), np.array([[1e30, 0]]))
    assert abs(place.means[0, 0]) < 0.15


def test_places_within_the_team_do_not_change_when_it_moves_and_stretches() -> None:
    points = RNG.normal(0, 10, (11, 2))
    teams = np.zeros(11, np.int64)
    np.testing.assert_allclose(team_places(points * [3, 2] + [500, -70], teams), team_places(points, teams))
    spread = team_places(RNG.normal(5, 3, (2000, 2)), np.zeros(2000, np.int64))
    np.testing.assert_allclose(spread.std(axis=0), 1, rtol=0.1)


def test_who_has_no_team_has_no_place_in_it() -> None:
    points = np.array([[0.0, 0], [1, 1], [2, 2], [5, 5], [6, 6], [np.nan, 0], [9, 9]])
    found = team_places(points, np.array([0, 0, 0, 1, 1, 0, -1]))
    assert np.isfinite(found).all(axis=1).tolist() == [True, True, True, False, False, False, False]
    np.testing.assert_array_equal(team_places(np.ones((3, 2)), np.zeros(3, np.int64)), np.zeros((3, 2)))
    assert team_places(np.empty((0, 2)), np.empty(0, np.int64)).shape == (0, 2)


def test_votes_make_a_number() -> None:
    jersey = JerseyNumber()
    jersey.add(3)
    for numbers in ([10, 7, -1], [10, 7, -1], [18, -1, -1]):
        jersey.update(np.arange(3), np.array(numbers), np.full(3, 0.8))
    jersey.update(np.array([1]), np.array([3]), np.array([np.nan]))
    assert jersey.numbers.tolist() == [10, 7, -1]
    jersey.keep(np.array([False, True, True]))
    assert jersey.numbers.tolist() == [7, -1]


def test_the_right_number_speaks_for_a_pair_and_a_wrong_one_against() -> None:
    jersey = JerseyNumber()
    jersey.add(1)
    for _ in range(9):
        jersey.update(np.array([0]), np.array([10]), np.array([1.0]))
    numbers, trust = np.array([10, 11, -1, 10, 11, 99]), np.array([0.9, 0.9, 0.9, 0.0, np.nan, 0.5])
    gain = jersey.term(numbers, trust)(np.zeros(6, np.intp), np.arange(6))
    share = {True: 9.01 / 10, False: 0.01 / 10}
    expected = [min(3, np.log(90 * share[True] + 0.1)), np.log(90 * share[False] + 0.1), 0, 0, 0, np.log(0.5 + 50 * 0.001)]
    assert gain == pytest.approx(expected)
    assert jersey.term(numbers, trust, weight=0.1)(np.array([0]), np.array([0])) == pytest.approx([0.3])


def test_votes_are_bounded_so_that_a_shirt_can_be_changed() -> None:
    jersey = JerseyNumber()
    jersey.add(1)
    for number in [4] * 5000 + [5] * 100:
        jersey.update(np.array([0]), np.array([number]), np.array([1.0]))
    assert jersey.numbers.tolist() == [5]
    assert jersey._votes.sum() == pytest.approx(50, rel=1e-3)


def test_a_number_that_no_shirt_has_is_refused() -> None:
    jersey = JerseyNumber()
    jersey.add(1)
    with pytest.raises(SettingError, match="0 to 99, got 100"):
        jersey.update(np.array([0]), np.array([100]), np.ones(1))
