"""One stream of news for the page (server-sent events): which run, video or preview has changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from trackside.server.access.people import Viewer, person_of
from trackside.server.context import SiteHere
from trackside.server.events.service import News
from trackside.server.events.stream import HEADERS, lines
from trackside.server.problems import Refused

router = APIRouter(tags=["events"])


@router.get("/events", include_in_schema=False)
async def events(person: Viewer, site: SiteHere, request: Request) -> Response:
    """Messages `{"topic": "run" | "video" | "preview" | "model", "id": ...}`; the page then asks for what it shows.

    `{"topic": "all"}` means that some were lost: the page asks for everything again.
    """
    news: News = site.services["events"]
    news.check_room()
    return StreamingResponse(_stream(news, request), media_type="text/event-stream", headers=HEADERS)


async def _stream(news: News, request: Request) -> AsyncIterator[str]:
    async def may_listen() -> bool:
        return await run_sync(_is_let_in, request)

    with news.subscribe() as feed:
        async with aclosing(lines(news, feed, may_listen)) as written:
            async for line in written:
                yield line


def _is_let_in(request: Request) -> bool:
    try:
        person_of(request)
    except Refused:
        return False
    return True
