"""Who is asking. Endpoints name the least role they need: `Viewer`, `Analyst` or `Admin`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

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
    """

    name: str
    role: Role
    id: str = ""


# On loopback, without accounts, whoever sits at the machine may do everything.
YOU = Person("you", "admin")


def person_of(request: Request) -> Person:
    """Who sent a request.

    Raises:
        Refused: 401, nobody is signed in.
    """
    if not site_of(request).settings.accounts:
        return YOU
    raise Refused(401, "you are not signed in", "sign in first")


def _at_least(role: Role) -> Callable[[Person], Person]:
    def check(person: Annotated[Person, Depends(person_of)]) -> Person:
        if RANK[person.role] < RANK[role]:
            raise Refused(403, f"this needs the role {role}", "ask an administrator")
        return person

    return check


Viewer = Annotated[Person, Depends(_at_least("viewer"))]
Analyst = Annotated[Person, Depends(_at_least("analyst"))]
Admin = Annotated[Person, Depends(_at_least("admin"))]
