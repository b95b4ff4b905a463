"""Freeing the batch of a network that was exported for one picture, so that cameras can share its calls.

Most networks are exported with a batch of 1 written into inputs, outputs and the shapes of their `Reshape` nodes; none of
their arithmetic depends on it. Here those ones become free (ONNX: a 0 in a shape copies the axis, a -1 is worked out), and
the result is only kept if it gives, for several pictures at once, what the original gives for each by itself.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import ModelError
from trackside.core.files import sha256_of
from trackside.models.card import FileEntry
from trackside.models.package import Package
from trackside.models.resolving import resolve
from trackside.models.store import Store

# Different batch sizes take different ways through a matrix library, and sums differ in their last digits.
_TOLERANCE = 1e-3
_TRIED = 3
_AXIS = "batch"
SUFFIX = "-batch"


def free_batch(model: str, name: str = "", *, store: Store | None = None) -> Package:
    """Make a package whose network takes any number of pictures at a time, out of one that takes one.

    Args:
        model: a package's name or folder. Its network is ONNX.
        name: of the new package; the old one's with `-batch` if empty.
        store: where to put it; None for the machine's own.

    Raises:
        ModelError: the network is no ONNX, or its arithmetic depends on its batch.
    """
    parent = resolve(model)
    card = parent.card
    if card.runtime != "onnx":
        raise ModelError(f"{card.name} is a {card.runtime} network", fix="only ONNX networks can be freed")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / parent.network.name
        _write(parent.network, path)
        _check(parent.network, path, card.name)
        entry = FileEntry(name=path.name, sha256=sha256_of(path), bytes=path.stat().st_size)
        others = [file for file in card.files if file.name != path.name]
        made = card.model_copy(
            update={
                "name": name or f"{card.name}{SUFFIX}",
                "files": (entry, *others),
                "source": f"{card.source}; its batch was freed by Trackside".removeprefix("; "),
            }
        )
        files = {file.name: parent.folder / file.name for file in others} | {path.name: path}
        return (store or Store()).add_package(made, files)


def _write(source: Path, target: Path) -> None:
    import onnx

    try:
        model = onnx.load(str(source))
    except Exception as error:  # protobuf's own classes, and onnx's.
        reason = str(error).partition("\n")[0]
        raise ModelError(f"cannot be read ({reason})", where=str(source), fix="pull the model again") from None
    for value in (*model.graph.input, *model.graph.output):
        axes = value.type.tensor_type.shape.dim
        if len(axes):
            axes[0].dim_param = _AXIS
    # Shapes of what lies in between were worked out for one picture.
    del model.graph.value_info[:]
    _free_reshapes(model.graph)
    onnx.save(model, str(target))


def _free_reshapes(graph: Any) -> None:
    from onnx import numpy_helper

    constants = {tensor.name: tensor for tensor in graph.initializer}
    made = {node.output[0]: attribute.t for node in graph.node if node.op_type == "Constant" for attribute in node.attribute}
    for node in graph.node:
        if node.op_type != "Reshape":
            continue
        tensor = constants.get(node.input[1]) or made.get(node.input[1])
        if tensor is not None:
            shape = numpy_helper.to_array(tensor).copy()
            tensor.CopyFrom(numpy_helper.from_array(_freed(shape), tensor.name))


def _freed(shape: Any) -> Any:
    """A shape for one picture as one for any number: the first axis is copied, or worked out where others are fixed."""
    if shape.ndim != 1 or not len(shape) or shape[0] <= 0:
        return shape
    if shape[0] == 1:
        shape[0] = 0
    elif (shape > 0).all():
        shape[0] = -1
    return shape


def _check(before: Path, after: Path, name: str) -> None:
    """Refuse what gives something else for several pictures than for each by itself."""
    from trackside.models.runtimes.onnx import OnnxRuntime

    one = OnnxRuntime(before)
    spec = one.inputs[0]
    if one.batch != 1:
        raise ModelError(f"{name} takes {one.batch or 'any number of'} pictures at a time already", fix="use it as it is")
    axes = [length or 1 for length in spec.shape[1:]]
    pictures = np.random.default_rng(0).uniform(0, 255, (_TRIED, *axes)).astype(spec.dtype)
    try:
        many = OnnxRuntime(after).run({spec.name: pictures})
    except ModelError as error:
        raise _bound(name) from error
    for row in range(_TRIED):
        for output, expected in one.run({spec.name: pictures[row : row + 1]}).items():
            found = many[output]
            if len(found) != _TRIED or not _same(found[row : row + 1], expected):
                raise _bound(name)


def _same(found: Any, expected: Any) -> bool:
    if found.shape != expected.shape:
        return False
    scale = max(float(np.abs(expected).max(initial=0)), 1.0)
    return bool(np.abs(found.astype(np.float64) - expected.astype(np.float64)).max(initial=0) <= _TOLERANCE * scale)


def _bound(name: str) -> ModelError:
    fix = "export it again with a free batch axis (`dynamic_axes`, `dynamic_shapes`)"
    return ModelError(f"{name} computes something else for several pictures at a time than for one", fix=fix)
