"""One look decides nothing, enough looks that agree do, and doubt makes unknown."""

from __future__ import annotations

import pytest

from trackside.perception.faces import Votes
from trackside.perception.faces.vote import _MOST_TRACKS


def _look(votes: Votes, *people: str, track: int = 1, start: float = 0.0) -> list[str]:
    return [votes.add(track, start + number, person, 0.8) for number, person in enumerate(people)]


def test_the_look_that_makes_enough_decides_and_is_told_once() -> None:
    votes = Votes(3, 5)
    assert _look(votes, "a", "", "a", "a", "a") == ["", "", "", "a", ""]
    assert votes.person(1) == "a"
    assert votes.score(1) == pytest.approx(0.8)


def test_a_stranger_stays_unknown() -> None:
    votes = Votes(3, 5)
    assert not any(_look(votes, *[""] * 50))
    assert votes.person(1) == ""
    assert votes.score(1) != votes.score(1)


def test_looks_that_are_too_long_ago_do_not_count() -> None:
    votes = Votes(3, 5)
    assert not any(_look(votes, "a", "a", "", "", "", "", "a"))


def test_another_person_among_the_looks_is_doubt() -> None:
    votes = Votes(3, 5)
    assert not any(_look(votes, "a", "a", "b", "a"))
    assert votes.person(1) == ""


def test_a_track_that_is_clearly_two_people_is_unknown_for_good() -> None:
    votes = Votes(2, 3)
    _look(votes, "a", "a")
    assert votes.person(1) == "a"
    _look(votes, "b", start=5)
    assert votes.person(1) == "a", "one look against it does not outweigh"
    assert not any(_look(votes, "b", "b", "b", "b", start=10))
    assert votes.person(1) == ""
    assert not votes.is_due(1, 1e9)


def test_looks_are_spaced_in_media_time_and_rarer_once_decided() -> None:
    votes = Votes(2, 3, every=0.5)
    assert votes.is_due(7, 0.0)
    votes.add(7, 0.0, "a", 0.9)
    assert not votes.is_due(7, 0.4)
    assert votes.is_due(7, 0.5)
    votes.add(7, 0.5, "a", 0.9)
    assert not votes.is_due(7, 5.0)
    assert votes.is_due(7, 5.5)


def test_the_state_of_a_track_that_ended_is_gone_and_bounded() -> None:
    votes = Votes()
    _look(votes, "a", "a", "a")
    votes.end([1, 99])
    assert (len(votes), votes.person(1)) == (0, "")
    for track in range(_MOST_TRACKS + 50):
        votes.add(track, 0.0, "", 0.1)
    assert len(votes) == _MOST_TRACKS


def test_somebody_who_was_deleted_is_unknown_again() -> None:
    votes = Votes(2, 3)
    _look(votes, "a", "a")
    _look(votes, "b", "b", track=2)
    votes.forget(["a"])
    assert (votes.person(1), votes.person(2)) == ("", "b")


@pytest.mark.parametrize(("needed", "looks"), [(0, 5), (6, 5)])
def test_rules_that_cannot_be_kept_are_refused(needed: int, looks: int) -> None:
    with pytest.raises(ValueError, match="needed"):
        Votes(needed, looks)
