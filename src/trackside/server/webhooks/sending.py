"""Sending one message, signed, so that its receiver knows who wrote it and when.

`X-Trackside-Signature: sha256=HEX` is the HMAC-SHA256 of `TIMESTAMP.BODY` with the webhook's secret; `TIMESTAMP` (seconds
since 1970) stands in `X-Trackside-Timestamp`. A receiver refuses what is older than some minutes: it may be a replay. A
message may come twice, with the same `X-Trackside-Delivery`.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from trackside import __version__
from trackside.server.webhooks.outbox import MOST_ANSWER
from trackside.server.webhooks.tables import DeliveryRow, WebhookRow

# Seconds for everything: name, connection, sending, answer.
_TIMEOUT = 10.0


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What stands in `X-Trackside-Signature`."""
    return "sha256=" + hmac.digest(secret.encode(), f"{timestamp}.".encode() + body, "sha256").hex()


@dataclass(frozen=True, slots=True)
class Posted:
    """How one try went.

    Attributes:
        status: of the answer; None if there was none.
        answer: its status and beginning, or what went wrong.
    """

    status: int | None
    answer: str

    @property
    def taken(self) -> bool:
        """Whether the receiver has it (status 2xx)."""
        return self.status is not None and 200 <= self.status < 300


async def send(client: httpx.AsyncClient, webhook: WebhookRow, delivery: DeliveryRow) -> tuple[bool, str]:
    """Send a message of a webhook once.

    Returns:
        Whether it was taken, and the answer's beginning, or what went wrong.
    """
    posted = await post(client, webhook.url, webhook.secret, delivery.id, delivery.body)
    return posted.taken, posted.answer


async def post(client: httpx.AsyncClient, url: str, secret: str, id: str, message: Mapping[str, Any]) -> Posted:
    """Send a message once, signed; redirects are not followed.

    Args:
        client: sends it.
        url: where to.
        secret: signs it.
        id: of the delivery; the same each time it is tried.
        message: JSON-able, with its kind as `event`.
    """
    body = json.dumps(message).encode()
    timestamp = str(int(time.time()))
    headers = {
        "content-type": "application/json",
        "user-agent": f"trackside/{__version__}",
        "x-trackside-event": str(message["event"]),
        "x-trackside-delivery": id,
        "x-trackside-timestamp": timestamp,
        "x-trackside-signature": signature(secret, timestamp, body),
    }
    try:
        async with (
            asyncio.timeout(_TIMEOUT),
            client.stream("POST", url, content=body, headers=headers, follow_redirects=False) as answer,
        ):
            return Posted(answer.status_code, f"{answer.status_code} {await _beginning(answer)}".strip())
    except TimeoutError:
        return Posted(None, f"no answer within {_TIMEOUT:.0f} seconds")
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError, OSError) as error:
        return Posted(None, f"{type(error).__name__}: {error}")


async def _beginning(answer: httpx.Response) -> str:
    read = b""
    async for chunk in answer.aiter_bytes(MOST_ANSWER):
        read += chunk
        # A character has four bytes at most.
        if len(read) >= 4 * MOST_ANSWER:
            break
    return read.decode("utf-8", "replace")[:MOST_ANSWER]
