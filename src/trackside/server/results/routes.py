"""Results: look, seek, compare, download."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from trackside.server import answers
from trackside.server.access.people import Viewer
from trackside.server.context import Site, SiteHere
from trackside.server.problems import missing
from trackside.server.results import reports
from trackside.server.results.comparing import compare_results
from trackside.server.results.describing import describe
from trackside.server.results.figures import plots_of
from trackside.server.results.finding import Result, find_result, find_results
from trackside.server.results.frames import frame_at
from trackside.server.results.happenings import events_of
from trackside.server.results.rows import Ask, table_page
from trackside.server.results.shapes import Comparison, EventShape, PlotShape, ResultShape, TablePage
from trackside.server.results.zipping import folder_names, members_of, zip_answer
from trackside.server.sending import send
from trackside.server.shapes import Limit

router = APIRouter(tags=["results"])
Offset = Annotated[int, Query(ge=0, le=10**9)]
Seconds = Annotated[float, Query(ge=0, le=1e6, allow_inf_nan=False, description="media time")]


@router.get("/results/{run_video_id}")
def result(run_video_id: str, person: Viewer, site: SiteHere) -> ResultShape:
    """What one video of a run came to."""
    return describe(find_result(site, run_video_id))


@router.get("/results/{run_video_id}/files/{name}", response_class=Response, responses=answers.file("*/*"))
def result_file(
    run_video_id: str, name: str, person: Viewer, site: SiteHere, request: Request, download: bool = False
) -> Response:
    """One file; ranges are understood. A browser that goes to a report is sent on to where the report can play its video."""
    found = find_result(site, run_video_id)
    if name in found.files and not download and reports.is_visit(name, request):
        return reports.to_report(site, run_video_id, name)
    return _file(found, name, request, download=download)


@router.head("/reports/{run_video_id}/{given}/{name}", include_in_schema=False)
@router.get("/reports/{run_video_id}/{given}/{name}", include_in_schema=False)
def report_file(run_video_id: str, given: str, name: str, site: SiteHere, request: Request) -> Response:
    """A report, or what lies beside it, for whoever holds the pass."""
    reports.check_pass(site, run_video_id, given)
    answer = _file(find_result(site, run_video_id), name, request)
    answer.headers.update(reports.BESIDE)
    return answer


@router.get("/results/{run_video_id}/tables/{name}")
async def table_rows(
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
    ask = Ask(offset, limit, sort, order == "down", q, time_from, time_to)
    return await site.heavy.do(_page, site, run_video_id, name, ask)


@router.get("/results/{run_video_id}/plots")
async def plots(run_video_id: str, person: Viewer, site: SiteHere) -> list[PlotShape]:
    """Plots of all tables over media time."""
    return await site.heavy.do(lambda: plots_of(find_result(site, run_video_id)))


@router.get("/results/{run_video_id}/events")
async def events(
    run_video_id: str, person: Viewer, site: SiteHere, offset: Offset = 0, limit: Limit = 100
) -> list[EventShape]:
    """What the rules saw, in order of time."""
    return await site.heavy.do(lambda: events_of(find_result(site, run_video_id), offset, limit))


@router.get("/results/{run_video_id}/frame", response_class=Response, responses=answers.content("image/jpeg"))
async def result_frame(
    run_video_id: str,
    person: Viewer,
    site: SiteHere,
    time: Seconds = 0.0,
    width: Annotated[int, Query(ge=16, le=4096)] = 320,
) -> Response:
    """A frame of the annotated video (or of the source) at a media time, as JPEG. `X-Time` tells its exact one."""
    picture, shown = await site.heavy.do(lambda: frame_at(find_result(site, run_video_id), time, width))
    headers = {"cache-control": "private, max-age=300", "x-time": f"{shown:.6f}"}
    return Response(picture, media_type="image/jpeg", headers=headers)


@router.get("/results/{run_video_id}/zip", response_class=Response, responses=answers.content("application/zip"))
def result_zip(run_video_id: str, person: Viewer, site: SiteHere) -> Response:
    """All files of one video, as a zip that is made while it is sent."""
    found = find_result(site, run_video_id)
    [folder] = folder_names([found.video.video_name])
    return zip_answer(site.files, members_of(found, folder), folder)


@router.get("/runs/{run_id}/zip", response_class=Response, responses=answers.content("application/zip"))
def run_zip(run_id: str, person: Viewer, site: SiteHere) -> Response:
    """All results of a run, as a zip that is made while it is sent."""
    run, found = find_results(site, run_id)
    folders = folder_names(one.video.video_name for one in found)
    members = [member for one, folder in zip(found, folders, strict=True) for member in members_of(one, folder)]
    return zip_answer(site.files, members, run.name)


@router.get("/compare")
async def compare(left: str, right: str, person: Viewer, site: SiteHere) -> Comparison:
    """Two results side by side: settings that differ, tables, numbers."""
    return await site.heavy.do(lambda: compare_results(find_result(site, left), find_result(site, right)))


def _file(found: Result, name: str, request: Request, *, download: bool = False) -> Response:
    if name not in found.files:
        raise missing("file")
    [folder] = folder_names([found.video.video_name])
    answer = send(found.site.files, found.files[name], request, name=f"{folder}-{name}" if download else "")
    if name.endswith(".html"):
        answer.headers.update(reports.HEADERS)
    return answer


def _page(site: Site, run_video_id: str, name: str, ask: Ask) -> TablePage:
    with find_result(site, run_video_id).table(name) as path:
        return table_page(path, ask)
