"""Writing an ONNX file: the few messages of `onnx.proto` that a chain of convolutions needs, in protocol-buffer bytes.

Written by hand, so that a conversion gives the same bytes with every release of `onnx` and `protobuf` (the zoo states their
hash), and needs neither. Field numbers are those of `onnx.proto` (ONNX 1.18); the tests read the files with `onnx`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_FLOAT = 1  # TensorProto.DataType
_INT, _INTS = 2, 7  # AttributeProto.AttributeType
_IR_VERSION = 8
_OPSET = 17


@dataclass(slots=True)
class Graph:
    """A network under construction: nodes in the order of execution, and their weights.

    Attributes:
        name: of the network.
    """

    name: str
    _nodes: list[bytes] = field(default_factory=list)
    _weights: list[bytes] = field(default_factory=list)

    def weight(self, name: str, values: NDArray[np.float32]) -> str:
        """Add a constant float32 tensor; gives its name back."""
        dims = b"".join(_number(1, length) for length in values.shape)
        data = np.ascontiguousarray(values, "<f4").tobytes()
        self._weights.append(dims + _number(2, _FLOAT) + _text(8, name) + _bytes(9, data))
        return name

    def node(self, operator: str, inputs: Sequence[str], output: str, **attributes: int | Sequence[int]) -> str:
        """Add an operation of ONNX opset 17 with one output; gives the output's name back."""
        parts = [_text(1, name) for name in inputs] + [_text(2, output), _text(3, output), _text(4, operator)]
        parts += [_bytes(5, _attribute(name, value)) for name, value in sorted(attributes.items())]
        self._nodes.append(b"".join(parts))
        return output

    def to_bytes(self, given: tuple[str, Shape], wanted: tuple[str, Shape]) -> bytes:
        """The file: one float32 input, one float32 output, each a name and a shape."""
        parts = [_bytes(1, node) for node in self._nodes] + [_text(2, self.name)]
        parts += [_bytes(5, weight) for weight in self._weights]
        parts += [_bytes(11, _value(*given)), _bytes(12, _value(*wanted))]
        opset = _text(1, "") + _number(2, _OPSET)
        head = _number(1, _IR_VERSION) + _text(2, "trackside")
        return head + _bytes(7, b"".join(parts)) + _bytes(8, opset)


# An axis is a length, or a name where it may have any.
Shape = Sequence[int | str]


def _attribute(name: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, _INT)
    return _text(1, name) + b"".join(_number(8, item) for item in value) + _number(20, _INTS)


def _value(name: str, shape: Shape) -> bytes:
    axes = b"".join(_bytes(1, _text(2, axis) if isinstance(axis, str) else _number(1, axis)) for axis in shape)
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, _FLOAT) + _bytes(2, axes)))


def _number(tag: int, value: int) -> bytes:
    return _varint(tag << 3) + _varint(value)


def _text(tag: int, value: str) -> bytes:
    return _bytes(tag, value.encode())


def _bytes(tag: int, value: bytes) -> bytes:
    return _varint(tag << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    """A whole number of zero or more, seven bits a byte, the lowest first."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
