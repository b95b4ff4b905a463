"""Doing one claimed video: compute in a folder of its own, put the results among the files, then write it down at once.

Killed before the last step, the video is claimed again and done again; results that it may have left are replaced. Killed
after it, it is finished. There is nothing between.
"""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from trackside.core import Cancelled, OutputError, Problem, TracksideError
from trackside.pipelines.compiler import compile_pipeline
from trackside.pipelines.engine import cores
from trackside.pipelines.results import FileResult
from trackside.pipelines.runs import RunOptions, run_files
from trackside.server.context import Site
from trackside.server.library.guarding import guarded
from trackside.server.library.shapes import Graph
from trackside.server.problems import problems_of
from trackside.server.runs.ending import Outcome, end, results_of
from trackside.server.runs.heartbeat import Halt, Heartbeat
from trackside.server.runs.live import live_path, picture_key, watcher
from trackside.server.runs.reporting import Reporter
from trackside.server.runs.tables import RunRow, RunVideoRow
from trackside.server.uploads.admission import bytes_in_use
from trackside.server.videos.tables import VideoRow

if TYPE_CHECKING:
    from trackside.pipelines.graph import Pipeline

log = logging.getLogger("trackside.server.runs")


def do(site: Site, row: RunVideoRow, halt: Halt) -> None:
    """Do a claimed video, to whatever end.

    Args:
        site: the server's belongings.
        row: the claim.
        halt: stops it before its end.
    """
    scratch = scratch_of(site.settings.data, row)
    reporter = Reporter()
    try:
        with Heartbeat(site.database, row, reporter, halt):
            outcome = _attempt(site, row, scratch, reporter, halt)
        with site.database.session() as db:
            held = end(db, row, outcome)
            gone = not held and db.get(RunVideoRow, row.id) is None
        # Deleted while the results were being put among the files, or they could not all be put there.
        if gone or (held and outcome.state in ("failed", "cancelled")):
            site.files.delete(results_of(row))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        live_path(site.settings.data, row.id).unlink(missing_ok=True)


def scratch_of(data: Path, row: RunVideoRow) -> Path:
    """The folder in which a claim is worked on: another worker's claim of the same video has another one."""
    return data / "work" / f"{row.id}.{row.worker.rpartition(':')[2]}"


def _attempt(site: Site, row: RunVideoRow, scratch: Path, reporter: Reporter, halt: Halt) -> Outcome:
    start = monotonic()
    try:
        result = _compute(site, row, scratch, reporter, halt)
        if result.error:
            return Outcome("failed", result.problems)
        reporter.store()
        facts = result.facts
        size = _store(site, row, result.folder, halt)
    except Cancelled:
        return Outcome(halt.reason or "cancelled")
    except TracksideError as error:
        return Outcome("failed", [_without(problem, scratch, row.video_name) for problem in problems_of(error)])
    except Exception as error:
        log.exception("a video failed in a way that nobody foresaw")
        fix = "try again; if it stays, send the server's log to whoever runs it"
        return Outcome("failed", [Problem(f"the worker failed ({type(error).__name__})", fix)])
    return Outcome("done", (), _warnings(facts), size, facts.get("records", 0), monotonic() - start)


def _compute(site: Site, row: RunVideoRow, scratch: Path, reporter: Reporter, halt: Halt) -> FileResult:
    pipeline, key = _task(site, row)
    picture = picture_key(compile_pipeline(pipeline))
    shutil.rmtree(scratch, ignore_errors=True)
    with site.files.local(key) as path:
        options = RunOptions(
            workers=max(1, cores() // max(1, site.settings.cpu_slots + site.settings.gpu_slots)),
            files_at_once=1,
            listener=reporter,
            cancel=halt.event,
            watch=watcher(picture, live_path(site.settings.data, row.id)),
            names={path: row.video_name},
        )
        [result] = run_files(pipeline, [path], scratch, options).files
        problems = tuple(_without(problem, path, row.video_name) for problem in result.problems)
    return FileResult(result.input, result.folder, result.status, result.error, problems)


def _task(site: Site, row: RunVideoRow) -> tuple[Pipeline, str]:
    """The pipeline of a claim, checked again (models come and go), and the key of its video."""
    with site.database.session() as db:
        run = db.get(RunRow, row.run_id)
        video = db.get(VideoRow, row.video_id)
    if run is None:
        raise Cancelled("the run was deleted")
    if video is None:
        raise TracksideError("the video was deleted", fix="upload it again and begin a new run")
    return guarded(Graph.model_validate(run.graph), site.store), video.key


def _store(site: Site, row: RunVideoRow, folder: Path, halt: Halt) -> int:
    """Put the results among the files. Returns their bytes."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    with site.database.session() as db:
        free = site.settings.quota - bytes_in_use(db)
    if size > free:
        fix = "delete videos or results that are no longer needed, then retry"
        raise OutputError(f"the results ({size / 1e6:.1f} MB) do not fit into the quota", fix=fix)
    if halt.event.is_set():
        raise Cancelled("stopped")
    site.files.take_folder(folder, results_of(row))
    return size


def _warnings(facts: dict[str, Any]) -> list[str]:
    fallbacks = {str(model["fallback"]) for model in facts.get("models", {}).values() if model.get("fallback")}
    return [*sorted(fallbacks), *map(str, facts.get("problems", ()))]


def _without(problem: Problem, path: Path, name: str) -> Problem:
    """A problem that calls the video by its name: where the server keeps things is nobody's affair."""
    what, fix = (text.replace(str(path), name) for text in (problem.what, problem.fix))
    return Problem(what, fix, problem.block, problem.port)
