"""Resumable uploads by the tus protocol 1.0 (core, creation, termination, expiration, checksum): https://tus.io."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from trackside.server.access.people import Analyst
from trackside.server.context import SiteHere

router = APIRouter(tags=["uploads"])


@router.options("/uploads", include_in_schema=False)
def abilities(site: SiteHere) -> Response:
    """What the server understands."""
    raise NotImplementedError


@router.post("/uploads", status_code=201)
async def create(person: Analyst, site: SiteHere, request: Request) -> Response:
    """Begin an upload: `Upload-Length` and `Upload-Metadata` (filename, folder) say what comes."""
    raise NotImplementedError


@router.head("/uploads/{upload_id}", include_in_schema=False)
def offset(upload_id: str, person: Analyst, site: SiteHere) -> Response:
    """How much has come."""
    raise NotImplementedError


@router.patch("/uploads/{upload_id}", status_code=204)
async def append(upload_id: str, person: Analyst, site: SiteHere, request: Request) -> Response:
    """The next bytes."""
    raise NotImplementedError


@router.delete("/uploads/{upload_id}", status_code=204)
def stop(upload_id: str, person: Analyst, site: SiteHere) -> Response:
    """Give the upload up; what has come is deleted."""
    raise NotImplementedError
