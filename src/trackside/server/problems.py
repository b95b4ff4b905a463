"""One shape for every error of the API: `{"problems": [{what, fix, block, port}]}`."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from trackside.core import OutputError, PipelineError, Problem, TracksideError
from trackside.pipelines.block import plain_words

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


def install(app: FastAPI) -> None:
    """Give an application the one shape of errors."""
    app.add_exception_handler(TracksideError, _ours)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)


def trouble(status: int, problems: list[Problem], headers: dict[str, str] | None = None) -> JSONResponse:
    """An answer that tells of problems."""
    told = [{"what": p.what, "fix": p.fix, "block": p.block, "port": p.port} for p in problems]
    return JSONResponse({"problems": told}, status, headers)


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


def _wrong_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return trouble(422, [Problem(plain_words(detail), "correct it", None, _place(detail)) for detail in error.errors()])


def _place(detail: Any) -> str | None:
    return ".".join(str(part) for part in detail["loc"][1:]) or None


def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return trouble(error.status_code, [Problem(str(error.detail))], dict(error.headers or {}))


def _broken(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    what = f"the server failed ({type(error).__name__})"
    return trouble(500, [Problem(what, "try again; if it stays, send the server's log to whoever runs it")])
