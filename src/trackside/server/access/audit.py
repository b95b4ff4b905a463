"""The audit log: one line for everything that somebody changed."""

from __future__ import annotations

from fastapi import Request
from sqlalchemy.orm import Session

from trackside.server.access.people import Person
from trackside.server.access.tables import AuditRow


def note(db: Session, person: Person | str, action: str, subject: str = "", request: Request | None = None) -> None:
    """Write a line, in the same transaction as the change itself.

    Args:
        db: the transaction.
        person: who.
        action: what, as `video.delete`.
        subject: to what: a name, or an id.
        request: where it came from.
    """
    name = person if isinstance(person, str) else person.name
    name, subject = name.replace("\0", ""), subject.replace("\0", "")
    address = request.client.host if request is not None and request.client else ""
    db.add(AuditRow(person=name[:100], action=action, subject=subject[:300], address=address[:60]))
