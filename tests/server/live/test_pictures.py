"""Newest pictures: encoded once for all who look."""

from __future__ import annotations

import threading
from typing import Any

import cv2
import numpy as np
from starlette.testclient import TestClient

from tests.server.live.engine import FakeEngine
from trackside.server.live import pictures
from trackside.server.live.pictures import PictureCache


def decoded(answer: Any) -> Any:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    return cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR_RGB)


def test_a_picture_is_as_wide_as_asked_and_no_wider_than_it_is(client: TestClient, engine: FakeEngine) -> None:
    assert decoded(client.get("/api/live/cameras/gate/picture?width=80")).shape == (45, 80, 3)
    assert decoded(client.get("/api/live/cameras/gate/picture?width=4000")).shape == (90, 160, 3)
    assert client.get("/api/live/cameras/gate/picture?width=5").status_code == 422


def test_what_the_browser_has_is_not_sent_again(client: TestClient, engine: FakeEngine) -> None:
    first = client.get("/api/live/cameras/gate/picture")
    tag = first.headers["etag"]
    again = client.get("/api/live/cameras/gate/picture", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/live/cameras/gate/picture", headers={"if-none-match": '"other"'}).status_code == 200


def test_no_camera_and_no_picture_yet(client: TestClient, engine: FakeEngine) -> None:
    assert client.get("/api/live/cameras/nobody/picture").status_code == 404
    assert engine.asked == 0
    engine.pixels = None
    assert client.get("/api/live/cameras/gate/picture").status_code == 404


def test_a_picture_serves_everybody_for_a_moment() -> None:
    clock, made = [0.0], []

    def picture() -> Any:
        made.append(1)
        return np.full((20, 20, 3), len(made) * 40, np.uint8)

    cache = PictureCache(lambda: clock[0])
    key = ("gate", True, 320)
    first = cache.get(key, picture)
    assert cache.get(key, picture) is first
    assert cache.get(("gate", False, 320), picture) is not first
    assert len(made) == 2
    clock[0] += pictures.FRESH
    second = cache.get(key, picture)
    assert first is not None and second is not None
    assert second.tag != first.tag


def test_of_many_who_ask_at_once_one_waits_for_the_engine() -> None:
    made, start = [], threading.Barrier(8)
    cache = PictureCache(lambda: 0.0)

    def look() -> None:
        start.wait()
        cache.get(("gate", True, 320), lambda: made.append(1) or np.zeros((20, 20, 3), np.uint8))  # type: ignore[func-returns-value]

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_what_is_kept_does_not_grow() -> None:
    cache = PictureCache(lambda: 0.0)
    for number in range(pictures._MOST + 50):
        cache.get((str(number), True, 16), lambda: np.zeros((8, 8, 3), np.uint8))
    assert len(cache._made) == len(cache._turns) == pictures._MOST
