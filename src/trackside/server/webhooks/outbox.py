"""Messages that wait to be sent. They are written in the transaction that they tell of, so that none is lost or untrue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from trackside.server.database import now
from trackside.server.runs.tables import RunRow
from trackside.server.webhooks.tables import DeliveryRow, WebhookRow

# Seconds between one try and the next: eight tries in a day.
WAITS = (30, 120, 600, 1_800, 7_200, 21_600, 54_000)
# What is kept of an answer.
MOST_ANSWER = 500


def announce(db: Session, run: RunRow) -> None:
    """Queue a message about a run that has ended, for every active webhook."""
    for webhook_id in db.scalars(select(WebhookRow.id).where(WebhookRow.active)):
        db.add(DeliveryRow(webhook_id=webhook_id, body=_told(run)))


def due(db: Session, limit: int) -> list[tuple[DeliveryRow, WebhookRow]]:
    """What is to be sent now, the longest due first. Switched-off webhooks wait."""
    asked = select(DeliveryRow, WebhookRow).join(WebhookRow, WebhookRow.id == DeliveryRow.webhook_id)
    waiting = asked.where(DeliveryRow.state == "waiting", DeliveryRow.next_try <= now(), WebhookRow.active)
    return [(row[0], row[1]) for row in db.execute(waiting.order_by(DeliveryRow.next_try).limit(limit))]


def record(delivery: DeliveryRow, *, sent: bool, answer: str, again: bool = True) -> None:
    """Note how a try went; without success there is another one later, until there were eight.

    Args:
        delivery: the message.
        sent: whether it was taken.
        answer: what came back, or what went wrong.
        again: whether it may be tried again.
    """
    tries = delivery.attempts = delivery.attempts + 1
    delivery.answer = answer.replace("\0", "")[:MOST_ANSWER]
    if sent:
        delivery.state = "sent"
    elif not again or tries > len(WAITS):
        delivery.state = "given up"
    else:
        delivery.next_try = now() + timedelta(seconds=WAITS[tries - 1])


def sweep(db: Session, before: datetime) -> None:
    """Delete messages that are over since long."""
    db.execute(delete(DeliveryRow).where(DeliveryRow.state != "waiting", DeliveryRow.created < before))


def _told(run: RunRow) -> dict[str, Any]:
    return {
        "event": "run.finished",
        "run": run.id,
        "name": run.name,
        "state": run.state,
        "videos": run.videos,
        "done": run.videos_done,
        "failed": run.videos_failed,
        "path": f"/runs/{run.id}",
    }
