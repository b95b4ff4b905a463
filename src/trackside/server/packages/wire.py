"""Is a file really an ONNX network, whole in itself? Told from protobuf's wire format, before any library opens it.

Source: https://protobuf.dev/programming-guides/encoding and the field numbers of `onnx.proto` (Apache-2.0).
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

from trackside.core import ModelError

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_IR_VERSION, _GRAPH, _DATA_LOCATION = 1, 7, 14
_EXTERNAL = 1
# Message to the fields that may hold tensors, and what they are.
_INSIDE: dict[str, dict[int, str]] = {
    "model": {_GRAPH: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
# Number, wire type, value of a varint, and where the bytes of a message begin and end.
Field = tuple[int, int, int, int, int]


def check_onnx(path: Path) -> None:
    """Check that a file is an ONNX network with its weights inside.

    Raises:
        ModelError: it is none, or its weights lie in another file.
    """
    if path.stat().st_size == 0:
        raise _no_onnx()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        top = {number for number, *_ in _fields(data, 0, len(data))}
        if not {_IR_VERSION, _GRAPH} <= top:
            raise _no_onnx()
        if any(_is_external(field) for field in _tensor_fields(data)):
            what = "its weights lie in a file beside it"
            raise ModelError(what, fix="save it as one file: onnx.save(model, path, save_as_external_data=False)")


def check_tflite(path: Path) -> None:
    """Check that a file says it is a TFLite network.

    Raises:
        ModelError: it does not.
    """
    with path.open("rb") as file:
        if file.read(8)[4:] != b"TFL3":
            raise ModelError("it is no TFLite file", fix="upload a network in TFLite or ONNX")


def _tensor_fields(data: mmap.mmap) -> Iterator[Field]:
    """The fields of all tensors, wherever they are nested."""
    waiting = [("model", 0, len(data))]
    while waiting:
        message, start, end = waiting.pop()
        for field in _fields(data, start, end):
            if message == "tensor":
                yield field
            inner = _INSIDE[message].get(field[0])
            if inner and field[1] == _BYTES:
                waiting.append((inner, field[3], field[4]))


def _is_external(field: Field) -> bool:
    return field[0] == _DATA_LOCATION and field[1] == _VARINT and field[2] == _EXTERNAL


def _fields(data: mmap.mmap, at: int, end: int) -> Iterator[Field]:
    while at < end:
        key, at = _varint(data, at, end)
        number, kind = key >> 3, key & 7
        value, start = 0, at
        if kind == _VARINT:
            value, at = _varint(data, at, end)
        elif kind == _BYTES:
            length, start = _varint(data, at, end)
            at = start + length
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
        else:
            raise _no_onnx()
        if at > end or number == 0:
            raise _no_onnx()
        yield number, kind, value, start, at


def _varint(data: mmap.mmap, at: int, end: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise _no_onnx()


def _no_onnx() -> ModelError:
    return ModelError("it is no ONNX file, or a damaged one", fix="upload a network in ONNX or TFLite")
