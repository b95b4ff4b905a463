"""What a family of detectors gives: candidates in pixels of the network's input, before non-maximum suppression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trackside.core import Registry
from trackside.models.card import Card

ClassFilter: TypeAlias = NDArray[np.intp] | None


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a network proposes for one picture.

    Attributes:
        boxes: float32 [n, 4], x1 y1 x2 y2 in pixels of the network's input.
        scores: float32 [n].
        classes: int32 [n].
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.scores)


class Decoder(Protocol):
    """Reads the outputs of one network."""

    def __call__(
        self, outputs: Mapping[str, NDArray[Any]], threshold: float, classes: ClassFilter = None
    ) -> list[Candidates]:
        """Decode a batch.

        Args:
            outputs: what the runtime gave.
            threshold: candidates below it are left out.
            classes: intp [k], the class numbers wanted; None for all.

        Returns:
            one entry a picture of the batch.
        """
        ...


@dataclass(frozen=True, slots=True)
class Family:
    """Networks whose outputs are read the same way.

    Attributes:
        name: as cards name it.
        decoder: makes the decoder for a card.
        reference: where the decoding is described.
        suppressed: tells from the card whether the network has suppressed duplicates already.
    """

    name: str
    decoder: Callable[[Card], Decoder]
    reference: str
    suppressed: Callable[[Card], bool] = lambda card: False


def _fill() -> None:
    for module in ("fastestdet", "generic", "yolox"):
        import_module(f"trackside.models.families.{module}")


FAMILIES: Registry[Family] = Registry("model family", _fill)


def corners(cx: Any, cy: Any, width: Any, height: Any) -> NDArray[np.float32]:
    """float32 [n, 4] x1 y1 x2 y2 from centres and sizes."""
    half_width, half_height = width / 2, height / 2
    boxes = np.empty((len(cx), 4), np.float32)
    np.subtract(cx, half_width, out=boxes[:, 0], casting="same_kind")
    np.subtract(cy, half_height, out=boxes[:, 1], casting="same_kind")
    np.add(cx, half_width, out=boxes[:, 2], casting="same_kind")
    np.add(cy, half_height, out=boxes[:, 3], casting="same_kind")
    return boxes


def sigmoid(x: NDArray[Any]) -> NDArray[np.float32]:
    """1 / (1 + exp(-x)) in the form that cannot overflow."""
    return np.asarray(0.5 * np.tanh(0.5 * x) + 0.5, np.float32)


def of_classes(numbers: NDArray[Any], classes: ClassFilter) -> NDArray[np.bool_] | bool:
    """Which of the class numbers are wanted."""
    return True if classes is None else np.asarray((numbers[:, None] == classes).any(axis=1))


def none_found() -> Candidates:
    """No candidates."""
    return Candidates(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int32))
