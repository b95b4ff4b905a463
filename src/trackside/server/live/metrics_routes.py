"""`GET /metrics`, where monitors look for it; where people have accounts, a monitor sends an API token as its bearer."""

from __future__ import annotations

from fastapi import APIRouter, Response

from trackside.server.access.people import Viewer
from trackside.server.context import SiteHere
from trackside.server.live.metrics import CONTENT_TYPE
from trackside.server.live.service import live_of

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
def metrics(person: Viewer, site: SiteHere) -> Response:
    """Figures of the engine, the cameras and the alarms."""
    return Response(live_of(site).metrics.text(), headers={"content-type": CONTENT_TYPE})
