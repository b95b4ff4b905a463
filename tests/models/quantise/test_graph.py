"""Preparing a network: layers in groups, the tail at FP32, and what cannot be quantised refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.models.quantise.conftest import network
from trackside.core import ModelError
from trackside.models.quantise.graph import prepare


def _saved(model: onnx.ModelProto, folder: Path) -> Path:
    path = folder / "net.onnx"
    onnx.save(model, str(path))
    return path


def test_a_layer_stands_with_what_follows_it_and_the_end_stays_at_fp32(tmp_path: Path) -> None:
    graph = prepare(_saved(network(layers=2), tmp_path), tmp_path)
    assert graph.groups["conv0"] == ("conv0", "relu0")
    assert graph.groups["conv1"] == ("conv1", "relu1", "mean", "flat")
    assert graph.groups["gemm"] == ("gemm",)
    assert graph.tail == ("softmax",)


def test_an_old_network_is_brought_to_the_operators_that_are_needed(tmp_path: Path) -> None:
    graph = prepare(_saved(network(opset=11), tmp_path), tmp_path)
    assert graph.model.opset_import[0].version >= 13


def test_nodes_without_names_get_one_of_their_own(tmp_path: Path) -> None:
    model = network()
    for node in model.graph.node:
        node.name = ""
    names = prepare(_saved(model, tmp_path), tmp_path).names
    assert all(names)
    assert len(set(names)) == len(names)


def test_a_network_without_arithmetic_is_refused(tmp_path: Path) -> None:
    picture = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3])
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3])
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"], "relu")], "g", [picture], [out])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    with pytest.raises(ModelError, match="no layer"):
        prepare(_saved(model, tmp_path), tmp_path)


def test_a_network_in_fp16_is_refused(tmp_path: Path) -> None:
    model = network()
    for weight in model.graph.initializer:
        weight.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float16), weight.name))
    with pytest.raises(ModelError, match="FP16"):
        prepare(_saved(model, tmp_path), tmp_path)


def test_what_is_no_network_is_refused_with_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"no network at all")
    with pytest.raises(ModelError, match="cannot be prepared"):
        prepare(path, tmp_path)
