"""Signing in, accounts, tokens, the audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select

from trackside.server import answers, paging
from trackside.server.access import accounts, first, oidc, passwords, sessions, signing, tokens as api_tokens
from trackside.server.access.audit import note
from trackside.server.access.people import Admin, Person, Viewer, lower, person_of
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
from trackside.server.access.showing import person_shape, session_shape
from trackside.server.access.tables import AuditRow
from trackside.server.context import Site, SiteHere
from trackside.server.problems import Refused
from trackside.server.shapes import Cursor, Limit, Page

router = APIRouter(tags=["access"])
Action = Annotated[str, Query(max_length=60, description="beginning of the action, as `video.`")]


@router.get("/session")
def session(site: SiteHere, request: Request) -> SessionShape:
    """Who is signed in; asked before anything else, and by anybody."""
    return session_shape(site, request)


@router.post("/session")
def sign_in(body: SignIn, site: SiteHere, request: Request, response: Response) -> SessionShape:
    """Sign in; the answer sets a cookie."""
    _needs_accounts(site)
    found = signing.checked_person(site, body.name, body.password, request)
    with site.database.session() as db:
        row = accounts.get(db, found.id)
        begun = sessions.begin(db, row, request, response)
        note(db, row.name, "session.begin", request=request)
    return session_shape(site, request, (row, begun))


@router.delete("/session")
def sign_out(site: SiteHere, request: Request, response: Response) -> State:
    """Sign out."""
    if site.settings.accounts:
        try:
            person = person_of(request)
        except Refused as error:
            if error.status != 401:
                raise
            person = None
        with site.database.session() as db:
            sessions.end(db, request, response)
            if person is not None:
                note(db, person, "session.end", request=request)
    return State()


@router.post("/session/first")
def first_person(body: FirstPerson, site: SiteHere, request: Request, response: Response) -> SessionShape:
    """Make the first administrator, with the code that the terminal shows."""
    _needs_accounts(site)
    with signing.attempt(request), site.database.session() as db:
        first.check_code(db, body.code)
    password = passwords.made(body.password)
    with site.database.session() as db:
        first.use_code(db, body.code)
        row = accounts.add(db, body.name, "admin", password)
        begun = sessions.begin(db, row, request, response)
        note(db, row.name, "person.first", row.name, request)
    return session_shape(site, request, (row, begun))


@router.get("/session/oidc", status_code=303, response_class=Response, responses=answers.refusals(502))
def oidc_start(site: SiteHere, request: Request) -> Response:
    """Go to the provider."""
    return oidc.leave(site, request)


@router.get("/session/oidc/callback", status_code=303, response_class=Response, responses=answers.pages(401, 403, 429, 502))
def oidc_callback(site: SiteHere, request: Request, code: str = "", state: str = "") -> Response:
    """Come back from the provider."""
    return oidc.come_back(site, request, code, state)


@router.put("/session/password")
def change_password(body: PasswordChange, person: Viewer, site: SiteHere, request: Request) -> State:
    """Change one's own password; all other browsers are signed out."""
    _needs_browser(site, person)
    signing.check_old_password(site, person.id, body.old, request)
    password = passwords.made(body.new)
    with site.database.session() as db:
        accounts.get(db, person.id).password = password
        sessions.end_all(db, person.id, but=person.session)
        note(db, person, "person.password", person.name, request)
    return State()


@router.get("/people")
def people(person: Admin, site: SiteHere) -> list[PersonShape]:
    """All accounts."""
    with site.database.session() as db:
        return [person_shape(row) for row in accounts.listed(db)]


@router.post("/people", status_code=201)
def add_person(body: NewPerson, person: Admin, site: SiteHere, request: Request) -> PersonShape:
    """Make an account."""
    _needs_accounts(site)
    password = passwords.made(body.password)
    with site.database.session() as db:
        row = accounts.add(db, body.name, body.role, password)
        note(db, person, "person.add", f"{row.name} ({row.role})", request)
    return person_shape(row)


@router.patch("/people/{person_id}")
def change_person(person_id: str, body: PersonChange, person: Admin, site: SiteHere, request: Request) -> PersonShape:
    """Change a role, a password, or switch an account off."""
    password = None if body.password is None else passwords.made(body.password)
    with site.database.session() as db:
        row = accounts.change(db, person_id, role=body.role, disabled=body.disabled, password=password)
        told = ", ".join(f"{name} {'new' if name == 'password' else value}" for name, value in body if value is not None)
        note(db, person, "person.change", f"{row.name}: {told}", request)
    return person_shape(row)


@router.delete("/people/{person_id}")
def remove_person(person_id: str, person: Admin, site: SiteHere, request: Request) -> State:
    """Remove an account; what it made stays."""
    with site.database.session() as db:
        row = accounts.remove(db, person_id)
        note(db, person, "person.delete", row.name, request)
    return State()


@router.get("/tokens")
def tokens(person: Viewer, site: SiteHere) -> list[TokenShape]:
    """One's own API tokens."""
    with site.database.session() as db:
        return [TokenShape.model_validate(row) for row in api_tokens.owned(db, person.id)]


@router.post("/tokens", status_code=201)
def add_token(body: NewToken, person: Viewer, site: SiteHere, request: Request) -> MadeToken:
    """Make an API token; it is shown this once. It may do no more than its owner."""
    _needs_browser(site, person)
    with site.database.session() as db:
        row, token = api_tokens.make(db, person.id, body.name, lower(body.role, person.role), body.days)
        note(db, person, "token.add", f"{row.name} ({row.role})", request)
    return MadeToken(**TokenShape.model_validate(row).model_dump(), token=token)


@router.delete("/tokens/{token_id}")
def remove_token(token_id: str, person: Viewer, site: SiteHere, request: Request) -> State:
    """Revoke one of one's own tokens."""
    with site.database.session() as db:
        note(db, person, "token.delete", api_tokens.revoke(db, person.id, token_id), request)
    return State()


@router.get("/audit")
def audit(person: Admin, site: SiteHere, limit: Limit = 50, cursor: Cursor = "", action: Action = "") -> Page[AuditShape]:
    """Who did what, newest first."""
    asked = select(AuditRow)
    if action:
        asked = asked.where(AuditRow.action.startswith(action, autoescape=True))
    with site.database.session() as db:
        rows, following, total = paging.page(db, asked, (AuditRow.at, AuditRow.id), limit=limit, cursor=cursor)
    return Page(items=[AuditShape.model_validate(row) for row in rows], next=following, total=total)


def _needs_accounts(site: Site) -> None:
    if not site.settings.accounts:
        raise Refused(409, "this server has no accounts", "start it with --accounts")


def _needs_browser(site: Site, person: Person) -> None:
    """A token that is stolen must not be turned into a longer life or a password."""
    _needs_accounts(site)
    if not person.session:
        raise Refused(403, "an API token may not do this", "sign in to the page")
