"""Decisions that leave and come back: a table, Label Studio, the corrected data set. A job does what needs the data set."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from fastapi import Response
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from trackside.data.queue import Queue, export_csv
from trackside.data.workbench import Workbench
from trackside.server.context import Site
from trackside.server.datasets import listing
from trackside.server.datasets.access import bench_of
from trackside.server.datasets.process import asked
from trackside.server.results.zipping import safe_name
from trackside.server.sending import saved_as, type_of


def export(site: Site, dataset_id: str, to: str) -> Response:
    """The file that somebody wants; it is deleted when it was sent.

    Raises:
        Refused: 404; 409; 422, it cannot be written.
    """
    row, bench = bench_of(site, dataset_id)
    site.settings.data.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix="export-", dir=site.settings.data))
    try:
        name = (
            _table(bench, folder)
            if to == "csv"
            else asked(site, row, verb="export", to=to, out=str(folder / "out"))["written"]
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    headers = {"content-disposition": saved_as(f"{safe_name(row.name)}-{name}")}
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(folder / "out", headers=headers, media_type=type_of(name), background=gone)


def _table(bench: Workbench, folder: Path) -> str:
    """Entries as a table, for which the data set itself need not be read."""
    export_csv(Queue(bench.queue_path), folder / "out")
    return "decisions.csv"


def take_in(site: Site, dataset_id: str, path: Path) -> dict[str, Any]:
    """Take decisions in; gives how many are new and known, and what could not be used. Raises as `export`."""
    taken: dict[str, Any] = asked(site, listing.find(site, dataset_id), verb="import", file=str(path))["taken"]
    return taken
