"""Signing in through an OpenID Connect provider.

What must be remembered between going there and coming back (state, nonce, PKCE verifier) is derived from one random cookie,
so that nothing is kept here that strangers could fill up, and only the browser that left can come back.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import secrets
from typing import Any

import httpx
from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from trackside.server.access import accounts, sessions
from trackside.server.access.audit import note
from trackside.server.access.people import RANK
from trackside.server.access.provider import Provider
from trackside.server.access.signing import Wrong, attempt
from trackside.server.access.tables import PersonRow
from trackside.server.context import Site
from trackside.server.problems import Refused, missing
from trackside.server.settings import OidcSettings

_COOKIE = "trackside-oidc"
_PATH = "/api/session/oidc"
# Seconds to sign in over there.
_PATIENCE = 600


def leave(site: Site, request: Request) -> Response:
    """Send the browser to the provider.

    Raises:
        Refused: 404, there is none; 502, it cannot be used.
    """
    settings = _settings(site)
    secret = secrets.token_urlsafe(32)
    challenge = _base64(hashlib.sha256(_derived(secret, "verifier").encode()).digest())
    with httpx.Client() as client:
        address = Provider(settings, client).address(
            redirect=_redirect(request),
            state=_derived(secret, "state"),
            nonce=_derived(secret, "nonce"),
            challenge=challenge,
        )
    response = RedirectResponse(address, 303)
    secure = request.url.scheme == "https"
    response.set_cookie(_COOKIE, secret, max_age=_PATIENCE, path=_PATH, httponly=True, samesite="lax", secure=secure)
    return response


def come_back(site: Site, request: Request, code: str, state: str) -> Response:
    """Sign in who comes back; the browser goes to the first page, or sees in a sentence why not."""
    settings = _settings(site)
    response: Response = RedirectResponse("/", 303)
    try:
        with attempt(request):
            claims = _claims(settings, request, code, state)
        with site.database.session() as db:
            person = _person(db, settings, claims)
            sessions.begin(db, person, request, response)
            note(db, person.name, "session.begin", "by provider", request)
    except Refused as error:
        # Who is only told to wait may come as often as they like: that is no line of the log each time.
        if error.status != 429:
            with site.database.session() as db:
                note(db, "", "session.refused", f"by provider: {error.what}", request)
        response = _page(error)
    response.delete_cookie(_COOKIE, path=_PATH, httponly=True, samesite="lax")
    return response


def _claims(settings: OidcSettings, request: Request, code: str, state: str) -> dict[str, Any]:
    secret = request.cookies.get(_COOKIE, "")
    if not secret or not hmac.compare_digest(state.encode(), _derived(secret, "state").encode()):
        raise Wrong(401, "this sign-in was not begun in this browser, or took too long", "sign in again")
    if not code:
        raise Wrong(401, "the provider did not let you in", "try again, or ask whoever runs it")
    with httpx.Client() as client:
        return Provider(settings, client).claims(
            code, redirect=_redirect(request), verifier=_derived(secret, "verifier"), nonce=_derived(secret, "nonce")
        )


def _person(db: Session, settings: OidcSettings, claims: dict[str, Any]) -> PersonRow:
    """The account of who signed in; made on their first visit. A local account of the same name is somebody else's."""
    subject = f"{settings.issuer} {claims['sub']}"
    if len(subject) > 300 or not subject.isprintable():
        raise Refused(401, "the provider names you by something unusable", "ask whoever runs it")
    row = db.scalar(select(PersonRow).where(PersonRow.subject == subject))
    if row is None:
        role = settings.new_people if settings.new_people in RANK else "viewer"
        row = accounts.add(db, _free_name(db, _wished_name(claims)), role, subject=subject)
        note(db, row.name, "person.add", f"{row.name} ({role}), by provider")
    if row.disabled:
        raise Refused(403, "this account is switched off", "ask an administrator")
    return row


def _wished_name(claims: dict[str, Any]) -> str:
    for claim in ("preferred_username", "email", "name", "sub"):
        wished = "".join(c for c in str(claims.get(claim) or "") if c.isprintable()).strip()[:90].strip()
        if wished:
            return wished
    return "somebody"


def _free_name(db: Session, wished: str) -> str:
    taken = set(db.scalars(select(PersonRow.name).where(PersonRow.name.startswith(wished, autoescape=True))))
    number, name = 1, wished
    while name in taken:
        number += 1
        name = f"{wished} ({number})"
    return name


def _settings(site: Site) -> OidcSettings:
    if not site.settings.accounts or site.settings.oidc is None:
        raise missing("sign-in provider")
    return site.settings.oidc


def _redirect(request: Request) -> str:
    return str(request.url_for("oidc_callback"))


def _derived(secret: str, purpose: str) -> str:
    return _base64(hmac.digest(secret.encode(), purpose.encode(), "sha256"))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _page(error: Refused) -> HTMLResponse:
    said = html.escape(f"{error.what}; {error.fix}")
    back = '<a href="/">Back to Trackside</a>'
    page = f'<!doctype html><html lang="en"><title>Trackside</title><p>{said}</p><p>{back}</p></html>'
    return HTMLResponse(page, error.status)
