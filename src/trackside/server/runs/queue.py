"""The queue: which video goes next, who has claimed it, and what becomes of claims whose worker is gone.

A claim is a lease: it runs out unless its worker renews it. Every change of a claimed row names the claim, so that a worker
that was taken for dead changes nothing when it wakes up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, case, func, select, update
from sqlalchemy.orm import Session

from trackside.server.database import now
from trackside.server.runs.journal import log
from trackside.server.runs.settling import settle
from trackside.server.runs.tables import RunRow, RunVideoRow

LEASE = timedelta(seconds=30)
# Deaths of workers over one video, after which it is not tried again.
MOST_ATTEMPTS = 3
POISON = {
    "what": f"the worker died {MOST_ATTEMPTS} times on this video",
    "fix": "try a shorter part or a smaller model; if it stays, send the server's log to whoever runs it",
    "block": None,
    "port": None,
}


def claim(db: Session, slot: str, worker: str) -> RunVideoRow | None:
    """Take the next video: of the highest priority the one whose turn it is, and of those the oldest.

    One statement finds and takes it, so that no two workers get the same one: SQLite holds its write lock for the whole
    statement, PostgreSQL locks the row that it finds and passes over those of others.

    Args:
        db: a transaction of its own.
        slot: "cpu" or "gpu".
        worker: the worker's name, unique among all that ever ran.

    Returns:
        The claimed row, or None if nothing waits.
    """
    waiting = select(RunVideoRow.id).where(RunVideoRow.state == "queued", RunVideoRow.slot == slot)
    if db.scalar(waiting.limit(1)) is None:
        return None  # Found by reading alone: idle workers do not take turns at SQLite's write lock.
    order = RunVideoRow.priority.desc(), RunVideoRow.turn, RunVideoRow.queued
    following = waiting.order_by(*order).limit(1).with_for_update(skip_locked=True).scalar_subquery()
    taken = {
        "state": "running",
        "worker": worker,
        "lease_until": now() + LEASE,
        "attempts": RunVideoRow.attempts + 1,
        "started": now(),
        "stage": "starting",
    }
    row = db.scalars(_change(taken).where(RunVideoRow.id == following).returning(RunVideoRow)).one_or_none()
    if row is not None:
        settle(db, row.run_id)
    return row


def release_expired(db: Session) -> list[str]:
    """Take back claims that ran out. In a transaction of its own; arguments and result as of `release`."""
    return release(db, lambda row: row.lease_until is None or row.lease_until < now())


def change_claimed(db: Session, row: RunVideoRow, *more: ColumnElement[bool], **values: Any) -> bool:
    """Change a row if the claim still holds. Returns whether it does.

    Args:
        db: the transaction.
        row: as it was claimed.
        more: further conditions.
        values: what to change.
    """
    mine = RunVideoRow.id == row.id, RunVideoRow.worker == row.worker, RunVideoRow.state == "running"
    result = cast("CursorResult[Any]", db.execute(_change(values).where(*mine, *more)))
    return result.rowcount == 1


def give_back(db: Session, row: RunVideoRow) -> bool:
    """Put a claimed video back to its place in the queue, as if it had not been begun. Returns whether the claim held."""
    # Cancelled and stopped in the same second: it is not begun again.
    state = case((RunVideoRow.cancel, "cancelled"), else_="queued")
    held = change_claimed(db, row, **UNCLAIMED, state=state, started=None, attempts=RunVideoRow.attempts - 1)
    if held:
        settle(db, row.run_id)
    return held


def release(db: Session, is_lost: Callable[[RunVideoRow], bool]) -> list[str]:
    """Take lost claims back: the video is queued again, or fails after too many deaths.

    Args:
        db: the transaction.
        is_lost: whether a claim is without a worker.

    Returns:
        Ids of the rows.
    """
    running = db.scalars(select(RunVideoRow).where(RunVideoRow.state == "running")).all()
    lost = sorted((row for row in running if is_lost(row)), key=lambda row: row.run_id)
    return [row.id for row in lost if _release(db, row)]


def take_turns(db: Session, run: RunRow) -> None:
    """Give the waiting videos of a run consecutive turns, from one after the first that others wait with at its priority.

    So runs of one priority take turns (after start-time fair queueing, Goyal et al. 1996): 500 videos keep a later one
    waiting for two of them, and newcomers that never cease do not keep the 500 waiting, because each begins a turn later.
    """
    waiting = RunVideoRow.state == "queued", RunVideoRow.slot == run.slot, RunVideoRow.priority == run.priority
    others = db.scalar(select(func.min(RunVideoRow.turn)).where(*waiting, RunVideoRow.run_id != run.id))
    first = 0 if others is None else others + 1
    mine = select(RunVideoRow).where(*waiting, RunVideoRow.run_id == run.id).order_by(RunVideoRow.position)
    for number, row in enumerate(db.scalars(mine)):
        row.turn = first + number


UNCLAIMED: dict[str, Any] = {
    "worker": "",
    "lease_until": None,
    "stage": "",
    "fraction": 0.0,
    "records": 0,
    "rate": 0.0,
    "seconds_left": None,
}


def _change(values: dict[str, Any]) -> Any:
    return update(RunVideoRow).values(**values).execution_options(synchronize_session=False)


def _release(db: Session, row: RunVideoRow) -> bool:
    if row.cancel:
        values: dict[str, Any] = {"state": "cancelled", "finished": now()}
    elif row.attempts >= MOST_ATTEMPTS:
        values = {"state": "failed", "finished": now(), "problems": [POISON]}
    else:
        values = {"state": "queued"}
    # A worker that was only late may have renewed it since it was read.
    not_renewed = RunVideoRow.lease_until.is_not_distinct_from(row.lease_until)
    if not change_claimed(db, row, not_renewed, **UNCLAIMED, **values):
        return False
    then = {"cancelled": "it was to stop anyway", "failed": "it is given up", "queued": "it is queued again"}
    log(db, row.run_id, f"{row.video_name}: the worker died; {then[values['state']]}", "warning", video=row.id)
    settle(db, row.run_id)
    return True
