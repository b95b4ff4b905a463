"""EfficientNet-Lite0 from its PyTorch checkpoint to ONNX: pictures in, the 1280 pooled features out.

EfficientNet-Lite0 is EfficientNet-B0 (Tan and Le 2019, table 1) without squeeze-and-excitation and with ReLU6 instead of
swish. Batch normalisation, at rest a factor and an offset a channel, is folded into the convolutions in double precision;
all else is as trained. Padding is TensorFlow's `SAME`: at stride 2 on sides of even length the odd pixel lies right and
below, so the input's sides must be multiples of 32.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import ModelError
from trackside.models.conversion.checkpoint import read_checkpoint
from trackside.models.conversion.onnx_file import Graph
from trackside.models.conversion.table import CONVERSIONS

NAME = "efficientnet-lite0-features"
_EPSILON = 1e-3  # of batch normalisation, as in the training
_STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1)  # of the 16 blocks

Arrays = Mapping[str, NDArray[Any]]


def convert(path: Path) -> bytes:
    """The ONNX file that a checkpoint of EfficientNet-Lite0 makes; always the same bytes.

    Input `pictures` float32 [batch, 3, height, width], RGB; output `features` float32 [batch, 1280].

    Raises:
        ModelError: the file is no checkpoint of this network.
    """
    try:
        return build(read_checkpoint(path))
    except KeyError as error:
        raise ModelError(f"is no EfficientNet-Lite0: it has no {error}", where=str(path)) from None


def build(arrays: Arrays) -> bytes:
    """The ONNX file of a state dict."""
    graph = Graph("efficientnet-lite0")
    graph.weight("zero", np.zeros((), np.float32))
    graph.weight("six", np.full((), 6, np.float32))
    flow = _active(graph, _convolution(graph, arrays, "pictures", "_conv_stem", "_bn0", 2))
    for number, stride in enumerate(_STRIDES):
        flow = _block(graph, arrays, flow, f"_blocks.{number}.", stride)
    flow = _active(graph, _convolution(graph, arrays, flow, "_conv_head", "_bn1", 1))
    pooled = graph.node("GlobalAveragePool", [flow], "pooled")
    graph.node("Flatten", [pooled], "features", axis=1)
    return graph.to_bytes(("pictures", ("batch", 3, "height", "width")), ("features", ("batch", 1280)))


def _block(graph: Graph, arrays: Arrays, given: str, prefix: str, stride: int) -> str:
    """A mobile inverted bottleneck: widen, filter each channel, narrow; added to its input where the shapes agree."""
    flow = given
    if f"{prefix}_expand_conv.weight" in arrays:
        flow = _active(graph, _convolution(graph, arrays, flow, f"{prefix}_expand_conv", f"{prefix}_bn0", 1))
    flow = _active(graph, _convolution(graph, arrays, flow, f"{prefix}_depthwise_conv", f"{prefix}_bn1", stride))
    flow = _convolution(graph, arrays, flow, f"{prefix}_project_conv", f"{prefix}_bn2", 1)
    first = arrays.get(f"{prefix}_expand_conv.weight", arrays[f"{prefix}_depthwise_conv.weight"])
    entering = first.shape[1] if f"{prefix}_expand_conv.weight" in arrays else first.shape[0]
    if stride == 1 and entering == len(arrays[f"{prefix}_project_conv.weight"]):
        return graph.node("Add", [flow, given], f"{prefix}sum")
    return flow


def _convolution(graph: Graph, arrays: Arrays, given: str, convolution: str, norm: str, stride: int) -> str:
    weight, offset = fold(arrays, convolution, norm)
    size = weight.shape[-1]
    before, after = same_padding(size, stride)
    # A filter a channel is marked by weights that see one channel while the stem's see three.
    groups = len(weight) if weight.shape[1] == 1 else 1
    names = [given, graph.weight(f"{convolution}.weight", weight), graph.weight(f"{convolution}.bias", offset)]
    shape = {"kernel_shape": (size, size), "pads": (before, before, after, after), "strides": (stride, stride)}
    return graph.node("Conv", names, convolution, group=groups, **shape)


def _active(graph: Graph, given: str) -> str:
    return graph.node("Clip", [given, "zero", "six"], f"{given}.relu6")


def fold(arrays: Arrays, convolution: str, norm: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A convolution's weights [out, in, k, k] and offsets [out] with its batch normalisation in them."""
    wide = {name: arrays[f"{norm}.{name}"].astype(np.float64) for name in ("weight", "bias", "running_mean", "running_var")}
    factor = wide["weight"] / np.sqrt(wide["running_var"] + _EPSILON)
    weight = arrays[f"{convolution}.weight"].astype(np.float64) * factor[:, None, None, None]
    return weight.astype(np.float32), (wide["bias"] - wide["running_mean"] * factor).astype(np.float32)


def same_padding(size: int, stride: int) -> tuple[int, int]:
    """Pixels before and after each axis: TensorFlow's `SAME` for sides that the stride divides."""
    total = size - stride
    return total // 2, total - total // 2


CONVERSIONS.add(NAME, convert)
