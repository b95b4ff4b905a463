"""Faces and their points are those that MTCNN finds, whatever way pictures are handed over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from trackside.core import RGB, ModelError, SettingError
from trackside.models import Package
from trackside.perception.faces import FACE5, FaceFinder, Faces, finder as finding

REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text())["faces"]


@pytest.mark.parametrize("case", sorted(REFERENCE))
def test_faces_are_those_of_the_reference(case: str, finder: FaceFinder, pictures: Mapping[str, RGB]) -> None:
    name, smallest = case.split()
    (found,) = finder([pictures[name]], smallest=float(smallest))
    wanted = REFERENCE[case]
    # Decoders of JPEG differ by a grey value, which moves a box by less than this.
    np.testing.assert_allclose(found.boxes.boxes, wanted["boxes"], atol=0.1)
    np.testing.assert_allclose(found.points.points, wanted["points"], atol=0.1)
    np.testing.assert_allclose(found.boxes.scores, wanted["scores"], atol=2e-3)


def test_the_reference_implementation_still_agrees(finder: FaceFinder, mtcnn: Package, pictures: Mapping[str, RGB]) -> None:
    """Where facenet-pytorch is installed (`pip install --no-deps facenet-pytorch`)."""
    peer = pytest.importorskip("facenet_pytorch.models.mtcnn", reason="needs facenet-pytorch")
    boxes, scores, points = peer.MTCNN(keep_all=True, select_largest=False).detect(pictures["both"].copy(), landmarks=True)
    (found,) = finder([pictures["both"]])
    order = np.argsort(-scores.astype(float))
    np.testing.assert_allclose(found.boxes.boxes, boxes[order].astype(float), atol=1e-3)
    np.testing.assert_allclose(found.points.points, points[order].astype(float), atol=1e-3)


def _same(a: Faces, b: Faces) -> None:
    np.testing.assert_allclose(a.boxes.boxes, b.boxes.boxes, atol=1e-3)
    np.testing.assert_allclose(a.points.points, b.points.points, atol=1e-3)


def test_pictures_of_several_sizes_together_give_what_each_gives_alone(
    finder: FaceFinder, pictures: Mapping[str, RGB]
) -> None:
    mixed = [pictures["team"], np.zeros((40, 300, 3), np.uint8), pictures["footballer"], pictures["team"][:, ::-1].copy()]
    together = finder(mixed)
    for one, picture in zip(together, mixed, strict=True):
        _same(one, finder([picture])[0])
    assert [len(each) > 0 for each in together] == [True, False, True, True]


def test_bands_of_a_large_picture_give_what_the_whole_gives(
    finder: FaceFinder, pictures: Mapping[str, RGB], monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = finder([pictures["both"]])
    monkeypatch.setattr(finder, "_most", 1 << 24)
    _same(found, finder([pictures["both"]])[0])
    monkeypatch.setattr(finder, "_most", 1 << 12)
    _same(found, finder([pictures["both"]])[0])


def test_points_lie_where_a_face_has_them(finder: FaceFinder, pictures: Mapping[str, RGB]) -> None:
    (found,) = finder([pictures["team"]])
    points = dict(zip(FACE5.points, found.points.points[0], strict=True))
    assert points["right_eye"][0] < points["nose"][0] < points["left_eye"][0]
    assert points["right_eye"][1] < points["nose"][1] < points["mouth_left"][1]


@pytest.mark.parametrize("shape", [(1, 1, 3), (11, 11, 3), (12, 500, 3), (200, 200, 3)], ids=str)
def test_pictures_without_a_face_give_none(finder: FaceFinder, shape: tuple[int, ...]) -> None:
    assert not len(finder([np.full(shape, 90, np.uint8)], smallest=12)[0])


def test_no_pictures_give_no_answers(finder: FaceFinder) -> None:
    assert finder([]) == []


def test_a_higher_threshold_and_a_larger_smallest_face_find_fewer(finder: FaceFinder, pictures: Mapping[str, RGB]) -> None:
    assert len(finder([pictures["large"]], smallest=12)[0]) == 2
    assert len(finder([pictures["large"]], smallest=12, threshold=0.9)[0]) == 1
    assert not len(finder([pictures["team"]], smallest=200)[0])


@pytest.mark.parametrize("smallest", [0, 11.9, float("nan"), -5])
def test_faces_that_nobody_can_see_are_refused(finder: FaceFinder, smallest: float) -> None:
    with pytest.raises(SettingError, match="give at least 12"):
        finder([np.zeros((50, 50, 3), np.uint8)], smallest=smallest)


def test_another_model_is_refused_in_one_sentence(mtcnn: Package) -> None:
    other = Package(mtcnn.folder, mtcnn.card.model_copy(update={"family": "yolox", "task": "detection"}))
    with pytest.raises(ModelError, match="finds no faces but is a model for detection; choose mtcnn"):
        FaceFinder(other)
    cut = Package(mtcnn.folder, mtcnn.card.model_copy(update={"files": mtcnn.card.files[:2]}))
    with pytest.raises(ModelError, match="MTCNN has three"):
        FaceFinder(cut)


def test_many_candidates_do_not_lose_one(finder: FaceFinder, pictures: Mapping[str, RGB]) -> None:
    """More crops than one run takes are looked at in several."""
    most = finding._MOST_CROPS
    found = finder([pictures["team"]])[0]
    try:
        finding._MOST_CROPS = (3, 1)
        _same(found, finder([pictures["team"]])[0])
    finally:
        finding._MOST_CROPS = most
