"""Webhooks: other programs that are told when a run ends."""

from __future__ import annotations

from fastapi import APIRouter, Request

from trackside.server.access.audit import note
from trackside.server.access.people import Admin
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
from trackside.server.webhooks import hooks
from trackside.server.webhooks.shapes import DeliveryShape, MadeWebhook, NewWebhook, WebhookChange, WebhookShape

router = APIRouter(tags=["webhooks"])


@router.get("/webhooks")
def webhooks(person: Admin, site: SiteHere) -> list[WebhookShape]:
    """All webhooks."""
    with site.database.session() as db:
        return hooks.listed(db)


@router.post("/webhooks", status_code=201)
def add_webhook(body: NewWebhook, person: Admin, site: SiteHere, request: Request) -> MadeWebhook:
    """Add one; its secret is shown this once."""
    with site.database.session() as db:
        row = hooks.add(db, body.url, person.name)
        note(db, person, "webhook.add", row.url, request)
    return MadeWebhook.model_validate(row)


@router.patch("/webhooks/{webhook_id}")
def change_webhook(webhook_id: str, body: WebhookChange, person: Admin, site: SiteHere, request: Request) -> WebhookShape:
    """Switch one on or off."""
    with site.database.session() as db:
        row = hooks.get(db, webhook_id)
        row.active = body.active
        note(db, person, "webhook.on" if body.active else "webhook.off", row.url, request)
        return hooks.shape(db, row)


@router.delete("/webhooks/{webhook_id}")
def remove_webhook(webhook_id: str, person: Admin, site: SiteHere, request: Request) -> State:
    """Remove one, with its messages."""
    with site.database.session() as db:
        row = hooks.get(db, webhook_id)
        db.delete(row)
        note(db, person, "webhook.delete", row.url, request)
    return State()


@router.post("/webhooks/{webhook_id}/test")
def test_webhook(webhook_id: str, person: Admin, site: SiteHere, request: Request) -> DeliveryShape:
    """Send a test message now; the answer tells how it went."""
    with site.database.session() as db:
        note(db, person, "webhook.test", hooks.get(db, webhook_id).url, request)
    return hooks.try_out(site, webhook_id)


@router.get("/webhooks/{webhook_id}/deliveries")
def deliveries(webhook_id: str, person: Admin, site: SiteHere) -> list[DeliveryShape]:
    """The last 50 messages."""
    with site.database.session() as db:
        return hooks.deliveries(db, webhook_id)
