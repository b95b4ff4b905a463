"""Serving an application on this machine alone, until its work is done."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from trackside.core import InputError

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

_ADDRESS = "127.0.0.1"
# Seconds between two questions whether the work is done.
_POLL = 0.2
# Seconds that open connections get to end.
_GRACE = 2


class LocalServer:
    """A server on loopback. Its port is known, and taken, before it starts.

    Args:
        port: to listen on; 0 for any that is free.

    Raises:
        InputError: the port is taken or may not be used.
    """

    def __init__(self, port: int = 0) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((_ADDRESS, port))
        except (OSError, OverflowError) as error:
            self._socket.close()
            raise InputError(f"port {port} cannot be used ({error})", where="--port", fix="leave it out") from error
        self.port = int(self._socket.getsockname()[1])

    @property
    def address(self) -> str:
        """Such as `http://127.0.0.1:8123`."""
        return f"http://{_ADDRESS}:{self.port}"

    def serve(self, app: ASGIApp, is_over: Callable[[], bool]) -> None:
        """Serve until `is_over` says so, or Ctrl-C."""
        import uvicorn

        config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=_GRACE, lifespan="off")
        server = uvicorn.Server(config)
        threading.Thread(target=_watch, args=(server, is_over), daemon=True).start()
        try:
            server.run(sockets=[self._socket])
        finally:
            self._socket.close()


def _watch(server: uvicorn.Server, is_over: Callable[[], bool]) -> None:
    while not (server.should_exit or is_over()):
        time.sleep(_POLL)
    server.should_exit = True
