"""Channels: where alarms are told."""

from __future__ import annotations

from fastapi import APIRouter, Request

from trackside.server.access.audit import note
from trackside.server.access.people import Admin
from trackside.server.access.shapes import State
from trackside.server.alarms.channels import making, trying
from trackside.server.alarms.channels.shapes import ChannelChange, ChannelShape, ChannelTest, MadeChannel, NewChannel
from trackside.server.context import SiteHere
from trackside.server.shapes import Id

router = APIRouter(tags=["alarm channels"])


@router.get("/alarm-channels")
def alarm_channels(person: Admin, site: SiteHere) -> list[ChannelShape]:
    """All channels, the oldest first."""
    with site.database.session() as db:
        return making.listed(db)


@router.post("/alarm-channels", status_code=201)
def add_alarm_channel(body: NewChannel, person: Admin, site: SiteHere, request: Request) -> MadeChannel:
    """Add one; the secret of a webhook is shown this once."""
    with site.database.session() as db:
        row, secret = making.add(db, body, person.name)
        note(db, person, "channel.add", f"{row.kind} {row.title}", request)
        shown = making.shape(db, row)
    trying.refresh(site)
    return MadeChannel(**shown.model_dump(), secret=secret)


@router.patch("/alarm-channels/{channel_id}")
def change_alarm_channel(
    channel_id: Id, body: ChannelChange, person: Admin, site: SiteHere, request: Request
) -> ChannelShape:
    """Switch one on or off, or change what is told there."""
    with site.database.session() as db:
        row = making.change(making.get(db, channel_id), body)
        note(db, person, "channel.change", f"{row.kind} {row.title}", request)
        shown = making.shape(db, row)
    trying.refresh(site)
    return shown


@router.delete("/alarm-channels/{channel_id}")
def remove_alarm_channel(channel_id: Id, person: Admin, site: SiteHere, request: Request) -> State:
    """Remove one, with what waits for it."""
    with site.database.session() as db:
        row = making.get(db, channel_id)
        db.delete(row)
        note(db, person, "channel.delete", f"{row.kind} {row.title}", request)
    trying.refresh(site)
    return State()


@router.post("/alarm-channels/{channel_id}/test")
def test_alarm_channel(channel_id: Id, person: Admin, site: SiteHere, request: Request) -> ChannelTest:
    """Send a test message now; the answer tells how it went."""
    with site.database.session() as db:
        row = making.get(db, channel_id)
        note(db, person, "channel.test", f"{row.kind} {row.title}", request)
    return trying.try_out(site, row)
