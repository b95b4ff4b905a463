"""A server with an engine."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.server.live.engine import GATE, FakeEngine
from trackside.server.context import Site


@pytest.fixture
def engine(site: Site, client: TestClient) -> FakeEngine:
    """The engine of `client`'s server; it watches one camera of the file."""
    made = FakeEngine(GATE)
    site.services["live"].set_port(made)
    return made
