"""One shape for every error of the API: `{"problems": [{what, fix, block, port}]}`."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.orm.exc import StaleDataError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trackside.core import OutputError, PipelineError, Problem, TracksideError
from trackside.pipelines.block import plain_words

# What FastAPI says by itself, in our words. It answers 400 to a body that is no JSON and 422 to one that is the wrong JSON.
MOST_BODY = 2 * 2**20
_WORDS: dict[int, tuple[int, str, str]] = {
    400: (422, "the body cannot be read", "send JSON in UTF-8, not nested deeply"),
    405: (405, "this address is not asked in this way", "see /api/openapi.json for how"),
    413: (413, f"the body is larger than {MOST_BODY // 2**20} MiB", "send less"),
}
log = logging.getLogger("trackside.server")


class Refused(TracksideError):
    """A request that is not carried out, with its HTTP status."""

    def __init__(self, status: int, what: str, fix: str = "", *, headers: dict[str, str] | None = None) -> None:
        super().__init__(what, fix=fix)
        self.status = status
        self.headers = headers


def missing(what: str) -> Refused:
    """Nothing is there (any more)."""
    return Refused(404, f"there is no such {what}", "go back to the list: it may have been deleted")


class Worded:
    """Gives the one shape to what FastAPI refuses before any handler is asked: a body that is announced as too large."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        replaced = False

        async def worded(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == 413:
                kind = Headers(raw=message["headers"]).get("content-type", "")
                replaced = kind.startswith("text/plain")
                if replaced:
                    status, *told = _WORDS[413]
                    await trouble(status, [Problem(*told)])(scope, receive, send)
            if not replaced:
                await send(message)

        await self._app(scope, receive, worded)


def install(app: FastAPI) -> None:
    """Give an application the one shape of errors."""
    app.add_exception_handler(TracksideError, _ours)
    app.add_exception_handler(StaleDataError, _overtaken)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)


def trouble(status: int, problems: list[Problem], headers: dict[str, str] | None = None) -> JSONResponse:
    """An answer that tells of problems."""
    told = [{name: _sent(getattr(p, name)) for name in ("what", "fix", "block", "port")} for p in problems]
    return JSONResponse({"problems": told}, status, headers)


def _sent(text: str | None) -> str | None:
    """A text as UTF-8 can hold it: what is refused may hold halves of characters, and the refusal repeats it."""
    return None if text is None else text.encode("utf-8", "replace").decode()


def problems_of(error: TracksideError) -> list[Problem]:
    """What an error says, as problems."""
    if isinstance(error, PipelineError):
        return list(error.problems)
    return [Problem(f"{error.where}: {error.what}" if error.where else error.what, error.fix)]


def _ours(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TracksideError)
    if isinstance(error, Refused):
        return trouble(error.status, problems_of(error), error.headers)
    return trouble(507 if isinstance(error, OutputError) else 422, problems_of(error))


def _overtaken(_: Request, __: Exception) -> JSONResponse:
    """What was to be changed was deleted between its being read and its being written."""
    return trouble(409, [Problem("somebody deleted it at the same moment", "go back to the list")])


def _wrong_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return trouble(422, [Problem(plain_words(detail), "correct it", None, _place(detail)) for detail in error.errors()])


def _place(detail: Any) -> str | None:
    return ".".join(str(part) for part in detail["loc"][1:]) or None


def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status, *told = _WORDS.get(error.status_code, (error.status_code, str(error.detail)))
    return trouble(status, [Problem(*told)], dict(error.headers or {}))


def _broken(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    what = f"the server failed ({type(error).__name__})"
    return trouble(500, [Problem(what, "try again; if it stays, send the server's log to whoever runs it")])
