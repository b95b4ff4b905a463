"""Looking at a data set: facets, a grid of items with filters, one item, its picture, the map."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from trackside.server import answers
from trackside.server.access.people import Viewer
from trackside.server.context import SiteHere
from trackside.server.datasets import pictures, showing
from trackside.server.datasets.access import bench_of, opened
from trackside.server.datasets.browsing import Filter, Order, chosen
from trackside.server.datasets.control import service_of
from trackside.server.datasets.queue.showing import entries_of
from trackside.server.datasets.shapes import Facets, ItemShape, ItemsShape, MapShape
from trackside.server.library.plain import PlainText
from trackside.server.shapes import Id

router = APIRouter(tags=["data sets"])
Word = Annotated[PlainText | None, Query(max_length=1000)]
RowNumber = Annotated[int, Path(ge=0, le=2**31 - 1, description="the item's number, from the list of items")]
Offset = Annotated[int, Query(ge=0, le=2**31 - 1)]
Many = Annotated[int, Query(ge=1, le=500)]
_NUMBER = r"-?\d{1,3}(\.\d{1,6})?"
_CORNER = f"{_NUMBER},{_NUMBER}"
Area = Annotated[
    str, Query(pattern=rf"^({_CORNER}(,{_CORNER}){{2,63}})?$", description="corners of a part of the map: x1,y1,x2,y2,...")
]
Side = Annotated[int, Query(ge=64, le=2048, description="pixels of the longer side; rounded up, never enlarged")]
# The address of such a picture names the version, so that it never changes.
FOR_EVER, NOT_LONG = "private, max-age=31536000, immutable", "private, max-age=60"


@router.get("/datasets/{dataset_id}/facets")
def dataset_facets(dataset_id: Id, person: Viewer, site: SiteHere) -> Facets:
    """What the grid can be filtered by, with counts."""
    return showing.facets(opened(site, dataset_id))


@router.get("/datasets/{dataset_id}/items")
def dataset_items(
    dataset_id: Id,
    person: Viewer,
    site: SiteHere,
    label: Word = None,
    split: Word = None,
    group: Word = None,
    check: Word = None,
    q: Annotated[PlainText, Query(max_length=200, description="part of the name")] = "",
    area: Area = "",
    order: Order = "name",
    offset: Offset = 0,
    limit: Many = 100,
) -> ItemsShape:
    """Items that match, as columns. An empty `label`, `split` or `group` asks for items without."""
    data = opened(site, dataset_id)
    rows = chosen(data, Filter(label, split, group, check, q, _corners(area)), order)
    return showing.items(data, rows[offset : offset + limit], len(rows))


@router.get("/datasets/{dataset_id}/items/{row}")
def dataset_item(dataset_id: Id, row: RowNumber, person: Viewer, site: SiteHere) -> ItemShape:
    """One item with its annotations and what checks say of it."""
    data, (_, bench) = opened(site, dataset_id), bench_of(site, dataset_id)
    told = showing.item(data, data.checked_row(row))
    entries = entries_of(bench, [told.name, *(suspect.partner for suspect in told.suspects)])
    told.entry = entries_of(bench, [told.name], "open").get(told.name)
    for suspect in told.suspects:
        suspect.partner_entry = entries.get(suspect.partner)
    return told


def _corners(area: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in area.split(",")] if area else []
    return list(zip(numbers[::2], numbers[1::2], strict=True))


@router.get(
    "/datasets/{dataset_id}/items/{row}/picture.jpg", response_class=Response, responses=answers.content("image/jpeg")
)
async def dataset_picture(
    dataset_id: Id,
    row: RowNumber,
    person: Viewer,
    site: SiteHere,
    side: Side = 160,
    v: Annotated[str, Query(max_length=64, description="`version` of the data set: the browser keeps it for ever")] = "",
) -> Response:
    """An item's picture, small. Many may be asked for at once."""
    jpeg, version = await service_of(site).pictures.do(pictures.picture_of, site, dataset_id, row, side)
    headers = {"cache-control": FOR_EVER if v and v == version else NOT_LONG}
    return Response(jpeg, media_type="image/jpeg", headers=headers)


@router.get("/datasets/{dataset_id}/map", response_model=MapShape)
def dataset_map(dataset_id: Id, person: Viewer, site: SiteHere) -> Response:
    """Where each item lies on the map of features."""
    return Response(opened(site, dataset_id).map_json(), media_type="application/json")
