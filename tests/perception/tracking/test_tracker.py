"""The tracker: whose box is whose, and what it keeps of the past."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.core import Detections, InputError, SettingError, Tracks
from trackside.core.motchallenge import read_mot
from trackside.perception import Tracker
from trackside.perception.tracking import tracker as tracker_module

FPS = 25.0


def byte_tracker(**settings: object) -> Tracker:
    return Tracker("bytetrack", **settings)


def found(boxes: object, scores: object = 0.9, classes: object = 0) -> Detections:
    array = np.asarray(boxes, np.float32).reshape(-1, 4)
    return Detections(
        array,
        np.broadcast_to(np.asarray(scores, np.float32), len(array)),
        np.broadcast_to(np.asarray(classes, np.int32), len(array)),
    )


def person(x: float, y: float = 100.0) -> list[float]:
    return [x - 10, y - 50, x + 10, y]


def follow(tracker: Tracker, frames: list[Detections], fps: float = FPS, start: float = 0.0) -> list[Tracks]:
    return [tracker.update(frame, start + number / fps) for number, frame in enumerate(frames)]


def crowd(seed: int, people: int, frames: int) -> list[np.ndarray]:
    """Boxes [people, 4] a frame: people that walk on straight lines, jittered by half a pixel."""
    rng = np.random.default_rng(seed)
    place, speed = rng.uniform(0, 800, (people, 2)), rng.normal(0, 40, (people, 2))
    half = np.stack([rng.uniform(10, 20, people), rng.uniform(25, 50, people)], axis=1)
    walks = [place + speed * number / FPS + rng.normal(0, 0.5, (people, 2)) for number in range(frames)]
    return [np.concatenate([walk - half, walk + half], axis=1) for walk in walks]


def test_two_people_who_cross_keep_their_identities() -> None:
    frames = [found([person(100 + 4 * n, 200), person(420 - 4 * n, 215)]) for n in range(80)]
    tracks = follow(byte_tracker(), frames)
    assert {tuple(t.ids.tolist()) for t in tracks} == {(1, 2)}


def test_a_person_hidden_for_less_than_the_patience_comes_back_as_the_same() -> None:
    frames = [found([person(100 + 3 * n)] if not 20 <= n < 40 else []) for n in range(60)]
    tracks = follow(byte_tracker(keep_lost=1.0), frames)
    assert np.unique(np.concatenate([t.ids for t in tracks])).tolist() == [1]


def test_a_person_gone_for_longer_than_the_patience_ends_and_is_reported_once() -> None:
    tracker = byte_tracker(keep_lost=1.0)
    follow(tracker, [found([person(100)])] * 5)
    ended = []
    for n in range(50):
        tracker.update(found([]), 0.2 + n / FPS)
        ended += tracker.ended
    assert ended == [1]
    assert len(tracker) == 0


def test_the_patience_is_in_seconds_at_any_frame_rate() -> None:
    for fps in (5.0, 60.0):
        tracker = byte_tracker(keep_lost=1.0)
        follow(tracker, [found([person(100)])] * 3, fps)
        assert not follow(tracker, [found([])] * int(0.8 * fps), fps, start=3 / fps)[-1]
        assert len(tracker) == 1, fps
        tracker.update(found([]), 3 / fps + 1.5)
        assert tracker.ended == [1], fps


def test_dropped_frames_do_not_break_a_track() -> None:
    walk = [found([person(100 + 5 * n)]) for n in range(60)]
    tracker = byte_tracker()
    ids = [tracker.update(frame, n / FPS).ids.tolist() for n, frame in enumerate(walk) if n < 10 or n % 4 == 0]
    assert ids == [[1]] * len(ids)


def test_a_faint_detection_continues_a_track_and_starts_none() -> None:
    tracker = byte_tracker()
    follow(tracker, [found([person(100)])] * 5)
    tracks = tracker.update(found([person(100), person(300)], [0.2, 0.2]), 0.2)
    assert tracks.ids.tolist() == [1]
    assert tracker.update(found([person(300)], 0.2), 0.24).ids.tolist() == []


def test_what_is_below_the_low_score_is_not_looked_at() -> None:
    tracker = byte_tracker(low=0.1)
    follow(tracker, [found([person(100)])] * 5)
    assert len(tracker.update(found([person(100)], 0.05), 0.2)) == 0


def test_a_flash_that_is_seen_once_gets_no_identity() -> None:
    tracker = byte_tracker()
    follow(tracker, [found([person(100)])] * 3)
    tracker.update(found([person(100), person(500)]), 0.12)
    tracker.update(found([person(100)]), 0.16)
    assert len(tracker) == 1
    tracker.update(found([person(100), person(700)]), 0.2)
    assert tracker.update(found([person(100), person(700)]), 0.24).ids.tolist() == [1, 2]


def test_boxes_are_given_out_as_detected_with_the_rows_they_came_from() -> None:
    tracker = byte_tracker()
    frame = found([person(300), [0, 0, 0, 0], person(100)], [0.9, 0.9, 0.7], [3, 1, 2])
    tracks = follow(tracker, [frame] * 2)[-1]
    assert tracker.rows.tolist() == [0, 2]
    assert (tracks.boxes == frame.boxes[[0, 2]]).all()
    assert tracks.classes.tolist() == [3, 2]
    assert tracks.scores.tolist() == frame.scores[[0, 2]].tolist()


def test_class_awareness_decides_whether_a_track_may_change_its_class() -> None:
    frames = [found([person(100)], classes=0)] * 3 + [found([person(100)], classes=1)] * 3
    assert follow(byte_tracker(), frames)[-1].ids.tolist() == [1]
    assert follow(byte_tracker(class_aware=True), frames)[-1].ids.tolist() == [2]


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
def test_unusable_boxes_are_ignored_counted_and_harm_nobody(box: list[float]) -> None:
    tracker = byte_tracker()
    tracks = follow(tracker, [found([box, person(100)])] * 4)
    assert [t.ids.tolist() for t in tracks] == [[1]] * 4
    assert tracker.ignored == 4


def test_a_score_that_is_nan_is_ignored_and_sound_input_ignores_nothing() -> None:
    tracker = byte_tracker()
    follow(tracker, [found([person(100)])] * 4)
    assert tracker.ignored == 0
    assert len(tracker.update(found([person(100)], np.nan), 0.16)) == 0
    assert tracker.ignored == 1


def test_time_that_jitters_backwards_keeps_the_tracks() -> None:
    tracker = byte_tracker()
    ids = [tracker.update(found([person(100)]), time).ids.tolist() for time in (0.0, 0.04, 0.03, 0.03, 0.08)]
    assert ids == [[1]] * 5


def test_a_stream_that_starts_anew_ends_all_tracks_and_never_reuses_their_ids() -> None:
    tracker = byte_tracker()
    follow(tracker, [found([person(100)])] * 5, start=100.0)
    tracks = tracker.update(found([person(100)]), 0.0)
    assert tracker.ended == [1]
    assert tracks.ids.tolist() == [2]


@pytest.mark.parametrize("time", [float("nan"), float("inf")])
def test_a_time_that_is_not_finite_is_refused(time: float) -> None:
    with pytest.raises(InputError, match="finite"):
        byte_tracker().update(found([]), time)


@pytest.mark.parametrize(
    "setting", [{"high": 1.2}, {"low": 0.6}, {"new": 0.05}, {"keep_lost": 0.0}, {"keep_lost": float("nan")}]
)
def test_impossible_settings_are_refused(setting: dict[str, float]) -> None:
    with pytest.raises(SettingError):
        byte_tracker(**setting)  # type: ignore[arg-type]


def test_two_trackers_count_their_identities_apart() -> None:
    first, second = byte_tracker(), byte_tracker()
    follow(first, [found([person(100), person(300)])] * 2)
    assert follow(second, [found([person(100)])] * 2)[-1].ids.tolist() == [1]


def test_hours_of_empty_frames_leave_nothing_behind() -> None:
    tracker = byte_tracker()
    for n in range(2000):
        assert len(tracker.update(found([]), n * 40.0)) == 0
    assert len(tracker) == 0


def test_the_number_of_tracks_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker_module, "_MOST_TRACKS", 10)
    tracker = byte_tracker(keep_lost=100.0)
    ended = []
    for n in range(8):
        row = [person(60 * k + 1000 * n) for k in range(4)]
        for again in range(2):
            tracker.update(found(row), n + 0.1 * again)
            ended += tracker.ended
        assert len(tracker) <= 10
    assert len(ended) == len(set(ended)) > 0


def test_ten_thousand_boxes_in_a_frame_are_tracked() -> None:
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 8000, (10_000, 2))
    boxes = np.concatenate([low, low + rng.uniform(10, 40, (10_000, 2))], axis=1)
    tracker = byte_tracker()
    first, second = tracker.update(found(boxes), 0.0), tracker.update(found(boxes), 0.04)
    assert len(first) == 10_000
    assert np.mean(second.ids == first.ids[tracker.rows]) > 0.999


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), people=st.integers(0, 12))
def test_the_order_of_detections_does_not_matter(seed: int, people: int) -> None:
    rng = np.random.default_rng(seed)
    straight, shuffled = byte_tracker(), byte_tracker()
    names: dict[int, int] = {}
    for number, boxes in enumerate(crowd(seed, people, 12)):
        kept = np.flatnonzero(rng.random(people) > 0.1)
        order = rng.permutation(kept)
        scores = rng.uniform(0.2, 1, people)
        a = straight.update(found(boxes[kept], scores[kept]), number / FPS)
        b = shuffled.update(found(boxes[order], scores[order]), number / FPS)
        of_a = dict(zip(kept[straight.rows].tolist(), a.ids.tolist(), strict=True))
        of_b = dict(zip(order[shuffled.rows].tolist(), b.ids.tolist(), strict=True))
        assert of_a.keys() == of_b.keys()
        for who, name in of_a.items():
            assert names.setdefault(name, of_b[who]) == of_b[who]
    assert len(set(names.values())) == len(names)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), gaps=st.lists(st.floats(0, 2), min_size=1, max_size=25))
def test_identities_are_unique_in_a_frame_and_never_come_back_after_their_end(seed: int, gaps: list[float]) -> None:
    rng = np.random.default_rng(seed)
    tracker, ended, time, highest = byte_tracker(keep_lost=0.5), set(), 0.0, 0
    for gap in gaps:
        time += gap
        count = int(rng.integers(0, 6))
        low = rng.uniform(0, 60, (count, 2))
        tracks = tracker.update(found(np.concatenate([low, low + 30], axis=1), rng.random(count)), time)
        assert not ended.intersection(tracker.ended)
        ended |= set(tracker.ended)
        ids = tracks.ids.tolist()
        assert len(set(ids)) == len(ids)
        assert not ended.intersection(ids)
        assert all(track > 0 for track in ids)
        assert sorted(track for track in ids if track > highest) == list(range(highest + 1, max([highest, *ids]) + 1))
        highest = max([highest, *ids])


def test_a_crowd_of_fifty_with_misses_keeps_nearly_all_identities() -> None:
    rng = np.random.default_rng(5)
    tracker, last, switches, shown = byte_tracker(), {}, 0, 0
    for number, boxes in enumerate(crowd(5, 50, 100)):
        kept = np.flatnonzero(rng.random(50) > 0.05)
        tracks = tracker.update(found(boxes[kept]), number / FPS)
        for who, track in zip(kept[tracker.rows].tolist(), tracks.ids.tolist(), strict=True):
            switches += last.get(who, track) != track
            last[who] = track
            shown += 1
    # Independent of the tracker: 5,000 appearances less 5 % misses are there to be shown.
    assert shown > 0.98 * 0.95 * 5000
    assert switches <= 5


def test_real_pedestrians_keep_about_as_many_identities_as_there_are(shared_data: Path) -> None:
    """TUD-Campus: eight people walk past and behind each other, seen by Faster R-CNN (the truth is labelled by hand)."""
    folder = shared_data / "mot15" / "TUD-Campus"
    detections, truth = read_mot(folder / "det" / "det.txt"), read_mot(folder / "gt" / "gt.txt")
    people = len(set(np.concatenate([tracks.ids for tracks in truth.values()]).tolist()))
    tracker = byte_tracker()
    owners: dict[int, list[int]] = {}
    for frame in sorted(truth):
        tracks = tracker.update(detections.get(frame, Detections.empty()), frame / FPS)
        for track, box in zip(tracks.ids.tolist(), tracks.boxes, strict=True):
            owner = _owner(box, truth[frame])
            if owner:
                owners.setdefault(track, []).append(owner)
    # Twice as many as people is what a tracker gives that loses everybody once; one a detection would be hundreds.
    assert people <= len(owners) <= 2 * people
    pure = sum(max(map(seen.count, set(seen))) for seen in owners.values())
    assert pure / sum(map(len, owners.values())) > 0.85


def _owner(box: np.ndarray, truth: Tracks) -> int:
    """The person whose labelled box covers this one best, if at least half (IoU); 0 for nobody."""
    low, high = np.maximum(truth.boxes[:, :2], box[:2]), np.minimum(truth.boxes[:, 2:], box[2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    area = np.prod(box[2:] - box[:2]) + (truth.boxes[:, 2:] - truth.boxes[:, :2]).prod(axis=1)
    overlap = shared / (area - shared)
    return int(truth.ids[overlap.argmax()]) if overlap.max(initial=0.0) >= 0.5 else 0
