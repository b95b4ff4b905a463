"""Detections and tracks: shapes, selections, places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.core import Detections, Tracks

NAMES = ("person", "ball")


def three() -> Detections:
    boxes = [[0, 0, 10, 20], [-5, 3, 7, 9], [100, 100, 900, 900]]
    return Detections(np.array(boxes), np.array([0.9, 0.35, 0.1]), np.array([0, 1, 7]), NAMES)


def test_arrays_get_their_types_and_empty_ones_their_shapes() -> None:
    found = three()
    assert (found.boxes.dtype, found.scores.dtype, found.classes.dtype) == (np.float32, np.float32, np.int32)
    empty = Tracks.empty(NAMES)
    assert (empty.boxes.shape, empty.scores.shape, empty.ids.shape, len(empty)) == ((0, 4), (0,), (0,), 0)
    assert empty.feet.shape == empty.centres.shape == (0, 2)


def test_arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        Detections(np.zeros((2, 4)), np.zeros(3), np.zeros(2))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one length"):
        Tracks.of(three(), [1, 2])


def test_a_score_that_equals_the_limit_counts() -> None:
    assert len(three().above(0.35)) == 2


def test_classes_are_chosen_by_name_and_unknown_names_match_nothing() -> None:
    assert three().of_class("ball").classes.tolist() == [1]
    assert len(three().of_class("cow")) == 0


def test_labels_are_names_or_the_number_where_there_is_no_name() -> None:
    assert [three().label(row) for row in range(3)] == ["person", "ball", "7"]


def test_the_foot_point_is_the_middle_of_the_lower_edge() -> None:
    assert three().feet.tolist() == [[5, 20], [1, 9], [500, 900]]
    assert three().centres.tolist() == [[5, 10], [1, 6], [500, 500]]


@given(st.lists(st.booleans(), min_size=3, max_size=3))
def test_every_way_of_choosing_rows_keeps_boxes_and_identities_together(mask: list[bool]) -> None:
    tracks = Tracks.of(three(), [4, 9, 2])
    rows = np.flatnonzero(mask)
    for chosen in (tracks[np.array(mask)], tracks[rows]):
        assert isinstance(chosen, Tracks)
        assert chosen.ids.tolist() == tracks.ids[rows].tolist()
        assert chosen.boxes.tolist() == tracks.boxes[rows].tolist()
        assert chosen.names == NAMES
    assert tracks[1:].ids.tolist() == [9, 2]
