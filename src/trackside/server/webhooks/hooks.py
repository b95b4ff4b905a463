"""Making, changing and testing webhooks."""

from __future__ import annotations

import asyncio
import secrets
from urllib.parse import urlsplit

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from trackside.server.context import Site
from trackside.server.database import new_id, now
from trackside.server.problems import Refused, missing
from trackside.server.webhooks import outbox
from trackside.server.webhooks.sending import send
from trackside.server.webhooks.shapes import DeliveryShape, WebhookShape
from trackside.server.webhooks.tables import DeliveryRow, WebhookRow

MOST = 50
_SHOWN = 50


def add(db: Session, url: str, owner: str) -> WebhookRow:
    """Make a webhook.

    Raises:
        Refused: 422, the address is none; 409, there are too many.
    """
    check_url(url)
    if (db.scalar(select(func.count()).select_from(WebhookRow)) or 0) >= MOST:
        raise Refused(409, f"there are {MOST} webhooks already", "remove one")
    row = WebhookRow(url=url, secret=secrets.token_urlsafe(32), active=True, owner=owner)
    db.add(row)
    db.flush()
    return row


def get(db: Session, webhook_id: str) -> WebhookRow:
    """One webhook. Raises Refused (404) if there is none."""
    row = db.get(WebhookRow, webhook_id)
    if row is None:
        raise missing("webhook")
    return row


def listed(db: Session) -> list[WebhookShape]:
    """All webhooks, the oldest first, each with how its last message went."""
    return [shape(db, row) for row in db.scalars(select(WebhookRow).order_by(WebhookRow.created, WebhookRow.id))]


def shape(db: Session, row: WebhookRow) -> WebhookShape:
    """A webhook as the API shows it."""
    shown = WebhookShape.model_validate(row)
    last = next(iter(_newest(db, row.id, 1)), None)
    return shown if last is None else shown.model_copy(update={"last_state": last.state, "last_answer": last.answer})


def deliveries(db: Session, webhook_id: str) -> list[DeliveryShape]:
    """The newest messages of a webhook. Raises Refused (404) if there is no such webhook."""
    return [DeliveryShape.model_validate(row) for row in _newest(db, get(db, webhook_id).id, _SHOWN)]


def try_out(site: Site, webhook_id: str) -> DeliveryShape:
    """Send a test message, once, and wait for the answer. Raises Refused (404) if there is no such webhook."""
    with site.database.session() as db:
        webhook = get(db, webhook_id)
    delivery = DeliveryRow(id=new_id(), webhook_id=webhook.id, body={"event": "test"}, attempts=0, created=now())
    sent, answer = asyncio.run(_send(webhook, delivery))
    outbox.record(delivery, sent=sent, answer=answer, again=False)
    with site.database.session() as db:
        # It may have been removed while we waited.
        get(db, webhook_id)
        db.add(delivery)
    return DeliveryShape.model_validate(delivery)


async def _send(webhook: WebhookRow, delivery: DeliveryRow) -> tuple[bool, str]:
    async with httpx.AsyncClient() as client:
        return await send(client, webhook, delivery)


def _newest(db: Session, webhook_id: str, limit: int) -> list[DeliveryRow]:
    asked = select(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id)
    return list(db.scalars(asked.order_by(DeliveryRow.created.desc(), DeliveryRow.id).limit(limit)))


def check_url(url: str) -> None:
    """Raises Refused (422) for what cannot be called."""
    try:
        # The standard library finds wrong ports and brackets, httpx wrong names.
        usable = urlsplit(url).port != 0 and bool(httpx.URL(url).host)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        usable = False
    if not usable:
        raise Refused(422, "this is no address that can be called", "give one such as https://example.org/hook")
