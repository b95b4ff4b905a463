"""A run's log: what began, ended and went wrong, in sentences."""

from __future__ import annotations

from typing import Literal

from sqlalchemy.orm import Session

from trackside.server.runs.tables import RunLogRow

Level = Literal["info", "warning", "error"]
# Characters of one line: an error of a library may hold a whole dump.
_MOST = 2000


def log(db: Session, run_id: str, text: str, level: Level = "info", *, video: str | None = None) -> None:
    """Write a line, in the transaction of what it tells.

    Args:
        db: the transaction.
        run_id: the run.
        text: one sentence.
        level: how bad it is.
        video: the id of the run's video that it concerns.
    """
    db.add(RunLogRow(run_id=run_id, run_video_id=video, level=level, text=plain(text)))


def plain(text: str) -> str:
    """A text that every database takes: no NUL, no half characters, not endless."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")[:_MOST]
