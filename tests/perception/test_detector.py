"""Any detector package: boxes in the picture's own pixels, the same however they were asked for."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from trackside.core import ModelError, SettingError
from trackside.models import Package, Silent, pull
from trackside.models.card import parse_card
from trackside.models.package import write_package
from trackside.perception.detector import Detector, load_detector

CARD: dict[str, Any] = {
    "name": "tiny",
    "task": "detection",
    "family": "generic",
    "runtime": "onnx",
    "classes": ["cat", "dog"],
    "geometry": {"width": 8, "height": 8, "anchor": "centre"},
    "decoding": {"boxes": "boxes", "scores": "scores"},
    "threshold": 0.5,
    "licence": "MIT",
}
# Two cats on top of each other, and a dog.
BOXES = np.array([[0, 2, 4, 6], [0, 2, 4, 5.5], [4, 2, 8, 6]], np.float32)
SCORES = np.array([[0.9, 0.1], [0.8, 0.1], [0.2, 0.6]], np.float32)


def _network(path: Path, *, batch: int | str) -> None:
    """The outputs do not depend on the picture, but follow its batch."""

    def output(name: str, values: NDArray[np.float32]) -> tuple[list[Any], list[Any]]:
        zero = [
            helper.make_node("ReduceSum", ["picture", "axes"], [f"{name}_sum"], keepdims=0),
            helper.make_node("Mul", [f"{name}_sum", "zero"], [f"{name}_zero"]),
            helper.make_node("Unsqueeze", [f"{name}_zero", "new"], [f"{name}_column"]),
            helper.make_node("Add", [f"{name}_column", f"{name}_values"], [name]),
        ]
        return zero, [numpy_helper.from_array(values[None], f"{name}_values")]

    parts = [output("boxes", BOXES), output("scores", SCORES)]
    shared = [
        numpy_helper.from_array(np.array([1, 2, 3]), "axes"),
        numpy_helper.from_array(np.array([1, 2]), "new"),
        numpy_helper.from_array(np.float32(0), "zero"),
    ]
    infos = [
        helper.make_tensor_value_info("boxes", TensorProto.FLOAT, [batch, 3, 4]),
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, [batch, 3, 2]),
    ]
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, [batch, 3, 8, 8])
    nodes = [node for part in parts for node in part[0]]
    graph = helper.make_graph(nodes, "tiny", [picture], infos, [*shared, *(c for part in parts for c in part[1])])
    path.write_bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString())
    onnx.checker.check_model(str(path))


def _package(tmp_path: Path, *, batch: int | str = 1, **changes: Any) -> Package:
    path = tmp_path / "tiny.onnx"
    _network(path, batch=batch)
    content = path.read_bytes()
    files = [{"name": path.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}]
    card = parse_card({**CARD, "files": files, **changes}, where="test")
    return write_package(tmp_path / "packages" / f"tiny-{batch}", card, {path.name: path})


# Twice as wide as high: letterboxed to 8 x 4 with 2 rows of bars above and below, a fifth of the size.
PICTURE = np.zeros((20, 40, 3), np.uint8)


def test_boxes_come_back_in_pixels_of_the_picture(tmp_path: Path) -> None:
    (found,) = Detector(_package(tmp_path))([PICTURE])
    np.testing.assert_allclose(found.boxes, [[0, 0, 20, 20], [20, 0, 40, 20]])
    assert [found.label(row) for row in range(len(found))] == ["cat", "dog"]
    np.testing.assert_allclose(found.scores, [0.9, 0.6])


def test_threshold_classes_and_overlap_are_settings(tmp_path: Path) -> None:
    detector = Detector(_package(tmp_path))
    assert len(detector([PICTURE], threshold=0.7)[0]) == 1
    assert len(detector([PICTURE], iou=0.99)[0]) == 3
    assert detector([PICTURE], classes=["dog"])[0].label(0) == "dog"
    assert len(detector([PICTURE], classes=[])[0]) == 0
    with pytest.raises(SettingError, match="did you mean 'dog'"):
        detector([PICTURE], classes=["dogg"])


def test_a_network_that_suppresses_itself_is_left_alone(tmp_path: Path) -> None:
    detector = Detector(_package(tmp_path, decoding={**CARD["decoding"], "nms": True}))
    assert len(detector([PICTURE])[0]) == 3


@pytest.mark.parametrize("batch", [1, 2, "n"])
def test_the_batch_of_the_network_does_not_show(batch: int | str, tmp_path: Path) -> None:
    detector = Detector(_package(tmp_path, batch=batch))
    sizes = [(20, 40), (40, 20), (16, 16)]
    together = detector([np.zeros((*size, 3), np.uint8) for size in sizes])
    alone = [detector([np.zeros((*size, 3), np.uint8)])[0] for size in sizes]
    assert len(together) == 3
    for a, b in zip(together, alone, strict=True):
        np.testing.assert_array_equal(a.boxes, b.boxes)
    assert detector([]) == []


def test_a_model_that_is_no_detector_is_refused(tmp_path: Path) -> None:
    package = _package(tmp_path, task="embedding", family="embedding", decoding=None)
    with pytest.raises(ModelError, match="no detector but a model for embedding"):
        Detector(package)


def test_an_unknown_family_offers_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="did you mean 'yolox'"):
        Detector(_package(tmp_path, family="yolo-x", decoding=None))


@pytest.fixture
def real(request: pytest.FixtureRequest, shared_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Detector:
    monkeypatch.setenv("TRACKSIDE_HOME", str(tmp_path))
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(shared_models))
    return Detector(pull(request.param, reporter=Silent()))


def _frames(video: Path, numbers: list[int]) -> list[NDArray[np.uint8]]:
    import cv2

    reader = cv2.VideoCapture(str(video))
    frames = []
    for number in range(max(numbers) + 1):
        _, frame = reader.read()
        if number in numbers:
            frames.append(np.ascontiguousarray(frame[:, :, ::-1]))
    return frames


# Seen by eye in vtest.avi: the pedestrians of a frame, as x y of their middles.
PEDESTRIANS = {300: [(201, 195), (256, 188), (312, 195), (331, 251), (597, 196), (631, 198)]}


@pytest.mark.parametrize("real", ["fastestdet", "yolox-nano"], indirect=True)
def test_the_pedestrians_of_a_real_video_are_found(real: Detector, vtest: Path) -> None:
    for number, people in PEDESTRIANS.items():
        (found,) = real(_frames(vtest, [number]), classes=["person"], threshold=0.6)
        for x, y in people:
            inside = (found.boxes[:, :2] <= (x, y)).all(axis=1) & (found.boxes[:, 2:] >= (x, y)).all(axis=1)
            assert inside.any(), f"nobody found at {x}, {y} in frame {number}"
        assert len(found) <= len(people) + 3


@pytest.mark.parametrize("real", ["fastestdet"], indirect=True)
def test_numbers_are_the_same_from_every_thread_and_in_any_batch(real: Detector, vtest: Path) -> None:
    frames = _frames(vtest, [0, 5, 10, 15])
    together = real(frames, threshold=0.3)
    with ThreadPoolExecutor(4) as pool:
        alone = list(pool.map(lambda frame: real([frame], threshold=0.3)[0], frames))
    for a, b in zip(together, alone, strict=True):
        np.testing.assert_array_equal(a.boxes, b.boxes)
        np.testing.assert_array_equal(a.scores, b.scores)
    assert load_detector("fastestdet") is load_detector("fastestdet")
