"""Videos as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from trackside.server.shapes import Body, Shape

VideoState = Literal["uploading", "probing", "ready", "unusable"]
FolderName = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f]*$")]
VideoName = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f]+$")]


class VideoShape(Shape):
    """A video. `received` of `bytes` have come while it is uploading; `thumbnail` is an address, or empty."""

    id: str
    name: str
    folder: str
    state: VideoState
    problem: str
    fix: str
    bytes: int
    received: int = 0
    upload: str | None = None
    seconds: float | None
    width: int | None
    height: int | None
    fps: float | None
    codec: str
    thumbnail: str
    owner: str
    created: datetime


class VideoChange(Body):
    name: VideoName | None = None
    folder: FolderName | None = None


class FolderShape(Shape):
    name: str
    videos: int


class PhoneInvitation(Shape):
    """A page for a phone on the local network: its address, and that as a QR code (SVG text).

    `note` says in a sentence what listens in the network meanwhile.
    """

    id: str
    address: str
    qr: str
    expires: datetime
    received: int = 0
    note: str = ""
