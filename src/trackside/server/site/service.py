"""Keeps the site tidy: every ten minutes what is beyond its time is deleted."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from datetime import timedelta

from trackside.server.access import sessions
from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.site import retention
from trackside.server.webhooks import outbox

log = logging.getLogger("trackside.server.site")

# Messages of webhooks are shown for this long.
_DELIVERIES = timedelta(days=30)


class SiteService:
    """Deletes videos, results and alarms beyond retention, uploads given up, sessions that ended, old messages.

    Attributes:
        every: seconds between two rounds.
    """

    def __init__(self, site: Site) -> None:
        self.every = 600.0
        self._site = site
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Clear away what a killed server left, and begin with a round at once."""
        self._stopping.clear()
        self._remove_copies()
        self._thread = threading.Thread(target=self._run, name="site", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the deletion under way."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def tidy(self) -> None:
        """One round. What fails is told in the log, and keeps the rest from nothing."""
        for task in (self._delete_old, self._delete_alarms, self._expire_uploads, self._expire_drafts, self._sweep):
            _carefully(task)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.tidy()
            self._stopping.wait(self.every)

    def _remove_copies(self) -> None:
        """Remove files that a killed server had fetched or taken for a moment."""
        for pattern in ("copy-*", "trial-*"):
            for folder in self._site.settings.data.glob(pattern):
                shutil.rmtree(folder, ignore_errors=True)

    def _delete_old(self) -> None:
        retention.delete_old(self._site, self._stopping.is_set)

    def _delete_alarms(self) -> None:
        from trackside.server.alarms.sweeping import delete_old

        delete_old(self._site, self._stopping.is_set)

    def _expire_uploads(self) -> None:
        from trackside.server.uploads.store import expire

        expire(self._site)

    def _expire_drafts(self) -> None:
        from trackside.server.packages.drafts import expire

        expire(self._site)

    def _sweep(self) -> None:
        with self._site.database.session() as db:
            sessions.sweep(db, now())
            outbox.sweep(db, now() - _DELIVERIES)


def _carefully(task: Callable[[], None]) -> None:
    try:
        task()
    except Exception:
        log.exception("tidying up failed")
