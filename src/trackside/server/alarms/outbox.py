"""Messages of alarms that wait to be sent: which are due, how tries went, when they are given up."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from trackside.server.alarms.channels.message import Answer, Outcome
from trackside.server.alarms.tables import AlarmChannelRow, AlarmDeliveryRow, AlarmRow
from trackside.server.database import now
from trackside.server.webhooks.outbox import MOST_ANSWER

# Seconds until a message that was refused is tried again.
WAITS = (2, 5, 15, 60, 300, 1_800, 7_200, 21_600, 54_000)
# A message that nobody could take for so long is given up: an alarm of last week helps nobody.
GIVE_UP = timedelta(hours=72)


def due(db: Session, channel_id: str, limit: int) -> list[tuple[int, AlarmRow]]:
    """What a channel is to send now, in order: the place in the outbox, and the alarm. One that is switched off waits."""
    asked = select(AlarmDeliveryRow.place, AlarmRow).join(AlarmRow, AlarmRow.id == AlarmDeliveryRow.alarm_id)
    asked = asked.join(AlarmChannelRow, AlarmChannelRow.id == AlarmDeliveryRow.channel_id).where(AlarmChannelRow.active)
    mine = (AlarmDeliveryRow.channel_id == channel_id, AlarmDeliveryRow.state == "waiting")
    rows = db.execute(asked.where(*mine, AlarmDeliveryRow.next_try <= now()).order_by(AlarmDeliveryRow.place).limit(limit))
    return [(row[0], row[1]) for row in rows]


def record(row: AlarmDeliveryRow, answer: Answer) -> None:
    """Note how a try went.

    What nobody was there to take keeps its place: the channel waits with all that follows. What was refused is tried again
    later and lets others pass.
    """
    row.attempts += 1
    row.answer = answer.text.replace("\0", "").encode("utf-8", "replace").decode()[:MOST_ANSWER]
    refused = answer.outcome is Outcome.REFUSED
    if answer.outcome is Outcome.SENT:
        row.state = "sent"
    elif now() - row.created > GIVE_UP or (refused and row.attempts > len(WAITS)):
        row.state = "given up"
    elif refused:
        row.next_try = now() + timedelta(seconds=WAITS[row.attempts - 1])


def waiting(db: Session) -> dict[str, int]:
    """How many messages wait, by channel."""
    asked = select(AlarmDeliveryRow.channel_id, func.count()).where(AlarmDeliveryRow.state == "waiting")
    return dict(db.execute(asked.group_by(AlarmDeliveryRow.channel_id)).all())


def sweep(db: Session, before: datetime) -> None:
    """Delete messages that are over since long."""
    db.execute(delete(AlarmDeliveryRow).where(AlarmDeliveryRow.state != "waiting", AlarmDeliveryRow.created < before))
