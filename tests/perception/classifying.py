"""A tiny classifier: which of red, green and blue a picture is, by its mean colour."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from trackside.models import Package
from trackside.models.card import parse_card
from trackside.models.package import write_package

SIDE = 8


def colours(
    folder: Path,
    *,
    batch: int | str = "n",
    activation: str = "softmax",
    geometry: dict[str, Any] | None = None,
    **changes: Any,
) -> Package:
    """A package in `folder` whose scores are 10 times the mean of each channel, 0 to 1.

    Args:
        folder: it and what it is made of lie there.
        batch: a fixed size, or a name.
        activation: `none` puts a softmax into the network.
        geometry: fields of the card's geometry to change.
        changes: other fields of the card.
    """
    inputs = helper.make_tensor_value_info("picture", TensorProto.FLOAT, [batch, 3, SIDE, SIDE])
    output = helper.make_tensor_value_info("answer", TensorProto.FLOAT, [batch, 3])
    constants = [numpy_helper.from_array(np.array([2, 3]), "axes"), numpy_helper.from_array(np.float32(10), "ten")]
    nodes = [
        helper.make_node("ReduceMean", ["picture", "axes"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "ten"], ["scores"]),
        helper.make_node("Softmax" if activation == "none" else "Identity", ["scores"], ["answer"]),
    ]
    graph = helper.make_graph(nodes, "colours", [inputs], [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "colours.onnx"
    path.write_bytes(model.SerializeToString())
    onnx.checker.check_model(str(path))
    content = path.read_bytes()
    card: dict[str, Any] = {
        "name": "colours",
        "task": "classification",
        "family": "classification",
        "runtime": "onnx",
        "classes": ["red", "green", "blue"],
        "geometry": {"width": SIDE, "height": SIDE, "fit": "crop", "scale": 1 / 255, **(geometry or {})},
        "activation": activation,
        "licence": "MIT",
        "files": [{"name": path.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}],
    }
    return write_package(folder / "package", parse_card({**card, **changes}, where="test"), {path.name: path})
