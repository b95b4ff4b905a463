"""Experiment records: list, table of runs, one run with curves and files, comparison, parallel coordinates.

Names of experiments and of files may hold slashes: they stand in the query, never in the path.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from trackside.server import answers
from trackside.server.access.people import Viewer
from trackside.server.context import SiteHere
from trackside.server.experiments import comparing, drawing, files, listing, one, thinning
from trackside.server.experiments.rows import Ask
from trackside.server.experiments.service import records_of
from trackside.server.experiments.shapes import (
    ComparedRuns,
    CurvesShape,
    ExperimentRun,
    ExperimentRunsPage,
    ExperimentsShape,
)
from trackside.server.library.plain import PlainText
from trackside.server.shapes import Limit

router = APIRouter(tags=["experiments"])
RUN = "/experiments/runs/{run}"
Experiment = Annotated[PlainText, Query(min_length=1, max_length=500, description="an experiment's name")]
Run = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
RunId = Annotated[str, Query(pattern=r"^[0-9a-f]{32}$")]
Name = Annotated[PlainText, Query(max_length=500)]
Step = Annotated[int | None, Query(ge=-(2**53), le=2**53, description="steps from `first` up to `last`")]


@router.get("/experiments")
async def experiments(person: Viewer, site: SiteHere) -> ExperimentsShape:
    """Experiments, that with the newest run first, and where runs are recorded. A store that is not there yet is empty."""
    return await records_of(site).do(listing.experiments)


@router.get("/experiments/runs")
async def experiment_runs(
    experiment: Experiment,
    person: Viewer,
    site: SiteHere,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Limit = 50,
    order: Annotated[
        PlainText, Query(max_length=520, description="`started`, `name`, `status`, `seconds`, or a column's key")
    ] = "",
    descending: bool = False,
    value: Annotated[
        Literal["best", "last", "min", "max"], Query(description="which value of a metric `order` goes by")
    ] = "best",
    q: Annotated[PlainText, Query(max_length=100, description="part of the name, or the beginning of the id")] = "",
    status: Annotated[PlainText, Query(max_length=30)] = "",
) -> ExperimentRunsPage:
    """Runs of an experiment, newest first unless `order` says otherwise; those without a value come last."""
    ask = Ask(offset, limit, order, descending, value, q, status)
    return await records_of(site).do(listing.runs_page, experiment, ask)


@router.get("/experiments/parallel", response_class=Response, responses=answers.content("text/html"))
async def experiment_parallel(experiment: Experiment, person: Viewer, site: SiteHere, download: bool = False) -> Response:
    """All runs of an experiment in parallel coordinates: one page that asks nobody for anything, to be framed or saved."""
    return await records_of(site).do(drawing.page, experiment, download=download)


@router.get("/experiments/compare")
async def compare_experiment_runs(
    runs: Annotated[list[RunId], Query(min_length=2, max_length=20)], person: Viewer, site: SiteHere
) -> ComparedRuns:
    """Two or more runs side by side: settings that differ, last numbers, and the code of the first and the last."""
    return await records_of(site).do(comparing.compared, tuple(runs))


@router.get(RUN)
async def experiment_run(run: Run, person: Viewer, site: SiteHere) -> ExperimentRun:
    """One run: settings, numbers, code, machine, files, reports."""
    return await records_of(site).do(one.run_shape, run)


@router.get(RUN + "/curves")
async def experiment_curves(
    run: Run,
    person: Viewer,
    site: SiteHere,
    names: Annotated[list[Name], Query(max_length=100, description="metrics; all if none is named")] = [],  # noqa: B006
    points: Annotated[int, Query(ge=10, le=10_000, description="at most so many points a curve")] = 1000,
    first: Step = None,
    last: Step = None,
) -> CurvesShape:
    """Curves of a run, thinned so that no peak is lost. Names that the run does not have are left out."""
    return await records_of(site).do(thinning.curves_shape, run, tuple(names), thinning.Span(points, first, last))


@router.get(RUN + "/file", response_class=Response, responses=answers.file("*/*"))
async def experiment_file(
    run: Run,
    path: Annotated[PlainText, Query(min_length=1, max_length=1000, description="as the run's `files` tell it")],
    person: Viewer,
    site: SiteHere,
    request: Request,
    download: bool = False,
) -> Response:
    """A file of a run; ranges are understood. Pages run their scripts as a stranger to this server."""
    return await records_of(site).do(files.answer, run, path, request, download=download)
