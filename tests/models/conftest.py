"""A store of its own for each test, a loopback web server with faults, and a tiny detector built on the spot."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from trackside.models import Store


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the machine's own store or mirror."""
    monkeypatch.setenv("TRACKSIDE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TRACKSIDE_MODEL_MIRROR", raising=False)


@pytest.fixture
def store() -> Store:
    return Store()


@dataclass
class Site:
    """What the loopback server has, and what it does wrong.

    Attributes:
        address: its root.
        files: path to bytes.
        cut: how many answers still break off in the middle.
        failing: how many answers are still 503.
        asked: the paths asked for, with the range.
    """

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    cut: int = 0
    failing: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            site.asked.append((self.path, wanted))
            if site.failing:
                site.failing -= 1
                self.send_error(503)
                return
            if self.path not in site.files:
                self.send_error(404)
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
            body = site.files[self.path][start:]
            self.send_response(206 if wanted else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if site.cut:
                site.cut -= 1
                body = body[: len(body) // 2]
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def tiny_network(tmp_path: Path) -> Callable[..., Path]:
    """Writes an ONNX network with a picture [1, 3, 8, 8] as input and the given constants as outputs."""

    def write(outputs: dict[str, Any], *, name: str = "tiny.onnx") -> Path:
        arrays = {key: np.asarray(value) for key, value in outputs.items()}
        picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, 8, 8])
        nodes, infos, constants = [], [], []
        for key, array in arrays.items():
            kind = helper.np_dtype_to_tensor_dtype(array.dtype)
            constants.append(numpy_helper.from_array(array, f"{key}_value"))
            nodes.append(helper.make_node("Identity", [f"{key}_value"], [key]))
            infos.append(helper.make_tensor_value_info(key, kind, list(array.shape)))
        graph = helper.make_graph(nodes, "tiny", [picture], infos, constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        path = tmp_path / name
        path.write_bytes(onnx.ModelProto.SerializeToString(model))
        return path

    return write


@pytest.fixture
def tiny_card() -> dict[str, Any]:
    """The card of a generic detector for `tiny_network`, without its files."""
    return {
        "name": "tiny",
        "task": "detection",
        "family": "generic",
        "runtime": "onnx",
        "classes": ["cat", "dog"],
        "geometry": {"width": 8, "height": 8, "fit": "stretch"},
        "decoding": {"boxes": "boxes", "scores": "scores"},
        "licence": "MIT",
    }


TINY_OUTPUTS = {
    "boxes": np.array([[[0, 0, 4, 4], [1, 1, 8, 8]]], np.float32),
    "scores": np.array([[[0.9, 0.1], [0.2, 0.6]]], np.float32),
}


@pytest.fixture
def tiny_outputs() -> dict[str, Any]:
    """Two boxes, a cat and a dog."""
    return {name: array.copy() for name, array in TINY_OUTPUTS.items()}


@pytest.fixture
def file_entry() -> Callable[[Path], dict[str, Any]]:
    """The entry of a card's `files` for a file."""

    def entry(path: Path) -> dict[str, Any]:
        content = path.read_bytes()
        return {"name": path.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}

    return entry
