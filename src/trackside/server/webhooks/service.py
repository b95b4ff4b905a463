"""Sends what waits in the outbox: one thread with an event loop, so that one slow receiver costs the others nothing."""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import suppress

import httpx

from trackside.server.context import Site
from trackside.server.webhooks import outbox
from trackside.server.webhooks.sending import send
from trackside.server.webhooks.tables import DeliveryRow, WebhookRow

log = logging.getLogger("trackside.server.webhooks")

# Seconds to wait for the end.
_PATIENCE = 5.0
# Messages under way at the same time.
_AT_ONCE = 20


class WebhookService:
    """Tells other programs what has happened. What is not sent when it stops is sent after the next start.

    Attributes:
        poll: seconds between two looks into the outbox.
    """

    def __init__(self, site: Site) -> None:
        self.poll = 2.0
        self._site = site
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._ready = threading.Event()

    def start(self) -> None:
        """Begin to send."""
        self._ready.clear()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; what is under way is given up for now."""
        if self._thread is None:
            return
        self._ready.wait()
        if self._loop is not None and self._main is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._main.cancel)
        # Looking up a name cannot be broken off; the thread is none that keeps the process alive.
        self._thread.join(_PATIENCE)
        self._thread = None

    def _run(self) -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(self._send_all())

    async def _send_all(self) -> None:
        self._loop, self._main = asyncio.get_running_loop(), asyncio.current_task()
        self._ready.set()
        under_way: set[str] = set()
        async with httpx.AsyncClient() as client, asyncio.TaskGroup() as tasks:
            while True:
                for delivery, webhook in self._due(under_way):
                    under_way.add(delivery.id)
                    tasks.create_task(self._deliver(client, webhook, delivery, under_way))
                await asyncio.sleep(self.poll)

    def _due(self, under_way: set[str]) -> list[tuple[DeliveryRow, WebhookRow]]:
        """What is to be begun now. Trouble with the database is told, and tried again."""
        try:
            with self._site.database.session() as db:
                found = outbox.due(db, _AT_ONCE + len(under_way))
        except Exception:
            log.exception("the outbox of webhooks cannot be read")
            return []
        fresh = [(delivery, webhook) for delivery, webhook in found if delivery.id not in under_way]
        return fresh[: _AT_ONCE - len(under_way)]

    async def _deliver(
        self, client: httpx.AsyncClient, webhook: WebhookRow, delivery: DeliveryRow, under_way: set[str]
    ) -> None:
        try:
            sent, answer = await send(client, webhook, delivery)
            with self._site.database.session() as db:
                row = db.get(DeliveryRow, delivery.id)
                if row is not None:
                    outbox.record(row, sent=sent, answer=answer)
        except Exception:
            log.exception("the message %s was not sent", delivery.id)
        finally:
            under_way.discard(delivery.id)
