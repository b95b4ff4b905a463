"""Files as tasks of a Ray cluster: one task a file, the same results in the same folders as on one machine.

Only whole files: a pipeline that tracks remembers what came before, and results must not depend on where a file was cut. All
machines must see the inputs and the results folder at the same paths (a network drive), and have the models.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trackside.core import Cancelled, ModelError, OutputError, Problem, SettingError, TracksideError
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.distributed.session import connect
from trackside.pipelines.engine import inference_pool
from trackside.pipelines.graph import Pipeline
from trackside.pipelines.inputs import expand_inputs
from trackside.pipelines.progress import Listener, Progress
from trackside.pipelines.provenance import best_batch, model_facts, versions
from trackside.pipelines.results import FileResult, RunResult
from trackside.pipelines.runs import RunOptions, _Job, _write_overview
from trackside.pipelines.staging import choose_folders, sweep

# How often a file is begun anew because its machine or process died under it.
_RETRIES = 3
# Tasks that Ray knows of at a time; the rest wait here.
_MOST_TASKS = 1000
# Seconds between two reports of one file, and between two looks of the driver.
_REPORT, _TURN = 0.5, 0.3


@dataclass(frozen=True, slots=True)
class FileShare:
    """What each file's task may use of its machine: as many files run side by side as shares fit.

    Attributes:
        cpus: cores; also the threads that compute networks.
        gpus: GPUs, or a part of one (0.25).
    """

    cpus: float = 1.0
    gpus: float = 0.0


@dataclass(frozen=True, slots=True)
class _Task:
    """One file."""

    pipeline: Pipeline
    name: str
    path: Path
    folder: Path
    fresh: bool
    batch: int | None
    called: str | None
    workers: int


def run_files_on_ray(
    pipeline: Pipeline,
    inputs: Sequence[Path],
    out: Path,
    options: RunOptions | None = None,
    *,
    address: str | None = "auto",
    share: FileShare | None = None,
) -> RunResult:
    """Run a pipeline over media files on all machines of a cluster; a folder of results for each, as `run_files` writes it.

    A file whose machine dies is begun anew on another one. Finished files are not done again.

    Args:
        pipeline: what to run.
        inputs: videos, images, folders of images, folders of videos.
        out: the results folder, made if absent.
        options: as for `run_files`; `workers` is `share.cpus` here, `files_at_once` bounds the tasks, `watch` is not told.
        address: of the cluster, as for `RayEngine`.
        share: what each file may use.

    Raises:
        PipelineError: the pipeline is wrong.
        InputError: an input does not exist, Ray is not installed, or no cluster answers.
        ModelError: a model is not installed.
        SettingError: the cluster has no machine with such a share.
        Cancelled: stopped by the user.
    """
    options, share = options or RunOptions(), share or FileShare()
    start = time.perf_counter()
    plan = compile_pipeline(pipeline)
    streams = expand_inputs(inputs)
    ray, ours = connect(address)
    try:
        _check_share(ray, share)
        sweep(out)
        folders = choose_folders(out.resolve(), streams, pipeline.pipeline)
        tasks = [_task(pipeline, name, path, folders[name], options, share) for name, path in streams.items()]
        found = _Submission(ray, share, options).run(tasks)
        for folder in folders.values():  # What died on other machines has left half of a folder.
            _sweep(folder)
    finally:
        if ours:
            ray.shutdown()
    files = [replace(found[name], input=path) for name, path in streams.items()]
    result = RunResult(out, files, time.perf_counter() - start)
    facts = {"pipeline": pipeline.model_dump(mode="json"), "models": model_facts(plan), "versions": versions()}
    _write_overview(result, facts)
    if options.cancel.is_set():
        done = sum(file.ok for file in files)
        raise Cancelled(f"stopped; {done} of {len(files)} files are finished", fix="run the same command again to go on")
    return result


class Board:
    """Where tasks tell how far they are, and hear whether to stop. An actor; the newest report of each file is kept."""

    def __init__(self) -> None:
        self._newest: dict[str, Progress] = {}
        self._cancelled = False

    def tell(self, progress: Progress) -> bool:
        """Report; returns whether to stop."""
        self._newest[progress.stream] = progress
        return self._cancelled

    def take(self, cancelled: bool) -> list[Progress]:
        """What is new, and whether tasks are to stop from now on."""
        self._cancelled = self._cancelled or cancelled
        found, self._newest = list(self._newest.values()), {}
        return found


class _Submission:
    """Gives tasks to Ray and waits for them."""

    def __init__(self, ray: Any, share: FileShare, options: RunOptions) -> None:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        self._ray, self._options = ray, options
        self._run = ray.remote(_run_file).options(
            num_cpus=share.cpus, num_gpus=share.gpus, max_retries=_RETRIES, scheduling_strategy="SPREAD"
        )
        # On the driver's own machine: no other one's death may cost us the news, or the way to stop tasks.
        here = NodeAffinitySchedulingStrategy(node_id=ray.get_runtime_context().get_node_id(), soft=False)
        self._board = ray.remote(Board).options(num_cpus=0, max_restarts=-1, scheduling_strategy=here).remote()
        self._most = min(options.files_at_once or _MOST_TASKS, _MOST_TASKS)

    def run(self, tasks: Sequence[_Task]) -> dict[str, FileResult]:
        """The result of each, by name."""
        left, found = list(reversed(tasks)), {}
        running: dict[Any, _Task] = {}
        while left or running:
            while left and len(running) < self._most and not self._options.cancel.is_set():
                task = left.pop()
                running[self._run.remote(task, self._board)] = task
            if self._options.cancel.is_set():
                found.update({task.name: FileResult(task.path, task.folder, "cancelled") for task in left})
                left = []
            try:
                done, _ = self._ray.wait(list(running), timeout=_TURN) if running else ([], [])
            except KeyboardInterrupt:
                self._options.cancel.set()
                continue
            for reference in done:
                task = running.pop(reference)
                found[task.name] = self._result(reference, task)
            self._listen()
        self._listen()
        self._ray.kill(self._board)
        return found

    def _result(self, reference: Any, task: _Task) -> FileResult:
        errors = self._ray.exceptions
        try:
            result: FileResult = self._ray.get(reference)
        except errors.RayTaskError as error:
            what = str(error.cause or error).splitlines()[-1]
        except (errors.WorkerCrashedError, errors.NodeDiedError, errors.OutOfMemoryError, errors.RayError) as error:
            what = f"what worked on it died {_RETRIES + 1} times ({type(error).__name__})"
        else:
            return result
        if self._options.listener is not None:
            self._options.listener(Progress(task.name, None, 0, 0.0, "failed"))
        return FileResult(task.path, task.folder, "failed", what, (Problem(what),))

    def _listen(self) -> None:
        """Hand on what tasks tell. Without the board's machine there is no progress, and the files are done all the same."""
        try:
            news = self._ray.get(self._board.take.remote(self._options.cancel.is_set()), timeout=10.0)
        except self._ray.exceptions.RayError:
            return
        for progress in news:
            if self._options.listener is not None:
                self._options.listener(progress)


def _run_file(task: _Task, board: Any) -> FileResult:
    """The task, in a worker of Ray."""
    cancel = threading.Event()
    if not task.path.exists():
        what = "this machine of the cluster does not see the file"
        problem = Problem(f"{task.path}: {what}", "keep inputs and results where all machines see them at the same path")
        return FileResult(task.path, task.folder, "failed", str(problem), (problem,))
    try:
        plan = compile_pipeline(task.pipeline)
        facts = {"pipeline": task.pipeline.model_dump(mode="json"), "models": model_facts(plan), "versions": versions()}
        names: Mapping[Path, str] = {task.path: task.called} if task.called is not None else {}
        options = RunOptions(fresh=task.fresh, cancel=cancel, listener=_listener(board, cancel), names=names)
        with inference_pool(plan, workers=task.workers, batch=task.batch or best_batch(plan)) as pool:
            return _Job(plan, pool, {task.name: task.folder}, options, facts).run_file(task.name, task.path)
    except (ModelError, OutputError, TracksideError) as error:
        return FileResult(task.path, task.folder, "failed", str(error), (Problem(error.what, error.fix),))


def _listener(board: Any, cancel: threading.Event) -> Listener:
    """Tells the board, not too often, and sets `cancel` when it says so."""
    import ray

    last = [float("-inf")]

    def tell(progress: Progress) -> None:
        now = time.monotonic()
        if progress.state == "running" and now - last[0] < _REPORT:
            return
        last[0] = now
        try:
            if ray.get(board.tell.remote(progress), timeout=5.0):
                cancel.set()
        except ray.exceptions.RayError:
            return

    return tell


def _task(pipeline: Pipeline, name: str, path: Path, folder: Path, options: RunOptions, share: FileShare) -> _Task:
    return _Task(
        pipeline,
        name,
        path.resolve(),
        folder,
        options.fresh,
        options.batch,
        options.names.get(path),
        max(1, int(share.cpus)),
    )


def _check_share(ray: Any, share: FileShare) -> None:
    """Ray would wait for ever for a machine that is not there."""
    if share.cpus <= 0 or share.gpus < 0:
        raise SettingError("a share is above 0", fix="give a file at least a part of a core")
    have = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    if not any(one.get("CPU", 0) >= share.cpus and one.get("GPU", 0) >= share.gpus for one in have):
        what = f"no machine of the cluster has {share.cpus:g} cores and {share.gpus:g} GPUs"
        raise SettingError(what, fix="ask for a smaller share a file")


def _sweep(folder: Path) -> None:
    for path in folder.parent.glob(f".{folder.name}.partial-*"):
        shutil.rmtree(path, ignore_errors=True)
