"""Spells: hysteresis in value and time, gaps, ends, and what is kept."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import SettingError
from trackside.perception.rules import Hysteresis, Spells, Turns


def feed(spells: Spells, values: dict[float, float | None], track: int = 1) -> list[tuple[bool, float]]:
    """Give one track's values, None where it is not seen; whether each turn began a spell, and when."""
    turns: list[tuple[bool, float]] = []
    for time, value in values.items():
        ids = np.array([] if value is None else [track], np.int64)
        turns += told(spells.update(ids, np.array([] if value is None else [value], np.float64), time))
    return turns


def told(turns: Turns) -> list[tuple[bool, float]]:
    return [(on, round(time, 6)) for on, time in zip(turns.on.tolist(), turns.times.tolist(), strict=True)]


def test_a_spell_begins_where_the_straight_line_passes_the_border() -> None:
    assert feed(Spells(), {0.0: 3.0, 1.0: -1.0}) == [(True, 0.75)]


def test_a_value_that_jumps_changes_at_the_look() -> None:
    assert feed(Spells(Hysteresis(even=False)), {0.0: 3.0, 1.0: -1.0}) == [(True, 1.0)]


def test_it_must_hold_for_long_enough_to_begin_and_then_began_when_it_first_held() -> None:
    slow = Hysteresis(on_after=1.0)
    assert feed(Spells(slow), {0.0: -1, 0.9: -1}) == []
    assert feed(Spells(slow), {0.0: -1, 0.9: -1, 1.1: -1}) == [(True, 0.0)]
    assert feed(Spells(slow), {0.0: -1, 0.5: 1, 0.6: -1, 1.2: -1}) == []


def test_what_held_until_between_two_looks_counts_that_long() -> None:
    # At the looks it has held for 0.9 s; the border was passed 0.15 s later, so it held for 1.05 s.
    values = {0.0: -1.0, 0.9: -3.0, 1.1: 1.0}
    assert feed(Spells(Hysteresis(on_after=1.0)), values) == [(True, 0.0), (False, 1.05)]
    assert feed(Spells(Hysteresis(on_after=1.06)), values) == []


def test_between_the_two_borders_all_stays_as_it_was() -> None:
    wide = Hysteresis(margin=2.0)
    assert feed(Spells(wide), {0.0: 1.0, 1.0: 1.9, 2.0: 0.5}) == []
    assert feed(Spells(wide), {0.0: -1.0, 1.0: 1.9, 2.0: 0.5, 3.0: -1.0}) == [(True, 0.0)]
    assert feed(Spells(wide), {0.0: -1.0, 1.0: 3.0}) == [(True, 0.0), (False, 0.75)]


def test_short_breaks_do_not_end_a_spell() -> None:
    calm = Hysteresis(off_after=1.0)
    assert feed(Spells(calm), {0.0: -1, 1.0: -1, 1.2: 1, 1.9: 1, 2.0: -1, 3.0: -1}) == [(True, 0.0)]
    assert feed(Spells(calm), {0.0: -1, 1.0: 1, 1.4: 1, 2.0: 1}) == [(True, 0.0), (False, 0.5)]


def test_out_of_sight_for_less_than_the_gap_is_bridged() -> None:
    short = Hysteresis(gap=1.0)
    assert feed(Spells(short), {0.0: -1, 0.4: None, 0.9: None, 1.0: -1}) == [(True, 0.0)]


def test_out_of_sight_for_longer_ends_the_spell_when_it_was_last_seen() -> None:
    short = Hysteresis(gap=1.0)
    assert feed(Spells(short), {0.0: -1, 0.4: -1, 0.9: None, 1.5: None}) == [(True, 0.0), (False, 0.4)]
    assert feed(Spells(short), {0.0: -1, 0.4: -1, 0.9: None, 1.5: -1}) == [(True, 0.0), (False, 0.4), (True, 1.5)]


def test_two_looks_in_a_row_are_one_stay_however_slow_the_camera_is_but_not_after_a_long_pause() -> None:
    assert feed(Spells(Hysteresis(gap=0.5)), {0.0: -1, 3.0: -1, 6.0: -1}) == [(True, 0.0)]
    assert feed(Spells(Hysteresis(gap=0.5)), {0.0: -1, 60.0: -1}) == [(True, 0.0), (False, 0.0), (True, 60.0)]


def test_a_value_that_is_not_known_counts_as_not_seen() -> None:
    assert feed(Spells(), {0.0: -1, 0.5: float("nan"), 1.0: -1}) == [(True, 0.0)]
    assert feed(Spells(), {0.0: -1, 0.5: float("nan"), 1.6: float("nan")}) == [(True, 0.0), (False, 0.0)]


def test_a_clock_that_trembles_is_no_time_and_one_that_jumps_back_starts_anew() -> None:
    spells = Spells(Hysteresis(on_after=1.0))
    assert feed(spells, {10.0: -1, 10.5: -1, 10.45: -1, 11.0: -1}) == [(True, 10.0)]
    assert feed(spells, {2.0: -1}) == []
    assert feed(spells, {2.9: -1, 3.1: -1}) == [(True, 2.0)]


def test_a_track_that_ends_in_its_spell_ends_it_and_leaves_nothing() -> None:
    spells = Spells(Hysteresis(off_after=1.0))
    feed(spells, {0.0: -1, 1.0: 1, 1.2: 1})
    turns = spells.end([1, 99])
    assert (told(turns), turns.since.tolist(), len(spells)) == ([(False, 0.5)], [0.0], 0)


def test_tracks_that_are_lost_are_freed_without_being_told() -> None:
    spells = Spells()
    for n in range(500):
        spells.update(np.array([n + 1]), np.array([1.0]), n * 0.1)
    assert len(spells) <= 12


def test_there_is_a_cap_on_what_is_kept() -> None:
    spells = Spells(Hysteresis(gap=1e9))
    for first in range(1, 40_000, 4_000):
        spells.update(np.arange(first, first + 4_000), np.full(4_000, 1.0), float(first))
    assert len(spells) <= 20_000


def test_what_lasts_is_told_with_the_time_until_which_it_is_sure() -> None:
    spells = Spells(Hysteresis(off_after=5.0))
    feed(spells, {0.0: -1, 1.0: -1, 2.0: 1})
    ids, since, until = spells.held()
    assert (ids.tolist(), since.tolist(), until.tolist()) == ([1], [0.0], [1.5])


@pytest.mark.parametrize("name", ["on_after", "off_after", "margin", "gap"])
@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_numbers_that_make_no_sense_are_refused(name: str, value: float) -> None:
    with pytest.raises(SettingError, match=name):
        Hysteresis(**{name: value})
