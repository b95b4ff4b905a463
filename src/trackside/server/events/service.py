"""The hub of news: whoever changes something publishes it, every open page hears of it."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from trackside.server.context import Site
from trackside.server.problems import Refused

# Messages that may wait for one page, and pages that may listen.
_LONGEST = 200
_MOST = 500
Message = tuple[str, str]
ALL: Message = ("all", "")


class Feed:
    """What one page has not heard yet. Messages that say the same are one."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Message, None] = OrderedDict()
        self._told = asyncio.Event()
        self.over = False

    def put(self, message: Message) -> None:
        """Add a message, from any thread. If too many wait, one takes their place that says: ask for everything again."""
        with self._lock:
            if ALL not in self._waiting:
                self._waiting[message] = None
            if len(self._waiting) > _LONGEST:
                self._waiting = OrderedDict({ALL: None})
        self._wake()

    def close(self) -> None:
        """Nothing more comes; from any thread."""
        self.over = True
        self._wake()

    async def take(self, patience: float) -> list[Message]:
        """All that waits; none after `patience` seconds without news, or at the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._told.wait()
        self._told.clear()
        with self._lock:
            taken, self._waiting = list(self._waiting), OrderedDict()
        return taken

    def _wake(self) -> None:
        # The loop is gone when the server has ended: nobody listens any more.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._told.set)


class News:
    """Tells open pages what has changed; they then ask for what they show.

    Attributes:
        heartbeat: seconds between two signs of life on a quiet stream.
        recheck: seconds after which it is looked at again whether a listener is still signed in.
    """

    def __init__(self, site: Site) -> None:
        self.heartbeat = 15.0
        self.recheck = 30.0
        self._lock = threading.Lock()
        self._feeds: set[Feed] = set()
        self._over = False

    def start(self) -> None:
        """Let pages listen."""
        self._over = False

    def stop(self) -> None:
        """End all streams at once; from any thread, as often as one likes.

        A server calls this before it waits for its connections to end: they end no sooner.
        """
        with self._lock:
            self._over = True
            feeds = list(self._feeds)
        for feed in feeds:
            feed.close()

    def publish(self, topic: str, id: str) -> None:
        """Tell all pages; from any thread, and never blocking.

        Args:
            topic: run, video, preview or model.
            id: of the one that has changed.
        """
        with self._lock:
            feeds = list(self._feeds)
        for feed in feeds:
            feed.put((topic, id))

    def check_room(self) -> None:
        """Raises Refused (429) if too many listen."""
        with self._lock:
            if len(self._feeds) >= _MOST:
                raise Refused(429, "too many pages are open", "close some")

    @contextmanager
    def subscribe(self) -> Iterator[Feed]:
        """A feed for as long as the block lasts, in a coroutine. It is over at once if the server is stopping."""
        feed = Feed()
        with self._lock:
            feed.over = self._over
            self._feeds.add(feed)
        try:
            yield feed
        finally:
            with self._lock:
                self._feeds.discard(feed)
