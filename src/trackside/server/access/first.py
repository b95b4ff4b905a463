"""The first administrator: whoever reads the terminal of the server may become it, by a code that works once."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from trackside.server.access.signing import Wrong
from trackside.server.access.tables import PersonRow
from trackside.server.context import Site
from trackside.server.problems import Refused
from trackside.server.site.tables import SiteSettingRow

_NAME = "setup-code"
# Without letters and digits that are taken for each other.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def setup_code(site: Site) -> str:
    """A new code for the first administrator; codes given before are void. Empty where nobody needs one.

    Only its SHA-256 is kept: 25 of 31 letters are 123 bits, which nobody guesses.
    """
    if not site.settings.accounts:
        return ""
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(5))
    with site.database.session() as db:
        if not is_open(db):
            return ""
        db.execute(delete(SiteSettingRow).where(SiteSettingRow.name == _NAME))
        db.add(SiteSettingRow(name=_NAME, value={"sha256": _hash(code)}))
    return code


def is_open(db: Session) -> bool:
    """Whether there is no administrator yet."""
    return not db.scalar(select(func.count()).where(PersonRow.role == "admin"))


def check_code(db: Session, code: str) -> None:
    """Only look whether a code is right.

    Raises:
        Refused: 409, there is an administrator.
        Wrong: 401, the code is wrong or was used.
    """
    if not is_open(db):
        raise Refused(409, "there is an administrator already", "sign in, or ask for an account")
    row = db.get(SiteSettingRow, _NAME)
    if row is None or not hmac.compare_digest(str(row.value["sha256"]), _hash(code)):
        raise _wrong()


def use_code(db: Session, code: str) -> None:
    """Take the code, which works in one transaction only. Raises what `check_code` raises."""
    check_code(db, code)
    taken = db.execute(delete(SiteSettingRow).where(SiteSettingRow.name == _NAME).returning(SiteSettingRow.name))
    if not taken.all():
        raise _wrong()


def _wrong() -> Wrong:
    return Wrong(401, "the code is wrong", "enter the one that the server's terminal shows")


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()
