"""Runs and their videos as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from trackside.server.context import Site
from trackside.server.library.shapes import Graph
from trackside.server.paging import page
from trackside.server.runs.live import live_path
from trackside.server.runs.shapes import QueueShape, RunFull, RunShape, RunVideoShape
from trackside.server.runs.tables import RunRow, RunVideoRow
from trackside.server.shapes import Page

# Places in the queue are told up to here.
_MOST_PLACES = 10_000


def run_list(
    db: Session, *, limit: int, cursor: str, q: str, state: str | None, pipeline: str | None, video: str | None
) -> Page[RunShape]:
    """A page of runs, newest first."""
    query = select(RunRow).options(defer(RunRow.graph, raiseload=True))
    if q:
        query = query.where(RunRow.name.icontains(q, autoescape=True))
    if state is not None:
        query = query.where(RunRow.state == state)
    if pipeline is not None:
        query = query.where(RunRow.pipeline_id == pipeline)
    if video is not None:
        query = query.where(RunRow.id.in_(select(RunVideoRow.run_id).where(RunVideoRow.video_id == video)))
    rows, following, total = page(db, query, (RunRow.created, RunRow.id), limit=limit, cursor=cursor)
    return Page(items=[RunShape.model_validate(row) for row in rows], next=following, total=total)


def full(db: Session, site: Site, run: RunRow) -> RunFull:
    """A run with its videos."""
    db.flush()
    rows = db.scalars(select(RunVideoRow).where(RunVideoRow.run_id == run.id).order_by(RunVideoRow.position)).all()
    places = _places(db, run, rows)
    items = [_video(site, row, places.get(row.id)) for row in rows]
    told = RunShape.model_validate(run).model_dump()
    return RunFull(**told, graph=Graph.model_validate(run.graph), items=items)


def queue_shape(db: Session, site: Site) -> QueueShape:
    """What the workers do."""
    counted = select(RunVideoRow.state, RunVideoRow.slot, func.count()).where(RunVideoRow.state.in_(("queued", "running")))
    rows = db.execute(counted.group_by(RunVideoRow.state, RunVideoRow.slot)).all()
    found = {(state, slot): count for state, slot, count in rows}
    slots = {"cpu": site.settings.cpu_slots, "gpu": site.settings.gpu_slots}
    return QueueShape(
        slots=slots,
        running={slot: found.get(("running", slot), 0) for slot in slots},
        waiting={slot: found.get(("queued", slot), 0) for slot in slots},
        workers=site.services["runs"].alive() if "runs" in site.services else 0,
    )


def _video(site: Site, row: RunVideoRow, place: int | None) -> RunVideoShape:
    shape = RunVideoShape.model_validate(row)
    running = row.state == "running" and live_path(site.settings.data, row.id).exists()
    live = f"/api/runs/{row.run_id}/videos/{row.id}/live.jpg" if running else ""
    return shape.model_copy(update={"live": live, "place": place})


def _places(db: Session, run: RunRow, rows: Sequence[RunVideoRow]) -> dict[str, int]:
    """The place in the queue, from 1, of each video that waits."""
    if not any(row.state == "queued" for row in rows):
        return {}
    waiting = select(RunVideoRow.id).where(RunVideoRow.state == "queued", RunVideoRow.slot == run.slot)
    order = RunVideoRow.priority.desc(), RunVideoRow.turn, RunVideoRow.queued
    ids = db.scalars(waiting.order_by(*order).limit(_MOST_PLACES)).all()
    mine = {row.id for row in rows}
    return {one: place for place, one in enumerate(ids, 1) if one in mine}
