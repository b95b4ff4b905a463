"""Uploads of data sets, by the same protocol as videos: an archive that is unpacked on the server's own disk."""

from __future__ import annotations

import sys

from fastapi import APIRouter, Request, Response

from trackside.server import answers
from trackside.server.access.people import Analyst, Person
from trackside.server.context import Site, SiteHere
from trackside.server.uploads import handling
from trackside.server.uploads.handling import Door

# An upload bounds itself: by its length, the quota and the disk.
router = APIRouter(tags=["data sets"], max_body_size=sys.maxsize)
BASE = "/api/datasets/uploads"
_REFUSALS = answers.refusals(400, 408, 410, 412, 415, 423, 460)


@router.post("/datasets/uploads", status_code=201, response_class=Response, responses=_REFUSALS)
async def create_dataset_upload(person: Analyst, site: SiteHere, request: Request) -> Response:
    """Begin an upload (tus 1.0.0) of a .zip, .tar or .tar.gz: `Upload-Length`, and `Upload-Metadata` (filename, name).

    `Location` is where its bytes go, `Trackside-Dataset` the id of the data set that it becomes once all have come. It is
    unpacked, read and checked at once; a single folder at its top gives its inside.
    """
    return await handling.create(_door(site, person), request)


@router.head("/datasets/uploads/{upload_id}", include_in_schema=False)
def dataset_upload_offset(upload_id: str, person: Analyst, site: SiteHere, request: Request) -> Response:
    """How much has come."""
    return handling.tell(_door(site, person), upload_id, request)


@router.patch("/datasets/uploads/{upload_id}", status_code=204, responses=_REFUSALS)
async def append_to_dataset(upload_id: str, person: Analyst, site: SiteHere, request: Request) -> Response:
    """The next bytes."""
    return await handling.append(_door(site, person), upload_id, request)


@router.delete("/datasets/uploads/{upload_id}", status_code=204, responses=answers.refusals(412))
def stop_dataset_upload(upload_id: str, person: Analyst, site: SiteHere, request: Request) -> Response:
    """Give the upload up; what has come is deleted."""
    return handling.give_up(_door(site, person), upload_id, request)


def _door(site: Site, person: Person) -> Door:
    return Door(site, person, BASE, datasets=True)
