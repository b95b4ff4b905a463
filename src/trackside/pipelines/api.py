"""Pipelines from Python, as a notebook user wants them: `trackside.run(...)` and `trackside.stream(...)`."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trackside.core import Image, Record, TracksideError, UnknownName
from trackside.pipelines.calls import Item
from trackside.pipelines.catalogue import find_pipeline
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.engine import StreamRun, inference_pool
from trackside.pipelines.graph import Pipeline
from trackside.pipelines.inputs import expand_inputs
from trackside.pipelines.progress import Listener
from trackside.pipelines.results import RunResult
from trackside.pipelines.runs import RunOptions, run_files

PathLike = str | Path
# Records that wait for the caller's loop; more would only hold pictures in memory.
_MOST_WAITING = 8


def run(
    pipeline: PathLike | Pipeline | Mapping[str, Any],
    inputs: PathLike | Sequence[PathLike],
    out: PathLike = "trackside-results",
    *,
    settings: Mapping[str, Any] | None = None,
    fresh: bool = False,
    progress: Listener | None = None,
) -> RunResult:
    """Run a pipeline over videos or images.

        result = trackside.run("pose-and-angles", "throw.mp4")
        result.tables["angles"].to_pandas()

    Args:
        pipeline: a template's name, a pipeline file, or a pipeline.
        inputs: one path or several.
        out: the results folder.
        settings: changes to the pipeline, as `{"detect.model": "yolox-nano"}`.
        fresh: do files again that an earlier run has finished.
        progress: called now and then.

    Raises:
        TracksideError: the pipeline, an input or a model cannot be used, or a file failed (when it is the only one).
    """
    paths = [Path(inputs)] if isinstance(inputs, str | Path) else [Path(one) for one in inputs]
    options = RunOptions(fresh=fresh, listener=progress)
    result = run_files(find_pipeline(pipeline).with_settings(settings or {}), paths, Path(out), options)
    if len(result.files) == 1 and result.files[0].error:
        raise TracksideError(result.files[0].error)
    return result


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """One record and what the pipeline made of it.

    Attributes:
        record: the source's record.
        values: outputs by `block.port`.
    """

    record: Record
    values: Mapping[str, Any]

    @property
    def image(self) -> Image:
        """The source's picture."""
        image: Image = self.record.data
        return image

    @property
    def time(self) -> float:
        """Media time in seconds."""
        return self.record.time

    def __getitem__(self, name: str) -> Any:
        """The output `block.port`, or of `block` if it has one only."""
        found = [key for key in self.values if key == name or key.partition(".")[0] == name]
        if len(found) != 1:
            known = ", ".join(self.values)
            raise UnknownName(f"no single output {name!r} at {self.time:.2f} s", fix=f"use one of {known}")
        return self.values[found[0]]


def stream(
    pipeline: PathLike | Pipeline | Mapping[str, Any], path: PathLike, *, settings: Mapping[str, Any] | None = None
) -> Iterator[StreamRecord]:
    """Iterate over what a pipeline makes of each record, in order. Nothing is written.

        for record in trackside.stream("count-people", "pool.mp4"):
            print(record.time, len(record["track"]))

    Leaving the loop early stops the pipeline.

    Raises:
        TracksideError: the pipeline, the input or a model cannot be used, or a block failed.
    """
    plan = compile_pipeline(find_pipeline(pipeline).with_settings(settings or {}), with_sinks=False)
    [(name, found)] = expand_inputs([Path(path)]).items()
    waiting: queue.Queue[StreamRecord | BaseException | None] = queue.Queue(_MOST_WAITING)
    cancel = threading.Event()

    def collect(item: Item) -> None:
        values = {f"{block}.{port}": value for (block, port), value in item.values.items()}
        _put(waiting, StreamRecord(item.record, values), cancel)

    def work() -> None:
        try:
            with inference_pool(plan) as pool:
                StreamRun(plan, pool, found, name=name, cancel=cancel, collect=collect).run()
            _put(waiting, None, cancel)
        except BaseException as error:
            _put(waiting, error, cancel)

    thread = threading.Thread(target=work, name="trackside-stream", daemon=True)
    thread.start()
    try:
        while (got := waiting.get()) is not None:
            if isinstance(got, BaseException):
                raise got
            yield got
    finally:
        cancel.set()
        thread.join()


def _put(waiting: queue.Queue[Any], value: object, cancel: threading.Event) -> None:
    while not cancel.is_set():
        try:
            return waiting.put(value, timeout=0.2)
        except queue.Full:
            continue
    return None
