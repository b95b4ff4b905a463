"""Data sets: lists, places they may come from, checks, deletion."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import select

from trackside.server.access.people import Analyst, Viewer
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
from trackside.server.datasets import control, listing, places
from trackside.server.datasets.access import noted
from trackside.server.datasets.deletion import delete_dataset as delete_everything
from trackside.server.datasets.shapes import CheckShape, CheckWish, DatasetNew, DatasetShape, PlaceShape
from trackside.server.datasets.tables import DatasetRow
from trackside.server.library.plain import PlainText
from trackside.server.paging import page
from trackside.server.shapes import Cursor, Id, Limit, Page

router = APIRouter(tags=["data sets"])
Part = Annotated[PlainText, Query(max_length=100, description="part of the name")]


@router.get("/datasets")
def datasets(person: Viewer, site: SiteHere, limit: Limit = 50, cursor: Cursor = "", q: Part = "") -> Page[DatasetShape]:
    """Data sets, newest first."""
    query = select(DatasetRow)
    if q:
        query = query.where(DatasetRow.name.icontains(q, autoescape=True))
    with site.database.session() as db:
        rows, following, total = page(db, query, (DatasetRow.created, DatasetRow.id), limit=limit, cursor=cursor)
    return Page(items=[listing.shape(site, row) for row in rows], next=following, total=total)


@router.get("/datasets/places")
def dataset_places(person: Analyst, site: SiteHere) -> list[PlaceShape]:
    """The folders that the server was told to offer, and what may be data sets below them."""
    return places.offered(site.settings)


@router.get("/datasets/checks")
def dataset_checks(person: Viewer) -> list[CheckShape]:
    """The checks there are, in the order in which they are asked."""
    return control.checks()


@router.post("/datasets", status_code=201)
def add_dataset(body: DatasetNew, person: Analyst, site: SiteHere, request: Request) -> DatasetShape:
    """Take a folder in; it is read and checked at once. The folder itself is never changed."""
    row = control.add(site, body, person.name)
    noted(site, person, "dataset.add", row.name, request)
    return listing.shape(site, row)


@router.get("/datasets/{dataset_id}")
def dataset(dataset_id: Id, person: Viewer, site: SiteHere) -> DatasetShape:
    """One data set."""
    return listing.shape(site, listing.find(site, dataset_id))


@router.delete("/datasets/{dataset_id}")
def delete_dataset(dataset_id: Id, person: Analyst, site: SiteHere, request: Request) -> State:
    """Forget a data set: the report, the queue with its decisions, tagged mistakes. A folder of a place stays as it is;
    what was uploaded goes, by whoever uploaded it or an administrator."""
    name = delete_everything(site, dataset_id, person)
    noted(site, person, "dataset.delete", f"{name} ({dataset_id})", request)
    return State()


@router.post("/datasets/{dataset_id}/check", status_code=202)
def check_dataset(dataset_id: Id, body: CheckWish, person: Analyst, site: SiteHere, request: Request) -> DatasetShape:
    """Read and check it again."""
    row = control.ask(site, dataset_id, body)
    noted(site, person, "dataset.check", row.name, request)
    return listing.shape(site, row)


@router.post("/datasets/{dataset_id}/stop")
def stop_dataset(dataset_id: Id, person: Analyst, site: SiteHere, request: Request) -> DatasetShape:
    """Stop the check. What was there before stays; pictures that were looked at are not looked at again next time."""
    row = control.stop(site, dataset_id)
    noted(site, person, "dataset.stop", row.name, request)
    return listing.shape(site, row)
