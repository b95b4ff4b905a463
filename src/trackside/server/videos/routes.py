"""Videos: lists, pictures, files, deletion."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from trackside.server import answers
from trackside.server.access.audit import note
from trackside.server.access.people import Analyst, Viewer
from trackside.server.access.shapes import State
from trackside.server.context import Site, SiteHere
from trackside.server.paging import page
from trackside.server.problems import Refused, missing
from trackside.server.sending import send
from trackside.server.shapes import Cursor, Limit, Page, Search
from trackside.server.uploads.names import clean_folder, clean_name
from trackside.server.videos import deletion, listing
from trackside.server.videos.frames import FRAMES
from trackside.server.videos.news import publish
from trackside.server.videos.shapes import FolderShape, VideoChange, VideoShape, VideoState
from trackside.server.videos.tables import VideoRow

router = APIRouter(tags=["videos"])
Seconds = Annotated[float, Query(ge=0, le=1e6, allow_inf_nan=False, description="media time")]
Width = Annotated[int, Query(ge=16, le=4096, description="pixels; never wider than the video")]


@router.get("/videos")
def videos(
    person: Viewer,
    site: SiteHere,
    limit: Limit = 50,
    cursor: Cursor = "",
    q: Search = "",
    folder: Annotated[str | None, Query(max_length=500)] = None,
    state: VideoState | None = None,
    order: Literal["newest", "name"] = "newest",
) -> Page[VideoShape]:
    """Videos, newest first."""
    by = (VideoRow.name, VideoRow.id) if order == "name" else (VideoRow.created, VideoRow.id)
    with site.database.session() as db:
        query = listing.chosen(q, folder, state)
        rows, following, total = page(db, query, by, limit=limit, cursor=cursor, newest_first=order == "newest")
        return Page(items=listing.shapes(db, site, rows), next=following, total=total)


@router.get("/folders")
def folders(person: Viewer, site: SiteHere) -> list[FolderShape]:
    """The folders that videos are in."""
    with site.database.session() as db:
        return listing.folders(db)


@router.get("/videos/{video_id}")
def video(video_id: str, person: Viewer, site: SiteHere) -> VideoShape:
    """One video."""
    with site.database.session() as db:
        return listing.shapes(db, site, [listing.find(db, video_id)])[0]


@router.patch("/videos/{video_id}")
def change_video(video_id: str, body: VideoChange, person: Analyst, site: SiteHere, request: Request) -> VideoShape:
    """Rename a video or move it to another folder."""
    with site.database.session() as db:
        row = listing.find(db, video_id)
        if body.name is not None:
            row.name = clean_name(body.name)
        if body.folder is not None:
            row.folder = clean_folder(body.folder)
        note(db, person, "video.change", f"{row.name} ({row.id})", request)
        shape = listing.shapes(db, site, [row])[0]
    publish(site, video_id)
    return shape


@router.delete("/videos/{video_id}")
def delete_video(video_id: str, person: Analyst, site: SiteHere, request: Request) -> State:
    """Delete a video for good: its file, its thumbnail, its row. Results of runs over it stay until they are deleted."""
    with site.database.session() as db:
        listing.find(db, video_id)
    name = deletion.delete_video(site, video_id)
    with site.database.session() as db:
        note(db, person, "video.delete", f"{name} ({video_id})", request)
    return State()


@router.head("/videos/{video_id}/file", include_in_schema=False)
@router.get("/videos/{video_id}/file", response_class=Response, responses=answers.file("video/*"))
def video_file(video_id: str, person: Viewer, site: SiteHere, request: Request, download: bool = False) -> Response:
    """The file itself; ranges are understood, so that players can seek."""
    row = _ready(site, video_id)
    return send(site.files, row.key, request, name=_saved_name(row) if download else "")


@router.get("/videos/{video_id}/thumbnail", response_class=Response, responses=answers.file("image/jpeg"))
def video_thumbnail(video_id: str, person: Viewer, site: SiteHere, request: Request) -> Response:
    """A small JPEG."""
    row = _ready(site, video_id)
    if not row.thumbnail:
        raise missing("picture")
    answer = send(site.files, row.thumbnail, request, media_type="image/jpeg")
    answer.headers["cache-control"] = "private, max-age=31536000, immutable"
    return answer


@router.get("/videos/{video_id}/frame", response_class=Response, responses=answers.content("image/jpeg"))
async def video_frame(video_id: str, person: Viewer, site: SiteHere, time: Seconds = 0.0, width: Width = 1280) -> Response:
    """The frame shown at a moment, as JPEG: to draw zones on. `X-Time` tells its exact media time."""
    jpeg, exact = await site.heavy.do(_frame, site, video_id, time, width)
    headers = {"x-time": f"{exact:.6f}", "cache-control": "private, max-age=3600"}
    return Response(jpeg, media_type="image/jpeg", headers=headers)


def _frame(site: Site, video_id: str, time: float, width: int) -> tuple[bytes, float]:
    return FRAMES.get(site, _ready(site, video_id), time, width)


def _ready(site: Site, video_id: str) -> VideoRow:
    with site.database.session() as db:
        row = listing.find(db, video_id)
    if row.state != "ready":
        raise Refused(409, row.problem or "the video has not come whole yet", row.fix or "wait until it has")
    return row


def _saved_name(row: VideoRow) -> str:
    """The user's name, with the suffix that fits what is in the file."""
    suffix = row.key[row.key.rindex(".") :]
    return row.name if row.name.lower().endswith(suffix) else f"{row.name}{suffix}"
