"""Ending a server: what is cut off is so on purpose; before, trouble is told."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from trackside.server import local
from trackside.server.local import LocalServer


def test_requests_that_are_cut_off_at_the_end_leave_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(local, "_GRACE", 1)
    came, over = threading.Event(), threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/broken":
            raise RuntimeError("a fault of the application")
        came.set()
        while True:
            await receive()

    server = LocalServer()
    thread = threading.Thread(target=server.serve, args=(app, over.is_set))
    thread.start()
    with (
        socket.create_connection(("127.0.0.1", server.port)) as broken,
        socket.create_connection(("127.0.0.1", server.port)) as slow,
    ):
        broken.sendall(b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n")
        assert broken.recv(100)
        slow.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n1")
        assert came.wait(10)
        time.sleep(0.1)
        over.set()
        thread.join(20)
    assert not thread.is_alive()
    told = capfd.readouterr().err
    assert "a fault of the application" in told and "Cancelled" not in told and told.count("Traceback") == 1
