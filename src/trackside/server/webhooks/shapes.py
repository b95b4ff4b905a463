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
    url: Annotated[str, Field(max_length=1000, pattern=r"^https?://[^\s]+$")]


class MadeWebhook(WebhookShape):
    """`secret` is shown this once: HMAC-SHA256 of the body with it stands in `X-Trackside-Signature`."""

    secret: str


class DeliveryShape(Shape):
    id: str
    state: Literal["waiting", "sent", "given up"]
    attempts: int
    answer: str
    created: datetime
