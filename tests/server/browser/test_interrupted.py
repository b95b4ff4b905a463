"""A page is loaded anew, or the server killed, in the middle of something: nothing is lost and everything goes on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect

from .conftest import Watch, write_clip
from .steps import begin, card, node, open_editor, put_video, result_link, save, wait_for, wait_until_done

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLAIN = {"pipeline": "plain", "blocks": {"draw": {"use": "draw.overlay@1", "images": "source.images"}}, "save": ["draw"]}
# What the console says when the server is away.
AWAY = "ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_SOCKET"


class Killable:
    """`trackside serve` in a process of its own, always at the same address."""

    def __init__(self, data: Path) -> None:
        self._data = data
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        words = ["serve", "--data", str(self._data), "--port", str(self.port), "--no-open"]
        self._process = subprocess.Popen([str(Path(sys.executable).with_name("trackside")), *words], start_new_session=True)
        wait_for(self._is_there)

    def _is_there(self) -> bool:
        try:
            return httpx.get(f"{self.address}/api/health").is_success
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """As a power cut does it: the server and its workers."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Killable]:
    made = Killable(tmp_path / "server")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def address(server: Killable) -> str:
    return server.address


@pytest.mark.slow
def test_a_reload_in_the_middle_of_editing_brings_the_draft_back(page: Page, api: httpx.Client) -> None:
    open_editor(page, "/pipelines/new")
    page.get_by_role("button", name="Find objects").click()
    expect(node(page, "detect")).to_be_visible()
    page.reload()
    expect(node(page, "detect")).to_be_visible()
    expect(page.get_by_text("Your draft is back")).to_be_visible()
    page.get_by_role("button", name="Go on with it").click()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Draw on the picture").click()
    page.reload()  # what was changed since the first save is there too, under the pipeline's own address
    expect(node(page, "draw")).to_be_visible()
    page.get_by_role("button", name="Discard it").click()
    expect(node(page, "draw")).to_have_count(0)
    expect(node(page, "detect")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Your draft is back")).to_have_count(0)


@pytest.mark.slow
def test_a_reload_in_the_middle_of_an_upload_resumes_it(page: Page, watch: Watch, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "long.mp4", 40)
    with clip.open("ab") as file:  # a box that players skip makes the file large
        file.write((64 << 20).to_bytes(4, "big") + b"free" + bytes((64 << 20) - 8))
    sent = slow_down(page)
    page.goto("/videos")
    choose(page, clip)
    for _ in range(2):  # the second one means that a whole chunk is there
        page.wait_for_event("request", lambda request: request.method == "PATCH")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    sent.clear()
    page.context.unroute_all()
    choose(page, clip)
    expect(card(page, "long.mp4")).to_contain_text("320", timeout=60_000)
    assert "HEAD" in sent, "it did not ask how much had come"
    assert "POST" not in sent, "it began anew"


@pytest.mark.slow
def test_the_server_is_killed_in_the_middle_of_a_run(
    page: Page, watch: Watch, server: Killable, api: httpx.Client, tmp_path: Path
) -> None:
    watch.allowed += [AWAY, r"404 .*/live\.jpg"]  # the live picture goes with the worker
    video = put_video(api, write_clip(tmp_path / "long.mp4", 10_000))
    run = begin(api, save(api, PLAIN), [video])
    page.goto(f"/runs/{run}")
    expect(page.get_by_role("progressbar", name="Progress of long.mp4")).to_be_visible()
    page.reload()
    expect(page.get_by_role("progressbar", name="Progress of long.mp4")).to_be_visible()
    assert api.get(f"/api/runs/{run}").json()["state"] == "running"
    server.kill()
    server.start()
    # Nobody touches the page: it finds its way back by itself.
    result_link(page)
    [item] = wait_until_done(api, run)["items"]
    assert (item["records"], item["attempts"]) == (10_000, 2)


def choose(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload videos").click()
    chooser.value.set_files(path)


def slow_down(page: Page) -> list[str]:
    """The link is slow from now on; gives the list of what is asked of the uploads' address."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 12 << 20}
    devtools.send("Network.emulateNetworkConditions", slow)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if "/api/uploads" in request.url else None)
    return sent
