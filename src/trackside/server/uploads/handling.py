"""The requests of tus, whoever listens for them: the API, and the page on a phone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from trackside.server.access.audit import note
from trackside.server.access.people import Person
from trackside.server.context import Site
from trackside.server.uploads import incoming, protocol, store
from trackside.server.uploads.protocol import headers, refused
from trackside.server.uploads.writing import Sink
from trackside.server.videos.tables import UploadRow

# Uploads that a connection writes to just now, each with the sign that it was given up.
_WRITERS: dict[str, threading.Event] = {}
_WRITERS_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Door:
    """Where uploads come in.

    Attributes:
        site: the server.
        person: who uploads.
        base: address below which uploads lie.
        folder: of the videos, whatever the upload says; as it says if None.
        datasets: whether what comes in are data sets, not videos.
    """

    site: Site
    person: Person
    base: str
    folder: str | None = None
    datasets: bool = False

    def find(self, upload_id: str) -> UploadRow:
        """An upload of this door that is not finished. Raises Refused (404)."""
        with self.site.database.session() as db:
            return store.find(db, upload_id, datasets=self.datasets)


def abilities(site: Site) -> Response:
    """Answer to OPTIONS."""
    told = headers(
        tus_version=protocol.VERSION,
        tus_extension=protocol.EXTENSIONS,
        tus_checksum_algorithm=",".join(protocol.CHECKSUMS),
        tus_max_size=site.settings.most_upload,
    )
    return Response(status_code=204, headers=told)


async def create(door: Door, request: Request) -> Response:
    """Answer to POST: begin an upload, with its first bytes if they come along."""
    protocol.check_version(request)
    length = protocol.number(request, "upload-length")
    if length is None:
        raise refused(400, "the upload does not say how long it is", "send the header Upload-Length")
    has_body = request.headers.get("content-type") is not None and request.headers.get("content-length") != "0"
    checksum = protocol.checksum(request)
    if has_body:
        protocol.check_content(request)
    told = protocol.metadata(request)
    upload = await asyncio.to_thread(_begin, door, request, told, length)
    offset = 0
    if has_body:
        with _writing(upload.id) as stopped:
            offset, upload = await _append(door.site, upload, 0, request, checksum, stopped)
    kind = "trackside-dataset" if door.datasets else "trackside-video"
    more = {"location": f"{door.base}/{upload.id}", kind: upload.becomes}
    return Response(status_code=201, headers={**headers(upload_offset=offset, upload_expires=upload.expires), **more})


async def append(door: Door, upload_id: str, request: Request) -> Response:
    """Answer to PATCH: the next bytes."""
    protocol.check_version(request)
    protocol.check_content(request)
    checksum = protocol.checksum(request)
    offset = protocol.number(request, "upload-offset")
    if offset is None:
        raise refused(400, "the part does not say where it begins", "send the header Upload-Offset")
    upload = await asyncio.to_thread(door.find, upload_id)
    with _writing(upload.id) as stopped:
        come = incoming.received(door.site, upload.id)
        if offset != come:
            raise refused(409, f"the part begins at {offset}, but {come} bytes have come", "ask with HEAD where to go on")
        offset, upload = await _append(door.site, upload, come, request, checksum, stopped)
    return Response(status_code=204, headers=headers(upload_offset=offset, upload_expires=upload.expires))


def tell(door: Door, upload_id: str, request: Request) -> Response:
    """Answer to HEAD: how much has come."""
    protocol.check_version(request)
    upload = door.find(upload_id)
    come = incoming.received(door.site, upload.id)
    return Response(headers=headers(upload_offset=come, upload_length=upload.length, upload_expires=upload.expires))


def give_up(door: Door, upload_id: str, request: Request) -> Response:
    """Answer to DELETE."""
    protocol.check_version(request)
    upload = door.find(upload_id)
    stop_writing(upload_id)
    store.give_up(door.site, upload_id)
    with door.site.database.session() as db:
        note(db, door.person, "upload.stop", upload.becomes, request)
    return Response(status_code=204, headers=headers())


def stop_writing(upload_id: str) -> None:
    """Tell the connection that writes to an upload, if one does, that it was given up."""
    with _WRITERS_LOCK:
        stopped = _WRITERS.get(upload_id)
    if stopped:
        stopped.set()


def _begin(door: Door, request: Request, told: dict[str, str], length: int) -> UploadRow:
    name = told.get("filename", "")
    if door.datasets:
        upload = store.begin_dataset(door.site, name, told.get("name", ""), length, door.person.name)
    else:
        folder = told.get("folder", "") if door.folder is None else door.folder
        upload = store.begin(door.site, name, folder, length, door.person.name)
    with door.site.database.session() as db:
        note(db, door.person, "upload.begin", upload.becomes, request)
    return upload


async def _append(
    site: Site,
    upload: UploadRow,
    offset: int,
    request: Request,
    checksum: protocol.Checksum | None,
    stopped: threading.Event,
) -> tuple[int, UploadRow]:
    sink = Sink(incoming.path_of(site, upload.id), offset, upload.length - offset, checksum, stopped)
    try:
        await sink.take(request.stream())
    except ClientDisconnect:
        # Nobody hears the answer; what has come stays.
        raise refused(400, "the connection was lost", "go on where the upload stopped") from None
    finally:
        upload = await asyncio.shield(asyncio.to_thread(store.touch, site, upload.id))
        if sink.offset == upload.length:
            site.services["uploads"].probe(upload.id)
    return sink.offset, upload


@contextmanager
def _writing(upload_id: str) -> Iterator[threading.Event]:
    """One connection at a time writes to an upload."""
    with _WRITERS_LOCK:
        if upload_id in _WRITERS:
            raise refused(423, "another connection is sending this upload", "wait a moment, then ask where to go on")
        stopped = _WRITERS[upload_id] = threading.Event()
    try:
        yield stopped
    finally:
        with _WRITERS_LOCK:
            del _WRITERS[upload_id]
