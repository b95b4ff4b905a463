"""The presets: known trackers as data, and how their settings are changed."""

from __future__ import annotations

import re

import pytest

from trackside.core import SettingError
from trackside.perception.tracking import PRESETS, Existence, Likeness, Noise, Round, Tracker, TrackerSettings, preset


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_says_which_paper_it_comes_from(name: str) -> None:
    assert re.search(r"\b(19|20)\d\d\b", PRESETS[name].paper), PRESETS[name].paper


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_starts_what_it_can_then_match(name: str) -> None:
    # What starts without an identity must be offered to some round, or it could never earn one.
    assert {each.tracks for each in preset(name).rounds} & {"new", "all"}
    assert {each.tracks for each in preset(name).rounds} & {"known", "all"}


def test_a_preset_is_itself_when_nothing_is_changed_and_stays_so_when_something_is() -> None:
    before = PRESETS["bytetrack"]
    assert preset("bytetrack") == before
    assert preset("bytetrack", high=0.7, keep_lost=3.0).high == 0.7
    assert PRESETS["bytetrack"] is before and before.high == 0.5


def test_changes_reach_the_tracker() -> None:
    tracker = Tracker("bytetrack", high=0.7, class_aware=True)
    assert (tracker.settings.high, tracker.settings.starts, tracker.settings.class_aware) == (0.7, 0.7, True)
    assert tracker.settings.rounds == PRESETS["bytetrack"].rounds


def test_settings_of_ones_own_are_taken_and_changed_as_presets_are() -> None:
    own = TrackerSettings(rounds=(Round(),), keep_lost=9.0)
    assert preset(own) == own
    assert preset(own, low=0.3).low == 0.3 and preset(own, low=0.3).keep_lost == 9.0


def test_an_unknown_preset_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(SettingError, match="no tracker 'bytetrak'") as error:
        preset("bytetrak")
    assert error.value.fix == "did you mean 'bytetrack'?"


def test_an_unknown_setting_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(SettingError, match="no setting 'keep_los'") as error:
        preset("bytetrack", keep_los=2.0)
    assert error.value.fix == "did you mean 'keep_lost'?"


@pytest.mark.parametrize(
    "change",
    [
        {"low": -0.1},
        {"high": 1.5},
        {"low": 0.6},
        {"new": 0.05},
        {"even": 0.0},
        {"even": 1.0},
        {"keep_lost": 0.0},
        {"keep_lost": float("inf")},
        {"sightings": 0},
        {"rounds": ()},
    ],
)
def test_an_impossible_value_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        preset("bytetrack", **change)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (Likeness, {"least": -0.1}),
        (Likeness, {"least": 1.1}),
        (Likeness, {"measure": "giou", "least": -1.1}),
        (Likeness, {"expand": -0.1}),
        (Noise, {"place": 0.0}),
        (Noise, {"size": 0.0}),
        (Noise, {"acceleration": -1.0}),
        (Noise, {"speed": float("nan")}),
        (Existence, {"miss": -1.0}),
        (Existence, {"gain": float("inf")}),
    ],
)
def test_an_impossible_part_is_refused(part: type, change: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        part(**change)


def test_gates_at_their_ends_are_fine() -> None:
    assert Likeness(measure="giou", least=-1.0).least == -1.0
    assert Likeness(least=0.0, expand=10.0).expand == 10.0
