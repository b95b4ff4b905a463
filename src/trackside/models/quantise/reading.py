"""How a network is fed and read: what perception knows, and quantising needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from trackside.core import RGB, Detections
from trackside.models.card import Geometry
from trackside.models.runtimes import Arrays, Runtime, TensorSpec

Answers = list[Any]
"""One a picture: `Detections` in pixels of the network's input, or float32 [d], probabilities or a unit vector."""


class Reader(Protocol):
    """Feeds and reads a network as it is fed and read in use."""

    def write(self, picture: RGB, out: NDArray[Any]) -> None:
        """Write a picture of the network's input size into one entry of its input tensor."""
        ...

    def read(self, outputs: Mapping[str, NDArray[Any]]) -> Sequence[Detections | NDArray[np.float32]]:
        """The answers for a batch."""
        ...


def tensors(pictures: Sequence[RGB], reader: Reader, geometry: Geometry, spec: TensorSpec) -> Iterator[NDArray[Any]]:
    """The network's inputs, one picture each; a fixed batch is filled with the same one. The array is used again."""
    shape = (3, geometry.height, geometry.width) if geometry.layout == "NCHW" else (geometry.height, geometry.width, 3)
    tensor = np.zeros((spec.shape[0] or 1, *shape), spec.dtype)
    for picture in pictures:
        for row in tensor:
            reader.write(picture, row)
        yield tensor


def answers(
    runtime: Runtime,
    pictures: Sequence[RGB],
    reader: Reader,
    geometry: Geometry,
    hear: Callable[[int], None] = lambda done: None,
) -> Answers:
    """What a network answers to each picture."""
    spec = runtime.inputs[0]
    found: Answers = []
    for tensor in tensors(pictures, reader, geometry, spec):
        outputs: Arrays = runtime.run({spec.name: tensor})
        found.append(reader.read(outputs)[0])
        hear(len(found))
    return found
