"""Alarms by POST, signed as messages of webhooks are (see `server.webhooks.sending`)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from trackside.server.alarms.channels.message import Answer, Message, Outcome
from trackside.server.webhooks.sending import post

# Answers that say "not now" rather than "not this one".
_LATER = (408, 425, 429)


class WebhookSender:
    """Sends to one address over one connection that is kept.

    Args:
        settings: `url` and `secret`.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self._url, self._secret = str(settings["url"]), str(settings["secret"])
        self._runner = asyncio.Runner()
        self._client: httpx.AsyncClient | None = None

    def send(self, message: Message) -> Answer:
        """Send one."""
        posted = self._runner.run(self._post(message))
        if posted.taken:
            return Answer(Outcome.SENT, posted.answer)
        refused = posted.status is not None and 300 <= posted.status < 500 and posted.status not in _LATER
        return Answer(Outcome.REFUSED if refused else Outcome.UNREACHABLE, posted.answer)

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._runner.run(self._client.aclose())
        self._runner.close()

    async def _post(self, message: Message) -> Any:
        if self._client is None:
            self._client = httpx.AsyncClient()
        return await post(self._client, self._url, self._secret, message.id, message.body)
