"""Uploading a file by the tus protocol 1.0 (https://tus.io): what has come stays when the connection breaks."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from trackside.client.connection import Connection, ServerError
from trackside.core import InputError

Told = Callable[[int, int], None]
_TUS = {"tus-resumable": "1.0.0"}
_CHUNK = 1 << 20
# Bytes of one request: small enough that a broken one costs little, large enough that requests cost nothing.
_PART = 64 << 20
# Seconds to wait after the first, second, ... broken request in a row.
_PAUSES = (0.5, 2.0, 5.0, 10.0)


def upload(connection: Connection, path: Path, folder: str = "", told: Told | None = None) -> str:
    """Upload a file.

    Args:
        connection: to the server.
        path: the file.
        folder: under which the server shows it.
        told: called with bytes sent and bytes in all.

    Returns:
        The id of the video.

    Raises:
        InputError: there is no such file.
        ServerError: refused, or the connection broke five times in a row.
    """
    try:
        with path.open("rb") as file:
            return _upload(connection, file, path, folder, told or _silent)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(path), fix="check the path") from None


def _upload(connection: Connection, file: BinaryIO, path: Path, folder: str, told: Told) -> str:
    length = path.stat().st_size
    said = {"filename": path.name, "folder": folder}
    metadata = ",".join(f"{key} {_base64(value)}" for key, value in said.items() if value)
    made = connection.send(
        "POST", "/api/uploads", headers={**_TUS, "upload-length": str(length), "upload-metadata": metadata}
    )
    address, video = made.headers["location"], made.headers["trackside-video"]
    offset, broken = 0, 0
    while offset < length:
        try:
            offset = _send_part(connection, address, file, offset, min(_PART, length - offset))
            broken = 0
            told(offset, length)
        except ServerError as error:
            if error.status not in (0, 409, 423) or broken == len(_PAUSES):
                raise
            time.sleep(_PAUSES[broken])
            broken += 1
            offset = int(connection.send("HEAD", address, headers=_TUS).headers["upload-offset"])
    return video


def _send_part(connection: Connection, address: str, file: BinaryIO, offset: int, size: int) -> int:
    headers = {**_TUS, "upload-offset": str(offset), "content-type": "application/offset+octet-stream"}
    headers["content-length"] = str(size)
    answer = connection.send("PATCH", address, headers=headers, content=_chunks(file, offset, size))
    return int(answer.headers["upload-offset"])


def _chunks(file: BinaryIO, offset: int, size: int) -> Iterator[bytes]:
    file.seek(offset)
    while size > 0 and (chunk := file.read(min(_CHUNK, size))):
        size -= len(chunk)
        yield chunk


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _silent(_: int, __: int) -> None:
    """Nobody wants to know."""
