"""Tables of runs, the videos in them, their logs, and the claims of workers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from trackside.server.database.base import Row, new_id, now


class RunRow(Row):
    """A pipeline run over videos. It holds its own copy of the pipeline: later edits change nothing about it.

    `state`: queued, running, done (every video), failed (at least one did), cancelled. The counts are kept here, so that a
    list of runs reads one table.
    """

    __tablename__ = "run"
    __table_args__ = (
        Index("ix_run_created_id", "created", "id"),
        Index("ix_run_state_created", "state", "created", "id"),
        Index("ix_run_pipeline_created", "pipeline_id", "created", "id"),
        Index("ix_run_changed", "changed"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(150))
    pipeline_name: Mapped[str] = mapped_column(String(150), default="")
    pipeline_id: Mapped[str | None] = mapped_column(String(32))
    pipeline_version: Mapped[int | None] = mapped_column()
    graph: Mapped[dict[str, Any]] = mapped_column()
    state: Mapped[str] = mapped_column(String(16), default="queued")
    slot: Mapped[str] = mapped_column(String(8), default="cpu")
    priority: Mapped[int] = mapped_column(default=0)
    videos: Mapped[int] = mapped_column(default=0)
    videos_done: Mapped[int] = mapped_column(default=0)
    videos_failed: Mapped[int] = mapped_column(default=0)
    fraction: Mapped[float] = mapped_column(default=0.0)
    seconds_left: Mapped[float | None] = mapped_column()
    owner: Mapped[str] = mapped_column(String(100), default="")
    created: Mapped[datetime] = mapped_column(default=now)
    started: Mapped[datetime | None] = mapped_column()
    finished: Mapped[datetime | None] = mapped_column()
    changed: Mapped[datetime] = mapped_column(default=now)


class RunVideoRow(Row):
    """One video of a run: the unit of work that a worker claims, finishes or loses.

    `state`: queued, running, done, failed, cancelled. A claim is good until `lease_until`; the worker renews it, and when a
    worker dies the claim runs out and another one takes the video. Among equal priorities the smallest `turn` goes first: it
    counts on from what waits already, so that runs take turns video by video.
    """

    __tablename__ = "run_video"
    __table_args__ = (
        Index("ix_run_video_run", "run_id", "position"),
        Index("ix_run_video_claim", "state", "slot", text("priority DESC"), "turn", "queued"),
        Index("ix_run_video_video", "video_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    run_id: Mapped[str] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    video_id: Mapped[str] = mapped_column(String(32))
    video_name: Mapped[str] = mapped_column(String(255))
    position: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16), default="queued")
    slot: Mapped[str] = mapped_column(String(8), default="cpu")
    priority: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=0)
    queued: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str] = mapped_column(String(100), default="")
    lease_until: Mapped[datetime | None] = mapped_column()
    cancel: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[str] = mapped_column(String(40), default="")
    fraction: Mapped[float] = mapped_column(default=0.0)
    records: Mapped[int] = mapped_column(default=0)
    rate: Mapped[float] = mapped_column(default=0.0)
    seconds_left: Mapped[float | None] = mapped_column()
    problems: Mapped[list[Any]] = mapped_column(default=list)
    results: Mapped[str] = mapped_column(String(300), default="")
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    started: Mapped[datetime | None] = mapped_column()
    finished: Mapped[datetime | None] = mapped_column()


class RunLogRow(Row):
    """A line of a run's log."""

    __tablename__ = "run_log"
    __table_args__ = (Index("ix_run_log_run_id", "run_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    run_video_id: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(default=now)
    level: Mapped[str] = mapped_column(String(8), default="info")
    text: Mapped[str] = mapped_column(Text)
