"""Trying a pipeline on a few seconds of a video."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Path, Response

from trackside.core import PipelineError
from trackside.server import answers
from trackside.server.access.people import Analyst
from trackside.server.access.shapes import State
from trackside.server.context import Site, SiteHere
from trackside.server.library.graphs import pipeline_of
from trackside.server.library.guarding import compiled, missing_models
from trackside.server.previews.service import PreviewService
from trackside.server.previews.shapes import BlockPreview, Preview, Try
from trackside.server.previews.trial import Clip, Trial
from trackside.server.problems import Refused, missing
from trackside.server.shapes import ProblemShape
from trackside.server.videos.tables import VideoRow

router = APIRouter(tags=["previews"])
Number = Annotated[int, Path(ge=0, le=1_000_000)]


@router.post("/previews", status_code=201)
def try_pipeline(body: Try, person: Analyst, site: SiteHere) -> Preview:
    """Begin; ask `GET /previews/{id}` for what has come, or listen to `/events`."""
    clip = _clip(site, body)
    pipeline = pipeline_of(body.graph).with_settings({"source.start": body.start, "source.end": body.start + body.seconds})
    plan = compiled(pipeline, site.store, with_sinks=False)
    if needed := missing_models(pipeline, site.store):
        raise PipelineError(needed.values(), source=pipeline.pipeline)
    return _shape(_service(site).begin(plan, clip, person), None)


@router.get("/previews/{preview_id}")
def preview(preview_id: str, person: Analyst, site: SiteHere, time: float | None = None) -> Preview:
    """What has come out of every block so far, at the newest moment or at the one nearest to `time`."""
    wanted = time if time is None or math.isfinite(time) else None
    return _shape(_service(site).find(preview_id, person), wanted)


@router.delete("/previews/{preview_id}")
def stop_preview(preview_id: str, person: Analyst, site: SiteHere) -> State:
    """Stop it and forget its pictures."""
    _service(site).forget(preview_id, person)
    return State()


@router.get("/previews/{preview_id}/{block}/{number}.jpg", response_class=Response, responses=answers.content("image/jpeg"))
def preview_picture(preview_id: str, block: str, number: Number, person: Analyst, site: SiteHere) -> Response:
    """A picture that a block gave, or the frame with what it gave drawn on it."""
    picture = _service(site).find(preview_id, person).gallery.picture(block, number)
    if picture is None:
        raise missing("picture")
    # A number's picture never changes.
    return Response(picture, media_type="image/jpeg", headers={"cache-control": "private, max-age=600, immutable"})


def _service(site: Site) -> PreviewService:
    found: PreviewService = site.services["previews"]
    return found


def _clip(site: Site, body: Try) -> Clip:
    with site.database.session() as db:
        row = db.get(VideoRow, body.video)
        if row is None:
            raise missing("video")
        if row.state != "ready":
            raise Refused(
                422, f"{row.name} cannot be used ({row.problem or row.state})", row.fix or "wait until it is ready"
            )
        key, name = row.key, row.name
    return Clip(name, lambda: site.files.local(key), body.start, body.seconds)


def _shape(trial: Trial, time: float | None) -> Preview:
    return Preview(
        id=trial.id,
        state=trial.state,
        fraction=trial.fraction,
        first_picture_s=trial.first_picture_s,
        blocks={block: _block(trial, block, time) for block in trial.gallery.blocks},
        problems=[ProblemShape(what=p.what, fix=p.fix, block=p.block, port=p.port) for p in trial.problems],
    )


def _block(trial: Trial, block: str, time: float | None) -> BlockPreview:
    """What is to be shown of one block; without a picture as long as it has given nothing."""
    records, took = trial.gallery.records.get(block, 0), trial.ms_per_record(block)
    found = trial.gallery.at(block, time)
    if found is None:
        return BlockPreview(block=block, records=records, ms_per_record=took)
    moment, card = found
    return BlockPreview(
        block=block,
        picture=f"/api/previews/{trial.id}/{block}/{moment.number}.jpg",
        words=card.words,
        columns=card.columns,
        rows=card.rows,
        time_s=moment.time,
        records=records,
        ms_per_record=took,
    )
