"""Deleting a run for good: its rows, its results, its pictures."""

from __future__ import annotations

from time import monotonic, sleep

from sqlalchemy import delete, select

from trackside.server.context import Site
from trackside.server.runs.control import cancel_run
from trackside.server.runs.live import live_path
from trackside.server.runs.tables import RunLogRow, RunRow, RunVideoRow

# Seconds to wait for workers to let go. One that takes longer finds its claim gone, and removes what it has made.
_PATIENCE = 5.0


def delete_run(site: Site, run_id: str) -> None:
    """Delete a run; one that is under way is cancelled first.

    The results go before the rows: if the server is killed in between, the run is still listed and can be deleted again.

    Raises:
        Refused: 404, there is no such run.
        OutputError: the files cannot be removed.
    """
    with site.database.session() as db:
        cancel_run(db, run_id)
        ids = list(db.scalars(select(RunVideoRow.id).where(RunVideoRow.run_id == run_id)))
    _wait_for_workers(site, run_id)
    site.files.delete(f"results/{run_id}")
    with site.database.session() as db:
        db.execute(delete(RunVideoRow).where(RunVideoRow.run_id == run_id))
        db.execute(delete(RunLogRow).where(RunLogRow.run_id == run_id))
        db.execute(delete(RunRow).where(RunRow.id == run_id))
    site.files.delete(f"results/{run_id}")
    for one in ids:
        live_path(site.settings.data, one).unlink(missing_ok=True)


def _wait_for_workers(site: Site, run_id: str) -> None:
    busy = select(RunVideoRow.id).where(RunVideoRow.run_id == run_id, RunVideoRow.state == "running").limit(1)
    end = monotonic() + _PATIENCE
    while monotonic() < end:
        with site.database.session() as db:
            if db.scalar(busy) is None:
                return
        sleep(0.1)
