"""What people do with data sets: add, check again, stop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from trackside.data.checking import CHECKS
from trackside.data.workbench import Workbench
from trackside.server.context import Site
from trackside.server.database import Database, now
from trackside.server.datasets import places
from trackside.server.datasets.indexing import clean
from trackside.server.datasets.news import publish
from trackside.server.datasets.settling import BUSY, fail
from trackside.server.datasets.shapes import CheckShape, CheckWish, DatasetNew
from trackside.server.datasets.tables import DatasetRow
from trackside.server.problems import Refused, missing
from trackside.server.uploads.names import clean_name

if TYPE_CHECKING:
    from trackside.server.datasets.service import DatasetService

# Features that no network is needed for.
_PLAIN = ("", "plain", "none")


def checks() -> list[CheckShape]:
    """All checks, in the order in which they are asked."""
    found = [one.check for one in CHECKS.values()]
    return [CheckShape(name=one.name, asks=one.asks, costs=one.costs, source=one.source) for one in found]


def add(site: Site, body: DatasetNew, owner: str) -> DatasetRow:
    """Take a folder of a place in, and queue its first check.

    Raises:
        Refused: 422, there is no such folder; 409, it is a data set already.
    """
    path = places.resolve(site.settings, body.place, body.folder)
    row = DatasetRow(
        name=clean_name(body.name or clean(path.name) or "data set")[:150],
        origin=f"{body.place}/{body.folder}".strip("/")[:500],
        root=str(path),
        work=str(Workbench.of(path).folder),
        format=body.format,
        owner=owner,
    )
    if dataset_at(site.database, path) is not None:
        raise Refused(409, "this folder is a data set already", "open it, or check it again")
    with site.database.session() as db:
        db.add(row)
    _wake(site, row.id)
    return row


def dataset_at(database: Database, path: Path) -> DatasetRow | None:
    """The data set of a path, if there is one."""
    with database.session() as db:
        return db.scalar(select(DatasetRow).where(DatasetRow.root == str(path)).limit(1))


def ask(site: Site, dataset_id: str, wish: CheckWish) -> DatasetRow:
    """Queue a check.

    Raises:
        Refused: 404; 409, it is being checked, or the server may not look at its folder.
        UnknownName: there is no such check.
    """
    for name in wish.only:
        CHECKS[name]
    if wish.features not in _PLAIN and wish.features not in site.store:
        raise Refused(422, f"the network {wish.features} is not installed", "install it, or leave `features` out")
    with site.database.session() as db:
        row = _row(db, dataset_id)
        places.tops_of(site, row)
        if row.state in BUSY:
            raise Refused(409, f"{row.name} is being checked", "wait for it, or stop it")
        row.state, row.stage, row.fraction, row.problem, row.fix = "waiting", "", 0.0, "", ""
        row.wish, row.asked, row.attempts = wish.model_dump(), now(), 0
    _wake(site, dataset_id)
    return row


def stop(site: Site, dataset_id: str) -> DatasetRow:
    """Stop a check; nothing happens if none goes on. Raises Refused (404)."""
    with site.database.session() as db:
        row = _row(db, dataset_id)
        if row.state in BUSY:
            settle_stopped(row)
    service_of(site).halt(dataset_id)
    with site.database.session() as db:
        row = _row(db, dataset_id)
    publish(site, dataset_id)
    return row


def settle_stopped(row: DatasetRow) -> None:
    """What a data set is whose check was stopped: as it was before, or without anything to show."""
    row.state, row.stage, row.fraction = "ready", "", 0.0
    if not row.checked:
        fail(row, "its check was stopped", "check it again")


def service_of(site: Site) -> DatasetService:
    """The service that runs checks."""
    found: DatasetService = site.services["datasets"]
    return found


def _row(db: Session, dataset_id: str) -> DatasetRow:
    row = db.get(DatasetRow, dataset_id, with_for_update=True)
    if row is None:
        raise missing("data set")
    return row


def _wake(site: Site, dataset_id: str) -> None:
    service_of(site).wake()
    publish(site, dataset_id)
