"""Error analysis: studies of a model's mistakes, their tags, what each idea would win."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from trackside.server import answers
from trackside.server.access.people import Analyst, Viewer
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
from trackside.server.datasets.access import bench_of, noted, opened
from trackside.server.datasets.importing import FORM, MOST_IMPORT, received
from trackside.server.datasets.shapes import Tag
from trackside.server.datasets.studies import ideas, studies
from trackside.server.datasets.studies.shapes import CostBody, IdeasShape, MistakeShape, StudyNew, StudyShape, Tags
from trackside.server.library.plain import PlainText
from trackside.server.shapes import Id

router = APIRouter(tags=["data sets"])
STUDIES = "/datasets/{dataset_id}/studies"
STUDY = STUDIES + "/{study_id}"


@router.get(STUDIES)
def dataset_studies(dataset_id: Id, person: Viewer, site: SiteHere) -> list[StudyShape]:
    """Studies of this data set, newest first."""
    return studies.all_shapes(bench_of(site, dataset_id)[1])


@router.post(STUDIES, status_code=201)
async def begin_study(dataset_id: Id, body: StudyNew, person: Analyst, site: SiteHere, request: Request) -> StudyShape:
    """Take predictions and draw mistakes at random."""
    row, bench = await run_in_threadpool(bench_of, site, dataset_id)
    made = await site.heavy.do(studies.begin, bench, body)
    await run_in_threadpool(noted, site, person, "study.begin", f"{row.name}: {made.name}", request)
    return made


@router.post(STUDIES + "/file", status_code=201, openapi_extra=FORM, max_body_size=MOST_IMPORT)
async def begin_study_from_file(
    dataset_id: Id,
    person: Analyst,
    site: SiteHere,
    request: Request,
    name: Annotated[PlainText, Query(min_length=1, max_length=150)],
    draw: Annotated[int, Query(ge=1, le=2000)] = 100,
    seed: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> StudyShape:
    """The same, with a longer table of predictions (CSV) as the field `file` of a form."""
    row, bench = await run_in_threadpool(bench_of, site, dataset_id)
    async with received(site, request, "predictions.csv") as path:
        made = await site.heavy.do(studies.begin_from, bench, path, name, draw, seed)
    await run_in_threadpool(noted, site, person, "study.begin", f"{row.name}: {made.name}", request)
    return made


@router.get(STUDY)
def study(dataset_id: Id, study_id: Id, person: Viewer, site: SiteHere) -> StudyShape:
    """One study."""
    return studies.shape(bench_of(site, dataset_id)[1], study_id)


@router.delete(STUDY)
def delete_study(dataset_id: Id, study_id: Id, person: Analyst, site: SiteHere, request: Request) -> State:
    """Delete a study with its tags."""
    noted(site, person, "study.delete", studies.delete(bench_of(site, dataset_id)[1], study_id), request)
    return State()


@router.get(STUDY + "/mistakes")
def study_mistakes(dataset_id: Id, study_id: Id, person: Viewer, site: SiteHere) -> list[MistakeShape]:
    """The mistakes that were drawn, with the tags so far."""
    return studies.mistakes(bench_of(site, dataset_id)[1], study_id, opened(site, dataset_id))


@router.post(STUDY + "/tags")
def tag(dataset_id: Id, study_id: Id, body: Tags, person: Analyst, site: SiteHere) -> StudyShape:
    """Write tags and comments; what is sent of a mistake replaces what was there."""
    return studies.tag(bench_of(site, dataset_id)[1], study_id, body, person.name)


@router.get(STUDY + "/ideas")
async def study_ideas(
    dataset_id: Id,
    study_id: Id,
    person: Viewer,
    site: SiteHere,
    slices: bool = False,
    clusters: bool = False,
    together: Annotated[
        list[Tag], Query(max_length=100, description="tags to be solved together; all if fewer than two")
    ] = [],  # noqa: B006
) -> IdeasShape:
    """What solving each tag would win; with `slices` also groups that fail more than others, with `clusters` likeness."""
    what = ideas.Wanted(slices, clusters, tuple(together))
    return await site.heavy.do(ideas.ideas_shape, site, dataset_id, study_id, what)


@router.post(STUDY + "/costs")
def study_cost(dataset_id: Id, study_id: Id, body: CostBody, person: Analyst, site: SiteHere) -> IdeasShape:
    """Note what a tag's idea would take."""
    return ideas.set_cost(bench_of(site, dataset_id)[1], study_id, body)


@router.get(STUDY + "/export.csv", response_class=Response, responses=answers.content("text/csv"))
def export_study(dataset_id: Id, study_id: Id, person: Viewer, site: SiteHere) -> Response:
    """The drawn mistakes with tags and comments, for a spreadsheet."""
    return studies.exported(bench_of(site, dataset_id)[1], study_id)


@router.post(STUDY + "/import", openapi_extra=FORM, max_body_size=MOST_IMPORT)
async def import_study(dataset_id: Id, study_id: Id, person: Analyst, site: SiteHere, request: Request) -> StudyShape:
    """Take tags in from such a table (CSV), as the field `file` of a form."""
    bench = (await run_in_threadpool(bench_of, site, dataset_id))[1]
    async with received(site, request, "mistakes.csv") as path:
        return await site.heavy.do(studies.take_in, bench, study_id, path, person.name)


@router.get(STUDY + "/compare/{other_id}")
def compare_studies(dataset_id: Id, study_id: Id, other_id: Id, person: Viewer, site: SiteHere) -> dict[str, Any]:
    """What moved from the study `other_id` to this one: error rate, shares of tags, mistakes that are gone and new."""
    return ideas.compared(bench_of(site, dataset_id)[1], study_id, other_id)
