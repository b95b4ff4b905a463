"""Browsers that are signed in: a random cookie, kept as SHA-256; it ends after 14 days without use, after 30 in any case.

Requests that change something and are let in by the cookie must show that our own page sent them: `x-csrf-token` has to be
the session's own (OWASP, Cross-Site Request Forgery Prevention, synchroniser token).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from fastapi import Request, Response
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from trackside.server.access.tables import PersonRow, SessionRow
from trackside.server.database import now
from trackside.server.problems import Refused

IDLE = timedelta(days=14)
LONGEST = timedelta(days=30)
# A session is made longer at most this often, so that looking at a page does not write for every request.
_STEP = timedelta(hours=1)
_SAFE = ("GET", "HEAD", "OPTIONS")
CSRF_HEADER = "x-csrf-token"


class Found(NamedTuple):
    """A session that is good, and whose it is."""

    session: SessionRow
    person: PersonRow


def cookie_name(request: Request) -> str:
    """Over https the name has the prefix that keeps neighbouring domains from setting the cookie (RFC 6265bis, 4.1.3.2)."""
    return "__Host-trackside" if request.url.scheme == "https" else "trackside"


def begin(db: Session, person: PersonRow, request: Request, response: Response) -> SessionRow:
    """Sign a browser in. The session it had before ends, and what it brought along is never taken for the new one."""
    end(db, request)
    secret = secrets.token_urlsafe(32)
    moment = now()
    row = SessionRow(
        hash=_hash(secret), person_id=person.id, csrf=secrets.token_urlsafe(32), created=moment, expires=moment + IDLE
    )
    db.add(row)
    db.flush()
    response.set_cookie(
        cookie_name(request),
        secret,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return row


def find(db: Session, request: Request) -> Found | None:
    """The session of a request's cookie, made longer by its use."""
    secret = request.cookies.get(cookie_name(request), "")
    if not secret:
        return None
    asked = select(SessionRow, PersonRow).join(PersonRow, PersonRow.id == SessionRow.person_id)
    row = db.execute(asked.where(SessionRow.hash == _hash(secret), SessionRow.expires > now())).first()
    if row is None:
        return None
    found = Found(row[0], row[1])
    _lengthen(db, found.session)
    return found


def check_csrf(session: SessionRow, request: Request) -> None:
    """Raises Refused (403) for a request that changes something and does not carry the session's own token."""
    given = request.headers.get(CSRF_HEADER, "")
    if request.method not in _SAFE and not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise Refused(403, "the request did not come from our page", "reload the page and try again")


def end(db: Session, request: Request, response: Response | None = None) -> None:
    """End the session of a request's cookie, if there is one, and make the browser forget it."""
    name = cookie_name(request)
    db.execute(delete(SessionRow).where(SessionRow.hash == _hash(request.cookies.get(name, ""))))
    if response is not None:
        response.delete_cookie(name, httponly=True, samesite="lax", secure=request.url.scheme == "https")


def end_all(db: Session, person_id: str, *, but: str = "") -> None:
    """End all sessions of a person, but the one with this hash."""
    db.execute(delete(SessionRow).where(SessionRow.person_id == person_id, SessionRow.hash != but))


def sweep(db: Session, moment: datetime) -> None:
    """Delete sessions that have run out."""
    db.execute(delete(SessionRow).where(SessionRow.expires <= moment))


def _lengthen(db: Session, session: SessionRow) -> None:
    until = min(now() + IDLE, session.created + LONGEST)
    if until - session.expires >= _STEP:
        # No ORM update: the session may be ended by another request at this moment.
        db.execute(
            update(SessionRow)
            .where(SessionRow.hash == session.hash)
            .values(expires=until)
            .execution_options(synchronize_session=False)
        )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
