"""Matching, counting and intervals."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.core import Alarm, Reason
from trackside.pipelines.scoring import Label, Matched, Rate, Score, Share, garwood, match, tally
from trackside.pipelines.scoring.rates import rule_of_three


def alarm(time: float, place: str = "yard", what: str = "enter", **more: object) -> Alarm:
    return Alarm(place, what, time, time + 0.5, 1, place, **more)  # type: ignore[arg-type]


def label(start: float, end: float, **more: object) -> Label:
    return Label("v", start, end, **more)  # type: ignore[arg-type]


def test_an_alarm_in_time_is_true_one_elsewhere_is_false_and_a_second_one_repeats() -> None:
    found = match([alarm(5.0), alarm(6.0), alarm(20.0)], [label(5, 7)], 1.0)
    assert found.of.tolist() == [0, -1, -1]
    assert found.duplicate.tolist() == [False, True, False]
    assert found.false.tolist() == [False, False, True]


@pytest.mark.parametrize(("time", "fits"), [(3.99, False), (4.0, True), (8.0, True), (8.01, False)])
def test_the_tolerance_holds_on_both_sides_to_the_moment(time: float, fits: bool) -> None:
    assert bool(match([alarm(time)], [label(5, 7)], 1.0).found[0]) is fits


@pytest.mark.parametrize(
    ("asked", "fits"),
    [({"place": "yard"}, True), ({"place": "gate"}, False), ({"event": "leave"}, False), ({"rule": "yard"}, True)],
    ids=["place", "other place", "other event", "rule"],
)
def test_what_a_label_names_must_agree(asked: dict[str, str], fits: bool) -> None:
    assert bool(match([alarm(5.0)], [label(5, 7, **asked)], 1.0).found[0]) is fits


def test_as_many_labels_as_possible_get_an_alarm() -> None:
    # The nearest label of the first alarm is the only one of the second.
    found = match([alarm(5.0), alarm(5.2)], [label(4.9, 5.5), label(2.0, 4.5)], 0.6)
    assert found.of.tolist() == [1, 0]


def test_what_nobody_can_tell_counts_neither_way() -> None:
    found = match([alarm(5.0), alarm(6.0)], [label(5, 7, ignore=True), label(5.9, 6.1)], 0.2)
    assert found.of.tolist() == [-1, 0]
    assert not found.false.any()
    assert len(found.labels) == 1


TIMES = st.lists(st.integers(0, 12), max_size=5)


@given(TIMES, TIMES, st.integers(0, 3))
@settings(max_examples=80, deadline=None)
def test_no_other_assignment_has_more_pairs(alarms: list[int], starts: list[int], tolerance: int) -> None:
    found = match([alarm(float(t)) for t in alarms], [label(s, s + 1) for s in starts], tolerance)
    used = [row for row in found.of if row >= 0]
    assert len(set(used)) == len(used)
    fits = [[s - tolerance <= a <= s + 1 + tolerance for s in starts] for a in alarms]
    most = max(
        (sum(fits[i][j] for i, j in enumerate(order[: len(alarms)]) if j < len(starts)))
        for order in permutations(range(max(len(alarms), len(starts))))
    )
    assert len(used) == most


def test_garwood_is_the_exact_interval() -> None:
    # Ulm 1990, American Journal of Epidemiology 131, table: 95 % limits of Poisson counts.
    for count, low, high in ((0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (20, 12.217, 30.888)):
        assert garwood(count) == (pytest.approx(low, abs=6e-4), pytest.approx(high, abs=6e-4))
    assert garwood(3, 0.0) == (0.0, math.inf)


def test_garwood_covers_the_true_rate() -> None:
    counts = np.random.default_rng(0).poisson(2.0, 3000)
    inside = np.mean([low <= 2.0 <= high for low, high in map(garwood, counts)])
    assert inside >= 0.95


def test_the_rule_of_three() -> None:
    assert rule_of_three(1.0) == pytest.approx(2.9957, abs=1e-3)
    assert rule_of_three(0.0) == math.inf


def test_shares_and_rates_of_nothing_are_told_as_nothing() -> None:
    assert str(Share(0, 0)) == str(Rate(0, 0.0)) == "-"
    assert str(Share(9, 10)) == "90.0% (60% to 98%)"
    assert str(Rate(0, 2.0)) == "0 (0 to 1.84)"


def scored(start: float = 0.0, end: float = 3600.0) -> Score:
    return Score.of(match([alarm(5.0), alarm(6.0), alarm(2000.0)], [label(4, 7), label(100, 101)], 1.0), start, end)


def test_a_score_counts_and_rates() -> None:
    score = scored()
    assert (score.labels, score.found, score.false, score.duplicates, score.hours) == (2, 1, 1, 1, 1.0)
    assert (score.recall.value, score.precision.value, score.false_rate.value) == (0.5, 0.5, 1.0)
    assert score.delay(0.5) == pytest.approx(1.5)
    assert score.to_json()["missed"] == 1


def test_two_halves_add_up_to_the_whole() -> None:
    assert scored(0, 50) + scored(50, 3600) == scored()


def test_the_tally_tells_false_lost_and_repeated_events_apart() -> None:
    def refused(time: float, *steps: str) -> Alarm:
        return alarm(time, reasons=tuple(Reason(step, False, step) for step in steps))

    labels = [label(5, 6), label(50, 51)]
    alarms = match([alarm(5.0)], labels, 1.0)
    events = match(
        [refused(5.5, "size"), refused(50.0, "size"), refused(90.0, "size", "dwell"), refused(95.0, "dwell")], labels, 1.0
    )
    size, dwell = sorted(tally({"v": (events, alarms)}), key=lambda one: one.step, reverse=True)
    assert (size.false, size.repeated, size.lost, size.alone, size.lost_alone) == (1, 1, 1, 0, 1)
    assert (dwell.false, dwell.repeated, dwell.lost, dwell.alone) == (2, 0, 0, 1)


def test_no_alarms_and_no_labels_are_no_trouble() -> None:
    nothing: Matched = match([], [], 1.0)
    assert Score.of(nothing, 0, 10) == Score(hours=10 / 3600)
    assert not match([], [label(1, 2)], 1.0).found.any()
