"""Running the first part of a pipeline over footage once, and keeping what it made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from trackside.core import Table, Tracks
from trackside.pipelines.block import BlockSpec, Settings
from trackside.pipelines.calls import Item, Key
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.engine import StreamRun, inference_pool
from trackside.pipelines.graph import SOURCE
from trackside.pipelines.inputs import expand_inputs
from trackside.pipelines.kinds import StreamInfo, kind_named
from trackside.pipelines.plan import Node, Plan, Wire
from trackside.pipelines.progress import Listener
from trackside.pipelines.provenance import best_batch, fingerprint, input_facts, model_facts
from trackside.pipelines.scoring.cut import Cut
from trackside.pipelines.scoring.footage import Footage
from trackside.pipelines.scoring.keeping import keep, kept
from trackside.pipelines.scoring.sequences import is_sequence, read_sequence

_TAP = "ended-of-"


def record(
    cut: Cut,
    paths: Sequence[Path],
    *,
    cache: Path | None = None,
    fresh: bool = False,
    listener: Listener | None = None,
) -> list[Footage]:
    """What the first part of a pipeline makes of footage; taken from `cache` where it is there.

    Args:
        cut: the pipeline.
        paths: videos, folders of videos or pictures, or MOTChallenge sequences without pictures (a folder with
            `seqinfo.ini` and `det/det.txt`), whose detections stand in for the pipeline's detector.
        cache: a folder in which it is kept, by a fingerprint of blocks, models, versions and file; None to not keep it.
        fresh: do it again even so.
        listener: told of progress.

    Raises:
        PipelineError: a block failed, or needs pictures where there are none.
        InputError: footage cannot be read.
        ModelError: a model is not installed.
    """
    sequences = [path for path in paths if is_sequence(path)]
    found = {path: read_sequence(cut, path) for path in sequences}
    streams = expand_inputs([path for path in paths if path not in found])
    if streams:
        plan = compile_pipeline(cut.first, with_sinks=False) if cut.first.blocks.keys() - {SOURCE} else None
        found |= _record_all(cut, plan, streams, cache, fresh, listener)
    return list(found.values())


def _record_all(
    cut: Cut, plan: Plan | None, streams: dict[str, Path], cache: Path | None, fresh: bool, listener: Listener | None
) -> dict[Path, Footage]:
    plan = plan or _bare(cut)
    models = model_facts(plan)
    found: dict[Path, Footage] = {}
    tapped = replace(plan, nodes=(*plan.nodes, *_taps(cut, plan)))
    with inference_pool(tapped, batch=best_batch(plan)) as pool:
        for name, path in streams.items():
            file = None
            if cache is not None:
                wires = {"wires": [str(wire) for wire in cut.wires], "ended": cut.trackers}
                print_ = fingerprint(plan, {**models, "recorded": wires}, input_facts(path))
                file = cache / f"{print_}.npz"
            one = None if file is None or fresh else kept(file)
            if one is None:
                recorder = _Recorder(cut)
                StreamRun(tapped, pool, path, name=name, collect=recorder, listener=listener).run()
                one = recorder.footage()
                if file is not None:
                    keep(file, one)
            found[path] = replace(one, stream=replace(one.stream, name=name, path=str(path)))
    return found


def _bare(cut: Cut) -> Plan:
    """A plan of a pipeline that has no first part but its source: times alone are recorded."""
    plan = compile_pipeline(cut.pipeline, with_sinks=False)
    return Plan(cut.first, (), plan.source)


class _Recorder:
    """Collects a stream's finished items."""

    def __init__(self, cut: Cut) -> None:
        self._values: dict[Key, list[Any]] = {(wire.block, wire.port): [] for wire in cut.wires}
        self._ended: dict[str, list[list[int]]] = {name: [] for name in cut.trackers}
        self._times: list[float] = []
        self._indexes: list[int] = []
        self._stream: StreamInfo | None = None

    def __call__(self, item: Item) -> None:
        self._stream = item.stream
        self._times.append(item.record.time)
        self._indexes.append(item.record.index)
        for key, column in self._values.items():
            column.append(item.values.get(key))
        for name, column in self._ended.items():
            told = item.values.get((_TAP + name, "table"))
            column.append([] if told is None else [int(one) for one in told["id"]])

    def footage(self) -> Footage:
        assert self._stream is not None  # A stream without a record is an error of the engine's.
        times, indexes = np.array(self._times, np.float64), np.array(self._indexes, np.int64)
        return Footage(self._stream, times, indexes, self._values, self._ended)


class _Tap:
    """Tells with each record which tracks have ended: only blocks that read from a tracker are told."""

    def __init__(self) -> None:
        self._ended: list[int] = []

    def __call__(self, tracks: Tracks) -> Table:
        ended, self._ended = self._ended, []
        return Table({"id": ended})

    def on_track_end(self, track_id: int) -> None:
        self._ended.append(track_id)


def _taps(cut: Cut, plan: Plan) -> list[Node]:
    """A tap behind each tracker of the first part. They are in no palette, so they are made here."""
    spec = BlockSpec("score", "tap", 1, _Tap)
    kind = kind_named("Tracks")
    nodes = {node.name: node for node in plan.nodes}
    taps = []
    for name in cut.trackers:
        port = next(port.name for port in nodes[name].spec.outputs.values() if kind in port.kinds)
        wires: dict[str, tuple[Wire, ...]] = {"tracks": (Wire(name, port, kind),)}
        taps.append(Node(_TAP + name, spec, Settings(), wires, nodes[name].stage))
    return taps
