"""A compiled pipeline: blocks in order, wires resolved, each block placed on the spine.

The spine alternates: stage 0 is run by the decode worker of a stream, stages 1, 3, ... are batches shared by all streams,
stages 2, 4, ... are the stream's own ordered lane. Recording blocks come after the end of the stream.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from trackside.pipelines.block import BlockSpec, Mode, Settings
from trackside.pipelines.graph import Pipeline
from trackside.pipelines.kinds import Kind


@dataclass(frozen=True, slots=True)
class Wire:
    """An output of a block: where an input takes its value from."""

    block: str
    port: str
    kind: Kind

    def __str__(self) -> str:
        return f"{self.block}.{self.port}"


@dataclass(frozen=True, slots=True)
class Node:
    """One block of the compiled pipeline.

    Attributes:
        name: its name in the pipeline.
        spec: what block it is.
        settings: its validated settings.
        wires: input port to the wires that enter it, in order (several for a port that takes many, none if unwired).
        stage: its place on the spine.
    """

    name: str
    spec: BlockSpec
    settings: Settings
    wires: dict[str, tuple[Wire, ...]]
    stage: int = 0

    @property
    def mode(self) -> Mode:
        """How the engine calls it."""
        return self.spec.mode

    def keywords(self) -> dict[str, Any]:
        """The settings as keyword arguments."""
        return {name: getattr(self.settings, name) for name in type(self.settings).model_fields}


@dataclass(frozen=True, slots=True)
class Plan:
    """A pipeline that can run.

    Attributes:
        pipeline: what it was compiled from.
        nodes: all blocks but the source, each after those it reads from.
        source: the source block's settings.
        models: package names that the blocks use.
    """

    pipeline: Pipeline
    nodes: tuple[Node, ...]
    source: Settings
    models: tuple[str, ...] = ()
    _by_stage: dict[int, tuple[Node, ...]] = field(default_factory=dict, repr=False)

    def at(self, stage: int) -> tuple[Node, ...]:
        """The blocks of one stage, in order. Recording blocks have stage -1."""
        return tuple(node for node in self.nodes if node.stage == stage)

    @property
    def last_stage(self) -> int:
        """The highest stage that has a block."""
        return max((node.stage for node in self.nodes), default=0)

    def downstream_of(self, name: str) -> Iterator[Node]:
        """Every block that takes from `name`, directly or through others, in order."""
        reached = {name}
        for node in self.nodes:
            if any(wire.block in reached for wires in node.wires.values() for wire in wires):
                reached.add(node.name)
                yield node
