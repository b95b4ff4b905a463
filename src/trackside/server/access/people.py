"""Who is asking. Endpoints name the least role they need: `Viewer`, `Analyst` or `Admin`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from trackside.server.access import sessions, tokens
from trackside.server.context import site_of
from trackside.server.problems import Refused
from trackside.server.shapes import Role

RANK = {"viewer": 0, "analyst": 1, "admin": 2}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as endpoints see them.

    Attributes:
        name: shown beside what they made.
        role: viewer (looks), analyst (works), admin (runs the site).
        id: of their account; empty on a server without accounts.
        session: SHA-256 of the cookie they came with; empty for an API token.
    """

    name: str
    role: Role
    id: str = ""
    session: str = ""


# On loopback, without accounts, whoever sits at the machine may do everything.
YOU = Person("you", "admin")


def person_of(request: Request) -> Person:
    """Who sent a request.

    Raises:
        Refused: 401, nobody is signed in; 403, the page's `x-csrf-token` is missing or wrong.
    """
    site = site_of(request)
    if not site.settings.accounts:
        return YOU
    token = tokens.of(request)
    with site.database.session() as db:
        person = _by_session(db, request) if token is None else _by_token(db, token)
    if person is None:
        raise Refused(401, "you are not signed in", "sign in first", headers={"www-authenticate": "Bearer"})
    return person


def lower(one: str, other: str) -> Role:
    """The role of two that may do less."""
    return cast("Role", min(one, other, key=RANK.__getitem__))


def _by_session(db: Session, request: Request) -> Person | None:
    found = sessions.find(db, request)
    if found is None or found.person.disabled:
        return None
    sessions.check_csrf(found.session, request)
    person = found.person
    return Person(person.name, cast("Role", person.role), person.id, found.session.hash)


def _by_token(db: Session, token: str) -> Person | None:
    found = tokens.find(db, token)
    if found is None or found.person.disabled:
        return None
    return Person(found.person.name, lower(found.token.role, found.person.role), found.person.id)


def _at_least(role: Role) -> Callable[[Person], Person]:
    def check(person: Annotated[Person, Depends(person_of)]) -> Person:
        if RANK[person.role] < RANK[role]:
            raise Refused(403, f"this needs the role {role}", "ask an administrator")
        return person

    return check


Viewer = Annotated[Person, Depends(_at_least("viewer"))]
Analyst = Annotated[Person, Depends(_at_least("analyst"))]
Admin = Annotated[Person, Depends(_at_least("admin"))]
