"""A small synthetic video on the server, and toy blocks whose results are known."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.pipelines import toys  # noqa: F401 - registers the toy blocks
from trackside.core import Image, Table
from trackside.media import VideoWriter
from trackside.pipelines.block import BLOCKS, block
from trackside.server.context import Site
from trackside.server.videos.tables import VideoRow

BOX = {"use": "toy.box@1", "images": "source.images"}
GATE = threading.Event()

if "toy.gate@1" not in BLOCKS:

    @block("toy.gate@1")
    def gate(images: Image) -> Table:
        """Wait until the test opens the gate."""
        GATE.wait(20)
        return Table({"open": np.array([1])})


@pytest.fixture(autouse=True)
def open_at_the_end() -> Iterator[None]:
    """No thread waits for a gate longer than its test."""
    GATE.clear()
    yield
    GATE.set()


@pytest.fixture
def video(site: Site, tmp_path: Path) -> str:
    """Synthetic: 3 s, 10 a second, 800 x 450, grey, each picture a little brighter."""
    path = tmp_path / "clip.mp4"
    with VideoWriter(path, fps=10) as writer:
        for number in range(30):
            writer.write(np.full((450, 800, 3), 20 + number * 4, np.uint8), number / 10)
    return add_video(site, path)


def add_video(site: Site, path: Path, **more: Any) -> str:
    """Put a file among the server's videos. It is moved."""
    row = VideoRow(**{"name": "my clip.mp4", "state": "ready", "key": "videos/clip/source.mp4", **more})
    site.files.take(path, "videos/clip/source.mp4")
    with site.database.session() as db:
        db.add(row)
        db.flush()
        return row.id


@pytest.fixture
def attempt(client: TestClient, video: str) -> Callable[..., Any]:
    """Try blocks on the video; gives the answer of POST."""

    def begin(blocks: dict[str, Any], **more: Any) -> Any:
        body = {"graph": {"pipeline": "try", "blocks": blocks}, "video": video, "start": 0, "seconds": 3, **more}
        return client.post("/api/previews", json=body)

    return begin


@pytest.fixture
def finished(client: TestClient, attempt: Callable[..., Any]) -> Callable[..., Any]:
    """Try blocks and wait for the end."""

    def wait(blocks: dict[str, Any], **more: Any) -> Any:
        answer = attempt(blocks, **more)
        assert answer.status_code == 201, answer.text
        return ended(client, answer.json()["id"])

    return wait


def ended(client: TestClient, preview_id: str) -> Any:
    """The preview once it is over."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        got = client.get(f"/api/previews/{preview_id}").json()
        if got["state"] not in ("waiting", "running"):
            return got
        time.sleep(0.02)
    raise AssertionError("the try does not end")
