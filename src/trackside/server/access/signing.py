"""Signing in with a name and a password, and changing the password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from sqlalchemy import select

from trackside.server.access import passwords
from trackside.server.access.attempts import address_of, attempts_of
from trackside.server.access.audit import note
from trackside.server.access.tables import PersonRow
from trackside.server.context import Site
from trackside.server.problems import Refused


class Wrong(Refused):
    """What was entered is wrong: it counts against who tries."""


def checked_person(site: Site, name: str, password: str, request: Request) -> PersonRow:
    """The person of a name and a password.

    Raises:
        Refused: 401, one of the two is wrong; 403, the account is switched off; 429, too many wrong ones.
    """
    with attempt(request, name):
        row = _by_name(site, name)
        if not passwords.fits(row.password if row else "", password) or row is None:
            _tell(site, name, "session.refused", request)
            raise Wrong(401, "the name or the password is wrong", "try again, or ask an administrator for a new password")
    if row.disabled:
        _tell(site, name, "session.disabled", request)
        raise Refused(403, "this account is switched off", "ask an administrator")
    if passwords.is_old(row.password):
        _rehash(site, row, password)
    return row


def check_old_password(site: Site, person_id: str, password: str, request: Request) -> None:
    """That somebody who is signed in knows their password.

    Raises:
        Refused: 403, it is wrong; 409, they have none; 429, too many wrong ones.
    """
    with site.database.session() as db:
        kept = db.scalar(select(PersonRow.password).where(PersonRow.id == person_id))
    if not kept:
        raise Refused(409, "your account has no password", "you sign in through your organisation")
    with attempt(request, f"password of {person_id}"):
        if not passwords.fits(kept, password):
            raise Wrong(403, "the old password is wrong", "try again")


@contextmanager
def attempt(request: Request, name: str = "") -> Iterator[None]:
    """An attempt that counts as wrong if the block raises `Wrong`.

    Raises:
        Refused: 429, too many were wrong.
    """
    attempts, address = attempts_of(request), address_of(request)
    attempts.begin(address, name)
    try:
        yield
    except Wrong:
        raise
    except BaseException:
        attempts.cancelled(address, name)
        raise
    attempts.succeeded(address, name)


def _by_name(site: Site, name: str) -> PersonRow | None:
    if "\0" in name:
        return None
    with site.database.session() as db:
        return db.scalar(select(PersonRow).where(PersonRow.name == name))


def _tell(site: Site, name: str, action: str, request: Request) -> None:
    with site.database.session() as db:
        note(db, name, action, request=request)


def _rehash(site: Site, row: PersonRow, password: str) -> None:
    made = passwords.made(password)
    with site.database.session() as db:
        kept = db.get(PersonRow, row.id)
        if kept is not None and kept.password == row.password:
            kept.password = made
