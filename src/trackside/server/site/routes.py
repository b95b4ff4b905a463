"""The site itself: settings, storage, health."""

from __future__ import annotations

from fastapi import APIRouter, Request

from trackside.server.access.people import Admin, Viewer
from trackside.server.context import SiteHere
from trackside.server.site.shapes import Health, SiteSettings, StorageShape

router = APIRouter(tags=["site"])


@router.get("/site")
def site_settings(person: Viewer, site: SiteHere) -> SiteSettings:
    """How long things are kept."""
    raise NotImplementedError


@router.put("/site")
def change_site(body: SiteSettings, person: Admin, site: SiteHere, request: Request) -> SiteSettings:
    """Change how long things are kept."""
    raise NotImplementedError


@router.get("/storage")
def storage(person: Viewer, site: SiteHere) -> StorageShape:
    """Bytes in use, and the quota."""
    raise NotImplementedError


@router.get("/health")
def health(site: SiteHere) -> Health:
    """Whether the server works; for monitors, open to all."""
    raise NotImplementedError
