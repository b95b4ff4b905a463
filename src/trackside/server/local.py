"""Serving an application on an address, until its work is done."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from trackside.core import InputError

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

LOOPBACK_ADDRESS = "127.0.0.1"
# Seconds between two questions whether the work is done.
_POLL = 0.2
# Seconds that open connections get to end.
_GRACE = 2


class LocalServer:
    """A server on one address, loopback unless told. Its port is known, and taken, before it starts.

    Args:
        port: to listen on; 0 for any that is free.
        host: address to listen on.
        lifespan: whether the application is told of start and end ("on"), and must start well.

    Raises:
        InputError: the address or port is taken or may not be used.
    """

    def __init__(self, port: int = 0, host: str = LOOPBACK_ADDRESS, *, lifespan: Literal["on", "off"] = "off") -> None:
        self._lifespan: Literal["on", "off"] = lifespan
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
            self._socket.listen()  # Who connects before the application has started waits instead of being refused.
        except (OSError, OverflowError) as error:
            self._socket.close()
            raise InputError(
                f"port {port} of {host} cannot be used ({error})", where="--port", fix="leave it out"
            ) from error
        self.host, self.port = host, int(self._socket.getsockname()[1])

    @property
    def address(self) -> str:
        """Such as `http://127.0.0.1:8123`."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def serve(self, app: ASGIApp, is_over: Callable[[], bool], ending: Callable[[], None] = lambda: None) -> None:
        """Serve until `is_over` says so, or Ctrl-C.

        Args:
            app: to serve.
            is_over: asked now and then.
            ending: called once when it is to end, before open connections are closed.
        """
        import uvicorn

        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=_GRACE, lifespan=self._lifespan
        )
        server = uvicorn.Server(config)
        threading.Thread(target=_watch, args=(server, is_over, ending), daemon=True).start()
        log, loud = logging.getLogger("uvicorn.error"), lambda _: not server.should_exit
        # What is cut off at the end, such as uploads that go on next time, is so on purpose: no traceback for each.
        log.addFilter(loud)
        try:
            server.run(sockets=[self._socket])
        finally:
            log.removeFilter(loud)
            self._socket.close()


def _watch(server: uvicorn.Server, is_over: Callable[[], bool], ending: Callable[[], None]) -> None:
    while not (server.should_exit or is_over()):
        time.sleep(_POLL)
    server.should_exit = True
    ending()
