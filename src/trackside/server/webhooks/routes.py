"""Webhooks: other programs that are told when a run ends."""

from __future__ import annotations

from fastapi import APIRouter, Request

from trackside.server.access.people import Admin
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
from trackside.server.webhooks.shapes import DeliveryShape, MadeWebhook, NewWebhook, WebhookShape

router = APIRouter(tags=["webhooks"])


@router.get("/webhooks")
def webhooks(person: Admin, site: SiteHere) -> list[WebhookShape]:
    """All webhooks."""
    raise NotImplementedError


@router.post("/webhooks", status_code=201)
def add_webhook(body: NewWebhook, person: Admin, site: SiteHere, request: Request) -> MadeWebhook:
    """Add one; its secret is shown this once."""
    raise NotImplementedError


@router.delete("/webhooks/{webhook_id}")
def remove_webhook(webhook_id: str, person: Admin, site: SiteHere, request: Request) -> State:
    """Remove one."""
    raise NotImplementedError


@router.post("/webhooks/{webhook_id}/test")
def test_webhook(webhook_id: str, person: Admin, site: SiteHere) -> DeliveryShape:
    """Send a test message now."""
    raise NotImplementedError


@router.get("/webhooks/{webhook_id}/deliveries")
def deliveries(webhook_id: str, person: Admin, site: SiteHere) -> list[DeliveryShape]:
    """The last 50 messages."""
    raise NotImplementedError
