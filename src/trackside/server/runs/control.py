"""Changing runs that are there: cancel, retry, name and priority."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from trackside.server.access.people import Person
from trackside.server.database import now
from trackside.server.problems import Refused, missing
from trackside.server.runs.journal import log
from trackside.server.runs.queue import UNCLAIMED, take_turns
from trackside.server.runs.settling import settle
from trackside.server.runs.tables import RunRow, RunVideoRow


def run_named(db: Session, run_id: str) -> RunRow:
    """A run by its id. Raises Refused (404)."""
    run = db.get(RunRow, run_id)
    if run is None:
        raise missing("run")
    return run


def cancel_run(db: Session, run_id: str, person: Person | None = None) -> RunRow:
    """Stop a run: what waits is cancelled at once, what is worked on by its worker's next heartbeat; what is finished stays.

    Raises:
        Refused: 404, there is no such run.
    """
    run = run_named(db, run_id)
    waiting = _set(db, run_id, ("queued",), state="cancelled", cancel=True, finished=now())
    running = _set(db, run_id, ("running",), cancel=True)
    if waiting + running:
        log(db, run_id, f"{person.name} cancelled it" if person else "cancelled")
        settle(db, run_id)
    return run


def retry_run(db: Session, run_id: str, person: Person) -> RunRow:
    """Queue the failed and cancelled videos of a run again.

    Raises:
        Refused: 404, there is no such run; 409, nothing in it failed or was cancelled.
    """
    run = run_named(db, run_id)
    fresh = {**UNCLAIMED, "state": "queued", "attempts": 0, "cancel": False, "problems": [], "queued": now()}
    count = _set(db, run_id, ("failed", "cancelled"), **fresh, priority=run.priority, started=None, finished=None)
    if not count:
        raise Refused(409, "no video of this run failed or was cancelled", "begin a new run to do finished videos again")
    take_turns(db, run)
    log(db, run_id, f"{person.name} tried {count} of {run.videos} videos again")
    settle(db, run_id)
    return run


def change(db: Session, run_id: str, *, name: str | None = None, priority: int | None = None) -> RunRow:
    """Rename a run, or give those of its videos that wait another priority.

    Raises:
        Refused: 404, there is no such run.
    """
    run = run_named(db, run_id)
    if priority is not None and priority != run.priority:
        _set(db, run_id, ("queued",), priority=priority)
        run.priority = priority
        take_turns(db, run)
    if name is not None:
        run.name = name
    run.changed = now()
    return run


def _set(db: Session, run_id: str, states: Collection[str], **values: Any) -> int:
    """Change those of a run's videos that are in these states, in one statement: a worker may be about to claim one.

    Returns:
        How many there were.
    """
    mine = RunVideoRow.run_id == run_id, RunVideoRow.state.in_(states)
    changed = update(RunVideoRow).where(*mine).values(**values).execution_options(synchronize_session=False)
    return cast("CursorResult[Any]", db.execute(changed)).rowcount
