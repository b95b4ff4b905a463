"""Freeing a batch: the same numbers for several pictures at once, or a refusal."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from trackside.core import ModelError
from trackside.models import Package, Silent, Store, add_package, pull, shared_runtime
from trackside.models.batching import free_batch


def _network(path: Path, nodes: list[onnx.NodeProto], constants: dict[str, np.ndarray], out: list[int]) -> Path:
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 4, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, out)],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
    return path


def _package(store: Store, path: Path) -> Package:
    card = {
        "name": "one-by-one",
        "task": "embedding",
        "family": "embedding",
        "geometry": {"width": 4, "height": 4},
        "licence": "Apache-2.0",
    }
    card_path = path.with_suffix(".json")
    card_path.write_text(json.dumps(card))
    return add_package(path, card_path, store=store)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("TRACKSIDE_HOME", str(tmp_path / "home"))
    return Store()


def test_a_network_that_was_exported_for_one_picture_takes_several_and_gives_the_same(store: Store, tmp_path: Path) -> None:
    weights = np.random.default_rng(0).normal(size=(48, 8)).astype(np.float32)
    nodes = [
        helper.make_node("Reshape", ["x", "grouped"], ["g"]),
        helper.make_node("Reshape", ["g", "flat"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["y"]),
    ]
    constants = {"grouped": np.array([1, 3, 16]), "flat": np.array([1, -1]), "w": weights}
    parent = _package(store, _network(tmp_path / "net.onnx", nodes, constants, [1, 8]))
    made = free_batch("one-by-one")
    assert made.card.name == "one-by-one-batch" and "freed" in made.card.source
    runtime = shared_runtime(made)
    assert runtime.batch is None
    pictures = np.random.default_rng(1).normal(size=(5, 3, 4, 4)).astype(np.float32)
    together = runtime.run({"x": pictures})["y"]
    alone = [shared_runtime(parent).run({"x": pictures[row : row + 1]})["y"][0] for row in range(5)]
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-4)


def test_a_network_that_mixes_the_pictures_of_its_batch_is_refused(store: Store, tmp_path: Path) -> None:
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["m"], axes=[0], keepdims=1),
        helper.make_node("Sub", ["x", "m"], ["d"]),
        helper.make_node("Reshape", ["d", "flat"], ["y"]),
    ]
    _package(store, _network(tmp_path / "net.onnx", nodes, {"flat": np.array([1, 48])}, [1, 48]))
    with pytest.raises(ModelError, match="something else for several pictures"):
        free_batch("one-by-one")
    assert [package.card.name for package in store.packages()] == ["one-by-one"]


def test_a_network_whose_batch_is_free_is_left_alone(store: Store, tmp_path: Path) -> None:
    path = _network(tmp_path / "net.onnx", [helper.make_node("Flatten", ["x"], ["y"])], {}, [1, 48])
    model = onnx.load(str(path))
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "n"
    onnx.save(model, str(path))
    _package(store, path)
    with pytest.raises(ModelError, match="any number of"):
        free_batch("one-by-one")


@pytest.mark.parametrize("name", ["fastestdet", "yolox-nano"])
def test_the_detectors_of_the_zoo_can_be_freed(name: str, shared_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(shared_models))
    card = pull(name, reporter=Silent()).card
    made = free_batch(name)
    assert shared_runtime(made).batch is None and made.card.classes == card.classes
