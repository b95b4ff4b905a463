"""A face belongs to the person whose box holds it."""

from __future__ import annotations

import numpy as np

from trackside.core import Detections, Tracks
from trackside.perception.faces.placing import tracks_of


def _tracks(*boxes: list[float]) -> Tracks:
    n = len(boxes)
    return Tracks.of(Detections(np.array(boxes).reshape(n, 4), np.ones(n), np.zeros(n)), np.arange(n) + 1)


def _faces(*boxes: list[float]) -> np.ndarray:
    return np.array(boxes, np.float32).reshape(-1, 4)


def test_the_smallest_box_around_a_face_is_its_person() -> None:
    tracks = _tracks([0, 0, 100, 300], [20, 0, 60, 200], [500, 0, 600, 300])
    assert tracks_of(_faces([30, 10, 50, 30], [70, 10, 90, 30], [540, 5, 560, 25]), tracks).tolist() == [2, 1, 3]


def test_of_two_faces_in_one_box_the_upper_one_is_the_persons() -> None:
    assert tracks_of(_faces([30, 90, 50, 110], [30, 10, 50, 30]), _tracks([0, 0, 100, 300])).tolist() == [0, 1]


def test_a_face_in_no_box_is_nobodys() -> None:
    assert tracks_of(_faces([300, 300, 310, 310]), _tracks([0, 0, 100, 100])).tolist() == [0]
    assert tracks_of(_faces(), _tracks([0, 0, 1, 1])).tolist() == []
    assert tracks_of(_faces([0, 0, 9, 9]), Tracks.empty()).tolist() == [0]
