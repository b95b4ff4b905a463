"""Poses: networks that answer what a test tells them give exact points back; the real ones find a real person."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from trackside.core import BLAZEPOSE33, ModelError
from trackside.models import ZOO, Package
from trackside.models.families.blazepose import anchors
from trackside.perception import pose
from trackside.perception.pose import PoseEstimator
from trackside.perception.regions import Region

# The picture is as large as the detector's input, so its pixels are the network's.
PICTURE = np.zeros((224, 224, 3), np.uint8)
HIPS, TOP = (112.0, 120.0), (112.0, 70.0)


def _person(hips: tuple[float, float], top: tuple[float, float], logit: float = 3.0) -> dict[int, NDArray[np.float32]]:
    """Raw rows of the detector for one person, at two neighbouring anchors."""
    rows = {}
    centres = anchors(224) * 224
    for row in np.argsort(np.hypot(*(centres - top).T), kind="stable")[:2]:
        box = [top[0] - centres[row, 0], top[1] - centres[row, 1], 30, 30]
        points = np.array([hips, top, hips, top]) - centres[row]
        rows[int(row)] = np.array([*box, *points.ravel(), logit], np.float32)
    return rows


def _detector(*people: dict[int, NDArray[np.float32]]) -> Callable[[Any], dict[str, NDArray[np.float32]]]:
    boxes, logits = np.zeros((1, 2254, 12), np.float32), np.full((1, 2254, 1), -9, np.float32)
    for person in people:
        for row, values in person.items():
            boxes[0, row], logits[0, row, 0] = values[:12], values[12]
    return lambda _: {"Identity": boxes, "Identity_1": logits}


def _landmarks(flag: float = 0.9) -> Callable[[Any], dict[str, NDArray[np.float32]]]:
    """Points on a straight line down the crop, all visible and present, no heat."""
    raw = np.zeros((39, 5), np.float32)
    raw[:, 0], raw[:, 1], raw[:, 3], raw[:, 4] = 128, np.linspace(0, 256, 39), 20, 0
    raw[33, :2], raw[34, :2] = (128, 138), (228, 138)  # hips a little below the middle, the head to the right
    heat, mask = np.full((1, 64, 64, 39), -20, np.float32), np.zeros((1, 256, 256, 1), np.float32)
    world = np.zeros((1, 117), np.float32)
    outputs = {"a": raw.reshape(1, 195), "b": np.array([[flag]], np.float32), "c": mask, "d": heat, "e": world}
    return lambda _: outputs


@pytest.fixture
def estimator(monkeypatch: pytest.MonkeyPatch) -> Callable[..., PoseEstimator]:
    """An estimator on networks that answer what they are told."""

    def make(detector: Any, landmarks: Any) -> PoseEstimator:
        class Told:
            def __init__(self, model: str, family: str, *_: object) -> None:
                self.card = ZOO[model].card
                self.answer = detector if family == "blazepose-detector" else landmarks

            def __call__(self, picture: Any) -> Any:
                return self.answer(picture)

        monkeypatch.setattr(pose, "_Network", Told)
        return PoseEstimator()

    return make


def test_points_come_back_in_pixels_of_the_picture(estimator: Callable[..., PoseEstimator]) -> None:
    (found,) = estimator(_detector(_person(HIPS, TOP)), _landmarks()).estimate([PICTURE])
    assert found.skeleton == "blazepose33"
    # The crop's side is twice the distance of the two points, with a margin of a quarter, centred on the hips.
    side = 2 * 50 * 1.25
    expected = 120 - side / 2 + np.linspace(0, 1, 39)[:33] * side
    np.testing.assert_allclose(found.points[0, :, 0], 112, atol=1e-3)
    np.testing.assert_allclose(found.points[0, :, 1], expected, atol=1e-3)
    # Visibility 1 times presence one half.
    np.testing.assert_allclose(found.scores, 0.5, atol=1e-3)


def test_somebody_lying_has_a_crop_that_lies(estimator: Callable[..., PoseEstimator]) -> None:
    (found,) = estimator(_detector(_person((100, 100), (150, 100))), _landmarks()).estimate([PICTURE])
    np.testing.assert_allclose(found.points[0, :, 1], 100, atol=1e-3)
    assert (np.diff(found.points[0, :, 0]) < 0).all()


def test_two_people_are_two_and_the_surer_comes_first(estimator: Callable[..., PoseEstimator]) -> None:
    network = _detector(_person((60, 120), (60, 70), 1.0), _person((160, 120), (160, 70), 5.0))
    regions = estimator(network, _landmarks()).regions(PICTURE)
    assert [round(region.x) for region in regions] == [160, 60]
    assert len(estimator(network, _landmarks()).estimate([PICTURE])[0]) == 2


def test_one_person_seen_in_several_views_is_one(estimator: Callable[..., PoseEstimator]) -> None:
    # Two detections whose boxes do not overlap enough to be merged lead to nearly the same crop.
    network = _detector(_person((100, 120), (100, 70)), _person((100, 120), (101, 70.5)))
    assert len(estimator(network, _landmarks()).estimate([PICTURE])[0]) == 1


def test_nobody_there_is_nobody(estimator: Callable[..., PoseEstimator]) -> None:
    (found,) = estimator(_detector(), _landmarks()).estimate([PICTURE])
    assert (len(found), found.points.shape) == (0, (0, 33, 2))
    (found,) = estimator(_detector(_person(HIPS, TOP)), _landmarks(flag=0.4)).estimate([PICTURE])
    assert len(found) == 0
    assert len(estimator(_detector(_person(HIPS, TOP)), _landmarks()).estimate([PICTURE], threshold=0.99)[0]) == 0
    assert estimator(_detector(), _landmarks()).estimate([]) == []


def test_boxes_keep_their_rows(estimator: Callable[..., PoseEstimator]) -> None:
    boxes = np.array([[10, 20, 50, 120], [0, 0, 0, 0], [np.nan, 0, 5, 5], [100, 20, 140, 120]], np.float32)
    found = estimator(_detector(), _landmarks()).on_boxes(PICTURE, boxes)
    np.testing.assert_allclose(found.points[[0, 3], :, 0], [[30] * 33, [120] * 33], atol=1e-3)
    assert found.points[0, 0, 1] == pytest.approx(70 - 100 * 1.25 / 2)
    np.testing.assert_array_equal(found.scores.any(axis=1), [True, False, False, True])
    assert np.isfinite(found.points).all()
    assert len(estimator(_detector(), _landmarks()).on_boxes(PICTURE, np.empty((0, 4), np.float32))) == 0


def test_a_crop_without_a_person_has_no_scores(estimator: Callable[..., PoseEstimator]) -> None:
    found = estimator(_detector(), _landmarks(flag=0.2)).on_boxes(PICTURE, np.array([[10, 20, 50, 120]], np.float32))
    assert (len(found), float(found.scores.max())) == (1, 0)


def test_the_landmarks_tell_where_to_look_in_the_next_picture(estimator: Callable[..., PoseEstimator]) -> None:
    [person] = estimator(_detector(), _landmarks()).people(PICTURE, [Region(112, 100, 128)])
    # The crop has half a pixel of the picture in each of its own: hips 5 below its centre, 50 from the circle's point.
    near = person.next_region
    assert (near.x, near.y, near.size) == pytest.approx((112, 105, 2 * 50 * 1.25))
    assert near.angle == pytest.approx(np.pi / 2)


def test_a_model_of_another_family_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="of the family blazepose-detector, not blazepose-landmarks"):
        PoseEstimator(landmarks=Package(tmp_path, ZOO["blazepose-detector"].card))


@pytest.fixture
def real(blazepose: tuple[Package, Package], demo_video: Path) -> tuple[PoseEstimator, Path]:
    """The real networks and footage."""
    return PoseEstimator(*blazepose), demo_video


def _frame(video: Path, number: int) -> NDArray[np.uint8]:
    import cv2

    reader = cv2.VideoCapture(str(video))
    reader.set(cv2.CAP_PROP_POS_FRAMES, number)
    return np.ascontiguousarray(reader.read()[1][:, :, ::-1])


def test_a_real_person_stands_on_her_feet(real: tuple[PoseEstimator, Path]) -> None:
    estimator, video = real
    found = estimator.estimate([_frame(video, 100)])[0]
    # Seen by eye: a woman walks to the left in the middle of the picture, her nose at 1006, 566.
    noses = found.points[:, BLAZEPOSE33.index("nose")]
    person = int(np.hypot(*(noses - (1006, 566)).T).argmin())
    assert np.hypot(*(noses[person] - (1006, 566))) < 25
    y = {name: found.points[person, BLAZEPOSE33.index(name), 1] for name in ("left_shoulder", "left_hip", "left_ankle")}
    assert y["left_shoulder"] < y["left_hip"] < y["left_ankle"]
    assert found.scores[person].mean() > 0.7


def test_real_poses_are_the_same_from_every_thread(real: tuple[PoseEstimator, Path]) -> None:
    estimator, video = real
    frame = _frame(video, 100)
    expected = estimator.estimate([frame])[0]
    with ThreadPoolExecutor(2) as pool:
        for found in pool.map(lambda _: estimator.estimate([frame])[0], range(2)):
            np.testing.assert_array_equal(found.points, expected.points)
            np.testing.assert_array_equal(found.scores, expected.scores)
    boxes = expected.boxes().boxes
    np.testing.assert_array_equal(estimator.on_boxes(frame, boxes).points, estimator.on_boxes(frame, boxes).points)
