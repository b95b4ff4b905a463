"""The site itself: settings, storage, health."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from trackside.server.access.audit import note
from trackside.server.access.people import Admin, Viewer
from trackside.server.context import SiteHere
from trackside.server.site import retention, state
from trackside.server.site.shapes import Health, SiteSettings, StorageShape

router = APIRouter(tags=["site"])


@router.get("/site")
def site_settings(person: Viewer, site: SiteHere) -> SiteSettings:
    """How long things are kept."""
    with site.database.session() as db:
        return retention.read(db)


@router.put("/site")
def change_site(body: SiteSettings, person: Admin, site: SiteHere, request: Request) -> SiteSettings:
    """Change how long things are kept."""
    with site.database.session() as db:
        retention.write(db, body)
        kept = {"videos": body.keep_videos_days, "results": body.keep_results_days, "alarms": body.keep_alarms_days}
        told = ", ".join(f"{what} {days or 'for ever'}" for what, days in kept.items())
        note(db, person, "site.keep", told, request)
    return body


@router.get("/storage")
def storage(person: Viewer, site: SiteHere) -> StorageShape:
    """Bytes in use, and the quota."""
    return state.storage(site)


@router.get("/health")
def health(site: SiteHere, response: Response) -> Health:
    """Whether the server works; for monitors, open to all. The status is 503 if it does not."""
    found = state.health(site)
    if found.state != "ok":
        response.status_code = 503
    return found
