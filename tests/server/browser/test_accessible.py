"""Every page and main dialog: nothing that axe-core calls serious, light and dark; no sideways scrolling on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import httpx
import pytest
from playwright.sync_api import expect

from .axe import faults
from .conftest import Open
from .steps import begin, fetch_model, node, put_video, save, wait_until_done

if TYPE_CHECKING:
    from playwright.sync_api import Page

SETTINGS = ("/settings", "/settings/webhooks", "/settings/storage", "/settings/about")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
Act = Callable[["Page"], object]


def test_an_empty_site_is_accessible(page: Page) -> None:
    for place in ("/", "/videos", "/pipelines", "/runs"):
        show(page, place)
        assert faults(page) == [], place


def test_the_watcher_finds_what_is_not_accessible(page: Page) -> None:
    page.set_content("<html lang='en'><title>t</title><main><h1>h</h1><img src='data:,'><button></button></main></html>")
    assert [line.partition(" ")[0] for line in faults(page)] == ["button-name", "image-alt"]


@pytest.fixture
def places(mirror: None, api: httpx.Client, clip: Path) -> list[str]:
    """All pages, of a site in which something was done."""
    fetch_model(api, "yolox-nano")
    blocks = {
        "detect": {"use": "detect.objects@1", "images": "source.images", "model": "yolox-nano"},
        "track": {"use": "track.objects@2", "detections": "detect"},
        "zones": {"use": "zone.count@1", "tracks": "track", "zones": {"pool": [[40, 20], [200, 20], [200, 160]]}},
        "draw": {"use": "draw.overlay@1", "images": "source.images", "tracks": "track", "shapes": "zones.shapes"},
    }
    kept = ["draw", "track", "zones.counts", "zones.events"]
    pipeline = save(api, {"pipeline": "walkers", "blocks": blocks, "save": kept})
    video = put_video(api, clip)
    run = begin(api, pipeline, [video])
    item = wait_until_done(api, run)["items"][0]["id"]
    again = wait_until_done(api, begin(api, pipeline, [video]))["items"][0]["id"]
    tabs = [f"/results/{item}?tab={tab}" for tab in ("plots", "tables", "files", "about")]
    editors = [f"/pipelines/{pipeline}", "/pipelines/new", "/pipelines/new?template=watch-an-area"]
    lists = ["/", "/videos", f"/videos?video={video}", "/pipelines", "/runs", f"/runs/{run}", "/models"]
    models = ["/models/add", "/models/fastestdet"]
    return [*lists, *models, *editors, *tabs, f"/compare?left={item}&right={again}", *SETTINGS, "/nowhere"]


@pytest.mark.slow
def test_every_page_is_accessible(page: Page, places: list[str]) -> None:
    found = {}
    for place in places:
        show(page, place)
        found[place] = both(page)
    assert [f"{place}: {line}" for place, lines in found.items() for line in lines] == []


@pytest.mark.slow
def test_the_main_dialogs_are_accessible(page: Page, places: list[str]) -> None:
    found = {}
    for name, (place, acts) in dialogs(places).items():
        show(page, place)
        for act in acts:
            act(page)
        expect(page.get_by_role("dialog").or_(page.get_by_role("menu")).first).to_be_visible()
        found[name] = both(page)
    assert [f"{name}: {line}" for name, lines in found.items() for line in lines] == []


# Nothing moves but what never ends, such as a wheel that says wait.
_STILL = """() => document.getAnimations().every(
    one => one.playState !== "running" || one.effect.getComputedTiming().iterations === Infinity)"""


def both(page: Page) -> list[str]:
    """Faults of what is shown, in light colours and in dark ones."""
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(f"html[data-mantine-color-scheme={scheme}]")).to_have_count(1)
        page.wait_for_timeout(300)
        page.wait_for_function(_STILL)  # what fades in or changes colour has to be there
        found += [f"{scheme}: {line}" for line in faults(page)]
    return found


def dialogs(places: list[str]) -> dict[str, tuple[str, list[Act]]]:
    """Where each is opened, and how."""
    editor = next(place for place in places if place.startswith("/pipelines/"))
    run = next(place for place in places if place.startswith("/runs/"))
    return {
        "run": ("/runs", [press("New run")]),
        "videos": ("/runs", [press("New run"), press("Choose videos")]),
        "phone": ("/videos", [press("Film with a phone")]),
        "ways to upload": ("/videos", [press("More ways to upload")]),
        "import": ("/pipelines", [press("Import")]),
        "quick add": (editor, [key("/")]),
        "shortcuts": (editor, [key("?")]),
        "save": (editor, [press("More"), choose("Save with a note…")]),
        "history": (editor, [press("More"), choose("History")]),
        "export": (editor, [press("More"), choose("Export as a file…")]),
        "drawing": (editor, [lambda page: node(page, "zones").click(), press("Change the drawing")]),
        "a run's menu": (run, [press("More")]),
        "model": ("/models/fastestdet", [press("Get")]),
    }


def press(name: str) -> Act:
    return lambda page: page.get_by_role("button", name=name, exact=True).first.click()


def choose(name: str) -> Act:
    return lambda page: page.get_by_role("menuitem", name=name).click()


def key(name: str) -> Act:
    return lambda page: page.keyboard.press(name)


MAIN_ACTIONS = {
    "/videos": "Upload videos",
    "/runs": "New run",
    "/pipelines": "Import",
    "/pipelines/": "Save",
    "/runs/": "More",
    "/results/": "Share this moment",
    "/models/fastestdet": "Get",
}


@pytest.mark.slow
def test_a_narrow_screen_shows_everything_without_sideways_scrolling(open_page: Open, places: list[str]) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for place in places:
        show(page, place)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, place
        for name in ("Home", "Videos", "Pipelines", "Runs", "Models", "Experiments", "Settings"):
            if "video=" not in place:  # its drawer lies over the whole screen
                expect(page.get_by_role("navigation", name="Main").get_by_role("link", name=name)).to_be_in_viewport()
        starts = [start for start in MAIN_ACTIONS if place.startswith(start) and "video=" not in place]
        if starts:
            action = page.get_by_role("button", name=MAIN_ACTIONS[max(starts, key=len)], exact=True).first
            action.scroll_into_view_if_needed()
            box = action.bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390, place


def show(page: Page, place: str) -> None:
    """Go to a page, and wait until what it shows has come."""
    page.goto(place)
    expect(page.locator("main")).to_be_visible()
    expect(page.locator("[aria-busy=true], .mantine-Loader-root")).to_have_count(0)
    expect(page.get_by_role("heading").first).to_be_attached()
