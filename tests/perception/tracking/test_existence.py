"""Evidence for existence: the arithmetic of log odds, and what a tracker does with it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trackside.core import Detections
from trackside.perception.tracking import Existence, Round, Tracker, TrackerSettings
from trackside.perception.tracking.existence import Evidence

FPS = 25.0
PERSON = [90.0, 50.0, 110.0, 100.0]
# Weights that are easy to reckon with: a detection of 0.9 adds ln 9 = 2.2, a second without takes 1 away.
PLAIN = Existence(gain=1.0, miss=1.0, most=6.0, sure=2.0, coast=0.14, doubtful=0.3)


def found(*scores: float, shift: float = 0.0) -> Detections:
    """The same person, once for each score."""
    boxes = np.tile(np.add(PERSON, [shift, 0, shift, 0]), (len(scores), 1))
    return Detections(boxes, np.array(scores), np.zeros(len(scores)))


def tracker(existence: Existence = PLAIN, **changes: object) -> Tracker:
    """Everything from 0.3 is looked at and starts tracks; half of the detections are true at 0.5."""
    settings = TrackerSettings(
        rounds=(Round(found="all"), Round(tracks="new", found="all")),
        low=0.3,
        high=0.5,
        new=0.3,
        even=0.5,
        existence=existence,
    )
    return Tracker(settings, **changes)


def test_a_detection_adds_its_log_odds_over_those_of_an_even_one() -> None:
    evidence = Evidence(Existence(gain=0.5), even=0.5)
    assert evidence.of([0.5, 0.9, 0.2]) == pytest.approx([0, 0.5 * math.log(9), 0.5 * math.log(0.25)])
    assert Evidence(Existence(gain=0.5), even=0.9).of([0.9, 0.5]) == pytest.approx([0, -0.5 * math.log(9)])


def test_no_score_proves_anything() -> None:
    of = Evidence(Existence(gain=1.0), even=0.5).of
    assert of([0.0, 1.0]) == pytest.approx([-math.log(99), math.log(99)])
    assert np.isfinite(Evidence(Existence(), even=1.0).of([0.0, 1.0])).all()


def test_what_is_seen_gains_and_what_is_not_loses_by_the_second() -> None:
    evidence, odds = Evidence(Existence(gain=1.0, miss=2.0, most=3.0), even=0.5), np.array([1.0, 1.0, 2.9])
    evidence.weigh(odds, np.zeros(len(odds), np.bool_), np.array([1, 2]), np.array([0.9, 0.9], np.float32), 0.25)
    # Unseen for a quarter second; 1 + ln 9 and 2.9 + ln 9 both exceed the most.
    assert odds == pytest.approx([0.5, 3.0, 3.0])


def test_a_miss_costs_the_same_in_one_step_as_in_many() -> None:
    evidence, one, many = Evidence(PLAIN, even=0.5), np.array([5.0]), np.array([5.0])
    nobody, nothing = np.empty(0, np.intp), np.empty(0, np.float32)
    evidence.weigh(one, np.zeros(len(one), np.bool_), nobody, nothing, 2.0)
    for _ in range(50):
        evidence.weigh(many, np.zeros(len(many), np.bool_), nobody, nothing, 0.04)
    assert one == pytest.approx([3.0])
    assert many == pytest.approx([3.0])


def test_a_strong_detection_counts_at_once_and_a_faint_one_has_to_earn_it() -> None:
    assert tracker().update(found(0.9), 0.0).ids.tolist() == [1]
    weak = tracker()
    # -0.41 after the first; the second, 0.62 (+0.49), brings it over even odds.
    assert [weak.update(found(score), n / FPS).ids.tolist() for n, score in enumerate((0.4, 0.62))] == [[], [1]]


def test_a_false_positive_that_flickers_below_even_scores_never_gets_an_identity() -> None:
    flicker = tracker()
    for n in range(500):
        assert len(flicker.update(found(0.45) if n % 3 == 0 else found(), n / FPS)) == 0
    assert flicker.ended == []


def test_a_false_positive_that_was_believed_loses_its_identity() -> None:
    """A mirror seen well three times and poorly ever after: 6.6 is cut to 6, and each 0.35 takes 0.62 away."""
    liar = tracker()
    for n in range(3):
        assert liar.update(found(0.9), n / FPS).ids.tolist() == [1]
    shown, ended = [], []
    for n in range(3, 40):
        shown.append(liar.update(found(0.35), n / FPS).ids.tolist())
        ended += liar.ended
    assert shown.index([]) == math.floor(6 / 0.619)
    assert shown[shown.index([]) :] == [[]] * (len(shown) - shown.index([]))
    assert ended == [1]


def test_a_person_seen_moderately_well_keeps_the_identity() -> None:
    """The healthy twin of the false positives: scores that are right more often than not, with misses."""
    tracks = tracker()
    shown = [tracks.update(found(0.65) if n % 3 else found(), n / FPS).ids.tolist() for n in range(1, 200)]
    # Once it is sure, also the misses are bridged.
    assert shown[:2] == [[1], [1]] and shown[9:] == [[1]] * len(shown[9:])


def test_a_sure_track_is_given_out_through_a_miss_of_a_tenth_of_a_second_where_it_is_predicted() -> None:
    sure = tracker()
    for n in range(25):
        sure.update(found(0.9, shift=4.0 * n), n / FPS)
    for miss, time in enumerate((1.0, 1.04, 1.08), 25):
        tracks = sure.update(found(), time)
        assert tracks.ids.tolist() == [1]
        assert sure.rows.tolist() == [-1]
        # 100 px a second: it moves on, within the filter's lag of a few pixels.
        assert tracks.boxes[0, 0] == pytest.approx(90 + 4 * miss, abs=3)
    assert len(sure.update(found(), 1.12)) == 0, "0.16 s after it was seen is too long"
    assert sure.update(found(0.9, shift=4 * 29), 1.16).ids.tolist() == [1]
    assert sure.rows.tolist() == [0]


def test_a_doubtful_track_is_not_given_out_unseen() -> None:
    doubtful = tracker()
    # Two detections of 0.7 are worth 1.69, less than `sure`.
    assert [doubtful.update(found(0.7), n / FPS).ids.tolist() for n in range(2)] == [[1], [1]]
    assert len(doubtful.update(found(), 0.08)) == 0
    assert doubtful.update(found(0.7), 0.12).ids.tolist() == [1]


def test_the_seen_come_first_and_their_boxes_stay_as_detected_beside_a_predicted_one() -> None:
    pair = tracker(low=0.3)
    apart = np.array([PERSON, [390.0, 50, 410, 100]])
    for n in range(25):
        pair.update(Detections(np.add(apart, [2 * n, 0, 2 * n, 0]), np.full(2, 0.9), np.zeros(2)), n / FPS)
    seen = np.add(apart[1:], [51.5, 1, 51.5, 1])
    tracks = pair.update(Detections(seen, np.array([0.9]), np.zeros(1)), 1.0)
    assert tracks.ids.tolist() == [2, 1] and pair.rows.tolist() == [0, -1]
    assert tracks.boxes[0].tolist() == seen[0].tolist()
    assert tracks.boxes[1] == pytest.approx(np.add(apart[0], [50, 0, 50, 0]), abs=3)


def test_a_doubtful_track_waits_a_while_and_then_ends_for_good() -> None:
    faint = tracker(Existence(gain=1.0, miss=1.0, doubtful=0.3))
    faint.update(found(0.4), 0.0)
    faint.update(found(), 0.28)
    assert len(faint) == 1
    faint.update(found(), 0.32)
    assert len(faint) == 0


def test_what_is_hopeless_ends_at_once() -> None:
    hopeless = tracker(Existence(gain=5.0))
    hopeless.update(found(0.3), 0.0)  # 5 ln(3/7) = -4.2, beyond 1 to 50
    assert len(hopeless) == 0


def test_what_once_was_sure_waits_its_whole_patience_out() -> None:
    """Odds fall while nobody is seen, but it is `keep_lost` that says when to give up."""
    seen = Detections([[100, 50, 140, 150]], [0.95], [0])
    for patience, expected in ((30.0, {1}), (5.0, {1, 2})):
        tracker = Tracker("evidence", new=0.5, keep_lost=patience)
        times = [*np.arange(50) / 25, *(12 + np.arange(10) / 25)]
        shown = {int(name) for time in times for name in tracker.update(seen, float(time)).ids}
        assert shown == expected


def test_a_single_sighting_earns_an_identity_only_if_it_is_very_sure() -> None:
    for score, expected in ((0.55, []), (0.97, [1])):
        tracker = Tracker("evidence", new=0.5)
        tracker.update(Detections.empty(), 0.0)
        once = tracker.update(Detections([[100, 50, 140, 150]], [score], [0]), 0.04)
        assert once.ids.tolist() == expected


def test_a_walker_keeps_one_identity_also_at_two_frames_a_second() -> None:
    tracker = Tracker("evidence", new=0.5)
    places = [300 + 80 * number / 2 for number in range(60)]
    shown = [
        tracker.update(Detections([[x, 100, x + 40, 200]], [0.95], [0]), number / 2).ids.tolist()
        for number, x in enumerate(places)
    ]
    assert {name for names in shown for name in names} == {1}
