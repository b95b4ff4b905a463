"""What must be known before anybody is enrolled: who agreed, to what, and until when."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from trackside.core import InputError

# Longer than that nobody can foresee what they agree to; whoever needs more asks again.
_LONGEST = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class Consent:
    """A record of consent.

    Attributes:
        given_by: who agreed: the person, or whoever may agree for them.
        recorded_by: who took it down.
        purpose: what for.
        time: when, seconds since 1970.
        until: when it ends, seconds since 1970.
        document: where the signed paper or the message lies; empty if nowhere.
    """

    given_by: str
    recorded_by: str
    purpose: str
    time: float
    until: float
    document: str = ""

    def check(self, now: float) -> None:
        """Raises InputError unless it says who, who recorded it, what for, and ends later than now and within five years."""
        for name in ("given_by", "recorded_by", "purpose"):
            if not str(getattr(self, name)).strip():
                raise InputError("a consent says who gave it, who recorded it and what for", where=name, fix="fill it in")
        if not (math.isfinite(self.time) and math.isfinite(self.until)):
            raise InputError("a consent says when it was given and when it ends", where="until", fix="give a date")
        if self.until <= now:
            raise InputError(f"the consent ended on {day(self.until)}", where="until", fix="give a day to come")
        if self.until - now > _LONGEST.total_seconds():
            raise InputError("a consent for over five years is none", where="until", fix="give an earlier day")

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """As it was stored."""
        return cls(**data)


def day(time: float) -> str:
    """A time as a day, UTC."""
    return datetime.fromtimestamp(time, UTC).date().isoformat()


def end_of(text: str) -> float:
    """The end of a day written as 2026-12-31, UTC. Raises InputError if it is none."""
    try:
        date = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise InputError(f"{text!r} is no day", where="until", fix="write it as 2026-12-31") from None
    return (date + timedelta(days=1)).timestamp() - 1
