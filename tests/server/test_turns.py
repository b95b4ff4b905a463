"""Heavy work by turns: whoever waits holds no thread of the pool that all endpoints share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from trackside.server.problems import Refused
from trackside.server.videos import routes

# More than there are threads in the pool.
_CROWD = 60


@pytest.fixture
def blocked(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Decoding that does not end before the test lets it; tells how many are at it."""
    inside, go = threading.Semaphore(0), threading.Event()

    def get(*_: Any) -> Any:
        inside.release()
        go.wait(60)
        raise Refused(404, "let go")

    monkeypatch.setattr(routes.FRAMES, "get", get)
    monkeypatch.setattr(routes, "_ready", lambda *_: None)

    def count() -> int:
        found = 0
        while inside.acquire(timeout=2):
            found += 1
        return found

    count.go = go  # type: ignore[attr-defined]
    return count


def test_a_crowd_that_waits_for_frames_keeps_nobody_from_a_list(client: TestClient, blocked: Any) -> None:
    with ThreadPoolExecutor(_CROWD + 1) as crowd:
        asked = [crowd.submit(client.get, "/api/videos/some/frame") for _ in range(_CROWD)]
        try:
            assert blocked() == 4
            assert crowd.submit(client.get, "/api/videos").result(timeout=20).status_code == 200
        finally:
            blocked.go.set()
        assert {one.result(timeout=60).status_code for one in asked} == {404}
