"""A tracker that is told how detections look: who is who where boxes cannot tell, and the rows that go with tracks."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import Detections, InputError
from trackside.perception import Tracker
from trackside.perception.tracking import PRESETS
from trackside.perception.tracking.appearance import Looks

from .scenes import FPS, found, person, seen_ids

BY_LOOKS = [name for name, settings in PRESETS.items() if settings.by_looks]
DIM = 16


def looks(*who: int) -> np.ndarray:
    """Features that differ for different people; -1 is not known."""
    features = np.eye(DIM, dtype=np.float32)[np.asarray(who, np.intp)]
    features[np.asarray(who) < 0] = np.nan
    return features


def rows_of(tracker: Tracker) -> int | None:
    """The rows of the gallery; None before the first features."""
    assert tracker._looks is not None
    return None if tracker._looks._gallery is None else len(tracker._looks._gallery)


def test_the_presets_that_look_are_those_that_say_so() -> None:
    assert set(BY_LOOKS) == {"evidence", "deep-eiou"}


@pytest.mark.parametrize("preset", BY_LOOKS)
def test_two_who_swap_places_while_nobody_looks_are_told_apart(preset: str) -> None:
    """Each is seen next where the other was: boxes say they stood still, looks say they swapped."""
    by_boxes, by_looks = Tracker(preset), Tracker(preset)
    places, swapped = [person(100), person(110)], [person(110), person(100)]
    for n in range(20):
        frame = found(places if n < 10 else swapped)
        # The first frame's looks are not known: they are learnt from what is seen.
        told = by_looks.update(frame, n / FPS, embeddings=looks(3, 5) if n else None).ids.tolist()
        plain = by_boxes.update(frame, n / FPS).ids.tolist()
    assert told == [1, 2]
    assert plain == [2, 1]


@pytest.mark.parametrize("preset", BY_LOOKS)
def test_a_stranger_who_takes_somebodys_place_gets_an_identity_of_ones_own(preset: str) -> None:
    tracker = Tracker(preset)
    for n in range(10):
        assert tracker.update(found([person(100)]), n / FPS, embeddings=looks(0)).ids.tolist() == [1]
    for n in range(10, 14):
        tracks = tracker.update(found([person(100)]), n / FPS, embeddings=looks(1))
    assert seen_ids(tracker, tracks) == [2]


@pytest.mark.parametrize("preset", BY_LOOKS)
@pytest.mark.parametrize("unknown", [None, looks(-1, -1)], ids=["no embeddings", "rows of NaN"])
def test_where_looks_are_not_known_boxes_decide_alone(preset: str, unknown: np.ndarray | None) -> None:
    told, plain = Tracker(preset), Tracker(preset)
    for n in range(20):
        frame = found([person(100 + n), person(110 - n)])
        a = told.update(frame, n / FPS, embeddings=unknown)
        b = plain.update(frame, n / FPS)
        assert a.ids.tolist() == b.ids.tolist() and a.boxes.tolist() == b.boxes.tolist()


@pytest.mark.parametrize("preset", BY_LOOKS)
def test_every_look_stays_with_its_track_while_others_come_and_go(preset: str) -> None:
    """People far apart; embeddings in two frames of three, from the fifth on: the gallery's means are of who is there."""
    rng, tracker, who_is = np.random.default_rng(3), Tracker(preset, keep_lost=0.2), {}
    boxes = np.array([person(100.0 * who) for who in range(DIM)])
    for n in range(60):
        there = np.flatnonzero((np.arange(DIM) + n // 10) % 3 > 0)
        order = rng.permutation(there)
        told = n >= 5 and n % 3 > 0
        tracks = tracker.update(found(boxes[order]), n / FPS, embeddings=looks(*order) if told else None)
        for row, track in zip(tracker.rows.tolist(), tracks.ids.tolist(), strict=True):
            if row >= 0:
                assert who_is.setdefault(track, order[row]) == order[row]
        assert rows_of(tracker) == (len(tracker) if n >= 7 else rows_of(tracker))
    assert tracker._looks is not None and tracker._looks._gallery is not None
    means, ids = tracker._looks._gallery.means, tracker._book.ids
    known = np.isfinite(means).all(axis=1)
    assert known.sum() >= 8
    assert [int(mean.argmax()) for mean in means[known]] == [who_is[track] for track in ids[known].tolist()]


def test_the_gallery_opens_with_the_first_features_and_never_without() -> None:
    tracker = Tracker("evidence")
    tracker.update(found([person(100)]), 0.0)
    tracker.update(found([]), 0.02, embeddings=np.empty((0, 0), np.float32))
    assert rows_of(tracker) is None
    tracker.update(found([person(100), person(300)]), 0.04, embeddings=looks(0, 1))
    assert rows_of(tracker) == 2
    assert Tracker("bytetrack")._looks is None


def test_a_stream_that_starts_anew_forgets_all_looks() -> None:
    tracker = Tracker("evidence")
    tracker.update(found([person(100), person(300)]), 50.0, embeddings=looks(0, 1))
    tracker.update(found([]), 0.0)
    assert rows_of(tracker) == 0


def test_features_of_any_length_count_by_their_direction() -> None:
    """Looks 60 degrees apart: taken as they come, the product of the long ones would make everybody alike."""
    one, long = Tracker("evidence"), Tracker("evidence")
    features = looks(0, 1) + np.float32(0.2)
    for n in range(20):
        frame = found([person(100), person(110)] if n < 10 else [person(110), person(100)])
        names = one.update(frame, n / FPS, embeddings=features).ids.tolist()
        assert long.update(frame, n / FPS, embeddings=features * 40).ids.tolist() == names == [1, 2]


def test_unusable_detections_with_features_harm_nobody() -> None:
    tracker = Tracker("evidence")
    boxes = [[np.nan, 0, 10, 10], person(100), [95, 60, 95, 90]]
    for n in range(5):
        with np.errstate(all="raise"):
            tracks = tracker.update(found(boxes), n / FPS, embeddings=looks(1, 0, 2))
    assert tracks.ids.tolist() == [1]


@pytest.mark.parametrize("shape", [(1, DIM), (3, DIM), (2,), (2, DIM, 1)])
def test_features_that_are_not_one_vector_a_detection_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="one vector for each of 2 detections"):
        Tracker("evidence").update(found([person(100), person(300)]), 0.0, embeddings=np.ones(shape, np.float32))


def test_features_of_another_dimension_than_before_are_refused() -> None:
    tracker = Tracker("evidence")
    tracker.update(found([person(100)]), 0.0, embeddings=np.ones((1, 8)))
    with pytest.raises(InputError, match="8 numbers until now, got 9"):
        tracker.update(found([person(100)]), 0.04, embeddings=np.ones((1, 9)))


def test_hours_of_people_with_looks_leave_nothing_behind() -> None:
    tracker = Tracker("evidence")
    for n in range(500):
        tracker.update(found([person(100), person(300)]), 10.0 * n, embeddings=looks(n % DIM, (n + 1) % DIM))
        assert rows_of(tracker) == len(tracker) <= 2
    tracker.update(Detections.empty(), 10_000.0)
    assert rows_of(tracker) == 0


def test_looks_without_features_hold_and_cost_nothing() -> None:
    nothing = Looks()
    nothing.show(None, np.empty((4, 0)), np.empty(0, np.float32), np.empty(0, np.intp), 0)
    nothing.add(np.arange(3))
    nothing.keep(np.array([True, False, True]))
    assert nothing.term(1.0) == []
