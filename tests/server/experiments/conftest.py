"""A server with a store of runs in its data folder."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.server.experiments.making import Made
from trackside.server.settings import ServerSettings


@pytest.fixture
def made(settings: ServerSettings) -> Made:
    """The store, empty."""
    return Made(settings.data / "experiments")


class Api:
    """Asks for what is below `/api/experiments`."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, rest: str = "", **asked: Any) -> Any:
        """The JSON of an answer that is well."""
        answer = self.client.get(f"/api/experiments{rest}", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, rest: str = "", **asked: Any) -> tuple[int, str]:
        """Status and the sentence of an answer that is not."""
        answer = self.client.get(f"/api/experiments{rest}", params=asked)
        assert answer.status_code >= 400
        [problem] = answer.json()["problems"]
        return answer.status_code, f"{problem['what']}; {problem['fix']}"


@pytest.fixture
def api(client: TestClient) -> Api:
    """Requests to the server."""
    return Api(client)
