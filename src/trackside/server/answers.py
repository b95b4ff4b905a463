"""What the API's description says of answers that are no JSON. Use with `response_class=Response`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from trackside.server.shapes import Trouble

# Such as a file of settings, which has whatever form its settings have.
_OF_ANY_FORM = ("application/json", "application/yaml", "*/*")
Answers = dict[int | str, dict[str, Any]]


def content(*types: str) -> Answers:
    """An answer of these media types.

    Args:
        types: such as `image/jpeg`, or `video/*`.
    """
    return {200: {"content": {name: {"schema": _schema(name)} for name in types}}}


def file(*types: str) -> Answers:
    """The same, of a file that is sent in parts too, and not again if the browser has it (see `sending`)."""
    whole = content(*types)
    outside = {"model": Trouble, "description": "The part lies outside of the file"}
    return {**whole, 206: {**whole[200], "description": "A part"}, 304: {"description": "It has not changed"}, 416: outside}


def refusals(*statuses: int) -> Answers:
    """Errors besides those that any answer may be (see `application`)."""
    return {status: {"model": Trouble, "description": _reason(status)} for status in statuses}


def pages(*statuses: int) -> Answers:
    """Errors that a browser shows as they are."""
    return {status: {"description": _reason(status), "content": {"text/html": {}}} for status in statuses}


def _reason(status: int) -> str:
    # 460 is of tus: https://tus.io/protocols/resumable-upload#checksum.
    return "Checksum Mismatch" if status == 460 else HTTPStatus(status).phrase


def _schema(name: str) -> dict[str, Any]:
    return {} if name in _OF_ANY_FORM else {"type": "string", "format": "binary"}
