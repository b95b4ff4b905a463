"""Channels as the API shows them, and their settings by kind."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from trackside.server.alarms.shapes import ChannelKind, DeliveryState
from trackside.server.library.plain import PlainText
from trackside.server.shapes import Body, Shape

_HOST = re.compile(r"[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]+\]?", re.ASCII)
# One mailbox and no header beside it; the mail server knows the rest.
_MAIL = re.compile(r"[^@\s,;<>\"\x00-\x20\x7f]{1,64}@[^@\s,;<>\"\x00-\x20\x7f]{1,190}")
_PART = re.compile(r"\{(\w*)\}")
PLACES = ("camera", "rule", "what", "place", "label")


def _is_host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError("this is no name or address of a machine")
    return text


def _is_mail(text: str) -> str:
    if not _MAIL.fullmatch(text):
        raise ValueError("this is no e-mail address")
    return text


def _is_topic(text: str) -> str:
    if set(_PART.findall(text)) - set(PLACES) or set("+#{}") & set(_PART.sub("", text)) or text.startswith("$"):
        raise ValueError(f"a topic holds words, slashes and {', '.join(f'{{{name}}}' for name in PLACES)}")
    return text


Host = Annotated[PlainText, Field(min_length=1, max_length=255), AfterValidator(_is_host)]
Port = Annotated[int, Field(ge=1, le=65535)]
Mail = Annotated[PlainText, Field(max_length=255), AfterValidator(_is_mail)]
Secret = Annotated[PlainText, Field(max_length=500)]
Names = Annotated[list[Annotated[PlainText, Field(min_length=1, max_length=200)]], Field(max_length=500)]


class MqttSettings(Body):
    """A broker. Messages have QoS 1: each counts as sent when the broker says that it has it."""

    kind: Literal["mqtt"]
    host: Host
    port: Port = 1883
    tls: bool = False
    user: Secret = ""
    password: Secret = ""
    topic: Annotated[PlainText, Field(min_length=1, max_length=300), AfterValidator(_is_topic)] = "trackside/{camera}/{rule}"
    retain: bool = False


class WebhookSettings(Body):
    """An address that gets each alarm by POST, signed with a secret that is shown once."""

    kind: Literal["webhook"]
    url: Annotated[PlainText, Field(max_length=1000, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$")]


class EmailSettings(Body):
    """A mail server, and who gets a letter with the picture."""

    kind: Literal["email"]
    host: Host
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: Secret = ""
    password: Secret = ""
    sender: Mail
    to: Annotated[list[Mail], Field(min_length=1, max_length=50)]


class FileSettings(Body):
    """JSON lines in the folder `alarms/out` of the server's data; full ones are kept beside it as NAME.1 and so on."""

    kind: Literal["file"]
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}\.jsonl$")] = "alarms.jsonl"
    most_bytes: Annotated[int, Field(ge=10_000, le=2**40)] = 50_000_000
    keep: Annotated[int, Field(ge=1, le=100)] = 5


ChannelSettings = Annotated[MqttSettings | WebhookSettings | EmailSettings | FileSettings, Field(discriminator="kind")]
Title = Annotated[PlainText, Field(max_length=100)]
Score = Annotated[float, Field(ge=0, le=1)]


class NewChannel(Body):
    """Where alarms shall be told. No cameras means all, no rules means all."""

    title: Title = ""
    settings: ChannelSettings
    cameras: Names = []
    rules: Names = []
    least_score: Score = 0.0


class ChannelChange(Body):
    """What is left out stays. A channel that is switched off keeps its messages until it is switched on again."""

    title: Title | None = None
    active: bool | None = None
    cameras: Names | None = None
    rules: Names | None = None
    least_score: Score | None = None


class ChannelShape(Shape):
    """A channel. `settings` come without passwords and secrets; `has_password` says whether there is one."""

    id: str
    title: str
    kind: ChannelKind
    settings: dict[str, Any]
    has_password: bool = False
    active: bool
    cameras: list[str]
    rules: list[str]
    least_score: float
    created: datetime
    waiting: int = 0
    last_state: DeliveryState | Literal[""] = ""
    last_answer: str = ""


class MadeChannel(ChannelShape):
    """`secret` signs what a webhook gets (HMAC-SHA256); it is shown this once, and empty for other kinds."""

    secret: str = ""


class ChannelTest(Shape):
    """How a test message went: what came back, or what went wrong."""

    sent: bool
    answer: str
