"""A run's own state and counts, brought in line with its videos in the transaction that changed one of them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, defer

from trackside.server.database import now
from trackside.server.runs.journal import log
from trackside.server.runs.tables import RunRow, RunVideoRow
from trackside.server.webhooks.outbox import announce

ENDED = ("done", "failed", "cancelled")
_WAITING = ("queued", "running")


def settle(db: Session, run_id: str, *, seconds_left: float | None = None) -> RunRow | None:
    """Count a run's videos anew. If the last one has ended, so has the run, and webhooks are told.

    Whoever changes videos locks them first and the run afterwards, here: the same order everywhere, so that two
    transactions never wait for each other.

    Args:
        db: the transaction in which videos of the run were changed.
        run_id: the run.
        seconds_left: to its end, if somebody has an estimate.

    Returns:
        The run, or None if it is deleted.
    """
    # From here on, endings of other videos of the run wait for this transaction: no count is lost.
    db.execute(update(RunRow).where(RunRow.id == run_id).values(changed=now()))
    run = db.get(RunRow, run_id, populate_existing=True, options=[defer(RunRow.graph)])
    if run is None:
        return None
    counts, work = _count(db, run_id)
    run.videos_done, run.videos_failed = counts.get("done", 0), counts.get("failed", 0)
    run.fraction = min(1.0, work / max(1, run.videos))
    before, run.state = run.state, _state(counts)
    run.seconds_left = seconds_left if run.state == "running" else None
    if run.state == "running" and run.started is None:
        run.started = now()
    if run.state in ENDED:
        _end(db, run, before)
    else:
        run.finished = None
    return run


def _count(db: Session, run_id: str) -> tuple[dict[str, int], float]:
    """Videos by state, and how many videos' worth of work is behind them. A failed one has no more work left."""
    columns = RunVideoRow.state, func.count(), func.sum(RunVideoRow.fraction)
    rows = db.execute(select(*columns).where(RunVideoRow.run_id == run_id).group_by(RunVideoRow.state)).all()
    work = sum(count if state in ("done", "failed") else fractions or 0.0 for state, count, fractions in rows)
    return {state: count for state, count, _ in rows}, float(work)


def _state(counts: Mapping[str, int]) -> str:
    if any(counts.get(state) for state in _WAITING):
        return "running" if counts.get("running") or counts.get("done") or counts.get("failed") else "queued"
    return next((state for state in ("cancelled", "failed") if counts.get(state)), "done")


def _end(db: Session, run: RunRow, before: str) -> None:
    if before in ENDED:
        return
    run.finished = now()
    db.flush()
    words = {"done": "finished", "failed": "finished; some videos failed", "cancelled": "cancelled"}
    log(db, run.id, f"{words[run.state]}: {run.videos_done} of {run.videos} videos are done")
    announce(db, run)
