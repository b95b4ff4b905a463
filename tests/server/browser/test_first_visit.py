"""From an empty server to downloaded results, by mouse, without a line of code."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect

from trackside.media import VideoReader

from .steps import card, is_playing_to, node, open_editor, result_link, save, saved_id, wait_for, wait_until_done

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

# The zone is still to be drawn.
COUNTING = {
    "pipeline": "counting",
    "blocks": {
        "detect": {"use": "detect.objects@1", "images": "source.images"},
        "track": {"use": "track.objects@2", "detections": "detect"},
        "zones": {"use": "zone.count@1", "tracks": "track"},
    },
    "save": ["zones.counts"],
}


def test_from_empty_to_downloaded_results(page: Page, clip: Path, tmp_path: Path) -> None:
    expect(page.get_by_role("heading", name="Welcome to Trackside")).to_be_visible()
    page.get_by_role("link", name="Upload videos").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload videos").click()
    chooser.value.set_files(clip)
    expect(card(page, "walk.mp4").locator("img")).to_be_visible()

    page.get_by_role("link", name="Pipelines").click()
    page.get_by_role("link", name="Blank pipeline").click()
    page.get_by_role("button", name="Draw on the picture").click()
    expect(page.get_by_role("status").filter(has_text="wired to source")).to_be_attached()
    node(page, "draw").get_by_role("button", name="Save this output into the results").click()
    choose_and_run(page, "walk.mp4")

    result_link(page).click()
    expect(page.get_by_role("heading", name="walk.mp4")).to_be_visible()
    assert plays(page)
    assert zipped(page) >= {"annotated.mp4", "summary.html", "run.json"}
    page.get_by_role("tab", name="Files").click()
    annotated = downloaded(page, page.get_by_role("link", name="Download annotated.mp4"), tmp_path)
    with VideoReader(annotated) as video:
        assert sum(1 for _ in video) == 40


@pytest.mark.slow
def test_a_template_with_a_zone_of_ones_own(mirror: None, page: Page, clip: Path, api: httpx.Client, tmp_path: Path) -> None:
    drop(page, clip)
    page.get_by_role("link", name="Pipelines").click()
    page.get_by_role("link", name=re.compile("Watch an area", re.IGNORECASE)).click()
    page.get_by_role("button", name="Get the model yolox-nano").click()
    page.get_by_role("checkbox", name="I accept the licence").check()
    page.get_by_role("button", name="Get it").click()
    expect(page.get_by_text("yolox-nano is installed")).to_be_visible()
    node(page, "area").click()
    page.get_by_role("button", name="Change the drawing").click()
    expect(page.get_by_role("dialog", name="Draw").locator("img")).to_be_visible()  # of the newest video
    page.get_by_role("textbox", name="Name of zone 1").fill("pool")
    page.get_by_role("button", name="Keep this").click()
    expect(page.locator("#inspector")).to_contain_text("pool")
    choose_and_run(page, "walk.mp4")
    run = page.url.rpartition("/")[2]
    assert wait_until_done(api, run)["items"][0]["records"] == 40
    result_link(page).click()
    assert plays(page)
    click_moves_the_video(page)
    assert zipped(page) >= {"annotated.mp4", "area-counts.csv", "area-events.csv", "summary.html", "run.json"}
    page.get_by_role("tab", name="Files").click()
    counts = downloaded(page, page.get_by_role("link", name="Download area-counts.csv"), tmp_path)
    assert "pool" in counts.read_text()


@pytest.mark.slow
def test_a_zone_drawn_by_mouse_is_saved_in_fractions(page: Page, clip: Path, api: httpx.Client) -> None:
    pipeline = save(api, COUNTING)
    drop(page, clip)
    open_editor(page, f"/pipelines/{pipeline}")
    node(page, "zones").click()
    page.get_by_role("button", name="Draw on your video").click()
    dialog = page.get_by_role("dialog", name="Draw")
    dialog.get_by_role("button", name="Another video").click()
    page.get_by_role("dialog", name="Choose a video").get_by_role("button", name="walk.mp4").click()
    picture = dialog.locator("img")
    expect(picture).to_be_visible()
    wait_for(lambda: picture.evaluate("image => image.naturalWidth") == 320)
    box = picture.bounding_box()
    assert box
    wanted = [(0.1, 0.2), (0.6, 0.2), (0.6, 0.9), (0.1, 0.9)]
    for across, down in wanted:
        page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Keep this").click()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as version 2")).to_be_visible()
    zones = api.get(f"/api/pipelines/{pipeline}").json()["graph"]["blocks"]["zones"]
    assert zones["coordinates"] == "fraction"
    [drawn] = zones["zones"].values()
    assert [tuple(point) for point in drawn] == [pytest.approx(point, abs=0.003) for point in wanted]


def drop(page: Page, path: Path) -> None:
    """Let a file fall on the page of videos, as from a file manager."""
    page.goto("/videos")
    expect(page.get_by_text("No videos yet")).to_be_visible()
    dropping = """([name, base64]) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const carried = new DataTransfer();
        carried.items.add(new File([bytes], name, { type: "video/mp4" }));
        const target = document.querySelector("main h1");
        for (const type of ["dragenter", "dragover", "drop"])
            target.dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
    }"""
    page.evaluate(dropping, [path.name, base64.b64encode(path.read_bytes()).decode()])
    expect(card(page, path.name).locator("img")).to_be_visible()
    page.get_by_role("region", name="Uploads").get_by_role("button", name="Close").click()


def choose_and_run(page: Page, video: str) -> None:
    """Press Run in the editor, choose a video, run, and be on the run's page."""
    page.get_by_role("button", name="Run", exact=True).click()
    dialog = page.get_by_role("dialog", name="Run", exact=False).first
    saved_id(page)
    dialog.get_by_role("button", name="Choose videos").click()
    picker = page.get_by_role("dialog", name="Choose videos")
    picker.get_by_role("button", name=video).click()
    picker.get_by_role("button", name="Use 1 video").click()
    dialog.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile("/runs/"))


def plays(page: Page) -> bool:
    """Press Play, and see the video move on."""
    page.get_by_role("button", name="Play").click()
    wait_for(lambda: is_playing_to(page) > 0.2)
    page.keyboard.press("Space")
    return True


def click_moves_the_video(page: Page) -> None:
    """A click in the middle of a plot seeks the video there."""
    area = page.locator(".nsewdrag").first
    expect(area).to_be_visible()
    area.click()
    wait_for(lambda: is_playing_to(page) == pytest.approx(1.95, abs=0.25))


def downloaded(page: Page, link: Locator, folder: Path) -> Path:
    with page.expect_download() as download:
        link.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def zipped(page: Page) -> set[str]:
    """The names in the zip of a result, which has been opened."""
    page.get_by_role("tab", name="Files").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        names = [name for name in archive.namelist() if not name.endswith("/")]
        assert json.loads(archive.read(next(name for name in names if name.endswith("run.json"))))
        for name in names:
            if name.endswith(".csv"):
                assert next(csv.reader(io.StringIO(archive.read(name).decode())))
    return {name.rpartition("/")[2] for name in names}
