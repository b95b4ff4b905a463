"""One stream of news for the page (server-sent events): which run, video or preview has changed."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from trackside.server.access.people import Viewer
from trackside.server.context import SiteHere

router = APIRouter(tags=["events"])


@router.get("/events", include_in_schema=False)
async def events(person: Viewer, site: SiteHere, request: Request) -> Response:
    """Messages `{"topic": "run" | "video" | "preview" | "model", "id": ...}`; the page then asks for what it shows."""
    raise NotImplementedError
