"""The table of data sets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from trackside.server.database.base import Row, new_id, now


class DatasetRow(Row):
    """A data set. `state`: waiting, reading, checking, ready or failed; `problem` and `fix` say why it failed.

    `root` is where it lies, `work` the folder of our work on it. `wish` is what the next check shall ask, `asked` since when
    it waits, `attempts` how often it was begun. The counts are of the newest reading, `verdict` of the newest check.
    What was `uploaded` lies with us and takes so many `bytes`.
    """

    __tablename__ = "dataset"
    __table_args__ = (
        Index("ix_dataset_created_id", "created", "id"),
        Index("ix_dataset_state_asked", "state", "asked"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(150))
    origin: Mapped[str] = mapped_column(String(500), default="")
    root: Mapped[str] = mapped_column(Text)
    work: Mapped[str] = mapped_column(Text)
    uploaded: Mapped[bool] = mapped_column(default=False)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    format: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    stage: Mapped[str] = mapped_column(String(120), default="")
    fraction: Mapped[float] = mapped_column(default=0.0)
    problem: Mapped[str] = mapped_column(Text, default="")
    fix: Mapped[str] = mapped_column(Text, default="")
    wish: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    items: Mapped[int] = mapped_column(BigInteger, default=0)
    labelled: Mapped[int] = mapped_column(BigInteger, default=0)
    classes: Mapped[int] = mapped_column(BigInteger, default=0)
    splits: Mapped[list[Any]] = mapped_column(default=list)
    annotations: Mapped[int] = mapped_column(BigInteger, default=0)
    troubles: Mapped[int] = mapped_column(BigInteger, default=0)
    version: Mapped[str] = mapped_column(String(64), default="")
    verdict: Mapped[str | None] = mapped_column(String(16), default=None)
    checked: Mapped[datetime | None] = mapped_column(default=None)
    owner: Mapped[str] = mapped_column(String(100), default="")
    created: Mapped[datetime] = mapped_column(default=now)
