"""Signing in, accounts, tokens, the audit log."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from trackside.server.access.people import Admin, Viewer
from trackside.server.access.shapes import (
    AuditShape,
    FirstPerson,
    MadeToken,
    NewPerson,
    NewToken,
    PasswordChange,
    PersonChange,
    PersonShape,
    SessionShape,
    SignIn,
    State,
    TokenShape,
)
from trackside.server.context import SiteHere
from trackside.server.shapes import Cursor, Limit, Page

router = APIRouter(tags=["access"])


@router.get("/session")
def session(site: SiteHere, request: Request) -> SessionShape:
    """Who is signed in; asked before anything else, and by anybody."""
    raise NotImplementedError


@router.post("/session")
def sign_in(body: SignIn, site: SiteHere, request: Request, response: Response) -> SessionShape:
    """Sign in; the answer sets a cookie."""
    raise NotImplementedError


@router.delete("/session")
def sign_out(site: SiteHere, request: Request, response: Response) -> State:
    """Sign out."""
    raise NotImplementedError


@router.post("/session/first")
def first_person(body: FirstPerson, site: SiteHere, request: Request, response: Response) -> SessionShape:
    """Make the first administrator, with the code that the terminal shows."""
    raise NotImplementedError


@router.get("/session/oidc")
def oidc_start(site: SiteHere, request: Request) -> Response:
    """Go to the provider."""
    raise NotImplementedError


@router.get("/session/oidc/callback")
def oidc_callback(site: SiteHere, request: Request, code: str = "", state: str = "") -> Response:
    """Come back from the provider."""
    raise NotImplementedError


@router.put("/session/password")
def change_password(body: PasswordChange, person: Viewer, site: SiteHere, request: Request) -> State:
    """Change one's own password."""
    raise NotImplementedError


@router.get("/people")
def people(person: Admin, site: SiteHere) -> list[PersonShape]:
    """All accounts."""
    raise NotImplementedError


@router.post("/people", status_code=201)
def add_person(body: NewPerson, person: Admin, site: SiteHere, request: Request) -> PersonShape:
    """Make an account."""
    raise NotImplementedError


@router.patch("/people/{person_id}")
def change_person(person_id: str, body: PersonChange, person: Admin, site: SiteHere, request: Request) -> PersonShape:
    """Change a role, a password, or switch an account off."""
    raise NotImplementedError


@router.delete("/people/{person_id}")
def remove_person(person_id: str, person: Admin, site: SiteHere, request: Request) -> State:
    """Remove an account; what it made stays."""
    raise NotImplementedError


@router.get("/tokens")
def tokens(person: Viewer, site: SiteHere) -> list[TokenShape]:
    """One's own API tokens."""
    raise NotImplementedError


@router.post("/tokens", status_code=201)
def add_token(body: NewToken, person: Viewer, site: SiteHere, request: Request) -> MadeToken:
    """Make an API token; it is shown this once."""
    raise NotImplementedError


@router.delete("/tokens/{token_id}")
def remove_token(token_id: str, person: Viewer, site: SiteHere, request: Request) -> State:
    """Revoke one of one's own tokens."""
    raise NotImplementedError


@router.get("/audit")
def audit(person: Admin, site: SiteHere, limit: Limit = 50, cursor: Cursor = "", action: str = "") -> Page[AuditShape]:
    """Who did what, newest first."""
    raise NotImplementedError
