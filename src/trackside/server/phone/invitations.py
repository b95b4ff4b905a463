"""Invitations to film: who was asked, until when, and what has come."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trackside.server.access.people import Person
from trackside.server.database import new_id, now

OPEN_FOR = timedelta(minutes=15)
# What is on its way when the time is over may still come, as long as it keeps coming, and not for ever.
_AFTER_BYTES, _LONGEST = timedelta(minutes=2), timedelta(hours=4)


@dataclass(slots=True)
class Invitation:
    """A page for one phone.

    Attributes:
        person: who invited; the videos are theirs.
        token: the secret part of the address.
        expires: until when new uploads may begin.
        uploads: begun through it, by id, with the ids of their videos.
    """

    person: Person
    id: str = field(default_factory=new_id)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    expires: datetime = field(default_factory=lambda: now() + OPEN_FOR)
    uploads: dict[str, str] = field(default_factory=dict)
    last_bytes: datetime | None = None

    @property
    def takes_new(self) -> bool:
        """Whether another upload may begin."""
        return now() < self.expires

    @property
    def is_over(self) -> bool:
        """Whether its page goes away."""
        moment = now()
        coming = self.last_bytes is not None and moment < self.last_bytes + _AFTER_BYTES
        return moment >= self.expires and (not coming or moment >= self.expires + _LONGEST)


class Invitations:
    """All that are open. Threads may share it."""

    def __init__(self) -> None:
        self._open: dict[str, Invitation] = {}
        self._lock = threading.Lock()

    def add(self, invitation: Invitation) -> None:
        """Open one."""
        with self._lock:
            self._open[invitation.id] = invitation

    def count(self) -> int:
        """How many are open."""
        with self._lock:
            return sum(not one.is_over for one in self._open.values())

    def get(self, invitation_id: str) -> Invitation | None:
        """One by its id, if it is still open."""
        with self._lock:
            found = self._open.get(invitation_id)
        return None if found is None or found.is_over else found

    def by_token(self, token: str) -> Invitation | None:
        """One by its secret, if it is still open."""
        with self._lock:
            open_ones = list(self._open.values())
        found = [one for one in open_ones if secrets.compare_digest(one.token.encode(), token.encode("utf-8", "replace"))]
        return found[0] if found and not found[0].is_over else None

    def remove(self, invitation_id: str) -> bool:
        """Close one; whether there was one."""
        with self._lock:
            return self._open.pop(invitation_id, None) is not None

    def sweep(self) -> bool:
        """Forget those whose time is over; whether any is left."""
        with self._lock:
            self._open = {id_: one for id_, one in self._open.items() if not one.is_over}
            return bool(self._open)

    def clear(self) -> None:
        """Close all."""
        with self._lock:
            self._open = {}
