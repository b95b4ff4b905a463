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

import httpx

from trackside import __version__
from trackside.server.webhooks.outbox import MOST_ANSWER
from trackside.server.webhooks.tables import DeliveryRow, WebhookRow

# Seconds for everything: name, connection, sending, answer.
_TIMEOUT = 10.0


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What stands in `X-Trackside-Signature`."""
    return "sha256=" + hmac.digest(secret.encode(), f"{timestamp}.".encode() + body, "sha256").hex()


async def send(client: httpx.AsyncClient, webhook: WebhookRow, delivery: DeliveryRow) -> tuple[bool, str]:
    """Send a message once; redirects are not followed.

    Returns:
        Whether it was taken (status 2xx), and the answer's beginning, or what went wrong.
    """
    body = json.dumps(delivery.body).encode()
    timestamp = str(int(time.time()))
    headers = {
        "content-type": "application/json",
        "user-agent": f"trackside/{__version__}",
        "x-trackside-event": str(delivery.body["event"]),
        "x-trackside-delivery": delivery.id,
        "x-trackside-timestamp": timestamp,
        "x-trackside-signature": signature(webhook.secret, timestamp, body),
    }
    try:
        async with (
            asyncio.timeout(_TIMEOUT),
            client.stream("POST", webhook.url, content=body, headers=headers, follow_redirects=False) as answer,
        ):
            return answer.is_success, f"{answer.status_code} {await _beginning(answer)}".strip()
    except TimeoutError:
        return False, f"no answer within {_TIMEOUT:.0f} seconds"
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError, OSError) as error:
        return False, f"{type(error).__name__}: {error}"


async def _beginning(answer: httpx.Response) -> str:
    read = b""
    async for chunk in answer.aiter_bytes(MOST_ANSWER):
        read += chunk
        # A character has four bytes at most.
        if len(read) >= 4 * MOST_ANSWER:
            break
    return read.decode("utf-8", "replace")[:MOST_ANSWER]
