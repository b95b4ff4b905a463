"""Filming with a phone on the local network: an invitation as a QR code, for a quarter of an hour."""

from __future__ import annotations

from fastapi import APIRouter, Request

from trackside.server.access.people import Analyst
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
from trackside.server.videos.shapes import PhoneInvitation

router = APIRouter(tags=["phone"])


@router.post("/phone", status_code=201)
def invite(person: Analyst, site: SiteHere, request: Request) -> PhoneInvitation:
    """Open a page for a phone."""
    raise NotImplementedError


@router.get("/phone/{invitation_id}")
def invitation(invitation_id: str, person: Analyst, site: SiteHere) -> PhoneInvitation:
    """How many videos have come."""
    raise NotImplementedError


@router.delete("/phone/{invitation_id}")
def withdraw(invitation_id: str, person: Analyst, site: SiteHere) -> State:
    """Close the page."""
    raise NotImplementedError
