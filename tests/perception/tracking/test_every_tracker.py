"""What holds for every preset: identities, time, rubbish and memory."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.core import Affine, Detections, InputError
from trackside.perception import Tracker
from trackside.perception.tracking import PRESETS, tracker as tracker_module

from .scenes import FPS, crowd, follow, found, person, seen_ids

DAY = 24 * 3600.0
# Media times of a day, a look every five minutes: what leaks by the frame or by the person leaks here too.
TIMES = np.arange(0, DAY, 300.0).tolist()
# Bytes: what garbage collection and caches come and go by. A leak of one array a look would be 264 * 100.
LITTLE = 10_000
pytestmark = pytest.mark.parametrize("preset", PRESETS)


def test_two_people_who_cross_keep_their_identities(preset: str) -> None:
    frames = [found([person(100 + 4 * n, 200), person(420 - 4 * n, 230)]) for n in range(80)]
    assert {tuple(sorted(tracks.ids.tolist())) for tracks in follow(Tracker(preset), frames)} == {(1, 2)}


def test_a_person_hidden_for_less_than_the_patience_comes_back_as_the_same(preset: str) -> None:
    # Hidden for 0.4 s, in which it walks half a width.
    frames = [found([person(100 + n)] if not 20 <= n < 30 else []) for n in range(60)]
    tracks = follow(Tracker(preset, keep_lost=1.0), frames)
    assert np.unique(np.concatenate([t.ids for t in tracks])).tolist() == [1]
    assert tracks[-1].ids.tolist() == [1]


def test_a_person_gone_for_longer_than_the_patience_ends_and_is_reported_once(preset: str) -> None:
    tracker = Tracker(preset, keep_lost=1.0)
    follow(tracker, [found([person(100)])] * 5)
    ended = []
    for n in range(50):
        tracker.update(found([]), 0.2 + n / FPS)
        ended += tracker.ended
    assert ended == [1]
    assert len(tracker) == 0


@pytest.mark.parametrize("fps", [5.0, 25.0, 60.0])
def test_the_patience_is_in_seconds_at_any_frame_rate(preset: str, fps: float) -> None:
    tracker = Tracker(preset, keep_lost=1.0)
    # A second of sightings, so that the patience is what ends it, not the doubt whether there is anybody.
    last = follow(tracker, [found([person(100)])] * int(fps + 1), fps)[-1]
    assert last.ids.tolist() == [1]
    for n in range(1, int(0.9 * fps) + 1):
        tracker.update(found([]), 1 + n / fps)
    assert (len(tracker), tracker.ended) == (1, [])
    tracker.update(found([]), 2.02)
    assert (len(tracker), tracker.ended) == (0, [1])


def test_dropped_frames_do_not_break_a_track(preset: str) -> None:
    tracker = Tracker(preset)
    times = [n / FPS for n in range(60) if n < 10 or n % 4 == 0]
    assert [tracker.update(found([person(100 + 75 * time)]), time).ids.tolist() for time in times] == [[1]] * len(times)


def test_irregular_frames_do_not_break_a_track(preset: str) -> None:
    tracker = Tracker(preset)
    times = np.cumsum(np.random.default_rng(0).choice([0.0, 0.01, 0.04, 0.2], 200))
    ids = {tuple(tracker.update(found([person(100 + 40 * time)]), float(time)).ids.tolist()) for time in times}
    assert ids == {(1,)}


def test_what_is_below_the_low_score_is_not_looked_at(preset: str) -> None:
    tracker = Tracker(preset, low=0.2)
    follow(tracker, [found([person(100)])] * 5)
    assert seen_ids(tracker, tracker.update(found([person(100)], 0.19), 0.2)) == []
    assert tracker.ignored == 0


def test_class_awareness_decides_whether_a_track_may_change_its_class(preset: str) -> None:
    frames = [found([person(100)], classes=0)] * 5 + [found([person(100)], classes=1)] * 5
    assert follow(Tracker(preset), frames)[-1].ids.tolist() == [1]
    assert follow(Tracker(preset, class_aware=True), frames)[-1].ids.tolist() == [2]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "box",
    [
        [np.nan, 0, 10, 10],
        [0, 0, np.inf, 10],
        [-np.inf, 0, np.inf, 10],
        [np.inf, 0, np.inf, 10],
        [5, 5, 5, 10],
        [10, 10, 0, 0],
    ],
)
def test_unusable_boxes_are_ignored_counted_and_harm_nobody(preset: str, box: list[float]) -> None:
    tracker = Tracker(preset)
    tracks = follow(tracker, [found([box, person(100)])] * 4)
    assert [t.ids.tolist() for t in tracks] == [[1]] * 4
    assert tracker.rows.tolist() == [1]
    assert tracker.ignored == 4


def test_a_score_that_is_nan_is_ignored_and_sound_input_ignores_nothing(preset: str) -> None:
    tracker = Tracker(preset)
    follow(tracker, [found([person(100)])] * 4)
    assert tracker.ignored == 0
    assert seen_ids(tracker, tracker.update(found([person(100)], np.nan), 0.16)) == []
    assert tracker.ignored == 1


def test_time_that_jitters_backwards_keeps_the_tracks(preset: str) -> None:
    tracker = Tracker(preset)
    ids = [tracker.update(found([person(100)]), time).ids.tolist() for time in (0.0, 0.04, 0.03, 0.03, 0.08)]
    assert ids == [[1]] * 5


def test_a_stream_that_starts_anew_ends_all_tracks_and_never_reuses_their_ids(preset: str) -> None:
    tracker = Tracker(preset)
    follow(tracker, [found([person(100)])] * 5, start=100.0)
    tracks = tracker.update(found([person(100)]), 0.0)
    assert tracker.ended == [1]
    assert tracks.ids.tolist() == [2]


@pytest.mark.parametrize("time", [float("nan"), float("inf")])
def test_a_time_that_is_not_finite_is_refused(preset: str, time: float) -> None:
    with pytest.raises(InputError, match="finite"):
        Tracker(preset).update(found([]), time)


def test_two_trackers_count_their_identities_apart(preset: str) -> None:
    first, second = Tracker(preset), Tracker(preset)
    follow(first, [found([person(100), person(300)])] * 2)
    assert follow(second, [found([person(100)])] * 2)[-1].ids.tolist() == [1]


def test_ten_thousand_boxes_in_a_frame_are_tracked(preset: str) -> None:
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 8000, (10_000, 2))
    boxes = np.concatenate([low, low + rng.uniform(10, 40, (10_000, 2))], axis=1)
    tracker = Tracker(preset)
    first, second = tracker.update(found(boxes), 0.0), tracker.update(found(boxes), 0.04)
    assert len(first) == 10_000
    assert np.mean(second.ids == first.ids[tracker.rows]) > 0.999


def test_ten_thousand_equal_boxes_cost_neither_memory_nor_identities(preset: str) -> None:
    """100 million pairs overlap fully; who is who cannot be told, but nobody is two."""
    tracker = Tracker(preset)
    for n in range(2):
        tracks = tracker.update(found(np.tile(person(100), (10_000, 1))), n / FPS)
        assert len(np.unique(tracks.ids)) == len(tracks)
    assert len(tracker) <= 20_000


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), people=st.integers(0, 12))
def test_the_order_of_detections_does_not_matter(preset: str, seed: int, people: int) -> None:
    rng = np.random.default_rng(seed)
    straight, shuffled = Tracker(preset), Tracker(preset)
    names: dict[int, int] = {}
    for number, boxes in enumerate(crowd(seed, people, 12)):
        kept = np.flatnonzero(rng.random(people) > 0.1)
        order = rng.permutation(kept)
        scores = rng.uniform(0.2, 1, people)
        a = straight.update(found(boxes[kept], scores[kept]), number / FPS)
        b = shuffled.update(found(boxes[order], scores[order]), number / FPS)
        of_a = dict(zip(kept[straight.rows[straight.rows >= 0]].tolist(), seen_ids(straight, a), strict=True))
        of_b = dict(zip(order[shuffled.rows[shuffled.rows >= 0]].tolist(), seen_ids(shuffled, b), strict=True))
        assert of_a.keys() == of_b.keys()
        assert len(a) == len(b)
        for who, name in of_a.items():
            assert names.setdefault(name, of_b[who]) == of_b[who]
    assert len(set(names.values())) == len(names)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), gaps=st.lists(st.floats(0, 2), min_size=1, max_size=25))
def test_identities_are_unique_in_a_frame_and_never_come_back_after_their_end(
    preset: str, seed: int, gaps: list[float]
) -> None:
    rng = np.random.default_rng(seed)
    tracker, ended, time, highest = Tracker(preset, keep_lost=0.5), set(), 0.0, 0
    for gap in gaps:
        time += gap
        count = int(rng.integers(0, 6))
        low = rng.uniform(0, 60, (count, 2))
        frame = found(np.concatenate([low, low + 30], axis=1), rng.random(count))
        tracks = tracker.update(frame, time)
        assert not ended.intersection(tracker.ended)
        ended |= set(tracker.ended)
        ids = tracks.ids.tolist()
        assert len(set(ids)) == len(ids)
        assert not ended.intersection(ids)
        assert all(track > 0 for track in ids)
        assert sorted(track for track in ids if track > highest) == list(range(highest + 1, max([highest, *ids]) + 1))
        highest = max([highest, *ids])
        seen = tracker.rows[tracker.rows >= 0]
        assert seen.tolist() == sorted(set(seen.tolist()))
        assert (tracker.rows[len(seen) :] == -1).all() and (tracker.rows < count).all()
        assert np.isfinite(tracks.boxes).all() and (tracks.boxes[:, 2:] > tracks.boxes[:, :2]).all()


def test_a_crowd_of_fifty_with_misses_keeps_nearly_all_identities(preset: str) -> None:
    rng = np.random.default_rng(5)
    tracker, last, switches, shown = Tracker(preset), {}, 0, 0
    for number, boxes in enumerate(crowd(5, 50, 100)):
        kept = np.flatnonzero(rng.random(50) > 0.05)
        tracks = tracker.update(found(boxes[kept]), number / FPS)
        for row, track in zip(tracker.rows.tolist(), tracks.ids.tolist(), strict=True):
            if row >= 0:
                switches += last.get(kept[row], track) != track
                last[kept[row]] = track
                shown += 1
    # Independent of the tracker: 5,000 appearances less 5 % misses are there to be shown.
    assert shown > 0.97 * 0.95 * 5000
    assert switches <= 10


def test_the_number_of_tracks_is_bounded(preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker_module, "_MOST_TRACKS", 10)
    tracker = Tracker(preset, keep_lost=100.0)
    ended = []
    for n in range(8):
        row = [person(60 * k + 1000 * n) for k in range(4)]
        for again in range(4):
            tracker.update(found(row), n + 0.1 * again)
            ended += tracker.ended
        assert len(tracker) <= 10
    assert len(ended) == len(set(ended)) > 0


def pan(shift: float) -> Affine:
    return Affine(np.array([[1.0, 0, shift], [0, 1, 0]]), known=True)


@pytest.mark.parametrize("moves", [False, True])
def test_a_camera_that_pans_by_several_widths_a_frame_keeps_identities_if_its_motion_is_told(
    preset: str, moves: bool
) -> None:
    """People 20 px wide, in a picture that jumps by 70 px to and fro: no box overlaps its last."""
    tracker, ids = Tracker(preset), []
    for n in range(40):
        left = 70 if n % 2 else 0
        frame = found([person(100 + 2 * n + left), person(400 - n + left)])
        camera = pan(70 if n % 2 else -70) if n and moves else None
        ids.append(tracker.update(frame, n / FPS, camera=camera).ids.tolist())
    assert (ids == [[1, 2]] * 40) == moves


def test_a_person_hidden_while_the_camera_pans_comes_back_as_the_same(preset: str) -> None:
    tracker, ids = Tracker(preset), []
    for n in range(60):
        frame = found([] if 20 <= n < 28 else [person(100 + 30 * n)])
        tracks = tracker.update(frame, n / FPS, camera=pan(30) if n else None)
        ids += seen_ids(tracker, tracks)
    assert ids == [1] * 52


def traced(looks: Iterator[None]) -> int:
    """Bytes that Python and NumPy hold after these looks."""
    for _ in looks:
        pass
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def growth(day: Iterator[None]) -> int:
    """Bytes held after a day more than after two hours of it; `day` yields twelve times an hour."""
    tracemalloc.start()
    try:
        early = traced(islice(day, 24))
        return traced(day) - early
    finally:
        tracemalloc.stop()


def test_a_camera_that_sees_nothing_all_day_costs_nothing(preset: str) -> None:
    tracker, nothing = Tracker(preset), found([])

    def day() -> Iterator[None]:
        for time in TIMES:
            assert len(tracker.update(nothing, time)) == 0
            yield

    assert growth(day()) < LITTLE
    assert len(tracker) == 0 and tracker.ended == []


def test_somebody_who_stands_there_all_day_is_one_track_that_does_not_grow(preset: str) -> None:
    tracker, statue = Tracker(preset, keep_lost=400.0), found([person(100)])

    def day() -> Iterator[None]:
        for time in TIMES:
            assert tracker.update(statue, time).ids.tolist() == [1]
            yield

    assert growth(day()) < LITTLE
    assert len(tracker) == 1


def test_a_crowd_that_comes_and_goes_all_day_leaves_nothing_behind(preset: str) -> None:
    """Every five minutes twelve other people are seen for half a second."""
    tracker, alive, most = Tracker(preset), set(), 0
    frames = [found(boxes) for boxes in crowd(1, 12, 4)]

    def day() -> Iterator[None]:
        nonlocal most
        for time in TIMES:
            for number, frame in enumerate(frames):
                alive.update(tracker.update(frame, time + number / 8).ids.tolist())
                assert alive.issuperset(tracker.ended)
                alive.difference_update(tracker.ended)
                most = max(most, len(tracker))
            yield

    assert growth(day()) < LITTLE
    assert 12 <= most <= 24
    tracker.update(found([]), DAY + 60)
    assert alive == set(tracker.ended)
    assert len(tracker) == 0


def test_frames_without_anybody_give_no_tracks(preset: str) -> None:
    tracks = Tracker(preset).update(Detections.empty(("person",)), 0.0)
    assert (len(tracks), tracks.boxes.shape, tracks.names) == (0, (0, 4), ("person",))
