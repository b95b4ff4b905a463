"""What ByteTrack does with strong and faint detections, and real pedestrians. What every tracker does is tested apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trackside.core import Detections, SettingError, Tracks
from trackside.core.motchallenge import read_mot
from trackside.perception import Tracker

from .scenes import FPS, crowd, follow, found, person


def byte_tracker(**settings: object) -> Tracker:
    return Tracker("bytetrack", **settings)


def test_two_people_who_cross_keep_their_identities() -> None:
    frames = [found([person(100 + 4 * n, 200), person(420 - 4 * n, 215)]) for n in range(80)]
    tracks = follow(byte_tracker(), frames)
    assert {tuple(t.ids.tolist()) for t in tracks} == {(1, 2)}


def test_a_person_hidden_for_less_than_the_patience_comes_back_as_the_same() -> None:
    frames = [found([person(100 + 3 * n)] if not 20 <= n < 40 else []) for n in range(60)]
    tracks = follow(byte_tracker(keep_lost=1.0), frames)
    assert np.unique(np.concatenate([t.ids for t in tracks])).tolist() == [1]


def test_a_faint_detection_continues_a_track_and_starts_none() -> None:
    tracker = byte_tracker()
    follow(tracker, [found([person(100)])] * 5)
    tracks = tracker.update(found([person(100), person(300)], [0.2, 0.2]), 0.2)
    assert tracks.ids.tolist() == [1]
    assert tracker.update(found([person(300)], 0.2), 0.24).ids.tolist() == []


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


@pytest.mark.parametrize(
    "setting", [{"high": 1.2}, {"low": 0.6}, {"new": 0.05}, {"keep_lost": 0.0}, {"keep_lost": float("nan")}]
)
def test_impossible_settings_are_refused(setting: dict[str, float]) -> None:
    with pytest.raises(SettingError):
        byte_tracker(**setting)  # type: ignore[arg-type]


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
    # This detector's scores lie high: half of its detections are true at 0.87.
    tracker = Tracker(low=0.5, new=0.87)
    owners: dict[int, list[int]] = {}
    for frame in sorted(truth):
        tracks = tracker.update(detections.get(frame, Detections.empty()), frame / FPS)
        for track, box in zip(tracks.ids.tolist(), tracks.boxes, strict=True):
            owner = _owner(box, truth[frame])
            if owner:
                owners.setdefault(track, []).append(owner)
    owned, labelled = sum(map(len, owners.values())), sum(map(len, truth.values()))
    # An identity that goes over to somebody else halfway would cost 5 % of purity. One of the eight is hardly ever seen.
    assert people - 1 <= len(owners) <= 1.5 * people
    pure = sum(max(map(seen.count, set(seen))) for seen in owners.values())
    assert pure / owned > 0.92
    assert owned / labelled > 0.75


def _owner(box: np.ndarray, truth: Tracks) -> int:
    """The person whose labelled box covers this one best, if at least half (IoU); 0 for nobody."""
    low, high = np.maximum(truth.boxes[:, :2], box[:2]), np.minimum(truth.boxes[:, 2:], box[2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    area = np.prod(box[2:] - box[:2]) + (truth.boxes[:, 2:] - truth.boxes[:, :2]).prod(axis=1)
    overlap = shared / (area - shared)
    return int(truth.ids[overlap.argmax()]) if overlap.max(initial=0.0) >= 0.5 else 0
