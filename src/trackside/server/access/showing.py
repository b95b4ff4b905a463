"""Sessions and people as the API shows them."""

from __future__ import annotations

from typing import cast

from fastapi import Request

from trackside import __version__
from trackside.server.access import first, sessions, tokens
from trackside.server.access.people import YOU, person_of
from trackside.server.access.shapes import PersonShape, SessionShape
from trackside.server.access.tables import PersonRow, SessionRow
from trackside.server.context import Site
from trackside.server.problems import Refused
from trackside.server.shapes import Role


def session_shape(site: Site, request: Request, begun: tuple[PersonRow, SessionRow] | None = None) -> SessionShape:
    """Who is signed in.

    Args:
        site: where.
        request: who asks.
        begun: what this very request began.
    """
    shape = SessionShape(
        signed_in=False, accounts=site.settings.accounts, version=__version__, most_upload=site.settings.most_upload
    )
    if not site.settings.accounts:
        return shape.model_copy(update={"signed_in": True, "name": YOU.name, "role": YOU.role})
    shape.oidc = site.settings.oidc.name if site.settings.oidc else ""
    if begun is not None:
        person, session = begun
        return _signed_in(shape, person.name, cast("Role", person.role), session.csrf)
    with site.database.session() as db:
        found = None if tokens.of(request) else sessions.find(db, request)
        shape.first = first.is_open(db)
    try:
        who = person_of(request)
    except Refused:
        return shape
    return _signed_in(shape, who.name, who.role, found.session.csrf if found else "")


def person_shape(row: PersonRow) -> PersonShape:
    """An account."""
    return PersonShape(
        id=row.id,
        name=row.name,
        role=cast("Role", row.role),
        disabled=row.disabled,
        created=row.created,
        by_provider=row.subject is not None,
    )


def _signed_in(shape: SessionShape, name: str, role: Role, csrf: str) -> SessionShape:
    return shape.model_copy(update={"signed_in": True, "name": name, "role": role, "csrf": csrf})
