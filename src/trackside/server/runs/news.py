"""News of runs for the page: which have changed since the last look. Nothing is asked while nobody listens."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import select

from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.runs.tables import RunRow

# Seconds between two looks.
_INTERVAL = 0.5
# A change is dated a moment before others can see it, by machines whose clocks differ a little.
_LATE = timedelta(seconds=3)
# Runs of one look.
_MOST = 1000


class RunNews:
    """Publishes the ids of runs that workers have changed."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._next = 0.0
        self._told: dict[str, datetime] = {}
        self._since = now()

    def publish(self) -> None:
        """Tell what is new, if it is time."""
        hub = self._site.services.get("events")
        if hub is None or monotonic() < self._next:
            return
        self._next = monotonic() + _INTERVAL
        if not getattr(hub, "listeners", 1):
            self._since = now()
            return
        for run_id in self._changed():
            hub.publish("run", run_id)

    def _changed(self) -> list[str]:
        asked = select(RunRow.id, RunRow.changed).where(RunRow.changed >= self._since - _LATE)
        with self._site.database.session() as db:
            found = dict(db.execute(asked.order_by(RunRow.changed.desc()).limit(_MOST)).all())
        fresh = [run_id for run_id, changed in found.items() if self._told.get(run_id) != changed]
        self._since = max([self._since, *found.values()])
        self._told = found
        return fresh
