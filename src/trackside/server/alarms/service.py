"""Tells alarms through all channels, and opens what was put off. What is not sent at the end is sent next time."""

from __future__ import annotations

import logging
import threading
from time import monotonic

from sqlalchemy import select

from trackside.server.alarms import acting, news
from trackside.server.alarms.tables import AlarmChannelRow
from trackside.server.alarms.worker import ChannelWorker
from trackside.server.context import Site

log = logging.getLogger("trackside.server.alarms")

# Seconds to wait for the end of all channels together.
_PATIENCE = 5.0
Known = tuple[ChannelWorker, str]


class AlarmsOut:
    """Keeps one worker for each active channel.

    Attributes:
        poll: seconds between two looks into the outbox.
        every: seconds between two looks at the channels and at what was put off.
    """

    def __init__(self, site: Site) -> None:
        self.poll = 2.0
        self.every = 5.0
        self._site = site
        self._lock = threading.Lock()
        self._workers: dict[str, Known] = {}
        self._over = threading.Event()
        self._news = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._over.clear()
        self._thread = threading.Thread(target=self._run, name="alarms out", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; what is under way is given up for now."""
        self._over.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE)
            self._thread = None
        with self._lock:
            workers = [worker for worker, _ in self._workers.values()]
            self._workers.clear()
        for worker in workers:
            worker.end()
        end = monotonic() + _PATIENCE
        for worker in workers:
            worker.join(max(0.0, end - monotonic()))

    def refresh(self) -> None:
        """Look at the channels again now."""
        self._news.set()

    def kick(self) -> None:
        """There is something new to send."""
        with self._lock:
            for worker, _ in self._workers.values():
                worker.kick()

    def _run(self) -> None:
        while not self._over.is_set():
            self._news.clear()
            try:
                self._follow()
                self._wake()
            except Exception:
                log.exception("the channels of alarms cannot be looked at")
            self._news.wait(self.every)

    def _follow(self) -> None:
        """Begin with channels that are new, end those that are gone, switched off, or lead elsewhere now."""
        with self._site.database.session() as db:
            rows = db.scalars(select(AlarmChannelRow).where(AlarmChannelRow.active)).all()
        wanted = {row.id: row for row in rows}
        with self._lock:
            for channel_id, (worker, settings) in list(self._workers.items()):
                if channel_id not in wanted or settings != repr(wanted[channel_id].settings):
                    worker.end()
                    del self._workers[channel_id]
            for channel_id, row in wanted.items():
                if channel_id not in self._workers and not self._over.is_set():
                    made = ChannelWorker(self._site, row, self.poll)
                    self._workers[channel_id] = made, repr(row.settings)
                    made.start()

    def _wake(self) -> None:
        with self._site.database.session() as db:
            ids = acting.wake(db)
        for alarm_id in ids:
            news.publish(self._site, alarm_id)
