"""Requests to a server, and its refusals as errors of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from trackside.core import InputError, PipelineError, Problem, TracksideError

# Seconds: a server that opens a large table may take a while, one that is not there should be told at once.
_TIMEOUT = httpx.Timeout(60, connect=5)


class ServerError(TracksideError):
    """The server refused, failed, or is not there.

    Attributes:
        status: HTTP status; 0 if there was no answer.
    """

    def __init__(self, what: str, *, where: str = "", fix: str = "", status: int = 0) -> None:
        super().__init__(what, where=where, fix=fix)
        self.status = status


class Connection:
    """An HTTP connection to one server.

    Args:
        address: such as `http://127.0.0.1:8765`.
        token: an API token, where the server has accounts.
        http: used instead of a connection of its own (in tests).
    """

    def __init__(self, address: str, token: str | None = None, *, http: httpx.Client | None = None) -> None:
        self.address = address.rstrip("/")
        headers = {"authorization": f"Bearer {token}"} if token else {}
        try:
            self._http = http or httpx.Client(base_url=self.address, headers=headers, timeout=_TIMEOUT)
        except (httpx.InvalidURL, ValueError) as error:
            raise InputError(f"{address!r} is no address ({error})", fix="write http://host:port") from None

    def close(self) -> None:
        """Close it."""
        self._http.close()

    def ask(self, method: str, path: str, **arguments: Any) -> Any:
        """The JSON of an answer.

        Raises:
            ServerError: refused, failed, or nobody answers.
            PipelineError: the pipeline is wrong; every problem is in it.
        """
        return self.send(method, path, **arguments).json()

    def send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """A whole answer. Raises as `ask`."""
        try:
            answer = self._http.request(method, path, **arguments)
        except httpx.HTTPError as error:
            raise self._silent(error) from error
        return _accepted(answer)

    @contextmanager
    def stream(self, path: str) -> Iterator[Iterator[bytes]]:
        """The bytes of an answer, as they come. Raises as `ask`."""
        try:
            with self._http.stream("GET", path) as answer:
                if answer.is_error:
                    answer.read()
                yield _accepted(answer).iter_bytes(1 << 20)
        except httpx.HTTPError as error:
            raise self._silent(error) from error

    def pages(self, path: str, **filters: Any) -> Iterator[dict[str, Any]]:
        """All items of a list that comes in pages."""
        cursor = ""
        while True:
            asked = {name: value for name, value in filters.items() if value is not None}
            page = self.ask("GET", path, params={**asked, "limit": 200, "cursor": cursor})
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def _silent(self, error: httpx.HTTPError) -> ServerError:
        fix = "check the address, and that `trackside serve` runs there"
        return ServerError(f"no answer ({error or type(error).__name__})", where=self.address, fix=fix)


def _accepted(answer: httpx.Response) -> httpx.Response:
    if not answer.is_error:
        return answer
    problems = [Problem(one["what"], one["fix"], one["block"], one["port"]) for one in _problems(answer)]
    if any(problem.block for problem in problems):
        raise PipelineError(problems)
    raise ServerError("; ".join(p.what for p in problems), fix=problems[0].fix, status=answer.status_code)


def _problems(answer: httpx.Response) -> list[dict[str, Any]]:
    nothing = {"what": f"the server answered {answer.status_code}", "fix": "", "block": None, "port": None}
    try:
        found = answer.json()["problems"]
    except (ValueError, KeyError, TypeError):
        return [nothing]
    return [{**nothing, **one} for one in found] or [nothing]
