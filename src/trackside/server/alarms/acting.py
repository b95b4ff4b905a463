"""What people do with alarms: acknowledge, snooze, comment, call false, open again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from trackside.server.access.people import Person
from trackside.server.alarms.shapes import NoteKind, Snooze, SnoozeShape
from trackside.server.alarms.tables import AlarmNoteRow, AlarmRow, AlarmSnoozeRow
from trackside.server.database import now
from trackside.server.problems import Refused, missing

_MOST_NOTES = 500
_MOST_SNOOZES = 2000


def acknowledge(db: Session, row: AlarmRow, person: Person) -> None:
    """Somebody has seen it and takes care."""
    row.state, row.snoozed_until = "acknowledged", None
    remark(db, row, person, "acknowledged")


def reopen(db: Session, row: AlarmRow, person: Person) -> None:
    """It waits for somebody again."""
    row.state, row.snoozed_until = "open", None
    remark(db, row, person, "reopened")


def comment(db: Session, row: AlarmRow, person: Person, text: str) -> None:
    """Say something of it."""
    remark(db, row, person, "comment", text)


def call_false(db: Session, row: AlarmRow, person: Person, why: str) -> None:
    """It should not have been raised."""
    row.state, row.snoozed_until = "false", None
    remark(db, row, person, "false", why)


def snooze(db: Session, row: AlarmRow, person: Person, wish: Snooze) -> None:
    """Put it off, and with `scope` rule what that rule raises on that camera until then.

    Raises:
        Refused: 409, too many rules are snoozed.
    """
    until = now() + timedelta(minutes=wish.minutes)
    row.state, row.snoozed_until = "snoozed", until
    if wish.scope == "rule":
        if (db.scalar(select(func.count()).select_from(AlarmSnoozeRow)) or 0) >= _MOST_SNOOZES:
            raise Refused(409, f"{_MOST_SNOOZES} rules are snoozed already", "end some of them")
        here = (AlarmSnoozeRow.camera == row.camera, AlarmSnoozeRow.rule == row.rule)
        db.execute(delete(AlarmSnoozeRow).where(*here))
        db.add(AlarmSnoozeRow(camera=row.camera, rule=row.rule, until=until, who=person.name[:100]))
    whole = f"{row.rule} on {row.camera}" if wish.scope == "rule" else "this alarm"
    remark(db, row, person, "snoozed", f"{whole} for {wish.minutes} minutes")


def is_snoozed(db: Session, camera: str, rule: str) -> bool:
    """Whether alarms of a rule on a camera are told to nobody now."""
    here = (AlarmSnoozeRow.camera == camera, AlarmSnoozeRow.rule == rule, AlarmSnoozeRow.until > now())
    return db.scalar(select(AlarmSnoozeRow.id).where(*here)) is not None


def snoozes(db: Session) -> list[SnoozeShape]:
    """All rules that are snoozed now, the first to end first."""
    asked = select(AlarmSnoozeRow).where(AlarmSnoozeRow.until > now()).order_by(AlarmSnoozeRow.until)
    return [SnoozeShape.model_validate(row) for row in db.scalars(asked)]


def end_snooze(db: Session, snooze_id: str) -> AlarmSnoozeRow:
    """Let a rule tell again. Raises Refused (404) if it is not snoozed."""
    row = db.get(AlarmSnoozeRow, snooze_id)
    if row is None:
        raise missing("snooze")
    db.delete(row)
    return row


def wake(db: Session) -> list[str]:
    """Open what was put off until now; gives the ids."""
    over = (AlarmRow.state == "snoozed", AlarmRow.snoozed_until <= now())
    ids = list(db.scalars(select(AlarmRow.id).where(*over)))
    if ids:
        change = update(AlarmRow).where(AlarmRow.id.in_(ids), *over).values(state="open", snoozed_until=None)
        db.execute(change.execution_options(synchronize_session=False))
    db.execute(delete(AlarmSnoozeRow).where(AlarmSnoozeRow.until <= now()))
    return ids


def remark(db: Session, row: AlarmRow, person: Person, kind: NoteKind, text: str = "") -> None:
    """Write a note. Where there are too many, what was done takes the place of the oldest one.

    Raises:
        Refused: 409, there is no room for a comment.
    """
    mine = AlarmNoteRow.alarm_id == row.id
    if (db.scalar(select(func.count()).where(mine)) or 0) >= _MOST_NOTES:
        if kind == "comment":
            raise Refused(409, f"this alarm has {_MOST_NOTES} notes already", "write elsewhere what there is to say")
        oldest = db.scalar(select(func.min(AlarmNoteRow.id)).where(mine))
        db.execute(delete(AlarmNoteRow).where(AlarmNoteRow.id == oldest))
    db.add(AlarmNoteRow(alarm_id=row.id, who=person.name[:100], kind=kind, text=text))
