"""The way of one record through a plan when it is live: what the decode thread runs, then hops to a model and back.

A hop is a batch block and what the stream's lane runs after it. A plan without batch blocks has one hop without a model.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import dataclass, replace

from trackside.pipelines.block import Mode
from trackside.pipelines.plan import Node, Plan
from trackside.pipelines.splitting import Split


@dataclass(frozen=True, slots=True)
class Hop:
    """One batch block, and the lane's blocks that follow before the next one.

    Attributes:
        model: the batch block; None where the lane goes on without one.
        split: its three parts, if it has them.
        key: hops with the same key share calls.
        lane: the blocks that the stream's lane runs afterwards.
    """

    model: Node | None
    split: Split | None
    key: Hashable
    lane: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A plan as a live engine runs it.

    Attributes:
        plan: without blocks that only write or draw.
        first: blocks that the decode thread runs.
        hops: at least one.
    """

    plan: Plan
    first: tuple[Node, ...]
    hops: tuple[Hop, ...]


def live_route(plan: Plan) -> Route:
    """Lay a plan out for live streams. Opens the models that its splits name.

    Raises:
        ModelError: one is not installed.
    """
    plan = replace(plan, nodes=tuple(_needed(plan)))
    hops: list[Hop] = []
    for stage in range(1, plan.last_stage + 2):
        nodes = plan.at(stage)
        if stage % 2:
            hops += [_hop(node) for node in nodes]
        elif nodes:
            hops = hops or [Hop(None, None, None, ())]
            hops[-1] = replace(hops[-1], lane=(*hops[-1].lane, *nodes))
    return Route(plan, plan.at(0), tuple(hops) or (Hop(None, None, None, ()),))


def _hop(node: Node) -> Hop:
    if node.spec.split is not None:
        split = node.spec.split(**node.keywords())
        return Hop(node, split, split.key, ())
    settings = json.dumps(node.settings.model_dump(mode="json"), sort_keys=True, default=repr)
    wires = tuple(str(wire) for port in sorted(node.wires) for wire in node.wires[port])
    return Hop(node, None, (node.spec.name, node.name, wires, settings), ())


def _needed(plan: Plan) -> list[Node]:
    """The blocks but for those that write, that work on whole recordings, or whose pictures nobody looks at."""
    kept: list[Node] = []
    read: set[str] = set()
    for node in reversed(plan.nodes):
        is_sink = node.spec.is_sink or node.mode is Mode.RECORDING
        kinds = {port.kinds[0].name for port in node.spec.outputs.values()}
        if not is_sink and (node.name in read or kinds - {"Image"}):
            kept.append(node)
            read |= {wire.block for wires in node.wires.values() for wire in wires}
    return kept[::-1]
