"""Trying a pipeline on a few seconds of a video."""

from __future__ import annotations

from fastapi import APIRouter, Response

from trackside.server.access.people import Analyst
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
from trackside.server.previews.shapes import Preview, Try

router = APIRouter(tags=["previews"])


@router.post("/previews", status_code=201)
def try_pipeline(body: Try, person: Analyst, site: SiteHere) -> Preview:
    """Begin; ask `GET /previews/{id}` for what has come, or listen to `/events`."""
    raise NotImplementedError


@router.get("/previews/{preview_id}")
def preview(preview_id: str, person: Analyst, site: SiteHere, time: float | None = None) -> Preview:
    """What has come out of every block so far, at the newest moment or at the one nearest to `time`."""
    raise NotImplementedError


@router.delete("/previews/{preview_id}")
def stop_preview(preview_id: str, person: Analyst, site: SiteHere) -> State:
    """Stop it and forget its pictures."""
    raise NotImplementedError


@router.get("/previews/{preview_id}/{block}/{number}.jpg")
def preview_picture(preview_id: str, block: str, number: int, person: Analyst, site: SiteHere) -> Response:
    """A picture that a block gave, or the frame with what it gave drawn on it."""
    raise NotImplementedError
