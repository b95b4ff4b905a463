"""Saved pipelines: each save makes a version, none is ever changed, and nobody overwrites somebody else's unknowingly."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from trackside.server.access.people import Person
from trackside.server.database import now
from trackside.server.library.graphs import as_data
from trackside.server.library.shapes import Graph, PipelineFull, PipelineSave, PipelineShape
from trackside.server.library.tables import PipelineRow, PipelineVersionRow
from trackside.server.problems import Refused, missing

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}\Z", re.ASCII)


def listed(q: str) -> Select[Any]:
    """The pipelines that are not deleted, those whose name holds `q`."""
    query = select(PipelineRow).where(PipelineRow.deleted.is_(False))
    return query.where(PipelineRow.name.icontains(q, autoescape=True)) if q else query


def find(db: Session, pipeline_id: str) -> PipelineRow:
    """A pipeline that is not deleted.

    Raises:
        Refused: 404.
    """
    row = db.get(PipelineRow, pipeline_id) if _ID.match(pipeline_id) else None
    if row is None or row.deleted:
        raise missing("pipeline")
    return row


def find_version(db: Session, pipeline_id: str, number: int | None = None) -> tuple[PipelineRow, PipelineVersionRow]:
    """A version of a pipeline, the newest if no number is given.

    Raises:
        Refused: 404.
    """
    row = find(db, pipeline_id)
    version = db.get(PipelineVersionRow, (row.id, row.version if number is None else number))
    if version is None:
        raise missing("version")
    return row, version


def create(db: Session, body: PipelineSave, person: Person) -> PipelineFull:
    """Save a new pipeline.

    Raises:
        Refused: 422, it has no name.
    """
    row = PipelineRow(name=_name(body.graph), about=body.graph.about, owner=person.name, blocks=len(body.graph.blocks))
    db.add(row)
    db.flush()
    return full(row, _add_version(db, row, body, person))


def save(db: Session, pipeline_id: str, body: PipelineSave, person: Person) -> PipelineFull:
    """Save a new version. The same graph once more makes none.

    Raises:
        Refused: 404; 409, somebody else has saved since `base`; 422, it has no name.
    """
    name = _name(body.graph)
    _hold(db, pipeline_id)
    row, newest = find_version(db, pipeline_id)
    if body.base is not None and body.base != row.version:
        raise _overtaken(newest)
    if newest.graph == as_data(body.graph):
        return full(row, newest)
    row.name, row.about, row.blocks = name, body.graph.about, len(body.graph.blocks)
    row.version, row.changed = row.version + 1, now()
    return full(row, _add_version(db, row, body, person))


def restore(db: Session, pipeline_id: str, number: int, person: Person) -> PipelineFull:
    """Save an old version's graph as the newest one.

    Raises:
        Refused: 404.
    """
    _, old = find_version(db, pipeline_id, number)
    body = PipelineSave(graph=Graph.model_validate(old.graph), note=f"version {number} again")
    return save(db, pipeline_id, body, person)


def full(row: PipelineRow, version: PipelineVersionRow) -> PipelineFull:
    """A pipeline with the graph of one of its versions."""
    shape = PipelineShape.model_validate(row)
    told = {**shape.model_dump(), "version": version.number, "blocks": version.blocks}
    return PipelineFull(**told, graph=Graph.model_validate(version.graph))


def file_name(name: str) -> str:
    """A pipeline's name as that of a file, without suffix."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-") or "pipeline"


def _hold(db: Session, pipeline_id: str) -> None:
    """Make whoever else saves this pipeline wait. Writing first, before anything is read, does so in every database."""
    if _ID.match(pipeline_id):
        db.execute(update(PipelineRow).where(PipelineRow.id == pipeline_id).values(version=PipelineRow.version))


def _add_version(db: Session, row: PipelineRow, body: PipelineSave, person: Person) -> PipelineVersionRow:
    version = PipelineVersionRow(
        pipeline_id=row.id,
        number=row.version,
        graph=as_data(body.graph),
        blocks=len(body.graph.blocks),
        note=body.note,
        author=person.name,
    )
    db.add(version)
    db.flush()
    return version


def _name(graph: Graph) -> str:
    name = graph.pipeline.strip()
    if not name:
        raise Refused(422, "the pipeline has no name", "give it one")
    return name


def _overtaken(newest: PipelineVersionRow) -> Refused:
    note = f" ({newest.note})" if newest.note else ""
    what = f"{newest.author} saved version {newest.number}{note} at {newest.created:%H:%M} UTC, after you began"
    return Refused(409, what, "look at it in the history, then save yours on top of it or begin again from it")
