"""Taking one file out of a form while it arrives: straight to its place, never more than it may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from trackside.core.files import cannot_write
from trackside.server.problems import Refused

# Room for the form's own lines.
_FORM = 1 << 16
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


async def receive(request: Request, target: Path, limit: int) -> str:
    """Write the form's `file` to `target`; gives the name that the sender has for it.

    Raises:
        Refused: 413, it is larger than `limit` bytes; 422, there is no such field.
        OutputError: the disk is full.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise Refused(422, "this is no form with a file", "send a form with the field `file`")
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and len(announced) < 20 and int(announced) > limit + _FORM:
        raise too_large(limit)
    with target.open("wb") as file:
        taker = _Taker(file, limit)
        await _feed(request, taker, options[b"boundary"], target)
    if taker.name is None or not taker.whole:
        raise Refused(422, "no file came", "send a form with the field `file`")
    return taker.name


def too_large(limit: int) -> Refused:
    """The refusal of what is too large."""
    return Refused(413, f"the file is larger than {limit / 1e6:,.0f} MB", "choose a smaller one")


async def _feed(request: Request, taker: _Taker, boundary: bytes, target: Path) -> None:
    try:
        parser = MultipartParser(boundary, taker.callbacks())
        async for chunk in request.stream():
            await run_in_threadpool(parser.write, chunk)
    except ClientDisconnect:
        raise Refused(422, "the upload broke off", "send it again") from None
    except FormParserError:
        raise Refused(422, "the form cannot be read", "send a form with the field `file`") from None
    except OSError as error:
        raise cannot_write(Path(target.name), error) from error


class _Taker:
    """Hears a form's parts and writes the first one called `file`."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self.name: str | None = None
        self.whole = False
        self._file, self._limit, self._size = file, limit, 0
        self._header, self._value, self._takes = b"", b"", False

    def callbacks(self) -> Any:
        """As the parser wants them."""
        return {
            "on_header_field": self._on_field,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header,
            "on_part_data": self._on_data,
            "on_part_end": self._on_end,
        }

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        if self._header.lower() == b"content-disposition" and self.name is None:
            _, options = parse_options_header(self._value)
            if options.get(b"name") == b"file" and b"filename" in options:
                self.name, self._takes = options[b"filename"].decode("utf-8", "replace"), True
        self._header = self._value = b""

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._takes:
            self._size += end - start
            if self._size > self._limit:
                raise too_large(self._limit)
            self._file.write(data[start:end])

    def _on_end(self) -> None:
        self.whole = self.whole or self._takes
        self._takes = False
