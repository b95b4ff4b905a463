"""Answers that are files: in pieces, in parts (RFC 9110, section 14), and not again if the browser has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Protocol
from urllib.parse import quote

from fastapi import Request, Response
from starlette.responses import StreamingResponse

from trackside.core import InputError
from trackside.server.files.storage import Stat
from trackside.server.problems import Refused, missing

_RANGE = re.compile(r"bytes=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*\Z")
# By hand: the machine's own table differs from machine to machine.
_TYPES = {
    "avi": "video/x-msvideo", "csv": "text/csv; charset=utf-8", "gif": "image/gif", "html": "text/html; charset=utf-8",
    "jpg": "image/jpeg", "json": "application/json", "m4v": "video/mp4", "mkv": "video/x-matroska", "mov": "video/quicktime",
    "mp4": "video/mp4", "mpg": "video/mpeg", "ogv": "video/ogg", "png": "image/png", "ts": "video/mp2t",
    "txt": "text/plain; charset=utf-8", "webm": "video/webm", "webp": "image/webp", "zip": "application/zip",
}  # fmt: skip


class Readable(Protocol):
    """Files by key, as `Files` gives them."""

    def stat(self, key: str) -> Stat:
        """Its size and age. Raises InputError if it is not there."""
        ...

    def chunks(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end` (not included)."""
        ...


def send(files: Readable, key: str, request: Request, *, name: str = "", media_type: str | None = None) -> Response:
    """Answer with a file.

    Args:
        files: where it lies.
        key: its key.
        request: asks for it, or for a part, or whether it is still the same.
        name: under which a browser saves it; it is shown in place if empty.
        media_type: by the key's suffix if left out.

    Raises:
        Refused: 404, it is gone; 416, the part lies outside.
    """
    try:
        stat = files.stat(key)
    except InputError:
        raise missing("file") from None
    headers = {**_headers(stat, name), "content-type": media_type or type_of(key)}
    if _is_known(request, stat):
        return Response(status_code=304, headers={k: v for k, v in headers.items() if k != "content-type"})
    part = _part(request, stat)
    start, end = part or (0, stat.size)
    headers["content-length"] = str(end - start)
    if part:
        headers["content-range"] = f"bytes {start}-{end - 1}/{stat.size}"
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    return StreamingResponse(files.chunks(key, start, end), status, headers)


def type_of(name: str) -> str:
    """The media type of a file by its suffix."""
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def saved_as(name: str) -> str:
    """`Content-Disposition` of a download: the name in ASCII, and as it is (RFC 6266, RFC 8187)."""
    name = name.encode("utf-8", "replace").decode()
    plain = re.sub(r'[^\x20-\x7e]|["\\%;/]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _headers(stat: Stat, name: str) -> dict[str, str]:
    # The browser may keep it, but asks each time whether it is still there: what was deleted is not shown again.
    headers = {
        "accept-ranges": "bytes",
        "etag": f'"{stat.tag}"',
        "last-modified": format_datetime(_whole(stat.modified), usegmt=True),
        "cache-control": "private, no-cache",
        "x-content-type-options": "nosniff",
    }
    return {**headers, "content-disposition": saved_as(name)} if name else headers


def _whole(moment: datetime) -> datetime:
    """Without fractions of a second, which dates of HTTP lack."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _is_known(request: Request, stat: Stat) -> bool:
    known = request.headers.get("if-none-match")
    if known is not None:
        tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
        return "*" in tags or f'"{stat.tag}"' in tags
    since = _date(request.headers.get("if-modified-since", ""))
    return since is not None and _whole(stat.modified) <= since


def _part(request: Request, stat: Stat) -> tuple[int, int] | None:
    """The part that is asked for, its end not included; None for the whole. Several at once are answered by the whole."""
    found = _RANGE.match(request.headers.get("range", ""))
    if request.method != "GET" or not found or found.group(1, 2) == ("", "") or not _holds(request, stat):
        return None
    first, last = found.group(1, 2)
    start = int(first) if first else max(stat.size - int(last), 0)
    end = min(int(last) + 1, stat.size) if first and last else stat.size
    if first and last and int(last) < int(first):
        return None
    if start >= end:
        fix = f"ask for bytes 0 to {stat.size - 1}" if stat.size else "the file is empty"
        raise Refused(416, "that part lies outside of the file", fix, headers={"content-range": f"bytes */{stat.size}"})
    return start, end


def _holds(request: Request, stat: Stat) -> bool:
    """Whether the file is still the one of which the browser has a part."""
    condition = request.headers.get("if-range")
    return condition is None or condition == f'"{stat.tag}"' or _date(condition) == _whole(stat.modified)


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
