"""Blocks, pipelines, versions, templates."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response

from trackside.server.access.people import Analyst, Viewer
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
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
from trackside.server.shapes import Cursor, Limit, Page, Search

router = APIRouter(tags=["library"])
Number = Annotated[int, Path(ge=1, le=1_000_000)]


@router.get("/blocks")
def palette(person: Viewer, site: SiteHere) -> Palette:
    """Every block with its ports and its form, the families and the kinds."""
    raise NotImplementedError


@router.get("/templates")
def templates(person: Viewer, site: SiteHere) -> list[TemplateShape]:
    """Pipelines to start from."""
    raise NotImplementedError


@router.get("/templates/{name}/picture")
def template_picture(name: str, person: Viewer, site: SiteHere) -> Response:
    """What a template makes, as a picture."""
    raise NotImplementedError


@router.post("/check")
def check(body: Graph, person: Viewer, site: SiteHere) -> Checked:
    """Everything that is wrong with a pipeline; asked while it is drawn."""
    raise NotImplementedError


@router.post("/read")
def read(body: FileText, person: Viewer, site: SiteHere) -> Graph:
    """A pipeline file's graph; old blocks are brought to their newest version where a migration is known."""
    raise NotImplementedError


@router.post("/write")
def write(body: Graph, person: Viewer, site: SiteHere) -> FileText:
    """The file of a graph, as the command line runs it."""
    raise NotImplementedError


@router.get("/pipelines")
def pipelines(person: Viewer, site: SiteHere, limit: Limit = 50, cursor: Cursor = "", q: Search = "") -> Page[PipelineShape]:
    """Pipelines, the last changed first."""
    raise NotImplementedError


@router.post("/pipelines", status_code=201)
def make_pipeline(body: PipelineSave, person: Analyst, site: SiteHere, request: Request) -> PipelineFull:
    """Save a new pipeline; one that is not finished may be saved too."""
    raise NotImplementedError


@router.get("/pipelines/{pipeline_id}")
def pipeline(pipeline_id: str, person: Viewer, site: SiteHere) -> PipelineFull:
    """A pipeline's newest version."""
    raise NotImplementedError


@router.put("/pipelines/{pipeline_id}")
def save_pipeline(pipeline_id: str, body: PipelineSave, person: Analyst, site: SiteHere, request: Request) -> PipelineFull:
    """Save a new version. 409 if somebody else saved one since `base`."""
    raise NotImplementedError


@router.delete("/pipelines/{pipeline_id}")
def delete_pipeline(pipeline_id: str, person: Analyst, site: SiteHere, request: Request) -> State:
    """Delete a pipeline; runs keep their copies."""
    raise NotImplementedError


@router.get("/pipelines/{pipeline_id}/versions")
def versions(pipeline_id: str, person: Viewer, site: SiteHere, limit: Limit = 50, cursor: Cursor = "") -> Page[VersionShape]:
    """Its history, newest first."""
    raise NotImplementedError


@router.get("/pipelines/{pipeline_id}/versions/{number}")
def version(pipeline_id: str, number: Number, person: Viewer, site: SiteHere) -> PipelineFull:
    """One version of it."""
    raise NotImplementedError


@router.post("/pipelines/{pipeline_id}/versions/{number}/restore", status_code=201)
def restore(pipeline_id: str, number: Number, person: Analyst, site: SiteHere, request: Request) -> PipelineFull:
    """Make an old version the newest one (as a new version: nothing is lost)."""
    raise NotImplementedError


@router.get("/pipelines/{pipeline_id}/file")
def pipeline_file(
    pipeline_id: str, person: Viewer, site: SiteHere, format: Literal["yaml", "json"] = "yaml", number: int | None = None
) -> Response:
    """The pipeline file, to download."""
    raise NotImplementedError
