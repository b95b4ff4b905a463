"""MTCNN's three networks (Zhang et al. 2016) from their PyTorch checkpoints to ONNX.

Layers are those of figure 2 of the paper, with the parametric rectifiers of its published weights. Three things are written
otherwise than trained, with the same results up to rounding:

- A rectifier with slope a is `a x + (1 - a) max(x, 0)`: ONNX Runtime computes that 1.4 times as fast as its own `PRelu`.
- Of the two scores the network gives the difference, a logit. Whoever reads it looks at few of them.
- All that a network answers is one output, the logit first: a convolution or product in place of two or three.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trackside.core import ModelError
from trackside.models.conversion.checkpoint import read_checkpoint
from trackside.models.conversion.onnx_file import Graph
from trackside.models.conversion.table import CONVERSIONS

Part = Literal["pnet", "rnet", "onet"]
Arrays = Mapping[str, NDArray[Any]]

# The kernel of the pooling after each convolution, 0 for none; all pool with stride 2 and keep an incomplete last window.
_POOLS: Mapping[Part, tuple[int, ...]] = {"pnet": (2, 0, 0), "rnet": (3, 3, 0), "onet": (3, 3, 2, 0)}
# What answers: layers of two scores, of the box's four corrections, of ten coordinates.
_ANSWERS: Mapping[Part, tuple[str, ...]] = {
    "pnet": ("conv4_1", "conv4_2"),
    "rnet": ("dense5_1", "dense5_2"),
    "onet": ("dense6_1", "dense6_2", "dense6_3"),
}
# The hidden product of the two networks that have one, its rectifier, and the side of the square that it reads.
_HIDDEN: Mapping[Part, tuple[str, str, int]] = {"rnet": ("dense4", "prelu4", 3), "onet": ("dense5", "prelu5", 3)}
_SIDES: Mapping[Part, int] = {"rnet": 24, "onet": 48}


def convert(path: Path, part: Part) -> bytes:
    """The ONNX file that the checkpoint of one of the networks makes; always the same bytes.

    The P-Net takes `pictures` float32 [batch, 3, height, width] and gives `answers` float32 [batch, 5, rows, columns]; the
    R-Net takes 24 x 24 and gives [batch, 5], the O-Net 48 x 48 and [batch, 15].

    Raises:
        ModelError: the file is no checkpoint of this network.
    """
    try:
        return build(read_checkpoint(path), part)
    except KeyError as error:
        raise ModelError(f"is no {part} of MTCNN: it has no {error}", where=str(path)) from None


def build(arrays: Arrays, part: Part) -> bytes:
    """The ONNX file of a state dict."""
    graph = Graph(f"mtcnn-{part}")
    flow = "pictures"
    for number, pool in enumerate(_POOLS[part], start=1):
        flow = _convolution(graph, arrays, flow, f"conv{number}")
        flow = _rectified(graph, arrays, flow, f"prelu{number}", spatial=True)
        if pool:
            flow = graph.node("MaxPool", [flow], f"pool{number}", kernel_shape=(pool, pool), strides=(2, 2), ceil_mode=1)
    weight, offset = answers(arrays, _ANSWERS[part])
    names = [graph.weight("answers.weight", weight), graph.weight("answers.bias", offset)]
    if part == "pnet":
        graph.node("Conv", [flow, *names], "answers", kernel_shape=(1, 1))
        shape: tuple[int | str, ...] = ("batch", len(weight), "rows", "columns")
        return graph.to_bytes(("pictures", ("batch", 3, "height", "width")), ("answers", shape))
    flow = _hidden(graph, arrays, flow, part)
    graph.node("Gemm", [flow, *names], "answers", transB=1)
    side = _SIDES[part]
    return graph.to_bytes(("pictures", ("batch", 3, side, side)), ("answers", ("batch", len(weight))))


def answers(arrays: Arrays, layers: tuple[str, ...]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights and offsets of the layers that answer as one: the logit (face minus no face), then all else.

    The softmax of two scores is the logistic function of their difference.
    """
    scores, *others = layers
    weights, offsets = arrays[f"{scores}.weight"], arrays[f"{scores}.bias"]
    return (
        np.concatenate([weights[1:] - weights[:1], *(arrays[f"{layer}.weight"] for layer in others)]),
        np.concatenate([offsets[1:] - offsets[:1], *(arrays[f"{layer}.bias"] for layer in others)]),
    )


def _convolution(graph: Graph, arrays: Arrays, given: str, name: str) -> str:
    weight = arrays[f"{name}.weight"]
    names = [given, graph.weight(f"{name}.weight", weight), graph.weight(f"{name}.bias", arrays[f"{name}.bias"])]
    return graph.node("Conv", names, name, kernel_shape=weight.shape[2:])


def _rectified(graph: Graph, arrays: Arrays, given: str, name: str, *, spatial: bool) -> str:
    slope = arrays[f"{name}.weight"].reshape((-1, 1, 1) if spatial else (-1,))
    graph.weight(f"{name}.slope", slope)
    graph.weight(f"{name}.rest", 1 - slope)
    sloped = graph.node("Mul", [given, f"{name}.slope"], f"{name}.sloped")
    positive = graph.node("Relu", [given], f"{name}.positive")
    return graph.node("Add", [sloped, graph.node("Mul", [positive, f"{name}.rest"], f"{name}.bent")], name)


def _hidden(graph: Graph, arrays: Arrays, given: str, part: Part) -> str:
    """The hidden product. Its weights were trained on columns, rows, channels in this order; ONNX flattens the other way."""
    name, rectifier, side = _HIDDEN[part]
    weight = arrays[f"{name}.weight"]
    turned = weight.reshape(len(weight), side, side, -1).transpose(0, 3, 2, 1).reshape(len(weight), -1)
    flat = graph.node("Flatten", [given], f"{name}.flat", axis=1)
    names = [flat, graph.weight(f"{name}.weight", turned), graph.weight(f"{name}.bias", arrays[f"{name}.bias"])]
    return _rectified(graph, arrays, graph.node("Gemm", names, name, transB=1), rectifier, spatial=False)


CONVERSIONS.add("mtcnn-pnet", partial(convert, part="pnet"))
CONVERSIONS.add("mtcnn-rnet", partial(convert, part="rnet"))
CONVERSIONS.add("mtcnn-onet", partial(convert, part="onet"))
