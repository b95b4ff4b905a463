"""The supervisor of workers: one process a slot, tended while the server runs; what dead ones held goes on at once."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import threading
from collections.abc import Callable, Sequence
from time import monotonic

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from trackside.server.context import Site
from trackside.server.runs.doing import scratch_of
from trackside.server.runs.live import live_path
from trackside.server.runs.news import RunNews
from trackside.server.runs.process import COMMAND, WorkerProcess
from trackside.server.runs.queue import release, release_expired
from trackside.server.runs.tables import RunVideoRow
from trackside.server.runs.worker import name_of

log = logging.getLogger("trackside.server.runs")
# Seconds between two looks at the workers, and between two searches for claims that ran out.
_TEND, _SEARCH = 0.25, 5.0
# Seconds that workers may take to give their videos back.
_GRACE = 10.0


class RunService:
    """Keeps the workers of all slots running, and tells the page what changes.

    Args:
        site: the server's belongings.
        command: what a worker process is.
    """

    def __init__(self, site: Site, command: Sequence[str] = COMMAND) -> None:
        self._site = site
        self._news = RunNews(site)
        slots = {"cpu": site.settings.cpu_slots, "gpu": site.settings.gpu_slots}
        self._workers = [WorkerProcess(site, slot, command) for slot, count in slots.items() for _ in range(count)]
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._next_search = 0.0

    def start(self) -> None:
        """Take back what an earlier server's workers held, and start workers."""
        self._stopping.clear()
        self._take_back(_is_dead)
        self._sweep()
        self._thread = threading.Thread(target=self._run, name="runs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop all workers; the videos in their hands go back to the queue."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        for worker in self._workers:
            worker.ask_to_stop()
        end = monotonic() + _GRACE
        for worker in self._workers:
            worker.wait(max(0.1, end - monotonic()))

    def alive(self) -> int:
        """Workers that run."""
        return sum(worker.alive for worker in self._workers)

    def pids(self) -> list[int]:
        """Process ids of the workers that run."""
        return [worker.pid for worker in self._workers if worker.alive]

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._tend()
            except SQLAlchemyError as error:
                log.warning("the database does not answer (%s); workers wait", type(error).__name__)
            self._stopping.wait(_TEND)

    def _tend(self) -> None:
        for worker in self._workers:
            if died := worker.tend():
                log.warning("worker %d died; another one takes its place", died)
                self._take_back(lambda row, died=died: row.worker.startswith(name_of(died)))  # type: ignore[misc]
                self._sweep()
        if monotonic() >= self._next_search:
            self._next_search = monotonic() + _SEARCH
            with self._site.database.session() as db:
                release_expired(db)
        self._news.publish()

    def _take_back(self, is_lost: Callable[[RunVideoRow], bool]) -> None:
        with self._site.database.session() as db:
            release(db, is_lost)

    def _sweep(self) -> None:
        """Remove what killed workers left half done."""
        data = self._site.settings.data
        # Listed before the claims are: what a worker begins in between is not in danger.
        folders, pictures = list((data / "work").glob("*")), list((data / "live").glob("*"))
        with self._site.database.session() as db:
            busy = db.scalars(select(RunVideoRow).where(RunVideoRow.state == "running")).all()
        for folder in set(folders) - {scratch_of(data, row) for row in busy}:
            shutil.rmtree(folder, ignore_errors=True)
        for picture in set(pictures) - {live_path(data, row.id) for row in busy}:
            picture.unlink(missing_ok=True)


def _is_dead(row: RunVideoRow) -> bool:
    """Whether a claim is of a process of this machine that is no more."""
    host, _, rest = row.worker.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname()[:60] or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
