"""What tus 1.0.0 says in headers: https://tus.io/protocols/resumable-upload."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from fastapi import Request

from trackside.server.problems import Refused

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
CHECKSUMS = ("sha256", "sha1")
CONTENT = "application/offset+octet-stream"
_BASE = {"tus-resumable": VERSION, "cache-control": "no-store"}
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the body of a request must come to."""

    algorithm: str
    digest: bytes

    def begin(self) -> Any:
        """A hash to feed."""
        return hashlib.new(self.algorithm, usedforsecurity=False)


def headers(**more: str | int | datetime) -> dict[str, str]:
    """Headers of an answer: `upload_offset=5` gives `Upload-Offset: 5`."""
    told = {name.replace("_", "-"): _told(value) for name, value in more.items()}
    return {**_BASE, **told}


def refused(status: int, what: str, fix: str) -> Refused:
    """A refusal with the headers that tus wants on every answer."""
    return Refused(status, what, fix, headers=headers(tus_version=VERSION) if status == 412 else headers())


def check_version(request: Request) -> None:
    """Raises Refused (412) if another protocol is spoken."""
    if request.headers.get("tus-resumable") != VERSION:
        raise refused(412, "the upload does not speak tus 1.0.0", f"send the header Tus-Resumable: {VERSION}")


def check_content(request: Request) -> None:
    """Raises Refused (415) if the body is not said to be bytes of an upload."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != CONTENT:
        raise refused(415, "the body is not said to be a part of an upload", f"send the header Content-Type: {CONTENT}")


def number(request: Request, name: str) -> int | None:
    """A header that is a count of bytes; None if it is absent.

    Raises:
        Refused: 400, it is no such number.
    """
    text = request.headers.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise refused(400, f"{name} is not a number of bytes", "give a whole number, 0 or more")
    return int(text)


def metadata(request: Request) -> dict[str, str]:
    """`Upload-Metadata`: keys with values in base64.

    Raises:
        Refused: 400, it is not written like that.
    """
    found = {}
    for pair in filter(None, (part.strip() for part in request.headers.get("upload-metadata", "").split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            raise refused(400, "Upload-Metadata is not in base64", "write it as: filename dmlkZW8ubXA0") from None
    return found


def checksum(request: Request) -> Checksum | None:
    """`Upload-Checksum`, if there is one.

    Raises:
        Refused: 400, it cannot be read or its kind is unknown.
    """
    text = request.headers.get("upload-checksum")
    if text is None:
        return None
    algorithm, _, value = text.strip().partition(" ")
    if algorithm not in CHECKSUMS:
        raise refused(400, "the kind of Upload-Checksum is not known", f"use one of {', '.join(CHECKSUMS)}")
    try:
        return Checksum(algorithm, base64.b64decode(value.strip(), validate=True))
    except (binascii.Error, ValueError):
        raise refused(400, "Upload-Checksum is not in base64", "write it as: sha256 and the digest in base64") from None


def _told(value: str | int | datetime) -> str:
    return format_datetime(value, usegmt=True) if isinstance(value, datetime) else str(value)
