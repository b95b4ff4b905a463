"""From the tracks of a recording to tracklets, and joining them."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import InputError, Tracks
from trackside.perception.tracking.linking import joined, tracklets_of

from .walkers import boxes, features_of, kits, recording, tracklet, walker


def tracks(places: object, ids: object, scores: object = 0.9, classes: object = 0) -> Tracks:
    found = np.asarray(places, np.float32).reshape(-1, 4)
    each = np.broadcast_to(np.asarray(scores, np.float32), len(found)), np.broadcast_to(classes, len(found))
    return Tracks(found, each[0], each[1], (), np.asarray(ids))  # type: ignore[arg-type]


def test_each_identity_is_one_in_the_order_of_beginnings() -> None:
    early, late = walker([1, 2, 5], 100, 50), walker([0, 1, 2], 300, 0)
    found = tracklets_of(recording([early, late], ids=[3, 9]), range(1, 11))
    assert [each.frames.tolist() for each in found] == [[0, 1, 2], [1, 2, 5]]
    np.testing.assert_allclose(found[1].boxes, early.boxes, rtol=1e-6)


def test_frames_are_places_in_the_recording_whatever_their_numbers() -> None:
    found = tracklets_of({70: tracks(boxes([5]), [1]), 10: tracks(boxes([4]), [1])}, [10, 20, 70])
    assert [each.frames.tolist() for each in found] == [[0, 2]]
    np.testing.assert_allclose(found[0].boxes, boxes([4, 5]))


def test_scores_classes_and_features_stay_with_their_boxes() -> None:
    given = {1: tracks(boxes([1, 2]), [7, 4], [0.1, 0.2], [5, 6]), 2: tracks(boxes([3, 4]), [4, 7], [0.3, 0.4], [6, 5])}
    vectors = {1: np.array([[0, 1], [1, 0]]), 2: np.array([[0.6, 0.8], [0, -1]])}
    four, seven = tracklets_of(given, [1, 2], vectors)
    assert (four.scores.tolist(), seven.scores.tolist()) == (pytest.approx([0.2, 0.3]), pytest.approx([0.1, 0.4]))
    assert (four.classes.tolist(), seven.classes.tolist()) == ([6, 6], [5, 5])
    assert four.features is not None and seven.features is not None
    np.testing.assert_allclose(four.features, [[1, 0], [0.6, 0.8]])
    np.testing.assert_allclose(seven.features, [[0, 1], [0, -1]])


def test_nothing_gives_nothing() -> None:
    assert tracklets_of({}, []) == []
    assert tracklets_of({}, [1, 2]) == []
    assert tracklets_of({1: Tracks.empty()}, [1, 2], {1: np.empty((0, 4))}) == []


@pytest.mark.parametrize("box", [[np.nan, 0, 9, 9], [0, 0, np.inf, 9], [5, 5, 5, 9], [9, 0, 1, 9]])
def test_a_box_that_is_none_is_left_out(box: list[float]) -> None:
    given = {1: tracks([box, *boxes([50])], [1, 2]), 2: tracks([box], [3]), 3: tracks(boxes([70]), [1])}
    found = tracklets_of(given, [1, 2, 3])
    assert [each.frames.tolist() for each in found] == [[0], [2]]


def test_a_score_that_is_no_number_is_left_out_with_its_box() -> None:
    found = tracklets_of({1: tracks(boxes([1, 9]), [1, 2], [np.nan, 0.5]), 2: tracks(boxes([1]), [1])}, [1, 2])
    assert [each.frames.tolist() for each in found] == [[0], [1]]


def test_an_identity_that_is_twice_in_a_frame_is_refused() -> None:
    given = {4: tracks(boxes([1]), [8]), 6: tracks(boxes([1, 5]), [8, 8])}
    with pytest.raises(InputError, match="identity 8 appears twice in frame 6"):
        tracklets_of(given, [4, 5, 6])


def test_embeddings_that_do_not_go_with_the_tracks_are_refused() -> None:
    given = {3: tracks(boxes([1, 5]), [1, 2])}
    with pytest.raises(InputError, match=r"embeddings \[1, 4\] for 2 tracks in frame 3") as error:
        tracklets_of(given, [3], {3: np.ones((1, 4))})
    assert "give [n, 4]" in error.value.fix
    with pytest.raises(InputError, match="embeddings"):
        tracklets_of(given | {4: tracks(boxes([1]), [1])}, [3, 4], {3: np.ones((2, 4)), 4: np.ones((1, 5))})


def test_a_frame_without_embeddings_has_unknown_ones() -> None:
    (found,) = tracklets_of({1: tracks(boxes([1]), [1]), 2: tracks(boxes([2]), [1])}, [1, 2], {2: np.array([[0.6, 0.8]])})
    assert found.features is not None
    np.testing.assert_array_equal(np.isnan(found.features), [[True, True], [False, False]])


def test_joining_the_parts_gives_the_whole() -> None:
    whole = tracklet([0, 1, 4, 6], boxes([1, 2, 5, 7]), features=kits((0, 4)))
    for parts in ([whole], [whole.part(slice(0, 1)), whole.part(slice(1, 3)), whole.part(slice(3, 4))]):
        again = joined(parts)
        for name in ("frames", "boxes", "scores", "classes", "features"):
            np.testing.assert_array_equal(getattr(again, name), getattr(whole, name))
        assert len(again) == 4


def test_a_whole_without_some_parts_features_has_none() -> None:
    assert joined([tracklet([0], boxes([1]), features=kits((0, 1))), walker([1], 0, 0)]).features is None


def test_features_by_frame_come_back_as_they_were() -> None:
    given = [
        tracklet([0, 2], boxes([1, 2]), features=kits((0, 2))),
        tracklet([0, 1], boxes([90, 90]), features=kits((1, 2))),
    ]
    found = tracklets_of(recording(given), [1, 2, 3], features_of(given))
    for one, other in zip(found, given, strict=True):
        np.testing.assert_allclose(one.features, other.features)  # type: ignore[arg-type]
