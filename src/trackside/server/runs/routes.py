"""Runs: begin, watch, cancel, do failed videos again, delete."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from trackside.server.access.people import Analyst, Viewer
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
from trackside.server.runs.shapes import LogLine, NewRun, QueueShape, RunChange, RunFull, RunShape, RunState
from trackside.server.shapes import Cursor, Limit, Page, Search

router = APIRouter(tags=["runs"])


@router.get("/runs")
def runs(
    person: Viewer,
    site: SiteHere,
    limit: Limit = 50,
    cursor: Cursor = "",
    q: Search = "",
    state: RunState | None = None,
    pipeline: str | None = None,
    video: str | None = None,
) -> Page[RunShape]:
    """Runs, newest first."""
    raise NotImplementedError


@router.post("/runs", status_code=201)
def begin(body: NewRun, person: Analyst, site: SiteHere, request: Request) -> RunFull:
    """Queue a run."""
    raise NotImplementedError


@router.get("/runs/{run_id}")
def run(run_id: str, person: Viewer, site: SiteHere) -> RunFull:
    """One run with its videos."""
    raise NotImplementedError


@router.patch("/runs/{run_id}")
def change_run(run_id: str, body: RunChange, person: Analyst, site: SiteHere, request: Request) -> RunFull:
    """Rename a run, or let it go before others."""
    raise NotImplementedError


@router.delete("/runs/{run_id}")
def delete_run(run_id: str, person: Analyst, site: SiteHere, request: Request) -> State:
    """Delete a run and its results for good; one that is under way is cancelled first."""
    raise NotImplementedError


@router.post("/runs/{run_id}/cancel")
def cancel(run_id: str, person: Analyst, site: SiteHere, request: Request) -> RunFull:
    """Stop; what is finished stays."""
    raise NotImplementedError


@router.post("/runs/{run_id}/retry")
def retry(run_id: str, person: Analyst, site: SiteHere, request: Request) -> RunFull:
    """Do the failed and cancelled videos again, and only those."""
    raise NotImplementedError


@router.get("/runs/{run_id}/log")
def run_log(run_id: str, person: Viewer, site: SiteHere, after: int = 0, limit: Limit = 200) -> list[LogLine]:
    """Lines of its log after the one with that id, oldest first."""
    raise NotImplementedError


@router.get("/runs/{run_id}/videos/{run_video_id}/live.jpg")
def live_picture(run_id: str, run_video_id: str, person: Viewer, site: SiteHere) -> Response:
    """The newest picture of a video that is worked on; 404 when there is none."""
    raise NotImplementedError


@router.get("/queue")
def queue(person: Viewer, site: SiteHere) -> QueueShape:
    """What the workers do."""
    raise NotImplementedError
