"""API tokens: `ts_` and 256 random bits, kept as SHA-256. A token may do no more than its owner may at the moment."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple

from fastapi import Request
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from trackside.server.access.tables import PersonRow, TokenRow
from trackside.server.database import now
from trackside.server.problems import Refused, missing

PREFIX = "ts_"
MOST = 50
# The last use is written at most this often.
_STEP = timedelta(minutes=1)


class Found(NamedTuple):
    """A token that is good, and whose it is."""

    token: TokenRow
    person: PersonRow


def of(request: Request) -> str | None:
    """The bearer token of a request (RFC 6750); None if it has none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def find(db: Session, token: str) -> Found | None:
    """A token that is known and has not run out; its use is noted."""
    moment = now()
    asked = select(TokenRow, PersonRow).join(PersonRow, PersonRow.id == TokenRow.person_id)
    good = or_(TokenRow.expires.is_(None), TokenRow.expires > moment)
    row = db.execute(asked.where(TokenRow.hash == _hash(token), good)).first()
    if row is None:
        return None
    found = Found(row[0], row[1])
    last = found.token.last_used
    if last is None or moment - last >= _STEP:
        # No ORM update: the token may be revoked by another request at this moment.
        change = update(TokenRow).where(TokenRow.id == found.token.id).values(last_used=moment)
        db.execute(change.execution_options(synchronize_session=False))
    return found


def make(db: Session, person_id: str, name: str, role: str, days: int | None) -> tuple[TokenRow, str]:
    """A new token: its row, and the token itself, which is kept nowhere.

    Raises:
        Refused: 409, the person has too many.
    """
    if (db.scalar(select(func.count()).where(TokenRow.person_id == person_id)) or 0) >= MOST:
        raise Refused(409, f"you have {MOST} tokens already", "revoke one that is not used any more")
    token = PREFIX + secrets.token_urlsafe(32)
    expires = None if days is None else now() + timedelta(days=days)
    row = TokenRow(hash=_hash(token), person_id=person_id, name=name, role=role, expires=expires)
    db.add(row)
    db.flush()
    return row, token


def owned(db: Session, person_id: str) -> list[TokenRow]:
    """A person's tokens, newest first."""
    return list(db.scalars(select(TokenRow).where(TokenRow.person_id == person_id).order_by(TokenRow.created.desc())))


def revoke(db: Session, person_id: str, token_id: str) -> str:
    """Remove one of a person's tokens; gives its name.

    Raises:
        Refused: 404, they have no such token.
    """
    mine = (TokenRow.id == token_id, TokenRow.person_id == person_id)
    name = db.scalar(select(TokenRow.name).where(*mine))
    if name is None:
        raise missing("token")
    db.execute(delete(TokenRow).where(*mine))
    return name


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
