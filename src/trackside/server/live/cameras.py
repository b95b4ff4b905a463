"""Cameras that are added through the API: checked, kept, and given to the engine again after a start."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from fastapi import Request
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from trackside.core import TracksideError
from trackside.pipelines.catalogue import template_names
from trackside.pipelines.live import Camera
from trackside.server.access.audit import note
from trackside.server.access.people import Person
from trackside.server.context import Site
from trackside.server.library import saved
from trackside.server.live.service import live_of
from trackside.server.live.tables import CameraRow
from trackside.server.problems import Refused, missing
from trackside.server.videos.tables import VideoRow

if TYPE_CHECKING:
    from trackside.server.live.port import LivePort

log = logging.getLogger("trackside.server.live")

MOST = 1000
# What may be opened on behalf of somebody who is not at this machine: nothing of its disk but videos of the server.
_ALLOWED = re.compile(r"(rtsps?|rtmps?|https?)://[^\s\x00-\x1f]+|webcam:\d{1,3}", re.IGNORECASE)
_VIDEO = "video:"


def add(site: Site, camera: Camera, person: Person, request: Request | None = None) -> None:
    """Give a camera to the engine and keep it.

    Raises:
        Refused: 409, no engine, or there is a camera of that name, or too many; 422, an address or a pipeline that the API
            may not open.
        TracksideError: the engine does not take it.
    """
    port = live_of(site).port()
    with site.database.session() as db:
        if any(one.name == camera.name for one in port.cameras()) or db.get(CameraRow, camera.name) is not None:
            raise Refused(409, f"there is a camera {camera.name!r} already", "give it another name", headers=None)
        if (db.scalar(select(func.count()).select_from(CameraRow)) or 0) >= MOST:
            raise Refused(409, f"{MOST} cameras were added already", "remove one")
        port.add(prepared(site, db, camera))
        try:
            db.add(CameraRow(name=camera.name, settings=camera.model_dump(mode="json"), owner=person.name[:100]))
            note(db, person, "camera.add", f"{camera.name} ({camera.shown_address})", request)
            db.flush()
        except SQLAlchemyError:
            with suppress(TracksideError):
                port.remove(camera.name)
            raise


def remove(site: Site, name: str, person: Person, request: Request | None = None) -> None:
    """Forget a camera that was added through the API.

    Raises:
        Refused: 404, there is none; 409, no engine, or it stands in the cameras file.
    """
    port = live_of(site).port()
    with site.database.session() as db:
        row = db.get(CameraRow, name)
        known = any(one.name == name for one in port.cameras())
        if row is None:
            if not known:
                raise missing("camera")
            raise Refused(409, "this camera stands in the cameras file", "take it out of that file, or pause it here")
        db.delete(row)
        note(db, person, "camera.delete", name, request)
        if known:
            port.remove(name)


def switch(site: Site, name: str, *, paused: bool) -> None:
    """Let go of a camera, or watch it again; one that was added through the API is as it was after the next start.

    Raises:
        Refused: 404, there is none; 409, no engine.
    """
    port = live_of(site).port()
    if not any(one.name == name for one in port.cameras()):
        raise missing("camera")
    (port.pause if paused else port.resume)(name)
    with site.database.session() as db:
        row = db.get(CameraRow, name)
        if row is not None:
            row.paused = paused


def add_stored(site: Site, port: LivePort) -> None:
    """Give an engine the cameras that were added through the API. What it does not take is told in the log and kept."""
    with site.database.session() as db:
        rows = list(db.scalars(select(CameraRow).order_by(CameraRow.created, CameraRow.name)))
        there = {camera.name for camera in port.cameras()}
        for row in rows:
            if row.name in there:
                continue
            row.problem = _added(site, db, port, row)
            if row.problem:
                log.warning("the camera %s is not watched: %s", row.name, row.problem)


def prepared(site: Site, db: Session, camera: Camera) -> Camera:
    """A camera as the engine gets it: videos and pipelines of the server become files.

    Raises:
        Refused: 422, an address or a pipeline that the API may not open.
    """
    main, sub = (_opened(site, db, address) for address in (camera.address, camera.substream))
    return Camera(
        **camera.model_dump(exclude={"address", "substream", "pipeline"}),
        address=main,
        substream=sub,
        pipeline=_pipeline(site, db, camera.pipeline),
    )


def _added(site: Site, db: Session, port: LivePort, row: CameraRow) -> str:
    """Why the engine did not take a camera; empty if it did."""
    try:
        port.add(prepared(site, db, Camera(**row.settings)))
        if row.paused:
            port.pause(row.name)
    except (TracksideError, ValueError) as error:
        return str(error)
    return ""


def _opened(site: Site, db: Session, address: str) -> str:
    """An address that may be opened, as the engine takes it."""
    if not address or _ALLOWED.fullmatch(address):
        return address
    if not address.startswith(_VIDEO):
        raise Refused(
            422,
            "cameras that are added here have an address that begins with rtsp://, rtmp://, http://, https:// or webcam:",
            "correct it, upload the file and give video: with its id, or name it in the cameras file",
        )
    row = db.get(VideoRow, address.removeprefix(_VIDEO))
    if row is None or row.state != "ready":
        raise Refused(422, "there is no such video on this server", "upload it first")
    if not site.files.is_local:
        raise Refused(422, "videos in a bucket cannot be played as cameras", "give the address of a camera")
    return f"file:{site.files.path(row.key)}"


def _pipeline(site: Site, db: Session, name: str) -> str:
    """A template's name as it is; a saved pipeline becomes a file."""
    if name in template_names():
        return name
    try:
        row, version = saved.find_version(db, name)
    except Refused:
        fix = "give the name of a template or the id of a saved pipeline"
        raise Refused(422, f"there is no pipeline {name[:100]!r}", fix) from None
    path = Path(site.settings.data) / "live-pipelines" / f"{row.id}-{version.number}.yaml"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_text(yaml.safe_dump(version.graph, sort_keys=False, allow_unicode=True), "utf-8")
        partial.replace(path)
    return str(path)
