"""Calling blocks: gathering the inputs of a record, calling, and putting the outputs back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from trackside.core import PipelineError, Problem, Record, TracksideError
from trackside.pipelines.block import Mode
from trackside.pipelines.graph import SOURCE
from trackside.pipelines.kinds import StreamInfo
from trackside.pipelines.plan import Node

Key = tuple[str, str]
"""A wire: block and output port."""


@dataclass(slots=True)
class Item:
    """A record on its way along the spine, with all that blocks have made of it so far.

    An output that is not in `values` is absent: a block that let the record fall (`sample.every`) or one that depends on
    such.
    """

    number: int
    record: Record
    stream: StreamInfo
    folder: Path | None
    values: dict[Key, Any]

    def context(self, name: str) -> Any:
        """What the engine supplies for a context kind."""
        match name:
            case "time":
                return self.record.time
            case "wall":
                return self.record.wall
            case "index":
                return self.record.index
            case "size":
                return self.stream.width, self.stream.height
            case "stream":
                return self.stream
            case _:
                return self.folder


def new_item(number: int, record: Record, stream: StreamInfo, folder: Path | None) -> Item:
    """An item at the start of the spine."""
    return Item(number, record, stream, folder, {(SOURCE, "images"): record.data})


@dataclass(slots=True)
class Spent:
    """The records that a block has worked on, and the wall seconds that it took; a batch is shared out evenly."""

    records: int = 0
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one record."""
        self.records += 1
        self.seconds += seconds


Getter = Callable[[Item], Any]


@dataclass(slots=True)
class Call:
    """A block bound to one stream (stream blocks: one instance) or to none (frame and batch blocks).

    Not shared between threads: each stream's lane and each inference worker has its own, so the counts need no lock.
    """

    node: Node
    target: Callable[..., Any]
    keywords: Mapping[str, Any]
    getters: tuple[Getter, ...]
    needs: tuple[Key, ...]
    outputs: tuple[Key, ...]
    spent: Spent = field(default_factory=Spent)

    @classmethod
    def of(cls, node: Node) -> Call:
        """Bind a block; a stream block is instantiated with its settings.

        Raises:
            PipelineError: if its constructor refuses the settings.
        """
        keywords = node.keywords()
        target = node.spec.target
        if node.mode is Mode.STREAM:
            try:
                target, keywords = target(**keywords), {}
            except TracksideError as error:
                raise PipelineError([Problem(error.what, error.fix, node.name, error.where or None)]) from error
        needs = tuple(
            (wire.block, wire.port)
            for port in node.spec.inputs
            if port.required and port.context is None
            for wire in node.wires[port.name]
        )
        return cls(node, target, keywords, _getters(node), needs, tuple((node.name, port) for port in node.spec.outputs))

    def has_inputs(self, item: Item) -> bool:
        """Whether every required input has a value for this record."""
        return all(key in item.values for key in self.needs)

    def run(self, item: Item) -> None:
        """Call the block on one record."""
        if not self.has_inputs(item):
            return
        start = perf_counter()
        try:
            result = self.target(*[get(item) for get in self.getters], **self.keywords)
        except Exception as error:
            raise block_failed(self.node, error, item) from error
        self._put(item, result)
        self.spent.add(perf_counter() - start)

    def run_batch(self, items: Sequence[Item]) -> None:
        """Call a batch block on several records at once. The time is for the caller to count, by stream."""
        present = [item for item in items if self.has_inputs(item)]
        if not present:
            return
        try:
            columns = [[get(item) for item in present] for get in self.getters]
            results = self.target(*columns, **self.keywords)
            for item, result in zip(present, results, strict=True):
                self._put(item, result)
        except Exception as error:
            raise block_failed(self.node, error, present[0]) from error

    def end_of_stream(self) -> None:
        """Tell a stream block that its stream is over."""
        self._tell("on_stream_end")

    def abort(self) -> None:
        """Tell a stream block that its stream failed or was cancelled: what it wrote is to be removed."""
        self._tell("on_abort")

    def track_ended(self, track_id: int) -> None:
        """Tell a stream block that it can forget a track."""
        hook = getattr(self.target, "on_track_end", None)
        if hook is not None:
            hook(track_id)

    @property
    def ended_tracks(self) -> Sequence[int]:
        """Ids that a tracking block has given up with the last record."""
        return getattr(self.target, "ended", ())

    def _tell(self, name: str) -> None:
        hook = getattr(self.target, name, None)
        if hook is None:
            return
        try:
            hook()
        except Exception as error:
            raise block_failed(self.node, error, None) from error

    def _put(self, item: Item, result: Any) -> None:
        if result is None or not self.outputs:
            return
        if self.node.spec.packs_outputs:
            item.values.update(zip(self.outputs, result, strict=True))
        else:
            item.values[self.outputs[0]] = result


def block_failed(node: Node, error: Exception, item: Item | None) -> PipelineError:
    """The user's form of an exception inside a block: which one, at what time, and why."""
    if isinstance(error, PipelineError):
        return error
    at = f" at {item.record.time:.2f} s of {item.stream.name}" if item else ""
    if isinstance(error, TracksideError):
        what = f"{error.where}: {error.what}" if error.where else error.what
        return PipelineError([Problem(f"{what}{at}", error.fix, node.name)])
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    fix = "this is a mistake in the block: `trackside --debug run` shows where"
    return PipelineError([Problem(f"{node.spec.name} failed{at} ({reason})", fix, node.name)])


def _getters(node: Node) -> tuple[Getter, ...]:
    getters: list[Getter] = []
    for port in node.spec.inputs:
        keys = [(wire.block, wire.port) for wire in node.wires.get(port.name, ())]
        if port.context is not None:
            getters.append(_from_context(port.context))
        elif port.many:
            getters.extend(_from_wire(key) for key in keys)
        else:
            getters.append(_from_wire(keys[0]) if keys else _nothing)
    return tuple(getters)


def _from_context(name: str) -> Getter:
    return lambda item: item.context(name)


def _from_wire(key: Key) -> Getter:
    return lambda item: item.values.get(key)


def _nothing(item: Item) -> None:
    return None
