"""A wire that cannot be: the reason is shown, and the block that would fit is put in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect

from .steps import dot, graph_of, node, open_editor, save, saved_id, wire

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def editor(page: Page, api: httpx.Client) -> Page:
    """A pipeline with a video and a tracker that are not joined."""
    blocks = {"track": {"use": "track.objects@2"}, "draw": {"use": "draw.overlay@1"}}
    layout = {"source": [0, 0], "track": [420, 0], "draw": [840, 0]}
    open_editor(page, f"/pipelines/{save(api, {'pipeline': 'apart', 'blocks': blocks, 'layout': layout})}")
    return page


def test_the_reason_is_shown_and_the_offered_block_is_wired(editor: Page, api: httpx.Client) -> None:
    wire(editor, ("source", "images"), ("track", "detections"))
    refusal = editor.get_by_role("dialog", name="This wire cannot be")
    expect(refusal).to_contain_text("“Track objects” takes detections here, but “Images” gives images")
    refusal.get_by_role("button", name="Insert “Find objects” between").click()
    expect(refusal).to_have_count(0)
    expect(node(editor, "detect")).to_be_visible()
    editor.keyboard.press("Control+s")
    expect(editor.get_by_text("Saved as version 2")).to_be_visible()
    blocks = graph_of(api, saved_id(editor))["blocks"]
    assert blocks["detect"]["images"] in ("source", "source.images")
    assert blocks["track"]["detections"] in ("detect", "detect.detections")


def test_a_wire_that_fits_is_drawn_without_a_word(editor: Page) -> None:
    wire(editor, ("track", "tracks"), ("draw", "tracks"))
    expect(editor.locator(".react-flow__edge[aria-label='Wire from track, tracks, to draw, tracks']")).to_have_count(1)
    expect(editor.get_by_role("dialog")).to_have_count(0)
    expect(dot(editor, "draw", "tracks")).to_have_attribute("data-wired", "true")
