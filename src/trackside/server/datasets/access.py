"""What endpoints need of a data set: its row, its workbench, its opened index, its folder."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request

from trackside.data.workbench import Workbench
from trackside.server.access.audit import note
from trackside.server.access.people import Person
from trackside.server.context import Site
from trackside.server.datasets import listing, places
from trackside.server.datasets.opened import Opened
from trackside.server.datasets.tables import DatasetRow


def bench_of(site: Site, dataset_id: str) -> tuple[DatasetRow, Workbench]:
    """A data set's row and workbench. Raises Refused (404)."""
    row = listing.find(site, dataset_id)
    return row, Workbench(Path(row.work))


def opened(site: Site, dataset_id: str) -> Opened:
    """A data set's index, from memory if it was opened before.

    Raises:
        Refused: 404, there is no such data set; 409, it has not been read yet.
    """
    found: Opened = site.services["datasets"].cache.get(listing.find(site, dataset_id))
    return found


def tops_of(site: Site, dataset_id: str) -> tuple[Path, ...]:
    """The folders in which a data set's files may lie. Raises Refused (404, or 409 if the server may not look there)."""
    return places.tops_of(site, listing.find(site, dataset_id))


def noted(site: Site, person: Person, action: str, subject: str, request: Request) -> None:
    """Write a line into the audit log."""
    with site.database.session() as db:
        note(db, person, action, subject, request)
