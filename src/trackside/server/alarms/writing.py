"""Writing an alarm: it and the messages that tell of it, in one transaction, so that none is lost or untrue."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from trackside.server.alarms import acting
from trackside.server.alarms.facts import Facts, row_of
from trackside.server.alarms.tables import AlarmChannelRow, AlarmDeliveryRow, AlarmRow


def write(db: Session, facts: Facts, picture: str) -> bool:
    """Write an alarm with a message for each channel that wants it; while its rule is snoozed, without any.

    Args:
        db: the transaction.
        facts: the alarm.
        picture: the key of its picture, or empty.

    Returns:
        Whether it is new; one that is there already (the process was killed right after the last transaction) stays.
    """
    if db.get(AlarmRow, facts["id"]) is not None:
        return False
    row = row_of(facts)
    row.picture = picture
    db.add(row)
    if acting.is_snoozed(db, row.camera, row.rule):
        row.state = "snoozed"
        return True
    db.flush()
    for channel in db.scalars(select(AlarmChannelRow).where(AlarmChannelRow.active)):
        if wants(channel, row):
            db.add(AlarmDeliveryRow(alarm_id=row.id, channel_id=channel.id))
    return True


def wants(channel: AlarmChannelRow, row: AlarmRow) -> bool:
    """Whether a channel tells such an alarm. One without an object has no score that could be too low."""
    return (
        (not channel.cameras or row.camera in channel.cameras)
        and (not channel.rules or row.rule in channel.rules)
        and (row.score is None or row.score >= channel.least_score)
    )
