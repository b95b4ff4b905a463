"""Filming with a phone on the local network: an invitation as a QR code, for a quarter of an hour."""

from __future__ import annotations

from fastapi import APIRouter, Request

from trackside.server.access.audit import note
from trackside.server.access.people import Analyst
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
from trackside.server.phone.service import PhoneService
from trackside.server.videos.shapes import PhoneInvitation

router = APIRouter(tags=["phone"])


@router.post("/phone", status_code=201)
def invite(person: Analyst, site: SiteHere, request: Request) -> PhoneInvitation:
    """Open a page for a phone."""
    shape = _service(site).invite(person)
    with site.database.session() as db:
        note(db, person, "phone.invite", shape.id, request)
    return shape


@router.get("/phone/{invitation_id}")
def invitation(invitation_id: str, person: Analyst, site: SiteHere) -> PhoneInvitation:
    """How many videos have come."""
    return _service(site).shape(invitation_id)


@router.delete("/phone/{invitation_id}")
def withdraw(invitation_id: str, person: Analyst, site: SiteHere, request: Request) -> State:
    """Close the page."""
    _service(site).withdraw(invitation_id)
    with site.database.session() as db:
        note(db, person, "phone.withdraw", invitation_id, request)
    return State()


def _service(site: SiteHere) -> PhoneService:
    service: PhoneService = site.services["phone"]
    return service
