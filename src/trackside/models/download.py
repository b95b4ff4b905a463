"""Bringing a file over HTTP: streamed, bounded, and taken up again where the connection broke."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import httpx

from trackside.core import ModelError
from trackside.core.files import cannot_write

TRIES = 3
_PAUSE = 0.5
# A connection that brings nothing for this long will bring nothing more.
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
# What a later try may answer differently: too many requests, and failures of the server.
_PASSING = {429, 500, 502, 503, 504}


class Unreachable(Exception):
    """Nobody answers: offline, a wrong host, a connection that keeps breaking."""


class Absent(Exception):
    """The server answers that it has no such file."""


def download(url: str, target: Path, *, limit: int, advance: Callable[[int], None], tries: int = TRIES) -> None:
    """Write what is at `url` to `target`.

    Args:
        url: http or https.
        target: the file; it may be left behind incomplete if this raises.
        limit: the size that is expected; a server that sends more is cut off.
        advance: told the number of bytes that arrived.
        tries: how often to begin or go on.

    Raises:
        Unreachable: no connection, or it broke `tries` times.
        Absent: there is no such file.
        ModelError: the server sends more than `limit` bytes.
        OutputError: no space or no permission.
    """
    try:
        with target.open("wb") as file, httpx.Client(follow_redirects=True, timeout=_TIMEOUT) as client:
            for attempt in range(tries):
                time.sleep(attempt * _PAUSE)
                reason = _attempt(client, url, file, limit, advance)
                if not reason:
                    return
    except OSError as error:
        raise cannot_write(target, error) from error
    raise Unreachable(reason)


def _attempt(client: httpx.Client, url: str, file: IO[bytes], limit: int, advance: Callable[[int], None]) -> str:
    """One request, from where the file ends; returns why it did not finish, or an empty text."""
    done = file.tell()
    # No compression, or the bytes counted and the range asked for would not be those of the file.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
    try:
        with client.stream("GET", url, headers=headers) as response:
            if response.status_code in _PASSING:
                return f"the server answers {response.status_code}"
            if response.status_code not in (200, 206):
                raise Absent(f"the server answers {response.status_code}")
            if done and response.status_code == 200:
                file.seek(0)
                file.truncate()
                advance(-done)
            return _copy(response, url, file, limit, advance)
    except httpx.HTTPError as error:
        return str(error) or type(error).__name__
    except httpx.InvalidURL as error:
        raise Absent(f"{url} is no address ({error})") from error


def _copy(response: httpx.Response, url: str, file: IO[bytes], limit: int, advance: Callable[[int], None]) -> str:
    for chunk in response.iter_raw():
        if file.tell() + len(chunk) > limit:
            raise ModelError(f"sends more than the {limit} bytes expected", where=url, fix="the file there is another one")
        file.write(chunk)
        advance(len(chunk))
    return "" if file.tell() == limit else f"it ended after {file.tell()} of {limit} bytes"
