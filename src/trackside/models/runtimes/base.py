"""What every runtime offers: named arrays in, named arrays out."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Arrays: TypeAlias = dict[str, NDArray[Any]]
# More pictures in one run gain nothing on any device we have measured, and memory grows.
LARGEST_BATCH = 32


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """The name, shape and type of an input or output; None stands for an axis of any length."""

    name: str
    shape: tuple[int | None, ...]
    dtype: np.dtype[Any]


class Runtime(abc.ABC):
    """An opened network. Safe to call from several threads at once; the same input gives the same numbers every time.

    Attributes:
        inputs: in the network's order.
        outputs: in the network's order.
        provider: what executes it, and how exactly if that was chosen ("CPU", "TensorRT fp16", "XNNPACK").
        fallback: why the asked provider is not used; empty if it is.
    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    provider: str
    fallback: str = ""

    @abc.abstractmethod
    def run(self, inputs: Mapping[str, NDArray[Any]]) -> Arrays:
        """Execute the network once.

        Args:
            inputs: an array for each input, of its shape and type.

        Returns:
            an array for each output. The caller owns them.

        Raises:
            ModelError: an input is missing or has the wrong shape or type.
        """

    @property
    def batch(self) -> int | None:
        """The fixed batch size, or None where it is free."""
        shape = self.inputs[0].shape
        return shape[0] if shape else 1

    def warm_up(self, batch: int = 1) -> Arrays:
        """Run once on zeros, so that the first real picture is as fast as the others."""
        return self.run({spec.name: _zeros(spec, batch) for spec in self.inputs})


def _zeros(spec: TensorSpec, batch: int) -> NDArray[Any]:
    shape = [batch if axis == 0 and length is None else length or 1 for axis, length in enumerate(spec.shape)]
    return np.zeros(shape, spec.dtype)
