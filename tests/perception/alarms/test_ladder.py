"""The ladder on scripted scenes: what passes, what is refused and why, and when."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from tests.perception.alarms.scenes import Person, frames, play
from trackside.core import Events, Tracks
from trackside.perception.alarms import Ladder, LadderSettings

NOTHING = LadderSettings(median_score=None, looks=1, stay=None, moved=None, dwell=None, merge=None, only=("enter",))


def asking(**steps: object) -> Ladder:
    """A ladder that asks these steps only."""
    return Ladder(dataclasses.replace(NOTHING, **steps))  # type: ignore[arg-type]


def walker(track: int = 1, start: float = 1.0, **more: object) -> Person:
    """Walks in from the left, 60 pixels a second, and is inside from a little after the start on."""
    return Person(track, start, start + 8, x=lambda t: 60 * (t - start) + 60, **more)  # type: ignore[arg-type]


def test_nothing_asked_every_event_is_an_alarm_at_once() -> None:
    seen = play(asking(), [walker()])
    (alarm,) = seen.alarms
    assert (alarm.rule, alarm.what, alarm.place, alarm.track, alarm.label) == ("yard", "enter", "yard", 1, "person")
    assert alarm.decided == alarm.time == pytest.approx(1.7)
    assert not seen.refused


def test_a_true_event_is_late_rather_than_lost() -> None:
    born_inside = Person(1, 2.0, 9.0)
    (alarm,) = play(asking(median_score=0.5, over=2.0), [born_inside]).alarms
    assert alarm.time == pytest.approx(2.0)
    assert alarm.decided == pytest.approx(3.0)
    assert "median score 0.80" in alarm.why


def test_who_is_seen_once_cannot_pass_a_median() -> None:
    seen = play(asking(median_score=0.1, over=1.0), [Person(1, 2.0, 2.0, score=lambda t: 1.0)])
    assert seen.refusing() == [(1, ["median score"])]
    assert not seen.alarms


def test_an_event_is_decided_when_its_track_ends_and_not_later() -> None:
    (refused,) = play(asking(dwell=5.0, wait=30.0), [Person(1, 2.0, 3.0)]).refused
    assert refused.decided == pytest.approx(3.1)
    assert refused.why == "there for 1.0 s, at least 5.0 was asked"


def test_an_event_waits_no_longer_than_it_may() -> None:
    (refused,) = play(asking(dwell=8.0, wait=2.0), [Person(1, 2.0, 11.0)]).refused
    assert refused.decided == pytest.approx(4.0)


def test_what_waiting_cannot_change_is_refused_at_once() -> None:
    faint_then_sure = Person(1, 2.0, 9.0, score=lambda t: 0.3 if t < 2.05 else 0.9)
    (refused,) = play(asking(least_score=0.5, wait=5.0), [faint_then_sure]).refused
    assert refused.decided == pytest.approx(2.0)
    assert refused.reasons[0].step == "score"
    assert refused.reasons[0].value == pytest.approx(0.3)


def test_somebody_who_trembles_at_the_edge_is_no_alarm_and_who_stays_is() -> None:
    touching = Person(1, 1.0, 6.0, x=lambda t: 103 if 2.0 <= t < 2.35 else 97)
    hesitating = Person(3, 1.0, 6.0, x=lambda t: 97 if t < 3 or 3.15 <= t < 3.35 else 103, y=200)
    seen = play(asking(stay=0.5), [touching, walker(2, y=350), hesitating])
    assert [(alarm.track, round(alarm.time, 1)) for alarm in seen.alarms] == [(2, 1.7), (3, 3.0)]
    assert seen.refusing() == [(1, ["stays"])]


def test_the_end_of_a_track_does_not_take_its_event_back() -> None:
    assert len(play(asking(stay=0.5), [Person(1, 2.0, 3.0)]).alarms) == 1
    (short,) = play(asking(stay=0.5), [Person(1, 2.0, 2.3)]).refused
    assert short.why == "holds after 0.3 s, at least 0.5 was asked"


def test_only_the_passing_of_a_border_can_be_taken_back() -> None:
    """A dwell is over when it is told: nothing takes it back, also where its object leaves soon after."""
    ladder, told = asking(stay=0.5, only=("dwell",)), []
    for time, tracks, gone in frames([Person(1, 0.0, 2.2)], 10, 4):
        ladder.end(gone)
        told += ladder.update(tracks, Events.at(time, [("dwell", 1, "yard", 2.0)] if time == 2.0 else []), time).alarms
    assert [(alarm.what, alarm.time) for alarm in told] == [("dwell", 2.0)]


def test_a_poster_does_not_move_and_a_walker_does() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 6, 1000)
    poster = Person(1, 0.0, 11.0, x=lambda t: 300 + noise[round(t * 10)], height=lambda t: 100 + noise[500 + round(t * 10)])
    seen = play(asking(moved=0.3, wait=5.0), [poster, walker(2, y=200)])
    assert [alarm.track for alarm in seen.alarms] == [2]
    assert seen.refusing() == [(1, ["moved"])]


def test_size_and_shape_are_medians_so_one_broken_box_does_no_harm() -> None:
    broken_once = Person(1, 1.0, 9.0, height=lambda t: 900.0 if abs(t - 1.2) < 0.01 else 100.0)
    giant = Person(2, 1.0, 9.0, height=lambda t: 390.0)
    seen = play(asking(height=(50, 200), aspect=(0.2, 0.6), looks=3), [broken_once, giant])
    assert [alarm.track for alarm in seen.alarms] == [1]
    assert seen.refusing() == [(2, ["height"])]


def test_the_class_is_voted_for_and_a_name_that_nobody_has_passes_nobody() -> None:
    mostly_person = Person(1, 1.0, 9.0, kind=lambda t: int(round(t * 5) % 5 == 4))
    dog = Person(2, 1.0, 9.0, kind=lambda t: 1, y=200)
    seen = play(asking(classes=("person",), looks=4), [mostly_person, dog])
    assert [(alarm.track, alarm.label) for alarm in seen.alarms] == [(1, "person")]
    assert seen.refused[0].label == "dog"
    assert not play(asking(classes=("cat",)), [dog]).alarms


def test_zones_within_and_ignored_are_asked_at_the_event() -> None:
    left = {"left half": [(0, 0), (200, 0), (200, 400), (0, 400)]}
    assert len(play(asking(within=left), [walker()]).alarms) == 1
    (refused,) = play(asking(ignore=left), [walker()]).refused
    assert refused.why == "foot point in left half, which is ignored"
    (elsewhere,) = play(asking(within={"far": [(300, 0), (400, 0), (400, 400)]}), [walker()]).refused
    assert elsewhere.why == "foot point in none of far"


def test_cooldown_counts_repeats_or_refuses_them() -> None:
    people = [walker(1, 1.0), walker(2, 3.0, y=200), walker(3, 5.5, y=100)]
    silent = asking(cooldown=3.0)
    assert [alarm.track for alarm in play(silent, people).alarms] == [1, 3]
    assert silent.merged == 1
    seen = play(asking(cooldown=3.0, repeats="refuse"), people)
    assert seen.refusing() == [(2, ["cooldown"])]


def test_repeats_that_still_wait_when_an_alarm_is_raised_are_counted_in_it() -> None:
    people = [Person(1, 1.0, 9.0), Person(2, 1.5, 9.0, y=200), Person(3, 1.6, 9.0, y=100)]
    (alarm,) = play(asking(cooldown=5.0, dwell=2.0), people).alarms
    assert (alarm.track, alarm.repeats) == (1, 2)


def test_a_track_that_breaks_and_goes_on_under_another_number_is_one_alarm() -> None:
    broken = [Person(1, 1.0, 4.0), Person(2, 4.4, 9.0, x=lambda t: 310.0)]
    assert [alarm.track for alarm in play(asking(merge=2.0), broken).alarms] == [1]
    assert [alarm.track for alarm in play(asking(), broken).alarms] == [1, 2]


@pytest.mark.parametrize(
    "other",
    [Person(2, 4.4, 9.0, x=lambda t: 480.0), Person(2, 3.0, 9.0, x=lambda t: 310.0), Person(2, 7.5, 9.0)],
    ids=["far away", "seen together", "long after"],
)
def test_somebody_else_is_an_alarm_of_their_own(other: Person) -> None:
    seen = play(asking(merge=2.0), [Person(1, 1.0, 4.0), other])
    assert [alarm.track for alarm in seen.alarms] == [1, 2]


def test_a_group_is_one_alarm_only_where_that_is_asked() -> None:
    pair = [walker(1), walker(2, y=320)]
    assert len(play(asking(merge=2.0), pair).alarms) == 2
    assert len(play(asking(merge=2.0, merge_together=True), pair).alarms) == 1


def test_an_event_without_object_is_asked_for_repeats_only() -> None:
    ladder = asking(median_score=0.9, cooldown=10.0, only=())
    full = Events(("full",), np.array([1.0]), np.array([0]), ("yard",), np.array([7.0]))
    (alarm,) = ladder.update(Tracks.empty(), full, 1.0).alarms
    assert (alarm.value, alarm.reasons) == (7.0, ())
    assert np.isnan(alarm.score)
    assert not ladder.update(Tracks.empty(), dataclasses.replace(full, times=np.array([2.0])), 2.0).alarms


def test_an_event_of_an_unknown_track_is_refused_and_says_so() -> None:
    event = Events(("enter",), np.array([1.0]), np.array([77]), ("yard",))
    (refused,) = asking().update(Tracks.empty(), event, 1.0).refused
    assert refused.why == "its object was never seen"


def test_only_chosen_events_become_alarms() -> None:
    ladder = asking(only=("leave",))
    assert [alarm.what for alarm in play(ladder, [Person(1, 1.0, 5.0)]).alarms] == ["leave"]


def test_evidence_is_bounded_and_ends_with_the_decision() -> None:
    long = Person(1, 0.0, 40.0, x=lambda t: 50.0 if t < 39 else 300.0)
    (alarm,) = play(asking(), [long], seconds=40).alarms
    assert len(alarm.looks) == 48
    assert alarm.looks[-1].time == pytest.approx(alarm.decided, abs=0.21)
    assert alarm.as_json()["raised"] is True


def test_state_is_freed_when_tracks_and_streams_end() -> None:
    ladder = asking(merge=2.0, cooldown=3.0, dwell=3.0)
    crowd = [Person(n, 0.2 * n, 0.2 * n + 1, x=lambda t, n=n: 100 + 3 * n) for n in range(1, 100)]
    play(ladder, crowd, seconds=40)
    assert (ladder.known, ladder.waiting) == (0, 0)
    play(ladder, [Person(500, 0, 12)], seconds=1)
    ladder.close()
    assert (ladder.known, ladder.waiting) == (0, 0)


def test_what_waits_is_bounded() -> None:
    ladder = asking(dwell=20.0, wait=30.0)
    tracks = next(frames([Person(1, 0, 9)], 10, 1))[1]
    many = Events(("enter",) * 2500, np.zeros(2500), np.ones(2500, np.int64), ("yard",) * 2500)
    refused = ladder.update(tracks, many, 0.0).refused
    assert (len(refused), ladder.waiting) == (500, 2000)


def test_a_stream_that_starts_anew_forgets_what_was() -> None:
    ladder = asking(dwell=4.0, wait=10.0)
    play(ladder, [Person(1, 0.0, 12.0)], seconds=3)
    assert ladder.waiting == 1
    play(ladder, [], seconds=1)
    assert (ladder.waiting, ladder.known) == (0, 0)


PEOPLE = st.lists(
    st.tuples(
        st.integers(0, 20),  # starts, fifths of a second
        st.integers(0, 30),  # lasts, fifths of a second
        st.floats(0.1, 0.95),  # score
        st.floats(-80, 80),  # speed, pixels a second
        st.integers(0, 500),  # where
    ),
    max_size=5,
)


@given(PEOPLE)
@settings(max_examples=60, deadline=None)
def test_verdicts_are_the_same_at_5_and_at_25_frames_a_second(rows: list[tuple[int, int, float, float, int]]) -> None:
    # Times on fifths of a second, and inside or outside for whole looks: both rates then see the same moments.
    people = [
        Person(
            n,
            start / 5,
            (start + lasts) / 5,
            score=lambda t, s=s: s,
            x=lambda t, v=v, x=x: x + v * np.floor(t * 5 + 1e-6) / 5,
        )
        for n, (start, lasts, s, v, x) in enumerate(rows, start=1)
    ]
    ladder = LadderSettings(median_score=0.4, over=1.0, looks=3, stay=0.4, dwell=0.6, moved=0.1, only=("enter",))
    slow, fast = (play(Ladder(ladder), people, fps=fps, seconds=14) for fps in (5, 25))
    assert [(a.track, round(a.time, 3)) for a in slow.alarms] == [(a.track, round(a.time, 3)) for a in fast.alarms]
    assert sorted(map(repr, slow.refusing())) == sorted(map(repr, fast.refusing()))
