"""News as server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from time import monotonic

from trackside.server.events.service import Feed, Message, News

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
# Milliseconds after which a page asks again when the stream broke.
_RETRY = 3000


async def lines(news: News, feed: Feed, may_listen: Callable[[], Awaitable[bool]]) -> AsyncGenerator[str, None]:
    """The text of a stream, until the server stops or the listener may listen no longer.

    Args:
        news: the hub.
        feed: of this listener.
        may_listen: asked again and again, also while much is going on.
    """
    yield f"retry: {_RETRY}\n\n"
    checked = monotonic()
    while not feed.over:
        messages = await feed.take(news.heartbeat)
        if monotonic() - checked >= news.recheck:
            if not await may_listen():
                return
            checked = monotonic()
        yield "".join(map(_line, messages)) or ": still here\n\n"


def _line(message: Message) -> str:
    topic, id = message
    return f"data: {json.dumps({'topic': topic, 'id': id} if id else {'topic': topic})}\n\n"
