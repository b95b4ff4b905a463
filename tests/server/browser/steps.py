"""What a user does again and again, in the words that the pages show."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Locator, Page


def wait_for(ready: Callable[[], Any], seconds: float = 60, page: Page | None = None) -> None:
    """Until something holds that no page shows. Give the page if the test answers its requests: sleeping, it does not."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "it did not happen"
        page.wait_for_timeout(100) if page else time.sleep(0.1)


def upload(page: Page, files: Path | list[Path] | FilePayload, name: str) -> None:
    """By the file chooser of the videos' page, until the video is ready."""
    page.goto("/videos")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload videos").click()
    chooser.value.set_files(files)
    expect(card(page, name)).to_contain_text("0:0")


def card(page: Page, name: str) -> Locator:
    """The card of a video."""
    return page.get_by_role("main").get_by_role("listitem").filter(has_text=name)


def put_video(api: httpx.Client, path: Path) -> str:
    """A ready video, without the browser; gives its id."""
    from trackside.client import Client

    with Client(str(api.base_url).rstrip("/")) as client:
        return client.upload(path).id


def save(api: httpx.Client, graph: dict[str, Any]) -> str:
    """A saved pipeline, without the browser; gives its id."""
    answer = api.post("/api/pipelines", json={"graph": graph, "note": "", "base": None})
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


def graph_of(api: httpx.Client, pipeline: str) -> dict[str, Any]:
    graph: dict[str, Any] = api.get(f"/api/pipelines/{pipeline}").json()["graph"]
    return graph


def begin(api: httpx.Client, pipeline: str, videos: list[str]) -> str:
    """A run, without the browser; gives its id."""
    answer = api.post("/api/runs", json={"pipeline": pipeline, "videos": videos})
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


def wait_until_done(api: httpx.Client, run: str) -> dict[str, Any]:
    """The run when all its videos are done."""
    wait_for(lambda: api.get(f"/api/runs/{run}").json()["state"] not in ("queued", "running"), 120)
    full: dict[str, Any] = api.get(f"/api/runs/{run}").json()
    assert full["state"] == "done", full
    return full


def open_editor(page: Page, path: str) -> None:
    """The editor, when the drawing is there."""
    page.goto(path)
    expect(node(page, "source")).to_be_visible()


def node(page: Page, name: str) -> Locator:
    """A block on the canvas, by its name."""
    return page.locator(f'.react-flow__node[data-id="{name}"]')


def dot(page: Page, block: str, port: str) -> Locator:
    """The end of wires of a port."""
    return page.locator(f'.react-flow__handle[data-nodeid="{block}"][data-handleid="{port}"]')


def wire(page: Page, start: tuple[str, str], end: tuple[str, str]) -> None:
    """Pull a wire with the mouse from an output to an input."""
    places = [dot(page, *port).bounding_box() for port in (start, end)]
    assert places[0] and places[1]
    (x, y), (to_x, to_y) = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in places]  # type: ignore[index]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move((x + to_x) / 2, (y + to_y) / 2, steps=4)
    page.mouse.move(to_x, to_y, steps=4)
    page.mouse.up()


def saved_id(page: Page) -> str:
    """The pipeline's id, once it has one."""
    page.wait_for_url(re.compile(r"/pipelines/(?!new)[^/?]+$"))
    return page.url.rpartition("/")[2]


def is_playing_to(page: Page) -> float:
    """Where the video of a result stands, seconds."""
    return float(page.locator("video").first.evaluate("video => video.currentTime"))


def fetch_model(api: httpx.Client, model: str) -> None:
    """Bring a model, without the browser."""
    licence = api.get(f"/api/models/{model}").json()["licence"]
    assert api.post(f"/api/models/{model}/pull", json={"licence": licence}).is_success
    wait_for(lambda: api.get(f"/api/models/{model}").json()["installed"])


def result_link(page: Page) -> Locator:
    """The way from a run to the result of its first video; it appears when that is done."""
    link = page.get_by_role("main").locator("a[href^='/results/']").first
    expect(link).to_be_visible(timeout=120_000)
    return link
