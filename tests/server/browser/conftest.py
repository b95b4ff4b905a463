"""A real browser before a real server with a worker. Every page is watched: it may not ask another host for anything,
may not break its content security policy and may not write errors to the console."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pytest

from trackside.media import VideoWriter
from trackside.models import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

pytest.importorskip("fastapi", reason="needs the extra `serve`")
sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")

ROOT = Path(__file__).parents[3]
APP = ROOT / "src" / "trackside" / "server" / "app" / "index.html"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Everything at a server that runs on two busy cores; nothing waits this long when all is well.
PATIENCE_MS = 20_000

Open = Callable[..., "Page"]


@dataclass
class Watch:
    """What pages did that they may not do; `allowed` are patterns of what a test provokes."""

    allowed: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext, address: str) -> None:
        def asked(request: Request) -> None:
            if not request.url.startswith((f"{address}/", "data:", "blob:")):
                self.found.append(f"a request to {request.url}")

        def said(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.found.append(f"on the console: {message.text} ({message.location['url']})")

        context.on("request", asked)
        context.on("console", said)
        context.on("weberror", lambda error: self.found.append(f"an exception: {error.error}"))

    def faults(self) -> list[str]:
        return [line for line in self.found if not any(re.search(pattern, line) for pattern in self.allowed)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium a file: it would keep asyncio from running in files that follow."""
    if CHROMIUM is None:
        pytest.skip("needs chromium")
    if not APP.is_file():
        pytest.skip("the web app is not built: run `make web`")
    with sync_api.sync_playwright() as playwright:
        switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield started
        started.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Judges at the end of a test what its pages did."""
    made = Watch()
    yield made
    assert made.faults() == []


@pytest.fixture
def open_page(browser: Browser, watch: Watch, address: str) -> Iterator[Open]:
    """Opens the start page for a new user, with cookies and storage of their own."""
    contexts: list[BrowserContext] = []

    def opened(**options: Any) -> Page:
        context = browser.new_context(**{"base_url": address, "reduced_motion": "reduce", "locale": "en-GB", **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        watch.follow(context, address)
        page = context.new_page()
        page.goto("/")
        return page

    sync_api.expect.set_options(timeout=PATIENCE_MS)
    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Open) -> Page:
    """The start page, in a large window."""
    return open_page(viewport={"width": 1440, "height": 900})


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Of an empty server with one worker."""
    from trackside.server.application import create_app
    from trackside.server.context import open_site
    from trackside.server.local import LocalServer
    from trackside.server.settings import ServerSettings

    settings = ServerSettings(data=tmp_path / "server", port=0)
    site = open_site(settings, store=Store(tmp_path / "home"))
    server, over, app = LocalServer(0, lifespan="on"), threading.Event(), create_app(site)
    stopping = site.services["events"].stop
    thread = threading.Thread(target=server.serve, args=(app, over.is_set, stopping))
    thread.start()
    yield server.address
    over.set()
    thread.join()
    site.database.close()


@pytest.fixture
def api(address: str) -> Iterator[httpx.Client]:
    """Requests beside the browser, to prepare and to look."""
    with httpx.Client(base_url=address, timeout=30) as made:
        yield made


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Four seconds of a light square that wanders to the right (synthetic)."""
    return write_clip(tmp_path / "walk.mp4")


def write_clip(path: Path, frames: int = 40) -> Path:
    """A synthetic video: 10 frames a second, each with the square a little further to the right."""
    with VideoWriter(path, fps=10) as writer:
        for number in range(frames):
            picture = np.full((180, 320, 3), 60, np.uint8)
            left = 4 + 6 * number % 280
            picture[60:120, left : left + 30] = 220
            writer.write(picture, number / 10)
    return path


@pytest.fixture
def mirror(shared_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models come from the folder beside the checkout; skips where there is none."""
    monkeypatch.setenv("TRACKSIDE_MODEL_MIRROR", str(shared_models))
