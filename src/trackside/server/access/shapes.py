"""Who is asking, and the accounts there are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from trackside.server.shapes import Body, Role, Shape

Name = Annotated[
    str, Field(min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$")
]
Password = Annotated[str, Field(min_length=10, max_length=200)]


class SessionShape(Shape):
    """Who is signed in. `accounts` tells whether people sign in at all; `first` that nobody has an account yet."""

    name: str = ""
    role: Role | None = None
    signed_in: bool
    accounts: bool
    first: bool = False
    csrf: str = ""
    oidc: str = ""
    version: str
    most_upload: int


class SignIn(Body):
    name: Annotated[str, Field(max_length=100)]
    password: Annotated[str, Field(max_length=200)]


class FirstPerson(Body):
    """The first administrator; `code` is what the terminal shows."""

    code: Annotated[str, Field(max_length=100)]
    name: Name
    password: Password


class PersonShape(Shape):
    id: str
    name: str
    role: Role
    disabled: bool
    created: datetime
    by_provider: bool = False


class NewPerson(Body):
    name: Name
    role: Role
    password: Password


class PersonChange(Body):
    role: Role | None = None
    disabled: bool | None = None
    password: Password | None = None


class PasswordChange(Body):
    old: Annotated[str, Field(max_length=200)]
    new: Password


class TokenShape(Shape):
    id: str
    name: str
    role: Role
    created: datetime
    last_used: datetime | None
    expires: datetime | None


class NewToken(Body):
    name: Name
    role: Role = "analyst"
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class MadeToken(TokenShape):
    """`token` is shown this once."""

    token: str


class AuditShape(Shape):
    id: str
    at: datetime
    person: str
    action: str
    subject: str
    address: str


class State(Shape):
    """An answer to something that has no other."""

    state: Literal["ok"] = "ok"
