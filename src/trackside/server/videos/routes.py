"""Videos: lists, pictures, files, deletion."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from trackside.server.access.people import Analyst, Viewer
from trackside.server.access.shapes import State
from trackside.server.context import SiteHere
from trackside.server.shapes import Cursor, Limit, Page, Search
from trackside.server.videos.shapes import FolderShape, VideoChange, VideoShape, VideoState

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
    folder: str | None = None,
    state: VideoState | None = None,
    order: Literal["newest", "name"] = "newest",
) -> Page[VideoShape]:
    """Videos, newest first."""
    raise NotImplementedError


@router.get("/folders")
def folders(person: Viewer, site: SiteHere) -> list[FolderShape]:
    """The folders that videos are in."""
    raise NotImplementedError


@router.get("/videos/{video_id}")
def video(video_id: str, person: Viewer, site: SiteHere) -> VideoShape:
    """One video."""
    raise NotImplementedError


@router.patch("/videos/{video_id}")
def change_video(video_id: str, body: VideoChange, person: Analyst, site: SiteHere, request: Request) -> VideoShape:
    """Rename a video or move it to another folder."""
    raise NotImplementedError


@router.delete("/videos/{video_id}")
def delete_video(video_id: str, person: Analyst, site: SiteHere, request: Request) -> State:
    """Delete a video for good: its file, its thumbnail, its row. Results of runs over it stay until they are deleted."""
    raise NotImplementedError


@router.get("/videos/{video_id}/file")
def video_file(video_id: str, person: Viewer, site: SiteHere, request: Request, download: bool = False) -> Response:
    """The file itself; ranges are understood, so that players can seek."""
    raise NotImplementedError


@router.get("/videos/{video_id}/thumbnail")
def video_thumbnail(video_id: str, person: Viewer, site: SiteHere) -> Response:
    """A small JPEG."""
    raise NotImplementedError


@router.get("/videos/{video_id}/frame")
def video_frame(video_id: str, person: Viewer, site: SiteHere, time: Seconds = 0.0, width: Width = 1280) -> Response:
    """The frame shown at a moment, as JPEG: to draw zones on. `X-Time` tells its exact media time."""
    raise NotImplementedError
