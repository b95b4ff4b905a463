"""Running a pipeline over files: several side by side, each result whole or absent, finished ones not done again."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from trackside.core import Cancelled, PipelineError, Problem, TracksideError
from trackside.core.files import write_json
from trackside.pipelines.calls import Spent
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.engine import StreamReport, StreamRun, Watch, cores, inference_pool
from trackside.pipelines.graph import Pipeline
from trackside.pipelines.inputs import expand_inputs
from trackside.pipelines.plan import Plan
from trackside.pipelines.pool import InferencePool
from trackside.pipelines.progress import Listener, ProgressMeter
from trackside.pipelines.provenance import best_batch, fingerprint, input_facts, model_facts, versions
from trackside.pipelines.results import RUN_FILE, FileResult, RunResult, read_facts
from trackside.pipelines.staging import choose_folders, staged, sweep


@dataclass(frozen=True)
class RunOptions:
    """How to run; none of these changes a number in the results.

    Attributes:
        workers: inference threads; one a core if None.
        files_at_once: files side by side; one a core if None.
        batch: most records in one inference call; None for the best one for the models and the machine.
        fresh: do finished files again.
        listener: told of progress.
        cancel: set it to stop; what is finished stays.
        watch: shown a finished item of each stream about once a second, for pictures of what goes on.
        names: what the results call an input instead of its path, for those who store files under names of their own.
    """

    workers: int | None = None
    files_at_once: int | None = None
    batch: int | None = None
    fresh: bool = False
    listener: Listener | None = None
    cancel: threading.Event = field(default_factory=threading.Event)
    watch: Watch | None = None
    names: Mapping[Path, str] = field(default_factory=dict)


def run_files(pipeline: Pipeline, inputs: Sequence[Path], out: Path, options: RunOptions | None = None) -> RunResult:
    """Run a pipeline over media files and write a folder of results for each.

    A file that fails costs the others nothing: its result says why.

    Args:
        pipeline: what to run.
        inputs: videos, images, folders of images, folders of videos.
        out: the results folder, made if absent.
        options: how to run.

    Raises:
        PipelineError: the pipeline is wrong.
        InputError: an input does not exist.
        ModelError: a model is not installed.
        Cancelled: stopped by the user.
    """
    options = options or RunOptions()
    start = perf_counter()
    plan = compile_pipeline(pipeline)
    streams = expand_inputs(inputs)
    sweep(out)
    facts = {"pipeline": pipeline.model_dump(mode="json"), "models": model_facts(plan), "versions": versions()}
    with inference_pool(plan, workers=options.workers, batch=options.batch or best_batch(plan)) as pool:
        job = _Job(plan, pool, choose_folders(out, streams, pipeline.pipeline), options, facts)
        files = _side_by_side(job, streams)
    result = RunResult(out, files, perf_counter() - start)
    _write_overview(result, facts)
    if options.cancel.is_set():
        done = sum(file.ok for file in files)
        raise Cancelled(f"stopped; {done} of {len(files)} files are finished", fix="run the same command again to go on")
    return result


@dataclass(frozen=True)
class _Job:
    """What all files of a run share."""

    plan: Plan
    pool: InferencePool
    folders: Mapping[str, Path]
    options: RunOptions
    facts: Mapping[str, Any]

    def run_file(self, name: str, path: Path) -> FileResult:
        folder = self.folders[name]
        listener = self.options.listener
        if self.options.cancel.is_set():
            return FileResult(path, folder, "cancelled")
        try:
            source = _called(input_facts(path), self.options.names.get(path))
            print_ = fingerprint(self.plan, self.facts["models"], source)
            if not self.options.fresh and read_facts(folder).get("fingerprint") == print_:
                ProgressMeter(name, listener).tell("skipped", 1.0)
                return FileResult(path, folder, "skipped")
            self._run_stream(name, path, folder, {**self.facts, "input": source, "fingerprint": print_})
        except Cancelled:
            ProgressMeter(name, listener).tell("cancelled")
            return FileResult(path, folder, "cancelled")
        except TracksideError as error:
            ProgressMeter(name, listener).tell("failed")
            return FileResult(path, folder, "failed", str(error), _problems(error))
        return FileResult(path, folder, "done")

    def _run_stream(self, name: str, path: Path, folder: Path, facts: Mapping[str, Any]) -> None:
        options = self.options
        with staged(folder) as staging:
            run = StreamRun(
                self.plan,
                self.pool,
                path,
                name=options.names.get(path, name),
                folder=staging,
                cancel=options.cancel,
                listener=options.listener,
                facts=facts,
                watch=options.watch,
            )
            report = run.run()
            files = sorted(path.name for path in staging.iterdir())
            write_json(staging / RUN_FILE, {**facts, **_report_facts(report), "files": [*files, RUN_FILE]})
        meter = ProgressMeter(name, options.listener)
        meter.records = report.records
        meter.tell("done", 1.0)


def _called(source: dict[str, Any], name: str | None) -> dict[str, Any]:
    """What is told of an input: its name where it has one, else its path."""
    return source if name is None else {"name": name, **{key: value for key, value in source.items() if key != "path"}}


def _problems(error: TracksideError) -> tuple[Problem, ...]:
    if isinstance(error, PipelineError):
        return error.problems
    return (Problem(f"{error.where}: {error.what}" if error.where else error.what, error.fix),)


def _side_by_side(job: _Job, streams: Mapping[str, Path]) -> list[FileResult]:
    at_once = job.options.files_at_once or cores()
    with ThreadPoolExecutor(max_workers=max(1, min(at_once, len(streams))), thread_name_prefix="decode") as executor:
        futures = [executor.submit(job.run_file, name, path) for name, path in streams.items()]
        _wait(futures, job.options.cancel)
        return [future.result() for future in futures]


def _wait(futures: Sequence[Future[FileResult]], cancel: threading.Event) -> None:
    """Wait for all; Ctrl-C asks the streams to stop, so that they leave nothing half written."""
    try:
        # Bounded waits: a wait without one does not see Ctrl-C on every platform.
        while wait(futures, timeout=0.5).not_done:
            pass
    except KeyboardInterrupt:
        cancel.set()
        wait(futures)


def _report_facts(report: StreamReport) -> dict[str, Any]:
    return {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "records": report.records,
        "start": round(report.start, 6),
        "dropped": 0,
        "seconds": round(report.seconds, 3),
        "problems": report.problems,
        "timings": timings(report.spent),
    }


def timings(spent: Mapping[str, Spent]) -> dict[str, dict[str, float]]:
    """Per block: records, total seconds, and milliseconds a record."""
    return {
        name: {
            "records": one.records,
            "seconds": round(one.seconds, 4),
            "ms_per_record": round(1000 * one.seconds / max(1, one.records), 4),
        }
        for name, one in spent.items()
    }


def _write_overview(result: RunResult, facts: Mapping[str, Any]) -> None:
    """Say in the results folder what ran; what earlier runs left there and still lies there stays listed."""
    now = {file.folder.name for file in result.files}
    earlier = [
        file
        for file in read_facts(result.folder).get("files", [])
        if file["folder"] not in now and (result.folder / file["folder"]).is_dir()
    ]
    files = [{**asdict(file), "input": str(file.input), "folder": file.folder.name} for file in result.files]
    overview = {**facts, "seconds": round(result.seconds, 3), "files": [*earlier, *files]}
    write_json(result.folder / RUN_FILE, overview)
