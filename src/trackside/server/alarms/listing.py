"""Finding alarms: a page of them, one with all that belongs to it, how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from trackside.server.alarms.shapes import (
    AlarmDeliveryShape,
    AlarmFull,
    AlarmPage,
    AlarmShape,
    AlarmState,
    LookShape,
    NoteShape,
    ReasonShape,
)
from trackside.server.alarms.tables import AlarmChannelRow, AlarmDeliveryRow, AlarmNoteRow, AlarmRow
from trackside.server.paging import page
from trackside.server.problems import missing

STATES: tuple[AlarmState, ...] = ("open", "acknowledged", "snoozed", "false")
# What is shown of one alarm at most.
_MOST = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alarms are asked for; None stands for all.

    Attributes:
        camera: its name.
        rule: its name.
        since: the camera saw it at this moment or later.
        until: the camera saw it before this moment.
    """

    camera: str | None = None
    rule: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions of a query."""
        found: list[ColumnElement[bool]] = []
        if self.camera is not None:
            found.append(AlarmRow.camera == self.camera)
        if self.rule is not None:
            found.append(AlarmRow.rule == self.rule)
        if self.since is not None:
            found.append(AlarmRow.wall >= self.since)
        if self.until is not None:
            found.append(AlarmRow.wall < self.until)
        return found


def find(db: Session, alarm_id: str) -> AlarmRow:
    """One alarm. Raises Refused (404) if there is none."""
    row = db.get(AlarmRow, alarm_id)
    if row is None:
        raise missing("alarm")
    return row


def page_of(db: Session, wanted: Wanted, state: AlarmState | None, *, limit: int, before: str) -> AlarmPage:
    """A page of alarms, the newest first. Raises Refused (422) if `before` is none of ours."""
    query: Select[Any] = select(AlarmRow).where(*wanted.conditions)
    if state is not None:
        query = query.where(AlarmRow.state == state)
    rows, following, total = page(db, query, (AlarmRow.wall, AlarmRow.id), limit=limit, cursor=before)
    return AlarmPage(items=[shape(row) for row in rows], next=following, total=total, counts=counts(db, wanted))


def counts(db: Session, wanted: Wanted) -> dict[AlarmState, int]:
    """How many there are by state."""
    asked = select(AlarmRow.state, func.count()).where(*wanted.conditions).group_by(AlarmRow.state)
    found: dict[str, int] = dict(db.execute(asked).all())
    return {state: found.get(state, 0) for state in STATES}


def open_by_camera(db: Session) -> dict[str, int]:
    """How many open alarms each camera has."""
    asked = select(AlarmRow.camera, func.count()).where(AlarmRow.state == "open").group_by(AlarmRow.camera)
    return dict(db.execute(asked).all())


def shape(row: AlarmRow) -> AlarmShape:
    """An alarm as a list shows it."""
    return AlarmShape.model_validate(row).model_copy(update=addresses(row))


def addresses(row: AlarmRow) -> dict[str, str]:
    """The addresses of its picture and clip, below the server's own."""
    here = f"/api/alarms/{row.id}"
    return {"picture": f"{here}/picture" if row.picture else "", "clip": f"{here}/clip" if row.clip else ""}


def full(db: Session, row: AlarmRow) -> AlarmFull:
    """An alarm with its evidence, notes and messages."""
    db.flush()
    evidence: dict[str, Any] = row.evidence
    return AlarmFull(
        **shape(row).model_dump(),
        reasons=[ReasonShape.model_validate(one) for one in evidence.get("reasons", ())],
        looks=[LookShape.model_validate(one) for one in evidence.get("looks", ())],
        notes=_notes(db, row.id),
        deliveries=_deliveries(db, row.id),
        picture_clean=f"/api/alarms/{row.id}/picture?boxes=false" if row.picture else "",
        clip_problem=row.clip_problem,
        width=int(evidence.get("width", 0)),
        height=int(evidence.get("height", 0)),
    )


def _notes(db: Session, alarm_id: str) -> list[NoteShape]:
    asked = select(AlarmNoteRow).where(AlarmNoteRow.alarm_id == alarm_id).order_by(AlarmNoteRow.id).limit(_MOST)
    return [NoteShape.model_validate(row) for row in db.scalars(asked)]


def _deliveries(db: Session, alarm_id: str) -> list[AlarmDeliveryShape]:
    asked = select(AlarmDeliveryRow, AlarmChannelRow).join(
        AlarmChannelRow, AlarmChannelRow.id == AlarmDeliveryRow.channel_id
    )
    rows = db.execute(asked.where(AlarmDeliveryRow.alarm_id == alarm_id).order_by(AlarmDeliveryRow.place).limit(_MOST))
    return [
        AlarmDeliveryShape.model_validate(
            {"channel_id": channel.id, "channel": channel.title, "kind": channel.kind}
            | {name: getattr(row, name) for name in ("state", "attempts", "next_try", "answer")}
        )
        for row, channel in rows
    ]
