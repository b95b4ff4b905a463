"""Tables of cameras that were added through the API, and of how long each camera was watched."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from trackside.server.database.base import Row, now


class CameraRow(Row):
    """A camera that was added through the API: it is watched again after the next start.

    `settings` is a `pipelines.live.Camera` as somebody gave it; its addresses may hold passwords, which are never shown.
    """

    __tablename__ = "camera"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    paused: Mapped[bool] = mapped_column(Boolean, default=False)
    problem: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(String(100), default="")
    created: Mapped[datetime] = mapped_column(default=now)


class CameraDayRow(Row):
    """How many seconds a camera was watched on a day (UTC): what false alarms per camera and day are divided by."""

    __tablename__ = "camera_day"

    camera: Mapped[str] = mapped_column(String(60), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    seconds: Mapped[float] = mapped_column(default=0.0)
