"""Running a plan on media: decode, the spine, and the recording blocks at the end of each stream.

Decode workers -> batcher -> inference -> one ordered lane a stream -> sinks. Nothing here knows of results folders or
resuming: that is `runs.py`, which calls this once a file.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

from trackside.core import InputError, Record
from trackside.media import MediaReader, open_media
from trackside.pipelines.block import Mode
from trackside.pipelines.calls import Item, Spent, block_failed
from trackside.pipelines.kinds import Recording, StreamInfo
from trackside.pipelines.lane import Lane
from trackside.pipelines.plan import Node, Plan, Wire
from trackside.pipelines.pool import InferencePool
from trackside.pipelines.progress import Listener, ProgressMeter
from trackside.pipelines.tabular import TableWriter

Collect = Callable[[Item], None]
Watch = Callable[[str, Item], None]
"""Called with a stream's name and its newest finished record, in the lane's thread; the item is not to be kept."""

# Seconds between two looks of a watcher at one stream.
_WATCH_INTERVAL = 1.0


@dataclass
class StreamReport:
    """What running one stream came to.

    Attributes:
        records: how many went through.
        start: media time of the first one.
        seconds: wall time.
        problems: what the decoder could not read.
        spent: per block, and `source` for decoding.
    """

    records: int = 0
    start: float = 0.0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)
    spent: dict[str, Spent] = field(default_factory=dict)


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def inference_pool(plan: Plan, *, workers: int | None = None, batch: int = 1) -> Iterator[InferencePool]:
    """The workers for a plan's batch blocks: one a core unless told, none if it has no batch block."""
    needed = any(node.mode is Mode.BATCH for node in plan.nodes)
    pool = InferencePool(plan, workers=(workers or cores()) if needed else 0, batch=batch)
    try:
        yield pool
    finally:
        pool.close()


def open_stream(plan: Plan, path: Path) -> MediaReader:
    """Open the input of a plan with its source block's settings.

    Raises:
        InputError: missing, unreadable, or no media.
    """
    settings = plan.source.model_dump()
    return open_media(
        path, every=settings["every"], start=settings["start"], end=settings["end"], fps=settings["image_rate"]
    )


class StreamRun:
    """One stream of a run.

    Args:
        plan: the compiled pipeline.
        pool: the inference workers, shared by all streams.
        path: the media.
        name: the stream's name, unique in the run.
        folder: where sinks write, or None to run without sinks' output.
        cancel: set to stop.
        listener: told of progress.
        collect: called with each finished item, in order; the item is not kept.
        facts: what a summary tells of the run besides its tables (input, models, versions).
        watch: shown a finished item about once a second.
    """

    def __init__(
        self,
        plan: Plan,
        pool: InferencePool,
        path: Path,
        *,
        name: str,
        folder: Path | None = None,
        cancel: threading.Event | None = None,
        listener: Listener | None = None,
        collect: Collect | None = None,
        facts: Mapping[str, Any] | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._plan, self._pool, self._path, self._name, self._folder = plan, pool, path, name, folder
        self._cancel = cancel or threading.Event()
        self._meter = ProgressMeter(name, listener)
        self._collect = collect
        self._facts = dict(facts or {})
        self._watch = watch
        self._next_look = 0.0
        self._recorders: dict[Wire, TableWriter] = {}
        self._duration: float | None = None
        self._first_time = 0.0

    def run(self) -> StreamReport:
        """Run the stream to its end.

        Raises:
            InputError: the media cannot be read.
            PipelineError: a block failed.
            OutputError: results cannot be written.
            Cancelled: `cancel` was set.
        """
        start = perf_counter()
        with open_stream(self._plan, self._path) as reader:
            self._duration = reader.info.duration
            report = self._drive(reader)
            report.problems = list(reader.problems)
        if not self._meter.records:
            what = report.problems[0] if report.problems else "there is no frame in it"
            raise InputError(what, where=str(self._path), fix="choose another part with `source.start` and `source.end`")
        report.records, report.start = self._meter.records, self._first_time
        report.seconds = perf_counter() - start
        self._meter.stage = "writing"
        self._meter.tell("running", 1.0)
        self._run_recording_blocks(report)
        report.seconds = perf_counter() - start
        return report

    def _drive(self, reader: MediaReader) -> StreamReport:
        info = reader.info
        self._stream = stream = StreamInfo(self._name, str(self._path), info.width, info.height, info.fps or 25.0)
        self._make_recorders()
        lane = Lane(self._plan, stream, self._pool, folder=self._folder, cancel=self._cancel, finished=self._finish_record)
        decode = Spent()
        try:
            for record in _timed(reader, decode):
                lane.push(record)
            lane.close()
            for recorder in self._recorders.values():
                recorder.close()
        except BaseException:
            lane.abort()
            raise
        return StreamReport(spent={"source": decode, **lane.spent()})

    def _finish_record(self, item: Item) -> None:
        if item.number == 0:
            self._first_time = item.record.time
        for wire, recorder in self._recorders.items():
            if (wire.block, wire.port) in item.values:
                recorder.add(item.record.index, item.record.time, item.values[wire.block, wire.port])
        if self._collect is not None:
            self._collect(item)
        if self._watch is not None and monotonic() >= self._next_look:
            self._watch(self._name, item)
            self._next_look = monotonic() + _WATCH_INTERVAL
        self._meter.count(min(1.0, item.record.time / self._duration) if self._duration else None)

    def _make_recorders(self) -> None:
        """A table on disk for each wire into a recording block that no `write.table` writes already."""
        if self._folder is None:
            return
        for node in self._recording_nodes():
            for wires in node.wires.values():
                for wire in wires:
                    if _written_by_sink(self._plan, wire) is None and wire not in self._recorders:
                        path = self._folder / f".recorded-{wire}"
                        self._recorders[wire] = TableWriter(path, csv=False)

    def _recording_nodes(self) -> list[Node]:
        """Those that tell of the run come after those that add to its results."""
        nodes = [node for node in self._plan.nodes if node.mode is Mode.RECORDING]
        return sorted(nodes, key=lambda node: any(port.context == "facts" for port in node.spec.inputs))

    def _run_recording_blocks(self, report: StreamReport) -> None:
        if self._folder is None:
            return
        recorded = set(self._folder.glob("*.parquet"))
        for node in self._recording_nodes():
            begun = perf_counter()
            made = sorted(set(self._folder.glob("*.parquet")) - recorded)
            self._run_recording_block(node, self._folder, {**self._facts, "report": report, "made": made})
            report.spent.setdefault(node.name, Spent()).add(perf_counter() - begun)
        for path in self._folder.glob(".recorded-*"):
            path.unlink()

    def _run_recording_block(self, node: Node, folder: Path, facts: Mapping[str, Any]) -> None:
        arguments: list[Any] = []
        contexts = {"folder": folder, "stream": self._stream, "facts": facts}
        for port in node.spec.inputs:
            if port.context is not None:
                arguments.append(contexts[port.context])
                continue
            recordings = [self._recording(wire, folder) for wire in node.wires[port.name]]
            present = [recording for recording in recordings if recording is not None]
            if port.required and not present:
                return  # As for a record: what never got its input does not run.
            arguments.extend(present if port.many else [present[0] if present else None])
        try:
            node.spec.target(*arguments, **node.keywords())
        except Exception as error:
            raise block_failed(node, error, None) from error

    def _recording(self, wire: Wire, folder: Path) -> Recording[Any] | None:
        name = _written_by_sink(self._plan, wire) or f".recorded-{wire}"
        path = folder / f"{name}.parquet"
        return Recording(str(wire), path, wire.kind.name) if path.exists() else None


def _written_by_sink(plan: Plan, wire: Wire) -> str | None:
    """The name of the table that a sink writes of this wire."""
    for node in plan.nodes:
        if node.spec.name.startswith("write.table@") and wire in node.wires["rows"]:
            return str(node.keywords()["name"] or node.name)
    return None


def _timed(reader: MediaReader, spent: Spent) -> Iterator[Record]:
    """The reader's records, counting the time that reading takes."""
    records = iter(reader)
    while True:
        start = perf_counter()
        record = next(records, None)
        if record is None:
            return
        spent.add(perf_counter() - start)
        yield record
