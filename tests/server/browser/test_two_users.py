"""Two people at once: nobody's work is lost, and each sees what the other does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect

from .conftest import Open, Watch
from .steps import begin, node, open_editor, put_video, save

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLAIN = {"pipeline": "plain", "blocks": {"draw": {"use": "draw.overlay@1", "images": "source.images"}}, "save": ["draw"]}


@pytest.mark.slow
def test_both_change_the_same_pipeline(open_page: Open, watch: Watch, api: httpx.Client) -> None:
    watch.allowed.append("409")
    pipeline = save(api, PLAIN)
    mine, theirs = open_page(), open_page()
    for page, name in ((mine, "hers"), (theirs, "his")):
        open_editor(page, f"/pipelines/{pipeline}")
        page.get_by_role("heading", level=1).click()
        page.get_by_role("textbox", name="Name").fill(name)
    mine.keyboard.press("Control+s")
    expect(mine.get_by_text("Saved as version 2")).to_be_visible()
    theirs.keyboard.press("Control+s")
    dialog = theirs.get_by_role("dialog", name="Somebody saved before you")
    dialog.get_by_role("button", name="Look at theirs").click()
    expect(theirs.get_by_role("textbox", name="Name")).to_have_value("hers")
    theirs.get_by_role("button", name="Undo (Ctrl+Z)").click()
    expect(theirs.get_by_role("textbox", name="Name")).to_have_value("his")
    theirs.keyboard.press("Control+s")
    expect(theirs.get_by_text("Saved as version 3")).to_be_visible()
    versions = api.get(f"/api/pipelines/{pipeline}/versions").json()["items"]
    names = [api.get(f"/api/pipelines/{pipeline}/versions/{one['number']}").json() for one in versions]
    assert [one["graph"]["pipeline"] for one in names] == ["his", "hers", "plain"]


@pytest.mark.slow
def test_each_sees_the_runs_of_the_other(open_page: Open, api: httpx.Client, clip: Path) -> None:
    video, pipeline = put_video(api, clip), save(api, PLAIN)
    pages = open_page(), open_page()
    for page in pages:
        page.goto("/runs")
        expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
    run_from(pages[0], pipeline)
    begin(api, pipeline, [video])
    for page in pages:
        expect(page.get_by_role("main").get_by_role("link", name="plain")).to_have_count(2)
        expect(page.get_by_role("main").get_by_text("Done")).to_have_count(2, timeout=60_000)


def run_from(page: Page, pipeline: str) -> None:
    """A run of the pipeline, begun in the browser; ends on the list of runs."""
    open_editor(page, f"/pipelines/{pipeline}")
    expect(node(page, "draw")).to_be_visible()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Choose videos").click()
    picker = page.get_by_role("dialog", name="Choose videos")
    picker.get_by_role("button", name="walk.mp4").click()
    picker.get_by_role("button", name="Use 1 video").click()
    page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("link", name="Runs").first.click()
