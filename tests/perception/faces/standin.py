"""A stand-in for an embedding network of faces, since none can be had freely here: it compares coarse pictures.

An aligned face is averaged over 8 x 8 pixels and turned by a random matrix: what looks alike pixel for pixel is near each
other. It knows pictures again, not people; what is tested with it is all that happens around a network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from trackside.core.files import sha256_of
from trackside.models import Package, write_package
from trackside.models.card import parse_card
from trackside.models.conversion.onnx_file import Graph

DIM = 64


def standin(folder: Path, name: str = "standin", seed: int = 0, **geometry: Any) -> Package:
    """The package; another seed makes vectors that mean nothing to the first one."""
    given = {"width": 112, "height": 112, "fit": "stretch", "mean": (127.5,) * 3, "std": (128.0,) * 3, **geometry}
    cells = (given["width"] // 8) * (given["height"] // 8) * 3
    matrix = np.random.default_rng(seed).normal(size=(DIM, cells)).astype(np.float32) / cells**0.5
    graph = Graph(name)
    pooled = graph.node("AveragePool", ["pictures"], "pooled", kernel_shape=(8, 8), strides=(8, 8))
    flat = graph.node("Flatten", [pooled], "flat", axis=1)
    graph.node("Gemm", [flat, graph.weight("matrix", matrix)], "features", transB=1)
    folder.mkdir(parents=True, exist_ok=True)
    network = folder / f"{name}.onnx"
    shape = ("batch", 3, given["height"], given["width"])
    network.write_bytes(graph.to_bytes(("pictures", shape), ("features", ("batch", DIM))))
    file = {"name": network.name, "sha256": sha256_of(network), "bytes": network.stat().st_size}
    facts = {"name": name, "task": "embedding", "family": "embedding", "runtime": "onnx", "licence": "Apache-2.0"}
    card = parse_card({**facts, "geometry": given, "files": [file]}, where=name)
    return write_package(folder / "package", card, {network.name: network})
