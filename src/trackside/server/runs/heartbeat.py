"""The heartbeat of a claim: renews the lease, writes progress, hears when the video is cancelled or the claim is lost."""

from __future__ import annotations

import logging
import threading
from time import monotonic
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from trackside.server.database import Database, now
from trackside.server.runs.queue import LEASE, change_claimed
from trackside.server.runs.reporting import Report, Reporter
from trackside.server.runs.settling import settle
from trackside.server.runs.tables import RunVideoRow

log = logging.getLogger("trackside.server.runs")
Reason = Literal["", "cancelled", "lost", "queued"]
# Seconds between two beats, and between two renewals while there is nothing new to write.
BEAT = 1.0
RENEWAL = 5.0


class Halt:
    """Tells the engine to stop, and remembers why: the state of the outcome. The first reason counts."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.reason: Reason = ""

    def call(self, reason: Reason) -> None:
        """Stop. Called from any thread, and from a signal handler."""
        if not self.reason:
            self.reason = reason
            self.event.set()


class Heartbeat:
    """Beats in a thread of its own while the block runs."""

    def __init__(self, database: Database, row: RunVideoRow, reporter: Reporter, halt: Halt) -> None:
        self._database, self._row, self._reporter, self._halt = database, row, reporter, halt
        self._told = Report()
        self._renewed = monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def beat(self) -> None:
        """Write what is new, renew the lease if it is time, and see whether to stop."""
        report = self._reporter.report
        with self._database.session() as db:
            if report != self._told or monotonic() - self._renewed >= RENEWAL:
                self._write(db, report)
            cancel = db.scalar(
                select(RunVideoRow.cancel).where(RunVideoRow.id == self._row.id, RunVideoRow.worker == self._row.worker)
            )
        if cancel is None or cancel:
            self._halt.call("lost" if cancel is None else "cancelled")

    def _write(self, db: Session, report: Report) -> None:
        values: dict[str, Any] = {"lease_until": now() + LEASE, "stage": report.stage, "fraction": report.fraction}
        values |= {"records": report.records, "rate": report.rate, "seconds_left": report.seconds_left}
        if change_claimed(db, self._row, **values):
            settle(db, self._row.run_id, seconds_left=_whole_run(db, self._row.run_id, report))
            self._told, self._renewed = report, monotonic()

    def _run(self) -> None:
        while not self._over.wait(BEAT):
            try:
                self.beat()
            except SQLAlchemyError as error:
                # The lease outlasts a database that is away for a moment; if it does not, the video is done again.
                log.warning("the database did not take a heartbeat (%s)", type(error).__name__)


def _whole_run(db: Session, run_id: str, report: Report) -> float | None:
    """Seconds to the end of a run: what is left of its videos, each as long as this one, by as many workers as now."""
    if report.seconds_each is None:
        return None
    left = RunVideoRow.run_id == run_id, RunVideoRow.state.in_(("queued", "running"))
    videos = db.scalar(select(func.sum(1.0 - RunVideoRow.fraction)).where(*left)) or 0.0
    workers = db.scalar(select(func.count()).where(*left, RunVideoRow.state == "running")) or 1
    return float(videos) * report.seconds_each / workers
