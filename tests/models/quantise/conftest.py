"""A small classifier with chance weights (synthetic), pictures for it (synthetic), and how it is fed and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from trackside.core.files import sha256_of
from trackside.models import Package, Store
from trackside.models.card import parse_card
from trackside.models.families.classification import decode_probabilities
from trackside.models.quantise import Pictures

SIDE = 16
CLASSES = ("cat", "dog", "owl")


class TinyReader:
    """Feeds and reads the small classifier."""

    def __init__(self, package: Package) -> None:
        self._card = package.card

    def write(self, picture: NDArray[np.uint8], out: NDArray[Any]) -> None:
        out[...] = picture.transpose(2, 0, 1) / 255

    def read(self, outputs: Mapping[str, NDArray[Any]]) -> Sequence[NDArray[np.float32]]:
        return list(decode_probabilities(outputs, self._card))


def network(*, trap: bool = False, layers: int = 4, opset: int = 17) -> onnx.ModelProto:
    """Convolutions with ReLU, the mean of each channel, a linear layer, a softmax; any batch.

    With `trap` the second layer has one channel of values a thousand times as large as the others', which the third one
    ignores: in FP32 it changes nothing, in eight bits it leaves the other channels a fraction of one step.
    """
    chance = np.random.default_rng(3)
    nodes, weights, channels, last = [], [], 3, "picture"
    for layer in range(layers):
        kernel = (chance.standard_normal((8, channels, 3, 3)) / np.sqrt(9 * channels)).astype(np.float32)
        if trap and layer == 1:
            kernel[0] *= 1000
        if trap and layer == 2:
            kernel[:, 0] = 0
        weights.append(numpy_helper.from_array(kernel, f"kernel{layer}"))
        nodes.append(helper.make_node("Conv", [last, f"kernel{layer}"], [f"c{layer}"], f"conv{layer}", pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"c{layer}"], [f"r{layer}"], f"relu{layer}"))
        channels, last = 8, f"r{layer}"
    linear = np.linalg.qr(chance.standard_normal((8, 3)))[0].astype(np.float32)
    weights += [numpy_helper.from_array(linear, "linear"), numpy_helper.from_array(np.zeros(3, np.float32), "bias")]
    nodes += [
        helper.make_node("GlobalAveragePool", [last], ["mean"], "mean"),
        helper.make_node("Flatten", ["mean"], ["flat"], "flat"),
        helper.make_node("Gemm", ["flat", "linear", "bias"], ["scores"], "gemm"),
        helper.make_node("Softmax", ["scores"], ["probabilities"], "softmax", axis=1),
    ]
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["batch", 3, SIDE, SIDE])
    answer = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 3])
    graph = helper.make_graph(nodes, "tiny", [picture], [answer], weights)
    return _balanced(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8))


def _balanced(model: onnx.ModelProto) -> onnx.ModelProto:
    """The last layer centred and scaled on some pictures, so that every class is the answer to some."""
    session = onnxruntime.InferenceSession(model.SerializeToString())
    shown = np.array([picture.transpose(2, 0, 1) / 255 for picture in blots(100, seed=0)], np.float32)
    scores = np.log(session.run(None, {"picture": shown})[0])
    linear, bias = model.graph.initializer[-2:]
    centred = scores - scores.mean(axis=1, keepdims=True)
    gain = (2 / centred.std(axis=0)).astype(np.float32)
    linear.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(linear) * gain, "linear"))
    raw = scores - scores.mean()
    bias.CopyFrom(numpy_helper.from_array((-raw.mean(axis=0) * gain).astype(np.float32), "bias"))
    return model


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., Package]:
    """Installs the small classifier."""

    def make(**changes: Any) -> Package:
        path = tmp_path / "tiny.onnx"
        onnx.save(network(**changes), str(path))
        card = {
            "name": "tiny",
            "task": "classification",
            "family": "classification",
            "runtime": "onnx",
            "classes": CLASSES,
            "geometry": {"width": SIDE, "height": SIDE, "fit": "stretch", "scale": 1 / 255},
            "licence": "MIT",
            "metrics": [{"name": "top-1", "value": 0.9, "data": "made up for a test"}],
            "files": [{"name": "tiny.onnx", "sha256": sha256_of(path), "bytes": path.stat().st_size}],
        }
        return Store().add_package(parse_card(card, where="test"), {"tiny.onnx": path})

    return make


@pytest.fixture
def pictures() -> Pictures:
    """Patches of light of chance colours, 24 to calibrate with and 36 held out."""
    return Pictures(blots(24, seed=1), blots(36, seed=2), ("synthetic",))


def blots(count: int, *, seed: int) -> list[NDArray[np.uint8]]:
    """Pictures with a patch each: uint8 [16, 16, 3]."""
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        picture = np.full((SIDE, SIDE, 3), chance.integers(0, 60), np.uint8)
        x, y = chance.integers(0, SIDE - 6, 2)
        picture[y : y + 6, x : x + 6] = chance.integers(60, 256, 3)
        found.append(picture)
    return found
