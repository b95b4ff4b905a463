"""What keeps strangers from a server on this machine: other hosts' names, other pages' requests, framing.

A page of the internet can make the browser send requests to loopback. DNS rebinding shows in the `Host` header, a foreign
page in the `Origin` header; both are refused before anything is read (OWASP, Cross-Site Request Forgery Prevention).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
# Nothing is loaded from elsewhere, no page may frame ours, and addresses (with their token) are told to nobody.
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "permissions-policy": "camera=(self), microphone=()",
}


class Guard:
    """Lets requests to our own names through, from our own pages only, and adds headers to the answers.

    Args:
        app: that is guarded.
        hosts: names, without port, under which the server may be addressed.
    """

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str] = LOOPBACK) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(headers)
        if refusal:
            from starlette.responses import JSONResponse

            await JSONResponse({"what": refusal}, 403)(scope, receive, send)
            return
        await self._app(scope, receive, _with_headers(send))

    def _refusal(self, headers: dict[str, str]) -> str:
        host = headers.get("host", "")
        if _name(host) not in self._hosts:
            return "this server answers on its own machine only; open the address that the terminal shows"
        origin = headers.get("origin")
        if origin is not None and origin not in (f"http://{host}", f"https://{host}"):
            return "another page may not use this server"
        return ""


def _name(host: str) -> str:
    """The name of `name:port`, in lower case; an empty text for what is none."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
    return f"[{name}]" if ":" in name else name


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message["headers"]}
            more = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in given]
            message = {**message, "headers": [*message["headers"], *more]}
        await send(message)

    return sending
