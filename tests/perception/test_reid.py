"""Embeddings: crops as a plain computation cuts them, boxes that show nothing, and real people told apart by OSNet."""

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
from scipy.stats import rankdata

from trackside.core import ModelError
from trackside.models import Package, Silent, pull
from trackside.models.card import parse_card
from trackside.models.package import write_package
from trackside.perception.reid import Embedder, crop_windows, load_embedder
from trackside.perception.tracking.gallery import crop_weights

from .footage import campus

CARD: dict[str, Any] = {
    "name": "tiny",
    "task": "embedding",
    "family": "embedding",
    "runtime": "onnx",
    "geometry": {"width": 4, "height": 8, "fit": "stretch"},
    "licence": "MIT",
}


def _package(tmp_path: Path, *, batch: int | str = "n", **changes: Any) -> Package:
    """The network gives the mean of each channel."""
    axes = numpy_helper.from_array(np.array([2, 3]), "axes")
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, [batch, 3, 8, 4])
    output = helper.make_tensor_value_info("mean", TensorProto.FLOAT, [batch, 3])
    node = helper.make_node("ReduceMean", ["picture", "axes"], ["mean"], keepdims=0)
    graph = helper.make_graph([node], "tiny", [picture], [output], [axes])
    path = tmp_path / "tiny.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8).SerializeToString())
    onnx.checker.check_model(str(path))
    content = path.read_bytes()
    files = [{"name": path.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}]
    card = parse_card({**CARD, "files": files, **changes}, where="test")
    return write_package(tmp_path / "packages" / f"tiny-{batch}", card, {path.name: path})


def _halves() -> NDArray[np.uint8]:
    """Left half red, right half blue, 40 x 20."""
    picture = np.zeros((20, 40, 3), np.uint8)
    picture[:, :20, 0] = picture[:, 20:, 2] = 200
    return picture


RED, BLUE = [1, 0, 0], [0, 0, 1]


def test_a_vector_is_that_of_the_pixels_in_the_box(tmp_path: Path) -> None:
    found = Embedder(_package(tmp_path))(_halves(), np.array([[0, 0, 20, 20], [20, 0, 40, 20], [10, 0, 30, 20]], np.float32))
    np.testing.assert_allclose(found, [RED, BLUE, [2**-0.5, 0, 2**-0.5]], atol=1e-6)
    assert found.dtype == np.float32


def test_boxes_are_clipped_to_the_picture(tmp_path: Path) -> None:
    boxes = np.array([[-500, -3, 20, 1e6], [30, 10, 1e30, 20], [39.9, 19.9, 50, 50]], np.float32)
    np.testing.assert_allclose(Embedder(_package(tmp_path))(_halves(), boxes), [RED, BLUE, BLUE], atol=1e-6)


def test_a_box_that_shows_nothing_is_not_known(tmp_path: Path) -> None:
    nothing = [[np.nan, 0, 5, 5], [0, 0, np.inf, 5], [5, 5, 5, 9], [9, 9, 5, 5], [40, 0, 60, 20], [0, -9, 5, 0]]
    boxes = np.array([*nothing, [0, 0, 5, 5]], np.float32)
    found = Embedder(_package(tmp_path))(_halves(), boxes)
    assert np.isnan(found[:-1]).all()
    np.testing.assert_allclose(found[-1], RED, atol=1e-6)
    black = Embedder(_package(tmp_path))(np.zeros((9, 9, 3), np.uint8), np.array([[0, 0, 5, 5]], np.float32))
    assert np.isnan(black).all()


def test_no_boxes_are_no_vectors(tmp_path: Path) -> None:
    embedder = Embedder(_package(tmp_path))
    assert embedder(_halves(), np.empty((0, 4), np.float32)).shape == (0, 3)
    assert embedder.many([], []) == []


@pytest.mark.parametrize("batch", [1, 2, "n"])
def test_many_pictures_together_give_what_each_gives_alone(batch: int | str, tmp_path: Path) -> None:
    embedder = Embedder(_package(tmp_path, batch=batch))
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (30, 20 + n, 3), np.uint8) for n in range(4)]
    boxes = [rng.uniform(0, 9, (n * 7, 4)).astype(np.float32) + np.float32([0, 0, 9, 9]) for n in range(4)]
    together = embedder.many(images, boxes)
    for image, each, found in zip(images, boxes, together, strict=True):
        np.testing.assert_array_equal(found, embedder(image, each))


def test_whole_pixels_that_a_box_touches() -> None:
    boxes = np.array([[1.2, 2.7, 3.1, 5.0], [-4, -4, 0.5, 0.5], [0, 0, 0, 9]])
    np.testing.assert_array_equal(crop_windows(boxes, (10, 8)), [[1, 2, 4, 5], [0, 0, 1, 1], [0, 0, 0, 0]])


def test_other_models_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="makes no embeddings, it is for pose"):
        Embedder(_package(tmp_path, task="pose"))
    with pytest.raises(ModelError, match="of the family other"):
        Embedder(_package(tmp_path, family="other"))


@pytest.fixture(scope="module")
def osnet(shared_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKSIDE_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("TRACKSIDE_MODEL_MIRROR", str(shared_models))
        return Embedder(pull("osnet-x0-25", reporter=Silent()))


def _plain_input(crop: NDArray[np.uint8], height: int, width: int) -> NDArray[np.float64]:
    """Bilinear growth pixel by pixel from the definition, then ImageNet's mean and standard deviation: [3, h, w]."""
    out = np.empty((3, height, width))
    rows, columns = crop.shape[:2]
    for y, x in np.ndindex(height, width):
        v = min(max((y + 0.5) * rows / height - 0.5, 0), rows - 1)
        u = min(max((x + 0.5) * columns / width - 0.5, 0), columns - 1)
        top, left = int(v), int(u)
        below, right = min(top + 1, rows - 1), min(left + 1, columns - 1)
        p = crop.astype(float)
        upper = p[top, left] * (1 - u + left) + p[top, right] * (u - left)
        lower = p[below, left] * (1 - u + left) + p[below, right] * (u - left)
        out[:, y, x] = (upper * (1 - v + top) + lower * (v - top)) / 255
    return (out - np.array([0.485, 0.456, 0.406])[:, None, None]) / np.array([0.229, 0.224, 0.225])[:, None, None]


def test_the_networks_input_is_that_of_a_plain_computation(osnet: Embedder) -> None:
    crop = np.random.default_rng(3).integers(0, 256, (40, 17, 3), np.uint8)
    # OpenCV's bytes are rounded: half a step of 1 / 255, over the smallest deviation.
    np.testing.assert_allclose(osnet.prepare([crop])[0], _plain_input(crop, 256, 128), atol=1.01 / 255 / 0.224)
    large = np.random.default_rng(4).integers(0, 256, (512, 256, 3), np.uint8)
    averaged = large.reshape(256, 2, 128, 2, 3).mean(axis=(1, 3))
    plain = (averaged / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    np.testing.assert_allclose(osnet.prepare([large])[0], plain.transpose(2, 0, 1), atol=1.01 / 255 / 0.224)


def test_real_people_look_more_like_themselves_than_like_others(osnet: Embedder, shared_data: Path) -> None:
    frames, people = campus(shared_data, every=5)
    vectors = np.concatenate(osnet.many(frames, [each.boxes for each in people]))
    assert osnet.dim == vectors.shape[1] == 512
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    ids = np.concatenate([each.ids for each in people])
    frame = np.repeat(np.arange(len(people)), [len(each) for each in people])
    clear = np.concatenate([crop_weights(each.boxes.T.astype(float), np.ones(len(each))) for each in people]) > 0.7
    # Measured on all frames: 0.994 for clear crops, 0.887 with those of people who are hidden behind others.
    assert _auc(vectors[clear], ids[clear]) > 0.98
    assert 0.8 < _auc(vectors, ids) < 0.95
    distance = 1 - vectors[clear] @ vectors[clear].T
    distance[frame[clear][:, None] == frame[clear]] = 9
    assert (ids[clear][distance.argmin(axis=1)] == ids[clear]).mean() > 0.95


def _auc(vectors: NDArray[np.float32], ids: NDArray[np.int64]) -> float:
    """The chance that a pair of one person is nearer than a pair of two people (Mann-Whitney)."""
    a, b = np.triu_indices(len(vectors), 1)
    likeness, same = (vectors[a] * vectors[b]).sum(axis=1), ids[a] == ids[b]
    ranks = rankdata(likeness)[same].sum() - same.sum() * (same.sum() + 1) / 2
    return float(ranks / (same.sum() * (~same).sum()))


def test_real_vectors_are_the_same_from_every_thread_and_in_every_batch(osnet: Embedder, shared_data: Path) -> None:
    frames, people = campus(shared_data, every=30)
    boxes = [each.boxes for each in people]
    together = osnet.many(frames, boxes)
    with ThreadPoolExecutor(2) as pool:
        for expected, found in zip(together, pool.map(osnet, frames, boxes), strict=True):
            np.testing.assert_array_equal(found, expected)


def test_the_card_says_that_the_weights_are_for_research_only(osnet: Embedder) -> None:
    assert "research only" in osnet.package.card.note


def test_a_process_opens_a_model_once(tmp_path: Path) -> None:
    folder = str(_package(tmp_path).folder)
    assert load_embedder(folder) is load_embedder(folder)
