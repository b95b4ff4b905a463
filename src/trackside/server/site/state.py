"""How much room is taken, and whether everything works; from the tables, without looking at files."""

from __future__ import annotations

import shutil

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from trackside import __version__
from trackside.server.context import Site
from trackside.server.datasets.tables import DatasetRow
from trackside.server.runs.tables import RunVideoRow
from trackside.server.site.shapes import Health, StorageShape
from trackside.server.videos.tables import UploadRow, VideoRow


def storage(site: Site) -> StorageShape:
    """Bytes of everything; `datasets` are those that were uploaded. `incoming` counts uploads under way with what they will
    take; unusable videos take nothing."""
    whole = select(func.coalesce(func.sum(VideoRow.bytes), 0)).where(VideoRow.state == "ready")
    with site.database.session() as db:
        videos = db.scalar(whole)
        results = db.scalar(select(func.coalesce(func.sum(RunVideoRow.bytes), 0)))
        datasets = db.scalar(select(func.coalesce(func.sum(DatasetRow.bytes), 0)))
        incoming = db.scalar(select(func.coalesce(func.sum(UploadRow.length), 0)))
    return StorageShape(
        videos=int(videos or 0),
        results=int(results or 0),
        datasets=int(datasets or 0),
        incoming=int(incoming or 0),
        quota=site.settings.quota,
        free=_free(site),
    )


def health(site: Site) -> Health:
    """Whether the database answers, and how many workers there are."""
    try:
        with site.database.session() as db:
            db.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return Health(state="broken", version=__version__, database="unreachable", workers=_workers(site))
    return Health(state="ok", version=__version__, database="ok", workers=_workers(site))


def _workers(site: Site) -> int:
    runs = site.services.get("runs")
    return 0 if runs is None else int(runs.alive())


def _free(site: Site) -> int:
    """Bytes on the disk of the data folder, which is made when the first thing is written."""
    folder = site.settings.data.absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
