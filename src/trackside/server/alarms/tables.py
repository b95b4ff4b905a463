"""Tables of alarms, of what people did with them, of where they are told, and of what is to be labelled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from trackside.server.database.base import Row, new_id, now


class AlarmRow(Row):
    """An alarm. `state`: open, acknowledged, snoozed or false.

    `time` is media time in seconds, `wall` the moment of capture, `day` its date in UTC. `evidence` holds the reasons, the
    looks and the size of the picture. `picture` and `clip` are keys of files; the picture without boxes lies beside it.
    """

    __tablename__ = "alarm"
    __table_args__ = (
        Index("ix_alarm_wall_id", "wall", "id"),
        Index("ix_alarm_state_wall_id", "state", "wall", "id"),
        Index("ix_alarm_camera_rule_wall", "camera", "rule", "wall"),
        Index("ix_alarm_day", "day"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    camera: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300), default="")
    pipeline: Mapped[str] = mapped_column(String(200), default="")
    rule: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(String(200), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    label: Mapped[str] = mapped_column(String(200), default="")
    track: Mapped[int] = mapped_column(BigInteger, default=0)
    score: Mapped[float | None] = mapped_column(default=None)
    value: Mapped[float | None] = mapped_column(default=None)
    time: Mapped[float] = mapped_column(default=0.0)
    wall: Mapped[datetime] = mapped_column(default=now)
    day: Mapped[str] = mapped_column(String(10), default="")
    created: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[str] = mapped_column(String(16), default="open")
    snoozed_until: Mapped[datetime | None] = mapped_column(default=None)
    repeats: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    picture: Mapped[str] = mapped_column(String(300), default="")
    clip: Mapped[str] = mapped_column(String(300), default="")
    clip_problem: Mapped[str] = mapped_column(Text, default="")


class AlarmNoteRow(Row):
    """What somebody said of an alarm or did with it. `kind`: comment, or the action."""

    __tablename__ = "alarm_note"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    alarm_id: Mapped[str] = mapped_column(ForeignKey("alarm.id", ondelete="CASCADE"), index=True)
    who: Mapped[str] = mapped_column(String(100), default="")
    at: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str] = mapped_column(String(20), default="comment")
    text: Mapped[str] = mapped_column(Text, default="")


class AlarmSnoozeRow(Row):
    """Until when a rule on a camera raises alarms without telling anybody."""

    __tablename__ = "alarm_snooze"
    __table_args__ = (Index("uq_alarm_snooze_camera_rule", "camera", "rule", unique=True),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    camera: Mapped[str] = mapped_column(String(60))
    rule: Mapped[str] = mapped_column(String(200))
    until: Mapped[datetime] = mapped_column()
    who: Mapped[str] = mapped_column(String(100), default="")


class AlarmChannelRow(Row):
    """Where alarms are told. `kind`: mqtt, webhook, email, file. `settings` may hold a password, which is never shown.

    `cameras` and `rules` name those whose alarms are told, none means all; nor is told what scores below `least_score`.
    """

    __tablename__ = "alarm_channel"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(100), default="")
    kind: Mapped[str] = mapped_column(String(16))
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    active: Mapped[bool] = mapped_column(default=True)
    cameras: Mapped[list[Any]] = mapped_column(default=list)
    rules: Mapped[list[Any]] = mapped_column(default=list)
    least_score: Mapped[float] = mapped_column(default=0.0)
    owner: Mapped[str] = mapped_column(String(100), default="")
    created: Mapped[datetime] = mapped_column(default=now)


class AlarmDeliveryRow(Row):
    """One alarm to one channel, sent or still to be sent. `state`: waiting, sent, given up. `place` keeps the order."""

    __tablename__ = "alarm_delivery"
    __table_args__ = (Index("ix_alarm_delivery_channel_id_state_place", "channel_id", "state", "place"),)

    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    alarm_id: Mapped[str] = mapped_column(ForeignKey("alarm.id", ondelete="CASCADE"), index=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("alarm_channel.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[datetime] = mapped_column(default=now)
    answer: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[datetime] = mapped_column(default=now)


class LabelTaskRow(Row):
    """A picture that people should label, with what the pipeline claimed. `state`: open, done.

    `picture` is the key of a copy without boxes, which stays when the alarm goes. `boxes` are dictionaries with `box` (x1 y1
    x2 y2 in pixels of that picture), `label` and `score`.
    """

    __tablename__ = "label_task"
    __table_args__ = (Index("ix_label_task_state_created_id", "state", "created", "id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(32), default="false alarm")
    state: Mapped[str] = mapped_column(String(16), default="open")
    alarm_id: Mapped[str] = mapped_column(String(32), index=True, default="")
    camera: Mapped[str] = mapped_column(String(60), default="")
    picture: Mapped[str] = mapped_column(String(300))
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    boxes: Mapped[list[Any]] = mapped_column(default=list)
    claimed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    why: Mapped[str] = mapped_column(Text, default="")
    wall: Mapped[datetime] = mapped_column(default=now)
    who: Mapped[str] = mapped_column(String(100), default="")
    created: Mapped[datetime] = mapped_column(default=now)
