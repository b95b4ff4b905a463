"""The service of data sets: one check at a time, each in a process of its own; what a dead server left goes on."""

from __future__ import annotations

import contextlib
import logging
import subprocess
import threading
from collections.abc import Iterator, Sequence
from time import monotonic

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from trackside.server.context import Site
from trackside.server.datasets import uploaded
from trackside.server.datasets.cache import Cache
from trackside.server.datasets.news import publish
from trackside.server.datasets.process import COMMAND, begin, end, messages
from trackside.server.datasets.settling import BUSY, Told, fail, settle
from trackside.server.datasets.tables import DatasetRow
from trackside.server.turns import Turns

log = logging.getLogger("trackside.server")
# Seconds between two looks at an idle queue, and between two pieces of news of one check.
_IDLE, _NEWS = 2.0, 0.5
# A check during which the server died so often is not begun again.
_MOST_ATTEMPTS = 3
# Pictures at once: each takes a core, and up to some hundred megabytes for the largest that are looked at.
_PICTURES = 4


class DatasetService:
    """Runs checks, and holds opened data sets.

    Args:
        site: the server's belongings.
        command: what a job's process is.

    Attributes:
        cache: opened data sets.
        pictures: turns at making pictures.
    """

    def __init__(self, site: Site, command: Sequence[str] = COMMAND) -> None:
        self.cache = Cache()
        self.pictures = Turns(_PICTURES)
        self._site, self._command = site, command
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._lock = threading.Condition()
        self._current: tuple[str, subprocess.Popen[str]] | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Queue what an earlier server left, and begin."""
        self._stopping.clear()
        uploaded.put_in_order(self._site)
        with self._site.database.session() as db:
            for row in db.scalars(select(DatasetRow).where(DatasetRow.state.in_(BUSY))):
                if row.attempts < _MOST_ATTEMPTS:
                    row.state = "waiting"
                else:
                    fail(row, f"the server died {row.attempts} times during its check", "look into the server's log")
        self._thread = threading.Thread(target=self._run, name="datasets", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the check under way; it goes on at the next start."""
        self._stopping.set()
        self._wake.set()
        with self._lock:
            if self._current is not None:
                self._current[1].terminate()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def halt(self, dataset_id: str) -> None:
        """End the check of a data set, if one goes on, and wait until it has ended."""
        with self._lock:
            while self._current is not None and self._current[0] == dataset_id:
                self._current[1].terminate()
                self._lock.wait(1.0)

    def work(self) -> bool:
        """Do the check that waits longest. Gives whether there was one."""
        with self._site.database.session() as db:
            waiting = select(DatasetRow).where(DatasetRow.state == "waiting").order_by(DatasetRow.asked, DatasetRow.id)
            row = db.scalar(waiting.limit(1).with_for_update(skip_locked=True))
            if row is None:
                return False
            row.state, row.attempts = "reading", row.attempts + 1
        publish(self._site, row.id)
        self._check(row)
        publish(self._site, row.id)
        return True

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                if self.work():
                    continue
            except SQLAlchemyError as error:
                log.warning("the database does not answer (%s); data sets wait", type(error).__name__)
            except Exception:
                log.exception("a check of a data set failed")
            self._wake.wait(_IDLE)

    def _check(self, row: DatasetRow) -> None:
        told = Told()
        with self._process(row) as process:
            heard = 0.0
            for message in messages(process):
                urgent = told.take(message)
                if urgent or monotonic() - heard >= _NEWS:
                    heard = monotonic()
                    self._note(row.id, told)
        told.died = process.returncode if not self._stopping.is_set() else None
        self._settle(row.id, told)

    @contextlib.contextmanager
    def _process(self, row: DatasetRow) -> Iterator[subprocess.Popen[str]]:
        process = begin(self._site, row, self._command)
        with self._lock:
            self._current = (row.id, process)
        if self._stopping.is_set():
            process.terminate()
        try:
            yield process
        finally:
            end(process)
            with self._lock:
                self._current = None
                self._lock.notify_all()

    def _note(self, dataset_id: str, told: Told) -> None:
        with self._site.database.session() as db:
            row = db.get(DatasetRow, dataset_id)
            if row is None or row.state not in BUSY:
                return
            told.write(row)
        publish(self._site, dataset_id)

    def _settle(self, dataset_id: str, told: Told) -> None:
        with self._site.database.session() as db:
            row = db.get(DatasetRow, dataset_id, with_for_update=True)
            if row is not None and row.state in BUSY:
                settle(row, told)
