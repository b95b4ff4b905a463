"""Alarms: look, acknowledge, snooze, comment, call false."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from trackside.server import answers, sending
from trackside.server.access.audit import note
from trackside.server.access.people import Analyst, Person, Viewer
from trackside.server.access.shapes import State
from trackside.server.alarms import acting, keys, labelling, listing, news
from trackside.server.alarms.shapes import (
    AlarmFull,
    AlarmPage,
    AlarmState,
    Comment,
    FalseAlarm,
    Snooze,
    SnoozeShape,
    SummaryShape,
)
from trackside.server.alarms.summary import summary
from trackside.server.alarms.tables import AlarmRow
from trackside.server.context import Site, SiteHere
from trackside.server.library.plain import PlainText
from trackside.server.problems import Refused, missing
from trackside.server.shapes import Cursor, Id, Limit

router = APIRouter(tags=["alarms"])
Name = Annotated[PlainText | None, Query(max_length=200)]
# PostgreSQL and SQLite keep years from 1 to 9999, in UTC.
_EARLIEST, _LATEST = 1971, 9000


@router.get("/alarms")
def alarms(
    person: Viewer,
    site: SiteHere,
    state: AlarmState | None = None,
    camera: Name = None,
    rule: Name = None,
    since: Annotated[datetime | None, Query(alias="from", description="seen at this moment or later")] = None,
    until: Annotated[datetime | None, Query(alias="to", description="seen before this moment")] = None,
    before: Cursor = "",
    limit: Limit = 50,
) -> AlarmPage:
    """Alarms, newest first."""
    wanted = listing.Wanted(camera, rule, _kept(since), _kept(until))
    with site.database.session() as db:
        return listing.page_of(db, wanted, state, limit=limit, before=before)


@router.get("/alarms/summary")
def alarm_summary(person: Viewer, site: SiteHere, days: Annotated[int, Query(ge=1, le=366)] = 7) -> SummaryShape:
    """Alarms by camera, rule and day, and how many of them people called false."""
    with site.database.session() as db:
        return summary(db, days)


@router.get("/alarms/snoozes")
def alarm_snoozes(person: Viewer, site: SiteHere) -> list[SnoozeShape]:
    """Rules that tell nobody for a while."""
    with site.database.session() as db:
        return acting.snoozes(db)


@router.delete("/alarms/snoozes/{snooze_id}")
def end_snooze(snooze_id: Id, person: Analyst, site: SiteHere, request: Request) -> State:
    """Let a rule tell again."""
    with site.database.session() as db:
        ended = acting.end_snooze(db, snooze_id)
        note(db, person, "alarm.unsnooze", f"{ended.rule} on {ended.camera}", request)
    return State()


@router.get("/alarms/false.zip", response_class=Response, responses=answers.content("application/zip"))
def false_alarms(person: Viewer, site: SiteHere) -> Response:
    """Pictures of false alarms and what was claimed there, as a data set in COCO's format."""
    return labelling.as_zip(site)


@router.get("/alarms/{alarm_id}")
def alarm(alarm_id: Id, person: Viewer, site: SiteHere) -> AlarmFull:
    """One alarm with its evidence."""
    with site.database.session() as db:
        return listing.full(db, listing.find(db, alarm_id))


@router.post("/alarms/{alarm_id}/acknowledge")
def acknowledge_alarm(alarm_id: Id, person: Analyst, site: SiteHere, request: Request) -> AlarmFull:
    """Say that somebody has seen it and takes care."""
    return _done(site, alarm_id, person, request, "alarm.acknowledge", lambda db, row: acting.acknowledge(db, row, person))


@router.post("/alarms/{alarm_id}/reopen")
def reopen_alarm(alarm_id: Id, person: Analyst, site: SiteHere, request: Request) -> AlarmFull:
    """Let it wait for somebody again. What was called false by mistake leaves the pictures to label."""
    needless: list[str] = []

    def reopen(db: Session, row: AlarmRow) -> None:
        acting.reopen(db, row, person)
        needless.extend(labelling.withdraw(db, row))

    shown = _done(site, alarm_id, person, request, "alarm.reopen", reopen)
    for key in needless:
        site.files.delete(key)
    return shown


@router.post("/alarms/{alarm_id}/snooze")
def snooze_alarm(alarm_id: Id, body: Snooze, person: Analyst, site: SiteHere, request: Request) -> AlarmFull:
    """Put it off, alone or with its rule on its camera."""
    return _done(site, alarm_id, person, request, "alarm.snooze", lambda db, row: acting.snooze(db, row, person, body))


@router.post("/alarms/{alarm_id}/comment")
def comment_alarm(alarm_id: Id, body: Comment, person: Analyst, site: SiteHere, request: Request) -> AlarmFull:
    """Say something of it."""
    return _done(
        site, alarm_id, person, request, "alarm.comment", lambda db, row: acting.comment(db, row, person, body.text)
    )


@router.post("/alarms/{alarm_id}/false-alarm")
def false_alarm(alarm_id: Id, body: FalseAlarm, person: Analyst, site: SiteHere, request: Request) -> AlarmFull:
    """Say that it should not have been raised; its picture waits for people who label."""

    def call_false(db: Session, row: AlarmRow) -> None:
        acting.call_false(db, row, person, body.why)
        labelling.put(db, site, row, person, body.why)

    return _done(site, alarm_id, person, request, "alarm.false", call_false)


@router.get("/alarms/{alarm_id}/picture", response_class=Response, responses=answers.file("image/jpeg"))
def alarm_picture(alarm_id: Id, person: Viewer, site: SiteHere, request: Request, boxes: bool = True) -> Response:
    """What the camera saw, with boxes or without."""
    with site.database.session() as db:
        key = listing.find(db, alarm_id).picture
    if not key:
        raise missing("picture")
    return sending.send(site.files, key if boxes else keys.clean(alarm_id), request)


@router.get("/alarms/{alarm_id}/clip", response_class=Response, responses=answers.file("video/mp4"))
def alarm_clip(alarm_id: Id, person: Viewer, site: SiteHere, request: Request) -> Response:
    """The seconds before and after, as the camera sent them."""
    with site.database.session() as db:
        key = listing.find(db, alarm_id).clip
    if not key:
        raise missing("clip")
    return sending.send(site.files, key, request)


def _done(
    site: Site, alarm_id: str, person: Person, request: Request, action: str, act: Callable[[Session, AlarmRow], None]
) -> AlarmFull:
    """Do something with an alarm, write it into the audit log, and tell open pages."""
    with site.database.session() as db:
        row = listing.find(db, alarm_id)
        act(db, row)
        note(db, person, action, f"{row.title} ({row.id})", request)
        shown = listing.full(db, row)
    news.publish(site, alarm_id)
    return shown


def _kept(moment: datetime | None) -> datetime | None:
    """A moment that databases can hold. Raises Refused (422) for others."""
    if moment is not None and not _EARLIEST <= moment.year <= _LATEST:
        raise Refused(422, "this moment is too far away", "give a date of this century")
    return moment
