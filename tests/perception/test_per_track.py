"""State of tracks: one row each, freed and bounded."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from trackside.perception.per_track import PerTrack


def ids(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def test_rows_keep_their_values_while_others_come_and_go() -> None:
    state = PerTrack(place=np.full(2, np.nan), count=0)
    rows = state.rows(ids(7, 3))
    state["count"][rows] = [70, 30]
    rows = state.rows(ids(5, 3, 7))
    assert state["count"][rows].tolist() == [0, 30, 70]
    assert np.isnan(state["place"][rows]).all()
    state.drop([3, 99])
    assert state.ids.tolist() == [5, 7]
    assert state["count"].tolist() == [0, 70]


def test_a_track_that_ended_starts_blank_when_its_number_is_used_again() -> None:
    state = PerTrack(count=0)
    rows = state.rows(ids(1))
    state["count"][rows] = 9
    state.drop([1])
    rows = state.rows(ids(1))
    assert state["count"][rows].tolist() == [0]


def test_the_tracks_unused_for_longest_go_when_there_are_too_many() -> None:
    state = PerTrack(most=3, count=0)
    state.rows(ids(1, 2, 3))
    state.rows(ids(1))
    rows = state.rows(ids(4, 5))
    state["count"][rows] = 4
    assert state.ids.tolist() == [1, 4, 5]
    assert state["count"].tolist() == [0, 4, 4]


def test_one_call_may_ask_for_more_than_the_bound() -> None:
    state = PerTrack(most=2, count=0)
    assert len(state.rows(ids(1, 2, 3, 4))) == 4
    state.rows(ids(5))
    assert len(state) == 2


@given(st.lists(st.lists(st.integers(1, 30), unique=True), max_size=12), st.sets(st.integers(1, 30)))
def test_it_behaves_like_a_dict(calls: list[list[int]], ended: set[int]) -> None:
    state, plain = PerTrack(value=0.0), {}
    for number, wanted in enumerate(calls):
        rows = state.rows(np.array(wanted, np.int64))
        assert state["value"][rows].tolist() == [plain.get(track, 0.0) for track in wanted]
        state["value"][rows] = number
        plain.update(dict.fromkeys(wanted, float(number)))
        if number % 3 == 2:
            state.drop(ended)
            plain = {track: value for track, value in plain.items() if track not in ended}
    assert dict(zip(state.ids.tolist(), state["value"].tolist(), strict=True)) == plain
