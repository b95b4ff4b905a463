"""Making, changing and showing channels."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from trackside.server.alarms.channels.shapes import ChannelChange, ChannelShape, NewChannel, WebhookSettings
from trackside.server.alarms.tables import AlarmChannelRow, AlarmDeliveryRow
from trackside.server.problems import Refused, missing
from trackside.server.webhooks.hooks import check_url

MOST = 20
# What is kept of settings and never shown.
_SECRETS = ("password", "secret")


def add(db: Session, body: NewChannel, owner: str) -> tuple[AlarmChannelRow, str]:
    """Make a channel; gives it with its secret, which is empty except for webhooks.

    Raises:
        Refused: 422, the address is none; 409, there are too many.
    """
    settings = body.settings.model_dump(exclude={"kind"})
    secret = ""
    if isinstance(body.settings, WebhookSettings):
        check_url(body.settings.url)
        settings["secret"] = secret = secrets.token_urlsafe(32)
    if (db.scalar(select(func.count()).select_from(AlarmChannelRow)) or 0) >= MOST:
        raise Refused(409, f"there are {MOST} channels already", "remove one")
    row = AlarmChannelRow(
        title=body.title or _title(body.settings.kind, settings),
        kind=body.settings.kind,
        settings=settings,
        active=True,
        cameras=body.cameras,
        rules=body.rules,
        least_score=body.least_score,
        owner=owner[:100],
    )
    db.add(row)
    db.flush()
    return row, secret


def get(db: Session, channel_id: str) -> AlarmChannelRow:
    """One channel. Raises Refused (404) if there is none."""
    row = db.get(AlarmChannelRow, channel_id)
    if row is None:
        raise missing("channel")
    return row


def change(row: AlarmChannelRow, body: ChannelChange) -> AlarmChannelRow:
    """Change what was given."""
    for name, value in body.model_dump(exclude_none=True).items():
        setattr(row, name, value)
    return row


def listed(db: Session) -> list[ChannelShape]:
    """All channels, the oldest first."""
    rows = db.scalars(select(AlarmChannelRow).order_by(AlarmChannelRow.created, AlarmChannelRow.id)).all()
    return [shape(db, row) for row in rows]


def shape(db: Session, row: AlarmChannelRow) -> ChannelShape:
    """A channel as the API shows it, without its secrets."""
    db.flush()
    mine = select(AlarmDeliveryRow).where(AlarmDeliveryRow.channel_id == row.id)
    waiting = select(func.count()).select_from(mine.where(AlarmDeliveryRow.state == "waiting").subquery())
    tried = mine.where(AlarmDeliveryRow.attempts > 0).order_by(AlarmDeliveryRow.place.desc()).limit(1)
    last = db.scalars(tried).first()
    told = {
        "settings": {name: value for name, value in row.settings.items() if name not in _SECRETS},
        "has_password": any(row.settings.get(name) for name in _SECRETS),
        "waiting": db.scalar(waiting) or 0,
        "last_state": last.state if last else "",
        "last_answer": last.answer if last else "",
    }
    same = ("id", "title", "kind", "active", "cameras", "rules", "least_score", "created")
    return ChannelShape.model_validate({name: getattr(row, name) for name in same} | told)


def _title(kind: str, settings: dict[str, Any]) -> str:
    """What a channel is called if nobody says: where it leads."""
    match kind:
        case "mqtt":
            told = f"MQTT {settings['host']}"
        case "webhook":
            told = str(settings["url"]).partition("?")[0].partition("://")[2]
        case "email":
            told = ", ".join(settings["to"])
        case _:
            told = str(settings["name"])
    return told[:100]
