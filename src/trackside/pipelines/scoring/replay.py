"""Running the second part of a pipeline over recorded footage, again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trackside.core import Alarm, Alarms, Events
from trackside.pipelines.calls import Call, Item, Key
from trackside.pipelines.plan import Node
from trackside.pipelines.scoring.cut import Cut
from trackside.pipelines.scoring.footage import Footage

ENDED = ""
"""Stands for a port in the key of the identities that ended; no port has this name."""


@dataclass(frozen=True, slots=True)
class Run:
    """What the rule gave on one video.

    Attributes:
        alarms: those that were raised; an event counts as one where no ladder stands behind the rule.
        refused: what the ladder refused, with reasons.
        events: what came into the ladder; the same as `alarms` where there is none.
    """

    alarms: tuple[Alarm, ...]
    refused: tuple[Alarm, ...]
    events: tuple[Alarm, ...]


class Replay:
    """The rule of a pipeline on footage, with any settings of the second part.

    What the settings at hand cannot change is computed once.

    Args:
        cut: the pipeline.
        footage: what the first part made of each video.
        varied: names of the blocks whose settings will change; the others are computed now.
    """

    def __init__(self, cut: Cut, footage: Sequence[Footage], varied: Sequence[str] = ()) -> None:
        self._cut = cut
        nodes = cut.nodes(cut.pipeline)
        changing = downstream(nodes, set(varied) or {cut.judged.block})
        fixed = [node for node in nodes if node.name not in changing]
        self._changing = [node.name for node in nodes if node.name in changing]
        read = {(w.block, w.port) for node in nodes if node.name in changing for ws in node.wires.values() for w in ws}
        self._footage = [_extended(one, fixed).with_only(read) for one in footage]

    def run(self, settings: Mapping[str, Any] | None = None) -> dict[str, Run]:
        """What the rule gives on each video with these settings, `{"block.setting": value}`.

        Raises:
            PipelineError: a setting cannot be, or a block failed.
        """
        pipeline = self._cut.pipeline.with_settings(settings or {})
        nodes = [node for node in self._cut.nodes(pipeline) if node.name in self._changing]
        return {one.stream.name: self._run_one(one, nodes) for one in self._footage}

    def _run_one(self, footage: Footage, nodes: Sequence[Node]) -> Run:
        judged = self._cut.judged
        ladder = next((node for node in nodes if node.name == judged.block and judged.kind.name == "Alarms"), None)
        alarms: list[Alarm] = []
        refused: list[Alarm] = []
        events: list[Alarm] = []
        for item in run_nodes(footage, nodes):
            alarms += _alarms(item.values.get((judged.block, judged.port)), item.record.time)
            if ladder is not None:
                refused += _alarms(item.values.get((judged.block, "refused")), item.record.time)
                events += _incoming(ladder, item)
        return Run(tuple(alarms), tuple(refused), tuple(events if ladder is not None else alarms))


def run_nodes(footage: Footage, nodes: Sequence[Node]) -> Iterator[Item]:
    """Run blocks over recorded footage, record by record, and give each item when all have seen it.

    Blocks are told when tracks end, as in the engine: right after the block that tracks. Of a block that tracks, the item
    holds the identities that ended under the key `(block, ENDED)`.

    Raises:
        PipelineError: a block failed or refuses its settings.
    """
    calls = [Call.of(node) for node in nodes]
    trackers = [*footage.ended, *(call.node.name for call in calls if hasattr(call.target, "ended"))]
    forgetters = {
        name: [call for call in calls if call.node.name != name and call.node.name in downstream(nodes, {name})]
        for name in trackers
    }
    for number in range(len(footage)):
        item = footage.item(number)
        for name, ended in footage.ended.items():
            _forget(forgetters[name], ended[number])
        for call in calls:
            call.run(item)
            if call.node.name in forgetters:
                item.values[call.node.name, ENDED] = tuple(call.ended_tracks)
                _forget(forgetters[call.node.name], call.ended_tracks)
        yield item
    for call in calls:
        call.end_of_stream()


def downstream(nodes: Sequence[Node], names: set[str]) -> set[str]:
    """These blocks and all that read from them, directly or through others."""
    reached = set(names)
    for node in nodes:
        if any(wire.block in reached for wires in node.wires.values() for wire in wires):
            reached.add(node.name)
    return reached


def _forget(calls: Sequence[Call], tracks: Sequence[int]) -> None:
    for track in tracks:
        for call in calls:
            call.track_ended(track)


def _extended(footage: Footage, nodes: Sequence[Node]) -> Footage:
    """The footage with what these blocks make of it."""
    if not nodes:
        return footage
    values: dict[Key, list[Any]] = {(node.name, port): [] for node in nodes for port in node.spec.outputs}
    ended: dict[str, list[tuple[int, ...]]] = {}
    for item in run_nodes(footage, nodes):
        for key, column in values.items():
            column.append(item.values.get(key))
        for (name, port), gone in item.values.items():
            if port == ENDED:
                ended.setdefault(name, []).append(gone)
    return footage.with_more(values, ended)


def _alarms(value: Alarms | Events | None, time: float) -> tuple[Alarm, ...]:
    """Alarms without their looks, which are most of their memory; events as alarms that nothing was asked of."""
    if isinstance(value, Alarms):
        return tuple(replace(alarm, looks=()) for alarm in value)
    if value is None or not len(value):
        return ()
    rows = zip(value.names, value.times, value.ids, value.places, value.values, strict=True)
    return tuple(
        Alarm(place or what, what, float(at), time, int(track), place, value=float(number))
        for what, at, track, place, number in rows
    )


def _incoming(ladder: Node, item: Item) -> Iterator[Alarm]:
    """The events that a block of alarms takes in with a record, as it chooses them."""
    only = ladder.keywords().get("only") or ()
    for wires in ladder.wires.values():
        for wire in wires:
            if wire.kind.name == "Events":
                found = _alarms(item.values.get((wire.block, wire.port)), item.record.time)
                yield from (alarm for alarm in found if not only or alarm.what in only)
