"""How a worker's claim ends, each in one transaction: the video, the run's counts and state, the log, and the webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from trackside.core import Problem
from trackside.server.database import now
from trackside.server.runs.journal import log, plain
from trackside.server.runs.queue import UNCLAIMED, change_claimed, give_back
from trackside.server.runs.settling import settle
from trackside.server.runs.tables import RunVideoRow

# Lines of warnings of one video; a broken file can have one for every frame.
_MOST_WARNINGS = 20


@dataclass(frozen=True)
class Outcome:
    """What became of a claimed video.

    Attributes:
        state: "done", "failed", "cancelled", "queued" (the worker is to stop: somebody else does it), or "lost" (another
            worker has claimed it by now).
        problems: why it failed.
        warnings: what a user should know of results that are there.
        bytes: of the results.
        records: how many went through.
        seconds: of work.
    """

    state: Literal["done", "failed", "cancelled", "queued", "lost"]
    problems: Sequence[Problem] = ()
    warnings: Sequence[str] = ()
    bytes: int = 0
    records: int = 0
    seconds: float = 0.0


def results_of(row: RunVideoRow) -> str:
    """The prefix of a video's results among the files."""
    return f"results/{row.run_id}/{row.id}"


def end(db: Session, row: RunVideoRow, outcome: Outcome) -> bool:
    """Write down what became of a claim. Returns whether it still held; if not, nothing is changed."""
    if outcome.state == "lost":
        return False
    if outcome.state == "queued":
        return give_back(db, row)
    values: dict[str, Any] = {"state": outcome.state, "finished": now(), "worker": "", "lease_until": None, "stage": ""}
    values["seconds_left"] = None
    if outcome.state == "done":
        values |= {"fraction": 1.0, "records": outcome.records, "results": results_of(row), "bytes": outcome.bytes}
    elif outcome.state == "failed":
        problems = [{**asdict(one), "what": plain(one.what), "fix": plain(one.fix)} for one in outcome.problems]
        values |= {**UNCLAIMED, "problems": problems}
    if not change_claimed(db, row, **values):
        return False
    _tell(db, row, outcome)
    settle(db, row.run_id)
    return True


def _tell(db: Session, row: RunVideoRow, outcome: Outcome) -> None:
    for text in outcome.warnings[:_MOST_WARNINGS]:
        log(db, row.run_id, f"{row.video_name}: {text}", "warning", video=row.id)
    if (more := len(outcome.warnings) - _MOST_WARNINGS) > 0:
        log(db, row.run_id, f"{row.video_name}: and {more} more of these", "warning", video=row.id)
    for problem in outcome.problems:
        log(db, row.run_id, f"{row.video_name}: {problem}", "error", video=row.id)
    if outcome.state == "done":
        text = f"{row.video_name}: done, {outcome.records} records in {outcome.seconds:.1f} s"
        log(db, row.run_id, text, video=row.id)
    elif outcome.state == "cancelled":
        log(db, row.run_id, f"{row.video_name}: cancelled", video=row.id)
