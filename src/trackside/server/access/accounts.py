"""Making, changing and removing accounts. A site never loses its last administrator."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from trackside.server.access import sessions
from trackside.server.access.tables import PersonRow
from trackside.server.problems import Refused, missing


def listed(db: Session) -> list[PersonRow]:
    """All accounts by name."""
    return list(db.scalars(select(PersonRow).order_by(PersonRow.name)))


def add(db: Session, name: str, role: str, password: str = "", subject: str | None = None) -> PersonRow:
    """Make an account.

    Args:
        db: the transaction.
        name: that nobody else has.
        role: viewer, analyst or admin.
        password: its hash, or empty for those who come through a provider only.
        subject: of the provider.

    Raises:
        Refused: 409, the name is taken.
    """
    row = PersonRow(name=name, role=role, password=password, subject=subject, disabled=False)
    db.add(row)
    try:
        db.flush()
    except IntegrityError:
        raise Refused(409, f"there is a {name} already", "choose another name") from None
    return row


def get(db: Session, person_id: str) -> PersonRow:
    """One account. Raises Refused (404) if there is none."""
    row = db.get(PersonRow, person_id)
    if row is None:
        raise missing("person")
    return row


def change(
    db: Session, person_id: str, *, role: str | None = None, disabled: bool | None = None, password: str | None = None
) -> PersonRow:
    """Change what is given. A new password and a disabled account sign the person out everywhere.

    Args:
        db: the transaction.
        person_id: whose account.
        role: the new one.
        disabled: whether it is switched off.
        password: the hash of a new one.

    Raises:
        Refused: 404, there is no such person; 409, it would leave no administrator.
    """
    _one_at_a_time(db)
    row = get(db, person_id)
    if (role is not None and role != "admin") or disabled:
        _check_another_admin(db, row)
    row.role = row.role if role is None else role
    row.disabled = row.disabled if disabled is None else disabled
    row.password = row.password if password is None else password
    if disabled or password is not None:
        sessions.end_all(db, row.id)
    return row


def remove(db: Session, person_id: str) -> PersonRow:
    """Remove an account with its sessions and tokens; what it made stays.

    Raises:
        Refused: 404, there is no such person; 409, it would leave no administrator.
    """
    _one_at_a_time(db)
    row = get(db, person_id)
    _check_another_admin(db, row)
    db.delete(row)
    return row


def _one_at_a_time(db: Session) -> None:
    """A write that changes nothing, but locks: two administrators who remove each other wait for one another."""
    same = update(PersonRow).where(PersonRow.role == "admin").values(role="admin")
    db.execute(same.execution_options(synchronize_session=False))


def _check_another_admin(db: Session, row: PersonRow) -> None:
    if row.role != "admin" or row.disabled:
        return
    others = select(func.count()).where(PersonRow.role == "admin", ~PersonRow.disabled, PersonRow.id != row.id)
    if not db.scalar(others):
        raise Refused(409, f"{row.name} is the only administrator", "make somebody else an administrator first")
