"""Uploads to a server in this process, and to one on a real socket."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import pytest
from starlette.testclient import TestClient

from tests.server.uploads.tus import Tus
from trackside.server.application import create_app
from trackside.server.context import Site
from trackside.server.local import LocalServer


@pytest.fixture
def tus(client: TestClient, site: Site) -> Iterator[Tus]:
    yield Tus(client)
    site.services["uploads"].stop()


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """A real server on loopback, without workers."""
    server, over = LocalServer(), threading.Event()
    app = create_app(site, with_workers=False)
    thread = threading.Thread(target=server.serve, args=(app, over.is_set))
    thread.start()
    _wait(server.address)
    yield server.address
    over.set()
    thread.join(timeout=30)
    site.services["uploads"].stop()
    assert not thread.is_alive()


def _wait(address: str) -> None:
    for _ in range(200):
        try:
            httpx.get(f"{address}/api/videos", timeout=5)
        except httpx.ConnectError:
            threading.Event().wait(0.05)
        else:
            return
