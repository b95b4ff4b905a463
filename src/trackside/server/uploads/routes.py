"""Resumable uploads by the tus protocol 1.0 (core, creation, termination, expiration, checksum): https://tus.io."""

from __future__ import annotations

import sys

from fastapi import APIRouter, Request, Response

from trackside.server import answers
from trackside.server.access.people import Analyst
from trackside.server.context import SiteHere
from trackside.server.uploads import handling
from trackside.server.uploads.handling import Door

# An upload bounds itself: by its length, the quota and the disk.
router = APIRouter(tags=["uploads"], max_body_size=sys.maxsize)
BASE = "/api/uploads"
_REFUSALS = answers.refusals(400, 408, 410, 412, 415, 423, 460)


@router.options("/uploads", include_in_schema=False)
def abilities(site: SiteHere) -> Response:
    """What the server understands."""
    return handling.abilities(site)


@router.post("/uploads", status_code=201, response_class=Response, responses=_REFUSALS)
async def create(person: Analyst, site: SiteHere, request: Request) -> Response:
    """Begin an upload: `Upload-Length` and `Upload-Metadata` (filename, folder) say what comes.

    `Location` is where its bytes go, `Trackside-Video` the id of the video that it becomes.
    """
    return await handling.create(Door(site, person, BASE), request)


@router.head("/uploads/{upload_id}", include_in_schema=False)
def offset(upload_id: str, person: Analyst, site: SiteHere, request: Request) -> Response:
    """How much has come."""
    return handling.tell(Door(site, person, BASE), upload_id, request)


@router.patch("/uploads/{upload_id}", status_code=204, responses=_REFUSALS)
async def append(upload_id: str, person: Analyst, site: SiteHere, request: Request) -> Response:
    """The next bytes."""
    return await handling.append(Door(site, person, BASE), upload_id, request)


@router.delete("/uploads/{upload_id}", status_code=204, responses=answers.refusals(412))
def stop(upload_id: str, person: Analyst, site: SiteHere, request: Request) -> Response:
    """Give the upload up; what has come is deleted."""
    return handling.give_up(Door(site, person, BASE), upload_id, request)
