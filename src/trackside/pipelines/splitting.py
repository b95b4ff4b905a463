"""Batch blocks in three parts, so that different pipelines share one model and the device never waits for a processor.

A batch block is called with all its records at once. A live engine wants more: pictures of all cameras and pipelines that
use the same network in one call, prepared before the device is free and read after it is on to the next batch. A block
that offers this names a `Split` in its decorator.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol


class Split(Protocol):
    """A batch block with one input in three parts, bound to its settings.

    Attributes:
        key: blocks whose splits have the same key share calls of the network, whatever their other settings.
        model: the package's name.
        most: the network's fixed batch size, or None where it is free.
    """

    key: Hashable
    model: str
    most: int | None

    def plateau(self) -> int:
        """The batch whose doubling gains under 5 % where this is executed."""
        ...

    def prepare(self, images: Sequence[Any], number: int) -> tuple[Any, Sequence[Any]]:
        """The network's input for these pictures, and what `finish` needs to know of each.

        The input is the calling thread's own for this `number` and is used again the next time.
        """
        ...

    def run(self, prepared: Any) -> Any:
        """The network's outputs for an input of `prepare`; the only part that needs the device."""
        ...

    def finish(self, output: Any, row: int, placed: Any) -> Any:
        """What the block gives for one picture of the batch, with this block's own settings."""
        ...


MakeSplit = Callable[..., Split]
"""Called with the block's settings as keywords."""
