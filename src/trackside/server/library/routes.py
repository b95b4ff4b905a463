"""Blocks, pipelines, versions, templates."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy import select

from trackside.pipelines.migration import migrate
from trackside.server import answers
from trackside.server.access.audit import note
from trackside.server.access.people import Analyst, Viewer
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
from trackside.server.library import saved
from trackside.server.library.checking import check_graph
from trackside.server.library.graphs import graph_of, pipeline_of, read_file
from trackside.server.library.palette import make_palette
from trackside.server.library.shapes import (
    Checked,
    FileText,
    Graph,
    Palette,
    PipelineFull,
    PipelineSave,
    PipelineShape,
    TemplateShape,
    VersionShape,
)
from trackside.server.library.starting import all_templates, picture_of
from trackside.server.library.tables import PipelineRow, PipelineVersionRow
from trackside.server.paging import page
from trackside.server.shapes import Cursor, Limit, Page, Search

router = APIRouter(tags=["library"])
Number = Annotated[int, Path(ge=1, le=1_000_000)]
Wanted = Annotated[int | None, Query(ge=1, le=1_000_000, description="version; the newest if left out")]


@router.get("/blocks")
def palette(person: Viewer, site: SiteHere) -> Palette:
    """Every block with its ports and its form, the families and the kinds."""
    return make_palette()


@router.get("/templates")
def templates(person: Viewer, site: SiteHere) -> list[TemplateShape]:
    """Pipelines to start from."""
    return all_templates()


@router.get("/templates/{name}/picture", response_class=Response, responses=answers.content("image/jpeg"))
def template_picture(name: str, person: Viewer, site: SiteHere) -> Response:
    """What a template makes, as a picture."""
    return FileResponse(picture_of(name), media_type="image/jpeg", headers={"cache-control": "private, max-age=86400"})


@router.post("/check")
def check(body: Graph, person: Viewer, site: SiteHere) -> Checked:
    """Everything that is wrong with a pipeline; asked while it is drawn."""
    return check_graph(body, site.store)


@router.post("/read")
def read(body: FileText, person: Viewer, site: SiteHere, response: Response) -> Graph:
    """A pipeline file's graph; old blocks are brought to their newest version where a migration is known."""
    pipeline, notes = migrate(read_file(body.text))
    if notes:
        response.headers["trackside-notes"] = json.dumps([str(note)[:300] for note in notes[:50]])
    return graph_of(pipeline)


@router.post("/write")
def write(body: Graph, person: Viewer, site: SiteHere) -> FileText:
    """The file of a graph, as the command line runs it."""
    return FileText(text=pipeline_of(body).to_yaml())


@router.get("/pipelines")
def pipelines(person: Viewer, site: SiteHere, limit: Limit = 50, cursor: Cursor = "", q: Search = "") -> Page[PipelineShape]:
    """Pipelines, the last changed first."""
    with site.database.session() as db:
        order = (PipelineRow.changed, PipelineRow.id)
        rows, following, total = page(db, saved.listed(q), order, limit=limit, cursor=cursor)
        return Page(items=[PipelineShape.model_validate(row) for row in rows], next=following, total=total)


@router.post("/pipelines", status_code=201)
def make_pipeline(body: PipelineSave, person: Analyst, site: SiteHere, request: Request) -> PipelineFull:
    """Save a new pipeline; one that is not finished may be saved too."""
    with site.database.session() as db:
        made = saved.create(db, body, person)
        note(db, person, "pipeline.create", made.name, request)
    return made


@router.get("/pipelines/{pipeline_id}")
def pipeline(pipeline_id: str, person: Viewer, site: SiteHere) -> PipelineFull:
    """A pipeline's newest version."""
    with site.database.session() as db:
        return saved.full(*saved.find_version(db, pipeline_id))


@router.put("/pipelines/{pipeline_id}")
def save_pipeline(pipeline_id: str, body: PipelineSave, person: Analyst, site: SiteHere, request: Request) -> PipelineFull:
    """Save a new version. 409 if somebody else saved one since `base`."""
    with site.database.session() as db:
        made = saved.save(db, pipeline_id, body, person)
        note(db, person, "pipeline.save", f"{made.name}, version {made.version}", request)
    return made


@router.delete("/pipelines/{pipeline_id}")
def delete_pipeline(pipeline_id: str, person: Analyst, site: SiteHere, request: Request) -> State:
    """Delete a pipeline; runs keep their copies."""
    with site.database.session() as db:
        row = saved.find(db, pipeline_id)
        row.deleted = True
        note(db, person, "pipeline.delete", row.name, request)
    return State()


@router.get("/pipelines/{pipeline_id}/versions")
def versions(pipeline_id: str, person: Viewer, site: SiteHere, limit: Limit = 50, cursor: Cursor = "") -> Page[VersionShape]:
    """Its history, newest first."""
    with site.database.session() as db:
        row = saved.find(db, pipeline_id)
        query = select(PipelineVersionRow).where(PipelineVersionRow.pipeline_id == row.id)
        rows, following, total = page(db, query, (PipelineVersionRow.number,), limit=limit, cursor=cursor)
        return Page(items=[VersionShape.model_validate(one) for one in rows], next=following, total=total)


@router.get("/pipelines/{pipeline_id}/versions/{number}")
def version(pipeline_id: str, number: Number, person: Viewer, site: SiteHere) -> PipelineFull:
    """One version of it."""
    with site.database.session() as db:
        return saved.full(*saved.find_version(db, pipeline_id, number))


@router.post("/pipelines/{pipeline_id}/versions/{number}/restore", status_code=201)
def restore(pipeline_id: str, number: Number, person: Analyst, site: SiteHere, request: Request) -> PipelineFull:
    """Make an old version the newest one (as a new version: nothing is lost)."""
    with site.database.session() as db:
        made = saved.restore(db, pipeline_id, number, person)
        note(db, person, "pipeline.restore", f"{made.name}, version {number}", request)
    return made


@router.get(
    "/pipelines/{pipeline_id}/file",
    response_class=Response,
    responses=answers.content("application/yaml", "application/json"),
)
def pipeline_file(
    pipeline_id: str, person: Viewer, site: SiteHere, format: Literal["yaml", "json"] = "yaml", number: Wanted = None
) -> Response:
    """The pipeline file, to download."""
    with site.database.session() as db:
        _, kept = saved.find_version(db, pipeline_id, number)
        found = pipeline_of(Graph.model_validate(kept.graph))
    name = f"{saved.file_name(found.pipeline)}.{format}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    if format == "json":
        text = json.dumps(found.model_dump(mode="json", exclude_defaults=True), indent=2, ensure_ascii=False) + "\n"
        return Response(text, media_type="application/json", headers=headers)
    return Response(found.to_yaml(), media_type="application/yaml", headers=headers)
