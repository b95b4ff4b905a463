"""A whole server with a worker, and small real videos."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from trackside.client import Client
from trackside.media import VideoWriter
from trackside.models import Store
from trackside.server.application import create_app
from trackside.server.context import open_site
from trackside.server.local import LocalServer
from trackside.server.settings import ServerSettings

# A pipeline that needs no model.
PIPELINE = {
    "pipeline": "plain",
    "blocks": {"draw": {"use": "draw.overlay@1", "images": "source.images"}},
    "save": ["draw.annotated"],
}
MakeVideo = Callable[..., Path]


@pytest.fixture
def make_video(tmp_path: Path) -> MakeVideo:
    """Writes a video of flat grey frames, each a little brighter than the one before (synthetic)."""

    def make(name: str = "clip.mp4", frames: int = 10, size: tuple[int, int] = (64, 48)) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with VideoWriter(path, fps=10) as writer:
            for number in range(frames):
                writer.write(np.full((size[1], size[0], 3), 20 + number % 200, np.uint8), number / 10)
        return path

    return make


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Of a server with one worker."""
    settings = ServerSettings(data=tmp_path / "server", port=0)
    site = open_site(settings, store=Store(tmp_path / "home"))
    server, over = LocalServer(0, lifespan="on"), threading.Event()
    thread = threading.Thread(target=server.serve, args=(create_app(site), over.is_set))
    thread.start()
    yield server.address
    over.set()
    thread.join()
    site.database.close()


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    """A client of that server."""
    with Client(address) as made:
        yield made
