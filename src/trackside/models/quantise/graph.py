"""An ONNX graph ready for quantising: batch norm folded, shapes known, every node named, and its layers in groups."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trackside.core import ModelError

# Where the arithmetic is. Everything else is cheap, and quantised only to stay in eight bits between two of these.
HEAVY = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})
# Eight bits for each channel of a weight need the operators of this version.
_OPSET = 13


@dataclass(frozen=True, slots=True)
class Graph:
    """A prepared network.

    Attributes:
        path: the prepared file.
        model: its graph, an `onnx.ModelProto`; not to be changed.
        groups: each layer with arithmetic and what follows it up to the next one: name of the layer to names of nodes.
        tail: nodes behind the last such layer: they turn its output into boxes and scores. Left at FP32, because one scale
            for boxes in pixels and scores from 0 to 1 leaves nothing of the scores, and because they cost no time.
    """

    path: Path
    model: Any
    groups: dict[str, tuple[str, ...]]
    tail: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """All nodes, in the order of execution."""
        return [node.name for node in self.model.graph.node]


def prepare(network: Path, folder: Path) -> Graph:
    """Prepare a network.

    Args:
        network: an ONNX file.
        folder: where the prepared file may be written.

    Raises:
        ModelError: it cannot be prepared, is quantised already, is not in FP32, or has no layer that could be quantised.
    """
    import onnx

    path = folder / "prepared.onnx"
    _refuse(network)
    _preprocess(network, path)
    model = _at_least(onnx.load(str(path)), network)
    _name_nodes(model.graph.node)
    onnx.save(model, str(path))
    groups, tail = _grouped(model.graph.node)
    if not groups:
        raise ModelError("it has no layer that could be quantised", where=str(network), fix="use it as it is")
    return Graph(path, model, groups, tail)


def _preprocess(network: Path, path: Path) -> None:
    """Constant folding, batch norm into convolutions, shapes: ONNX Runtime's preparation.

    Symbolic shapes are left out: they need a computer algebra system, and networks that look at pictures have plain shapes.
    """
    from onnxruntime.quantization import quant_pre_process

    with quiet():
        try:
            quant_pre_process(str(network), str(path), skip_symbolic_shape=True)
        except Exception as error:  # It raises whatever its parts raise.
            raise _unusable(network, error) from error


def _at_least(model: Any, network: Path) -> Any:
    import onnx

    version = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), 0)
    if version >= _OPSET:
        return model
    try:
        return onnx.shape_inference.infer_shapes(onnx.version_converter.convert_version(model, _OPSET))
    except Exception as error:  # The converter raises plain RuntimeErrors and those of Protobuf.
        raise _unusable(network, error) from error


def _refuse(network: Path) -> None:
    import onnx

    try:
        model = onnx.load(str(network), load_external_data=False)
    except Exception as error:  # Protobuf's own classes, OSErrors.
        raise _unusable(network, error) from error
    if any(node.op_type in ("QuantizeLinear", "QLinearConv") for node in model.graph.node):
        raise ModelError("it is quantised already", where=str(network), fix="quantise the network it was made of")
    if any(tensor.data_type == onnx.TensorProto.FLOAT16 for tensor in model.graph.initializer):
        raise ModelError("its weights are FP16", where=str(network), fix="quantise the FP32 network it was made of")


def _name_nodes(nodes: Iterable[Any]) -> None:
    """Quantising leaves nodes out by name, so each needs one of its own."""
    taken: set[str] = set()
    for number, node in enumerate(nodes):
        if not node.name or node.name in taken:
            node.name = f"{node.op_type}_{number}"
        taken.add(node.name)


def _grouped(nodes: Iterable[Any]) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The groups, and the tail. A node belongs to the last heavy layer before it; one with none before it to no group."""
    ordered = list(nodes)
    before: dict[str, str] = {}  # tensor to the heavy layer that it comes from
    groups: dict[str, list[str]] = {}
    leads = _leading_to_heavy(ordered)
    tail: list[str] = []
    for node in ordered:
        owners = [node.name] if node.op_type in HEAVY else [before[name] for name in reversed(node.input) if name in before]
        if node.op_type not in HEAVY and node.name not in leads:
            tail.append(node.name)
        elif owners:
            groups.setdefault(owners[0], []).append(node.name)
            before.update(dict.fromkeys(node.output, owners[0]))
    return {name: tuple(members) for name, members in groups.items()}, tuple(tail)


def _leading_to_heavy(ordered: list[Any]) -> set[str]:
    """Nodes after which there still comes a heavy layer."""
    wanted: set[str] = set()
    leads: set[str] = set()
    for node in reversed(ordered):
        if node.op_type in HEAVY or wanted.intersection(node.output):
            if wanted.intersection(node.output):
                leads.add(node.name)
            wanted.update(node.input)
    return leads


def _unusable(network: Path, error: Exception) -> ModelError:
    reason = str(error).strip().partition("\n")[0] or type(error).__name__
    return ModelError(f"it cannot be prepared for quantising ({reason})", where=str(network), fix="export it again as ONNX")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """ONNX Runtime's quantising tells of each step on the terminal and in the root log; neither helps a user."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.CRITICAL)
    try:
        with tempfile.TemporaryFile("w") as sink, contextlib.redirect_stdout(sink):
            yield
    finally:
        root.setLevel(level)
