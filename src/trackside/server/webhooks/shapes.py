"""Webhooks as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from trackside.server.shapes import Body, Shape


class WebhookShape(Shape):
    id: str
    url: str
    active: bool
    created: datetime
    last_state: str = ""
    last_answer: str = ""


class NewWebhook(Body):
    url: Annotated[str, Field(max_length=1000, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$")]


class WebhookChange(Body):
    """A webhook that is switched off keeps its messages until it is switched on again."""

    active: bool


class MadeWebhook(WebhookShape):
    """`secret` is shown this once.

    `X-Trackside-Signature` is `sha256=` and the hexadecimal HMAC-SHA256, with the secret, of `X-Trackside-Timestamp`, a dot
    and the body.
    """

    secret: str


class DeliveryShape(Shape):
    id: str
    state: Literal["waiting", "sent", "given up"]
    attempts: int
    answer: str
    created: datetime
