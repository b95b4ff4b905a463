"""Results: look, seek, compare, download."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from trackside.server.access.people import Viewer
from trackside.server.context import SiteHere
from trackside.server.results.shapes import Comparison, EventShape, PlotShape, ResultShape, TablePage
from trackside.server.shapes import Limit

router = APIRouter(tags=["results"])
Offset = Annotated[int, Query(ge=0, le=10**9)]
Seconds = Annotated[float, Query(ge=0, le=1e6, allow_inf_nan=False, description="media time")]


@router.get("/results/{run_video_id}")
def result(run_video_id: str, person: Viewer, site: SiteHere) -> ResultShape:
    """What one video of a run came to."""
    raise NotImplementedError


@router.get("/results/{run_video_id}/files/{name}")
def result_file(
    run_video_id: str, name: str, person: Viewer, site: SiteHere, request: Request, download: bool = False
) -> Response:
    """One file; ranges are understood."""
    raise NotImplementedError


@router.get("/results/{run_video_id}/tables/{name}")
def table_rows(
    run_video_id: str,
    name: str,
    person: Viewer,
    site: SiteHere,
    offset: Offset = 0,
    limit: Limit = 100,
    sort: str = "",
    order: Literal["up", "down"] = "up",
    q: Annotated[str, Query(max_length=100)] = "",
    time_from: Seconds | None = None,
    time_to: Seconds | None = None,
) -> TablePage:
    """Rows of a table: sorted, searched, of a span of time."""
    raise NotImplementedError


@router.get("/results/{run_video_id}/plots")
def plots(run_video_id: str, person: Viewer, site: SiteHere) -> list[PlotShape]:
    """Plots of all tables over media time."""
    raise NotImplementedError


@router.get("/results/{run_video_id}/events")
def events(run_video_id: str, person: Viewer, site: SiteHere, offset: Offset = 0, limit: Limit = 100) -> list[EventShape]:
    """What the rules saw, in order of time."""
    raise NotImplementedError


@router.get("/results/{run_video_id}/frame")
def result_frame(
    run_video_id: str,
    person: Viewer,
    site: SiteHere,
    time: Seconds = 0.0,
    width: Annotated[int, Query(ge=16, le=4096)] = 320,
) -> Response:
    """A frame of the annotated video (or of the source) at a moment of media time, as JPEG."""
    raise NotImplementedError


@router.get("/results/{run_video_id}/zip")
def result_zip(run_video_id: str, person: Viewer, site: SiteHere) -> Response:
    """All files of one video, as a zip that is made while it is sent."""
    raise NotImplementedError


@router.get("/runs/{run_id}/zip")
def run_zip(run_id: str, person: Viewer, site: SiteHere) -> Response:
    """All results of a run, as a zip that is made while it is sent."""
    raise NotImplementedError


@router.get("/compare")
def compare(left: str, right: str, person: Viewer, site: SiteHere) -> Comparison:
    """Two results side by side: settings that differ, tables, numbers."""
    raise NotImplementedError
