"""Deletion that really deletes: all our work on a data set, and what was uploaded. A folder of a place stays as it is."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import delete

from trackside.server.access.people import Person
from trackside.server.context import Site
from trackside.server.datasets import listing, uploaded
from trackside.server.datasets.control import service_of
from trackside.server.datasets.news import publish
from trackside.server.datasets.tables import DatasetRow
from trackside.server.problems import Refused


def delete_dataset(site: Site, dataset_id: str, person: Person) -> str:
    """Stop its check, delete its workbench, what was uploaded, and its row. Gives its name.

    The workbench goes before the row, so that a server killed in between shows a data set that can be deleted again; and
    once more after it, for what a check or a picture put there meanwhile.

    Raises:
        Refused: 404, there is none; 403, somebody else uploaded it: there may be no other copy.
    """
    row = listing.find(site, dataset_id)
    if row.uploaded and person.role != "admin" and row.owner != person.name:
        raise Refused(403, f"{row.owner} uploaded this data set", "ask them or an administrator to remove it")
    service_of(site).halt(dataset_id)
    shutil.rmtree(row.work, ignore_errors=True)
    if row.uploaded:
        uploaded.remove(site, dataset_id)
    with site.database.session() as db:
        db.execute(delete(DatasetRow).where(DatasetRow.id == dataset_id))
    service_of(site).halt(dataset_id)
    service_of(site).cache.forget(dataset_id)
    shutil.rmtree(Path(row.work), ignore_errors=True)
    if row.uploaded:
        uploaded.remove(site, dataset_id)
    publish(site, dataset_id)
    return row.name
