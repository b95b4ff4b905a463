"""What is told of an alarm: one JSON object, the same through every channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from trackside.core import InputError
from trackside.server.alarms import keys
from trackside.server.alarms.tables import AlarmRow
from trackside.server.context import Site
from trackside.server.database import now

Json = dict[str, Any]
EVENT, TEST = "alarm", "test"
_SHOWN = ("camera", "rule", "what", "place", "label", "track", "score", "value", "time", "repeats", "title", "why")


class Outcome(Enum):
    """How a try went: it was taken; it was refused, which says nothing of other messages; or nobody was there to take it."""

    SENT = "sent"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a try went, and what came back."""

    outcome: Outcome
    text: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        id: the alarm's; the same each time it is tried.
        body: what is told.
        picture: gives the picture with boxes as JPEG, None if there is none.
    """

    id: str
    body: Json
    picture: Callable[[], bytes | None]


class Sender(Protocol):
    """Sends messages through one channel, from one thread."""

    def send(self, message: Message) -> Answer:
        """Send one, once, and wait until it is taken."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


def message_of(site: Site, row: AlarmRow) -> Message:
    """The message of an alarm."""
    return Message(row.id, body_of(site, row), lambda: _picture(site, row))


def body_of(site: Site, row: AlarmRow) -> Json:
    """An alarm as other programs get it. Addresses are empty where the server's own is not known."""
    evidence: Mapping[str, Any] = row.evidence
    looks = evidence.get("looks", ())
    base = site.settings.address.rstrip("/")
    has_clip = bool(row.clip or evidence.get("clip_comes"))
    return {
        "event": EVENT,
        "id": row.id,
        **{name: getattr(row, name) for name in _SHOWN},
        "wall": row.wall.isoformat(),
        "box": looks[-1]["box"] if looks else None,
        "size": [evidence.get("width", 0), evidence.get("height", 0)],
        "reasons": evidence.get("reasons", []),
        "path": f"/alarms/{row.id}",
        "page": f"{base}/alarms/{row.id}" if base else "",
        "picture": f"{base}/api/alarms/{row.id}/picture" if base and row.picture else "",
        "clip": f"{base}/api/alarms/{row.id}/clip" if base and has_clip else "",
    }


def test_message() -> Message:
    """A message that tells of nothing."""
    body = {
        "event": TEST,
        "id": "test",
        **dict.fromkeys(("camera", "rule", "what", "place", "label"), TEST),
        "title": "a test message",
        "why": "somebody asked for a test",
        "wall": now().isoformat(),
    }
    return Message("test", body, lambda: None)


def _picture(site: Site, row: AlarmRow) -> bytes | None:
    if not row.picture:
        return None
    try:
        return site.files.read(keys.picture(row.id))
    except InputError:
        return None
