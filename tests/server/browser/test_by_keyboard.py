"""From an empty server to the results by the keyboard alone: no mouse event is ever sent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect

from .steps import card, fetch_model, graph_of, node, result_link, saved_id

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

# More steps of Tab than any page has places to stop at.
_MOST_STEPS = 250


@pytest.mark.slow
def test_from_empty_to_results(mirror: None, page: Page, clip: Path, api: httpx.Client) -> None:
    fetch_model(api, "fastestdet")
    go(page, page.get_by_role("link", name="Upload videos"))
    with page.expect_file_chooser() as chooser:
        go(page, page.get_by_role("button", name="Upload videos"))
    chooser.value.set_files(clip)
    expect(card(page, "walk.mp4").locator("img")).to_be_visible()
    go(page, page.get_by_role("link", name="Pipelines"))
    go(page, page.get_by_role("link", name="Blank pipeline"))
    expect(node(page, "source")).to_be_visible()

    build(page)
    draw_zone(page)
    page.keyboard.press("Control+s")
    pipeline = saved_id(page)
    blocks = graph_of(api, pipeline)["blocks"]
    assert blocks["draw"]["tracks"] in ("track", "track.tracks")
    assert blocks["detect"]["threshold"] == 0.2
    [zones] = [list(block["zones"].values()) for block in blocks.values() if "zones" in block]
    assert [zones] == [[[[0.5, 0.4], [0.6, 0.4], [0.7, 0.41]]]]

    run(page)
    go(page, result_link(page), timeout=120_000)
    expect(page.get_by_role("heading", name="walk.mp4")).to_be_visible()
    go(page, page.get_by_role("button", name="Play"))
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    focus(page, page.get_by_role("tab", name="Plots"))
    for tab in ("Tables", "Files"):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
    with page.expect_download() as download:
        go(page, page.get_by_role("link", name="Download all"))
    assert download.value.path().stat().st_size > 1000


def build(page: Page) -> None:
    """Find objects, track them, count them in a zone; draw that. Blocks come from quick add, wires from the forms."""
    add(page, "Find objects")
    page.keyboard.press("i")
    focus(page, page.get_by_label("Least certainty"))
    page.keyboard.type("0.2")
    leave(page)
    add(page, "Track objects")
    add(page, "Count in zones")
    add(page, "Draw on the picture")
    page.keyboard.press("i")
    tracks = page.locator("#inspector").get_by_label("Boxes or tracks").and_(page.locator("input")).first
    focus(page, tracks)
    page.keyboard.press("ArrowDown")
    choices = page.get_by_role("option", name=re.compile("track"))
    expect(choices.first).to_be_visible()
    for _ in range(10):
        if choices.filter(has_text="(track)").first.get_attribute("data-combobox-selected") == "true":
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    keep = page.locator("#inspector").get_by_role("checkbox", name=re.compile("annotated", re.IGNORECASE))
    focus(page, keep.or_(page.get_by_role("button", name="Save this output into the results: annotated")).first)
    page.keyboard.press("Space")
    leave(page)


def add(page: Page, title: str) -> None:
    """A block by quick add; it stays selected."""
    page.keyboard.press("/")
    dialog = page.get_by_role("dialog", name="Add a block")
    expect(dialog).to_be_visible()
    page.keyboard.type(title)
    expect(dialog.get_by_role("option", selected=True)).to_contain_text(title)
    page.keyboard.press("Enter")
    expect(page.locator(".react-flow__node.selected")).to_contain_text(title)


def draw_zone(page: Page) -> None:
    """Three corners from the list beside the picture; one of them is then put elsewhere as a number."""
    focus(page, page.get_by_role("group", name="Count in zones"))
    page.keyboard.press("Enter")
    page.keyboard.press("i")
    go(page, page.get_by_role("button", name="Draw on your video"))
    dialog = page.get_by_role("dialog", name="Draw")
    expect(dialog.locator("img")).to_be_visible()
    go(page, dialog.get_by_role("button", name="New zone"))
    for _ in range(3):
        go(page, dialog.get_by_role("button", name="Add a point"))
    down = dialog.get_by_role("textbox", name=re.compile("point 3, down"))
    focus(page, down)
    page.keyboard.press("Control+a")
    page.keyboard.type("41")
    page.keyboard.press("Tab")
    go(page, dialog.get_by_role("button", name="Keep this"))
    expect(dialog).to_have_count(0)


def run(page: Page) -> None:
    go(page, page.get_by_role("button", name="Run", exact=True))
    go(page, page.get_by_role("button", name="Choose videos"))
    picker = page.get_by_role("dialog", name="Choose videos")
    go(page, picker.get_by_role("button", name="walk.mp4"))
    go(page, picker.get_by_role("button", name="Use 1 video"))
    go(page, page.get_by_role("dialog").get_by_role("button", name="Run", exact=True))
    page.wait_for_url(re.compile("/runs/"))


def focus(page: Page, goal: Locator, timeout: float | None = None) -> None:
    """Press Tab until the focus is there, as somebody without a mouse must."""
    expect(goal).to_be_visible(timeout=timeout)
    for _ in range(_MOST_STEPS):
        if goal.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {goal}")


def go(page: Page, goal: Locator, timeout: float | None = None) -> None:
    """Tab to a button or link and press it."""
    focus(page, goal, timeout)
    expect(goal).to_be_enabled()
    page.keyboard.press("Enter")


def leave(page: Page) -> None:
    """Out of a form, to where the shortcuts of the canvas are heard."""
    focus(page, page.get_by_role("link", name="All pipelines"))
