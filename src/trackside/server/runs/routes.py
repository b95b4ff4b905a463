"""Runs: begin, watch, cancel, do failed videos again, delete."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select

from trackside.server import answers
from trackside.server.access.audit import note
from trackside.server.access.people import Analyst, Viewer
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
from trackside.server.library.plain import PlainText
from trackside.server.problems import missing
from trackside.server.runs import control, deletion
from trackside.server.runs.beginning import begin_run
from trackside.server.runs.live import live_path
from trackside.server.runs.shapes import LogLine, NewRun, QueueShape, RunChange, RunFull, RunShape, RunState
from trackside.server.runs.showing import full, queue_shape, run_list
from trackside.server.runs.tables import RunLogRow
from trackside.server.shapes import Cursor, Id, Limit, Page

router = APIRouter(tags=["runs"])
After = Annotated[int, Query(ge=0, le=2**31 - 1, description="id of the last line that is known")]


@router.get("/runs")
def runs(
    person: Viewer,
    site: SiteHere,
    limit: Limit = 50,
    cursor: Cursor = "",
    q: Annotated[PlainText, Query(max_length=100, description="part of the name")] = "",
    state: RunState | None = None,
    pipeline: Id | None = None,
    video: Id | None = None,
) -> Page[RunShape]:
    """Runs, newest first."""
    with site.database.session() as db:
        return run_list(db, limit=limit, cursor=cursor, q=q, state=state, pipeline=pipeline, video=video)


@router.post("/runs", status_code=201)
def begin(body: NewRun, person: Analyst, site: SiteHere, request: Request) -> RunFull:
    """Queue a run."""
    with site.database.session() as db:
        run = begin_run(db, site, person, body)
        note(db, person, "run.begin", run.name, request)
        return full(db, site, run)


@router.get("/runs/{run_id}")
def run(run_id: Id, person: Viewer, site: SiteHere) -> RunFull:
    """One run with its videos."""
    with site.database.session() as db:
        return full(db, site, control.run_named(db, run_id))


@router.patch("/runs/{run_id}")
def change_run(run_id: Id, body: RunChange, person: Analyst, site: SiteHere, request: Request) -> RunFull:
    """Rename a run, or let it go before others."""
    with site.database.session() as db:
        changed = control.change(db, run_id, name=body.name, priority=body.priority)
        note(db, person, "run.change", changed.name, request)
        return full(db, site, changed)


@router.delete("/runs/{run_id}")
def delete_run(run_id: Id, person: Analyst, site: SiteHere, request: Request) -> State:
    """Delete a run and its results for good; one that is under way is cancelled first."""
    with site.database.session() as db:
        note(db, person, "run.delete", control.run_named(db, run_id).name, request)
    deletion.delete_run(site, run_id)
    return State()


@router.post("/runs/{run_id}/cancel")
def cancel(run_id: Id, person: Analyst, site: SiteHere, request: Request) -> RunFull:
    """Stop; what is finished stays."""
    with site.database.session() as db:
        cancelled = control.cancel_run(db, run_id, person)
        note(db, person, "run.cancel", cancelled.name, request)
        return full(db, site, cancelled)


@router.post("/runs/{run_id}/retry")
def retry(run_id: Id, person: Analyst, site: SiteHere, request: Request) -> RunFull:
    """Do the failed and cancelled videos again, and only those."""
    with site.database.session() as db:
        retried = control.retry_run(db, run_id, person)
        note(db, person, "run.retry", retried.name, request)
        return full(db, site, retried)


@router.get("/runs/{run_id}/log")
def run_log(run_id: Id, person: Viewer, site: SiteHere, after: After = 0, limit: Limit = 200) -> list[LogLine]:
    """Lines of its log after the one with that id, oldest first."""
    with site.database.session() as db:
        control.run_named(db, run_id)
        lines = select(RunLogRow).where(RunLogRow.run_id == run_id, RunLogRow.id > after).order_by(RunLogRow.id)
        return [LogLine.model_validate(line) for line in db.scalars(lines.limit(limit))]


@router.get(
    "/runs/{run_id}/videos/{run_video_id}/live.jpg", response_class=Response, responses=answers.content("image/jpeg")
)
def live_picture(run_id: Id, run_video_id: Id, person: Viewer, site: SiteHere) -> Response:
    """The newest picture of a video that is worked on; 404 when there is none."""
    try:
        data = live_path(site.settings.data, run_video_id).read_bytes()
    except OSError:
        raise missing("picture") from None
    return Response(data, media_type="image/jpeg")


@router.get("/queue")
def queue(person: Viewer, site: SiteHere) -> QueueShape:
    """What the workers do."""
    with site.database.session() as db:
        return queue_shape(db, site)
