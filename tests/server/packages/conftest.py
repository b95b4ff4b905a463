"""Tiny networks built on the spot, and a mirror with small models of our own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from starlette.testclient import TestClient

Network = Callable[..., bytes]
Draft = Callable[..., Any]

BOXES = {
    "boxes": np.array([[[0, 0, 4, 4], [1, 1, 8, 8]]], np.float32),
    "scores": np.array([[[0.9, 0.1], [0.2, 0.6]]], np.float32),
}


@pytest.fixture
def network() -> Network:
    """Makes networks."""
    return tiny_network


@pytest.fixture
def upload(client: TestClient) -> Draft:
    """Uploads a network; gives the answer."""

    def send(content: bytes, name: str = "tiny.onnx") -> Any:
        return client.post("/api/drafts", files={"file": (name, content)})

    return send


@pytest.fixture
def card() -> dict[str, Any]:
    """A card that fits the tiny network."""
    return {
        "name": "tiny",
        "task": "detection",
        "family": "generic",
        "classes": ["cat", "dog"],
        "geometry": {"width": 8, "height": 8, "fit": "stretch"},
        "decoding": {"boxes": "boxes", "scores": "scores"},
        "licence": "MIT",
    }


@pytest.fixture
def picture() -> bytes:
    """A synthetic grey picture, as PNG."""
    good, data = cv2.imencode(".png", np.full((1200, 900, 3), 90, np.uint8))
    assert good
    return bytes(data)


@pytest.fixture
def drafts_folder(client: TestClient, site: Any) -> Path:
    """Where drafts lie."""
    return Path(site.settings.data) / "drafts"


def tiny_network(outputs: dict[str, Any] | None = None, *, external: bool = False, size: int = 8) -> bytes:
    """The bytes of an ONNX network with a picture [1, 3, 8, 8] as input and the given constants as outputs."""
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, size, size])
    nodes, infos, constants = [], [], []
    for key, array in (outputs or BOXES).items():
        tensor = numpy_helper.from_array(array, f"{key}_value")
        if external:
            onnx.external_data_helper.set_external_data(tensor, location="weights.bin")
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
        constants.append(tensor)
        nodes.append(helper.make_node("Identity", [f"{key}_value"], [key]))
        infos.append(helper.make_tensor_value_info(key, helper.np_dtype_to_tensor_dtype(array.dtype), list(array.shape)))
    graph = helper.make_graph(nodes, "tiny", [picture], infos, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())
