"""The relabel queue: entries, decisions, undo, export and import."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from trackside.server import answers
from trackside.server.access.people import RANK, Analyst, Viewer
from trackside.server.context import SiteHere
from trackside.server.datasets.access import bench_of, noted, opened
from trackside.server.datasets.importing import FORM, MOST_IMPORT, received
from trackside.server.datasets.news import publish
from trackside.server.datasets.queue import by_hand, exporting, showing
from trackside.server.datasets.queue.shapes import (
    ByHand,
    ByHandShape,
    DecidedShape,
    Decisions,
    EntryShape,
    ImportedShape,
    RelabelQueueShape,
    UndoBody,
)
from trackside.server.library.plain import PlainText
from trackside.server.shapes import Id

router = APIRouter(tags=["data sets"])
Word = Annotated[PlainText, Query(max_length=60)]
Kind = Literal["label", "image", "box", "keypoint", "pair"]
StateAsked = Literal["open", "decided", "skipped", "gone", "all"]


@router.get("/datasets/{dataset_id}/queue")
def dataset_queue(
    dataset_id: Id,
    person: Viewer,
    site: SiteHere,
    check: Word = "",
    kind: Kind | None = None,
    state: StateAsked = "open",
    after: Annotated[int | None, Query(ge=0, le=2**53, description="number of the last entry that is known")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RelabelQueueShape:
    """Entries, most suspicious first.

    Open ones that an analyst asks for without `after` are theirs for ten minutes: nobody else gets them meanwhile, and
    asking again gives first what they have not decided yet. With `after`, and for all other states, nothing is claimed.
    """
    claims = state == "open" and after is None and RANK[person.role] >= RANK["analyst"]
    data, bench = opened(site, dataset_id), bench_of(site, dataset_id)[1]
    wanted = showing.Wanted(check or None, kind, state, after, limit, person.name if claims else "")
    return showing.queue_shape(data, showing.queue_of(bench), wanted, person.name)


@router.post("/datasets/{dataset_id}/queue/decisions")
def decide(dataset_id: Id, body: Decisions, person: Analyst, site: SiteHere) -> DecidedShape:
    """Take decisions, in order. A later decision about an entry replaces an earlier one; one whose `key` was taken from this
    person before is passed over."""
    data, bench = opened(site, dataset_id), bench_of(site, dataset_id)[1]
    queue = showing.queue_of(bench)
    showing.decide(data, queue, body, person.name)
    publish(site, dataset_id)
    return showing.decided_shape(queue, person.name)


@router.post("/datasets/{dataset_id}/queue/undo")
def undo(dataset_id: Id, person: Analyst, site: SiteHere, body: UndoBody | None = None) -> DecidedShape:
    """Take back the person's last decision; nothing happens if there is none."""
    queue = showing.queue_of(bench_of(site, dataset_id)[1])
    undone = queue.undo(person.name, key=(body.key if body else "") or None)
    publish(site, dataset_id)
    return showing.decided_shape(queue, person.name, undone)


@router.get(
    "/datasets/{dataset_id}/queue/export",
    response_class=Response,
    responses=answers.content("text/csv", "application/zip"),
)
async def export_queue(
    dataset_id: Id, person: Viewer, site: SiteHere, to: Literal["csv", "label-studio", "data-set"] = "csv"
) -> Response:
    """Entries with decisions as a table; as Label Studio tasks with the labelling interface (zip); or the corrected data
    set's own files without pictures (zip)."""
    return await site.heavy.do(exporting.export, site, dataset_id, to)


@router.get("/datasets/{dataset_id}/queue/{entry}")
def queue_entry(dataset_id: Id, entry: Annotated[int, Path(ge=0, le=2**53)], person: Viewer, site: SiteHere) -> EntryShape:
    """One entry, as it stands now. Nothing is claimed."""
    data, bench = opened(site, dataset_id), bench_of(site, dataset_id)[1]
    return showing.entry_shape(data, showing.queue_of(bench), entry, person.name)


@router.post("/datasets/{dataset_id}/queue/by-hand")
async def put_into_queue(dataset_id: Id, body: ByHand, person: Analyst, site: SiteHere) -> ByHandShape:
    """Put items into the queue that a person chose, before all others."""
    told = await site.heavy.do(by_hand.put, site, dataset_id, body, person.name)
    publish(site, dataset_id)
    return told


@router.post("/datasets/{dataset_id}/queue/import", openapi_extra=FORM, max_body_size=MOST_IMPORT)
async def import_queue(dataset_id: Id, person: Analyst, site: SiteHere, request: Request) -> ImportedShape:
    """Take in what Label Studio exported (JSON), as the field `file` of a form."""
    row, bench = await run_in_threadpool(bench_of, site, dataset_id)
    async with received(site, request, "tasks.json") as path:
        taken = await site.heavy.do(exporting.take_in, site, dataset_id, path)
    await run_in_threadpool(noted, site, person, "dataset.import", f"{row.name}: {taken['new']} decisions", request)
    publish(site, dataset_id)
    stands = await run_in_threadpool(showing.decided_shape, showing.queue_of(bench), person.name)
    return ImportedShape(**stands.model_dump(), **taken)
