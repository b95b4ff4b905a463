"""What keeps strangers from a server: other hosts' names, other pages' requests, framing.

A page of the internet can make the browser send requests to this machine or network. DNS rebinding shows in the `Host`
header, a foreign page in the `Origin` header; both are refused before anything is read (OWASP, Cross-Site Request Forgery
Prevention).

`Host` must be one of the names that the server was given. A server that listens on all addresses (`0.0.0.0` or `::`) has no
name of its own: it also answers to the address at which a connection reached it, and to the machine's host name, alone or
with `.local`. Rebinding needs a name that a stranger controls, and these are none. Where a proxy or a container stands in
between, the name that people type is given in `hosts`.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
EVERYWHERE = ("0.0.0.0", "::", "[::]")
# Nothing is loaded from elsewhere, no page may frame ours (which frames pages of its own), and addresses (with their token)
# are told to nobody. Mantine and Plotly write style attributes, which is why styles may stand in the page; scripts may not.
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; font-src 'self'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; "
        "frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "permissions-policy": "camera=(self), microphone=()",
}


class Guard:
    """Lets requests to our own names through, from our own pages only, and adds headers that an answer lacks.

    Args:
        app: that is guarded.
        hosts: names, without port, under which the server may be addressed, among them the address it listens on.
    """

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str] = LOOPBACK) -> None:
        self._app = app
        self._hosts = frozenset(_name(host) for host in hosts)
        self._listens_everywhere = not self._hosts.isdisjoint(EVERYWHERE)
        if self._listens_everywhere:
            own = socket.gethostname().lower()
            self._hosts = (self._hosts | {own, f"{own}.local"}) - set(EVERYWHERE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._answer(scope, receive, _with_headers(send))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope)
        if not refusal:
            await self._app(scope, receive, send)
            return
        from starlette.responses import JSONResponse

        status, what, fix = refusal
        problem = {"what": what, "fix": fix, "block": None, "port": None}
        await JSONResponse({"problems": [problem]}, status)(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str, str] | None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        if not self._is_ours(_name(host), scope):
            return 403, "this server does not answer to that name", "open the address that the terminal shows"
        origin = headers.get("origin")
        if origin is not None and origin not in (f"http://{host}", f"https://{host}"):
            return 403, "another page may not use this server", "open the address that the terminal shows"
        # No text of ours holds one, and PostgreSQL cannot be asked for one.
        if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
            return 422, "the address holds a NUL character", "correct it"
        return None

    def _is_ours(self, name: str, scope: Scope) -> bool:
        if name in self._hosts:
            return bool(name)
        reached = scope.get("server")
        return self._listens_everywhere and reached is not None and bool(name) and name == _name(reached[0])


def _name(host: str) -> str:
    """The name of `name:port`, in lower case; an empty text for what is none."""
    if host.count(":") > 1 and not host.startswith("["):
        host = f"[{host}]"
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
