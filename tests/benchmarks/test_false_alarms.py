"""The benchmark of false alarms: its truth comes from ground truth alone, its places are fixed, its counts are right."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.false_alarms import places, synthetic, tables
from benchmarks.false_alarms.cases import Settings
from benchmarks.false_alarms.truth import LITERAL, Told, as_labels, endings

from trackside.core import Detections, Tracks

STEADY: list[Told] = [("enter", 1.0, 7, "yard"), ("leave", 5.0, 7, "yard")]
TREMBLING: list[Told] = [
    ("enter", 1.0, 7, "yard"),
    ("leave", 2.5, 7, "yard"),
    ("enter", 2.9, 7, "yard"),
    ("leave", 5.0, 7, "yard"),
]


@pytest.mark.parametrize("told", [STEADY, TREMBLING], ids=["steady", "trembling"])
def test_a_stay_is_one_label_however_the_feet_tremble(told: list[Told]) -> None:
    (label,) = as_labels("v", told, 10.0)
    assert (label.start, label.end, label.ignore) == (1.0, 5.0, False)


def test_taken_literally_every_entry_is_a_label() -> None:
    assert [label.start for label in as_labels("v", TREMBLING, 10.0, LITERAL)] == [1.0, 2.9]


def test_who_brushes_a_zone_counts_neither_way_but_not_if_the_recording_ends_there() -> None:
    brushed: list[Told] = [("enter", 1.0, 7, "yard"), ("leave", 1.5, 7, "yard"), ("enter", 9.5, 8, "yard")]
    assert [label.ignore for label in as_labels("v", brushed, 10.0)] == [True, False]


def test_a_quick_step_back_over_a_line_counts_neither_way_and_a_return_does() -> None:
    quick: list[Told] = [("cross_in", 1.0, 7, "gate"), ("cross_out", 1.6, 7, "gate")]
    slow: list[Told] = [("cross_in", 1.0, 7, "gate"), ("cross_out", 3.0, 7, "gate"), ("cross_in", 1.2, 8, "gate")]
    assert [label.ignore for label in as_labels("v", quick, 10.0)] == [True, True]
    assert not any(label.ignore for label in as_labels("v", slow, 10.0))


def test_identities_end_after_they_were_last_seen_and_not_in_a_gap() -> None:
    here, away = Tracks.of(Detections([[0, 0, 1, 1]], [1.0], [0], ("person",)), [7]), Tracks.empty()
    assert endings([here, away, here, away, away]) == [[], [], [], [7], []]


def test_a_layout_is_the_same_for_the_same_seed_and_lies_in_the_picture() -> None:
    one, again, other = places.random_layout(3), places.random_layout(3), places.random_layout(4)
    assert one == again != other
    corners = np.array([*one.zones.values()])
    assert corners.shape == (places.ZONES, 4, 2)
    assert corners.min() >= 0
    assert corners.max() <= 1
    assert one.zones["zone0"] == [[0.6976, 0.1942], [0.737, 0.4073], [0.5482, 0.4421], [0.5089, 0.229]]


def test_rules_with_hysteresis_find_who_walks_through_and_leave_out_who_stands_on_the_edge() -> None:
    by_name = {case.name: case for case in synthetic.cases()}
    guarded = Settings("guarded", True)
    walking, standing = by_name["people who walk through"], by_name["somebody who stands on the zone's edge"]
    assert walking.before().found == walking.after(guarded).found == 16
    assert standing.before().false > 20
    assert standing.after(guarded).false == 0
    assert tables.missed([walking], guarded).hits == 0
    assert tables.missed([walking], Settings("raw", True, {"median_score": 0.99})).hits == 16
