"""The interface that the page talks to. Everything lies under a token that only the person at the terminal was told."""

from __future__ import annotations

import math
import secrets
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from trackside.core import InputError, TracksideError
from trackside.server.calibration.frames import MOST_BYTES
from trackside.server.calibration.live import Busy, LiveCalibration

_PAGE = {"": ("index.html", "text/html"), "page.css": ("page.css", "text/css"), "page.js": ("page.js", "text/javascript")}
_DAY = 86_400.0


def calibration_router(live: LiveCalibration, token: str) -> APIRouter:
    """The page and its interface for one live calibration.

    Args:
        live: the calibration.
        token: the secret part of the address; requests without it see nothing.
    """

    def check(given: str) -> None:
        if not secrets.compare_digest(given.encode(), token.encode()):
            raise HTTPException(404, {"what": "nothing is here; open the address that the terminal shows"})

    router = APIRouter(prefix="/calibration/{given}", dependencies=[Depends(check)])

    @router.get("/settings")
    def settings() -> dict[str, Any]:
        return live.settings()

    @router.post("/frames")
    async def frames(request: Request, time: Annotated[float, Query(ge=0, le=1000 * _DAY)] = math.nan) -> dict[str, Any]:
        if request.headers.get("content-type") != "image/jpeg":
            raise HTTPException(415, {"what": "a picture is sent as image/jpeg"})
        data = await _body(request)
        state: dict[str, Any] = await _answered(live.add, data, time)
        return state

    @router.post("/restart")
    async def restart(request: Request) -> dict[str, Any]:
        await _body(request, most=0)
        await _answered(live.restart)
        return live.settings()

    @router.post("/finish")
    async def finish(request: Request) -> dict[str, Any]:
        await _body(request, most=0)
        result: dict[str, Any] = await _answered(live.finish)
        return result

    @router.get("/report")
    def report() -> Response:
        page = live.fetched()
        if page is None:
            raise HTTPException(409, {"what": "there is no report yet; press Finish first"})
        # The report brings its own policy: its plots are drawn by scripts inside the page.
        policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
        return Response(page, media_type="text/html", headers={"content-security-policy": policy})

    @router.get("/{name}")
    def page(name: str) -> Response:
        if name not in _PAGE:
            raise HTTPException(404, {"what": "nothing is here"})
        file, kind = _PAGE[name]
        return Response((files(__package__) / "page" / file).read_bytes(), media_type=kind)

    router.add_api_route("/", lambda: page(""), methods=["GET"], include_in_schema=False)
    return router


async def _body(request: Request, most: int = MOST_BYTES) -> bytes:
    """The body, read no further than allowed."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > most:
            raise HTTPException(413, {"what": f"more than {most:,} bytes", "fix": "send a smaller picture"})
    return bytes(data)


async def _answered(work: Any, *given: Any) -> Any:
    """What work in a thread gives; what is wrong with its input becomes an answer of one sentence."""
    try:
        return await run_in_threadpool(work, *given)
    except TracksideError as error:
        status = 429 if isinstance(error, Busy) else 422 if isinstance(error, InputError) else 500
        raise HTTPException(status, {"what": error.what, "fix": error.fix, "where": error.where}) from error
