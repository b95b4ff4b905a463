"""Data sets in the browser: added, looked at, judged, and put right by keys without a decision lost."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from trackside.models import Store

from .axe import faults
from .conftest import Open, Watch
from .steps import wait_for
from .test_accessible import both

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

CLASSES = ("amber", "blue")
EACH = 45
# What a browser says of the file that is no picture.
NO_PICTURE = r"status of 4\d\d.*picture\.jpg"
# Sent to the queue by the exact copies that are planted in the set, whatever the other checks find.
COPIES = 12


@pytest.fixture
def pictures(tmp_path: Path, watch: Watch) -> Path:
    """A synthetic set: two classes that differ in colour, some pictures twice, and a file that is no picture."""
    random = np.random.default_rng(0)
    folder = tmp_path / "sets" / "colours"
    for number, name in enumerate(CLASSES):
        (folder / name).mkdir(parents=True)
        for item in range(EACH):
            picture = random.integers(0, 120, (48, 64, 3), np.uint8)
            picture[..., 2 * number] += 100
            Image.fromarray(picture).save(folder / name / f"{item:03}.png")
    for item in range(COPIES):
        copy = (folder / CLASSES[0] / f"{item:03}.png").read_bytes()
        (folder / CLASSES[1] / f"copy{item:03}.png").write_bytes(copy)
    (folder / CLASSES[0] / "notes.jpg").write_text("no picture")
    watch.allowed.append(NO_PICTURE)
    return folder


@pytest.fixture
def address(pictures: Path, tmp_path: Path) -> Iterator[str]:
    """Of a server that offers the folder of sets."""
    from trackside.server.application import create_app
    from trackside.server.context import open_site
    from trackside.server.local import LocalServer
    from trackside.server.settings import ServerSettings

    settings = ServerSettings(data=tmp_path / "server", port=0, data_sets=(pictures.parent,))
    site = open_site(settings, store=Store(tmp_path / "home"))
    server, over, app = LocalServer(0, lifespan="on"), threading.Event(), create_app(site)
    thread = threading.Thread(target=server.serve, args=(app, over.is_set, site.services["events"].stop))
    thread.start()
    yield server.address
    over.set()
    thread.join()
    site.database.close()


@pytest.fixture
def checked(api: httpx.Client) -> str:
    """The set, added and checked; gives its id."""
    answer = api.post("/api/datasets", json={"place": "sets", "folder": "colours", "name": "Colours"})
    assert answer.is_success, answer.text
    made = str(answer.json()["id"])
    wait_for(lambda: state(api, made)["state"] in ("ready", "failed"), 240)
    assert state(api, made)["state"] == "ready", state(api, made)
    return made


def test_from_a_folder_to_a_decision(page: Page, api: httpx.Client) -> None:
    page.get_by_role("link", name="Data sets", exact=True).click()
    expect(page.get_by_text("No data sets yet")).to_be_visible()
    page.get_by_role("button", name="Add a folder").click()
    dialog = page.get_by_role("dialog", name="Add a folder on the server")
    dialog.get_by_role("radio", name="colours").check()
    dialog.get_by_role("button", name="Add and check").click()
    card = page.get_by_role("main").get_by_role("listitem").filter(has_text="colours")
    expect(card.get_by_role("link", name=re.compile("to decide"))).to_be_visible(timeout=240_000)

    card.get_by_role("link", name="Health").click()
    expect(page.get_by_role("heading", name=re.compile("things? to look at"))).to_be_visible()
    work = page.get_by_role("link", name="Work through them").first
    expect(work).to_be_visible()
    page.get_by_role("link", name=re.compile("in the grid")).first.click()
    expect(cell(page).first).to_be_visible()
    assert "check=" in page.url
    page.go_back()
    work.click()
    expect(page.get_by_role("region", name="To decide")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("all saved")).to_be_visible()
    wait_for(lambda: [one["decided"] for one in api.get("/api/datasets").json()["items"]] == [1])


def test_an_archive_becomes_a_data_set(page: Page, pictures: Path, tmp_path: Path, api: httpx.Client) -> None:
    archive = shutil.make_archive(str(tmp_path / "Heat 3"), "zip", pictures.parent, pictures.name)
    page.get_by_role("link", name="Data sets", exact=True).click()
    page.get_by_role("button", name="Upload a data set").click()
    dialog = page.get_by_role("dialog", name="Upload a data set")
    page.locator("input[type=file]").set_input_files(archive)
    expect(dialog.get_by_placeholder("Heat 3")).to_be_visible()
    dialog.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("1 data set uploaded")).to_be_visible(timeout=60_000)
    card = page.get_by_role("main").get_by_role("listitem").filter(has_text="Heat 3")
    expect(card.get_by_role("link", name=re.compile("to decide"))).to_be_visible(timeout=240_000)
    [told] = api.get("/api/datasets").json()["items"]
    assert (told["uploaded"], told["classes"]) == (True, 2)


def test_the_grid_filters_opens_and_goes_on(page: Page, checked: str) -> None:
    page.goto(f"/datasets/{checked}")
    expect(cell(page).first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=re.compile("pictures"))).to_contain_text(str(2 * EACH + COPIES + 1))
    page.get_by_role("combobox", name="Class").click()
    page.get_by_role("option", name=re.compile("^blue")).click()
    expect(page.get_by_role("status").filter(has_text="pictures")).to_have_text(f"{EACH + COPIES} pictures")
    page.reload()
    expect(page.get_by_role("status").filter(has_text="pictures")).to_have_text(f"{EACH + COPIES} pictures")
    cell(page).first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text(f"1 of {EACH + COPIES}")
    page.keyboard.press("ArrowRight")
    expect(drawer).to_contain_text(f"2 of {EACH + COPIES}")
    page.keyboard.press("Escape")
    expect(drawer).not_to_be_visible()


def test_the_map_shows_pictures_and_opens_them(page: Page, checked: str) -> None:
    page.goto(f"/datasets/{checked}?map=1")
    canvas = page.get_by_role("application")
    expect(canvas).to_be_visible()
    wait_for(lambda: painted(canvas) > 20)
    page.mouse.move(*a_point(canvas))
    expect(canvas.locator("img")).to_be_visible()
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_the_map_is_coloured_by_class_and_by_suspicion(page: Page, checked: str) -> None:
    page.goto(f"/datasets/{checked}?map=1")
    canvas, legend = page.get_by_role("application"), page.get_by_role("list", name="Colours")
    wait_for(lambda: painted(canvas) > 20)
    expect(legend).to_contain_text("amber")
    expect(legend).to_contain_text("blue")
    by_class = colours(canvas)
    assert len(by_class) >= 2
    page.get_by_role("radiogroup", name="Colour by").get_by_text("Suspicion").click()
    expect(legend).to_contain_text("look first")
    wait_for(lambda: len(colours(canvas) - by_class) >= 2)


def test_a_part_of_the_map_filters_the_grid(page: Page, checked: str) -> None:
    page.goto(f"/datasets/{checked}?map=1")
    canvas = page.get_by_role("application")
    wait_for(lambda: painted(canvas) > 20)
    page.get_by_role("button", name=re.compile("Draw around")).click()
    box = canvas.bounding_box()
    assert box
    left, top, right, bottom = box["x"] + 3, box["y"] + 3, box["x"] + box["width"] / 2, box["y"] + box["height"] - 3
    page.mouse.move(left, top)
    page.mouse.down()
    for corner in ((right, top), (right, bottom), (left, bottom), (left, top)):
        page.mouse.move(*corner, steps=5)
    page.mouse.up()
    expect(page.get_by_text("Part of the map")).to_be_visible()
    counted = page.get_by_role("status").filter(has_text="picture")
    every = str(2 * EACH + COPIES + 1)
    expect(counted).not_to_contain_text(every)
    page.get_by_role("button", name="Forget the part of the map").click()
    expect(counted).to_contain_text(every)


def test_chosen_pictures_go_to_the_queue_and_come_first(page: Page, api: httpx.Client, checked: str) -> None:
    page.goto(f"/datasets/{checked}?label=amber")
    expect(cell(page).first).to_be_visible()
    page.get_by_role("listbox", name="Pictures").focus()
    for key in ("ArrowRight", "Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    bar = page.get_by_role("region", name="Chosen pictures")
    expect(bar).to_contain_text("2 pictures")
    bar.get_by_role("button", name="To the queue").click()
    expect(page.get_by_text("2 pictures in the queue, before all others.")).to_be_visible()
    expect(bar).not_to_be_visible()
    queue = api.get(f"/api/datasets/{checked}/queue", params={"check": "by-hand"}).json()["entries"]
    assert [one["label"] for one in queue] == ["amber", "amber"]
    page.goto(f"/datasets/{checked}/queue?check=by-hand")
    press(page, "Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing of this check is left")).to_be_visible()
    page.get_by_role("link", name="Look", exact=True).click()
    page.get_by_role("listbox", name="Pictures").focus()
    cell(page).filter(has=page.locator("img")).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Put into the queue").or_(
        page.get_by_role("dialog").get_by_role("link", name="To the queue")
    ).wait_for()


def test_an_answer_that_is_lost_makes_no_second_decision(page: Page, api: httpx.Client, checked: str, watch: Watch) -> None:
    """The server decides, and undoes, but the page never hears of it: it sends the same again."""
    watch.allowed.append("ERR_FAILED|Failed to load resource")
    page.goto(f"/datasets/{checked}/queue")
    expect(shown(page)).to_be_visible()
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost.count(route.request.url):
            return route.continue_()
        lost.append(route.request.url)
        route.fetch()
        route.abort()
        return None

    page.route(re.compile("/queue/(decisions|undo)$"), lose)
    for number in (1, 2):
        press(page, "x")
        # What is not sent yet would be taken back without asking the server.
        wait_for(lambda number=number: state(api, checked)["decided"] == number, page=page)
        expect(page.get_by_text("all saved")).to_be_visible()
    page.keyboard.press("z")
    wait_for(lambda: len(lost) == 2, page=page)
    expect(page.get_by_text("all saved")).to_be_visible()
    wait_for(lambda: state(api, checked)["decided"] == 1, page=page)
    told = api.get(f"/api/datasets/{checked}/queue", params={"state": "decided"}).json()
    assert told["decided_by_me"] == 1


def test_a_thousand_an_hour_by_keys_without_a_loss(page: Page, api: httpx.Client, checked: str, watch: Watch) -> None:
    """Far faster than anybody decides; meanwhile the server is away for a while, and the page is loaded again."""
    watch.allowed.append("503|ERR_FAILED|Failed to load resource")
    open_ = state(api, checked)["open"]
    assert open_ >= 12
    page.goto(f"/datasets/{checked}/queue")
    expect(shown(page)).to_be_visible()
    begun = time.monotonic()
    for _ in range(4):
        press(page, "Enter")
    spent = time.monotonic() - begun
    assert 4 / spent * 3600 > 1000
    wait_for(lambda: state(api, checked)["decided"] == 4, page=page)

    refused = f"**/api/datasets/{checked}/queue/**"
    page.route(refused, away)
    press(page, "x")
    press(page, "Enter")
    expect(page.get_by_text("2 decisions kept here")).to_be_visible()
    page.unroute(refused)
    page.reload()
    expect(page.get_by_text("all saved")).to_be_visible()
    expect(shown(page)).to_be_visible()
    press(page, "Enter")
    press(page, "x")
    page.keyboard.press("z")
    expect(page.get_by_text("all saved")).to_be_visible()
    wait_for(lambda: state(api, checked)["decided"] == 7, page=page)
    done = api.get(f"/api/datasets/{checked}/queue", params={"state": "decided"}).json()["entries"]
    assert sorted(one["decision"]["action"] for one in done) == ["keep"] * 6 + ["remove"]
    assert state(api, checked)["open"] == open_ - 7


@pytest.mark.slow
def test_the_pages_of_a_data_set_are_accessible(page: Page, checked: str, open_page: Open) -> None:
    found = {}
    for place in ("/datasets", "/datasets?add=1", *pages(checked)):
        page.goto(place)
        page.wait_for_load_state("networkidle")
        found[place] = both(page)
    page.goto(f"/datasets/{checked}/queue")
    expect(shown(page)).to_be_visible()
    for key in ("/", "?"):
        page.keyboard.press(key)
        expect(page.get_by_role("dialog")).to_be_visible()
        found[f"queue, key {key}"] = faults(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).not_to_be_visible()
    assert [f"{place}: {line}" for place, lines in found.items() for line in lines] == []


def test_nothing_scrolls_sideways_on_a_phone(open_page: Open, checked: str) -> None:
    phone = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    for place in ("/datasets", *pages(checked)):
        phone.goto(place)
        phone.wait_for_load_state("networkidle")
        assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), place


def pages(dataset: str) -> list[str]:
    place = f"/datasets/{dataset}"
    return [place, f"{place}?map=1", f"{place}?item=3", f"{place}/health", f"{place}/queue"]


def state(api: httpx.Client, dataset: str) -> dict[str, Any]:
    answer: dict[str, Any] = api.get(f"/api/datasets/{dataset}").json()
    return answer


def cell(page: Page) -> Locator:
    """Pictures of the grid."""
    return page.get_by_role("listbox", name="Pictures").get_by_role("option")


def shown(page: Page) -> Locator:
    """The picture that is decided about."""
    return page.get_by_role("region", name="To decide").locator("figure img").first


def press(page: Page, key: str) -> None:
    """Decide by a key, and see the next picture, or that it cannot be shown."""
    seen = """() => { const stage = document.querySelector("[aria-label='To decide']");
        const one = stage?.querySelector("figure img");
        return one ? (one.complete ? one.getAttribute("src") : "") : stage?.textContent ?? "" }"""
    before = page.wait_for_function(seen).json_value()
    page.keyboard.press(key)
    page.wait_for_function(f"before => {{ const now = ({seen})(); return now && now !== before }}", arg=before)


def away(route: Route) -> None:
    route.fulfill(status=503, body="")


def a_point(canvas: Locator) -> tuple[float, float]:
    """Where on the page a point of the map lies."""
    first = """box => { const one = box.querySelector('canvas'), around = one.getBoundingClientRect();
        const pixels = one.getContext('2d').getImageData(0, 0, one.width, one.height).data;
        let at = 3; while (!pixels[at]) at += 4;
        const place = (at - 3) / 4, share = around.width / one.width;
        return [around.x + (place % one.width + 2) * share, around.y + (Math.floor(place / one.width) + 2) * share] }"""
    across, down = canvas.evaluate(first)
    return float(across), float(down)


def colours(canvas: Locator) -> set[int]:
    """The colours of the map's points."""
    found = """box => { const one = box.querySelector('canvas');
        const pixels = new Uint32Array(one.getContext('2d').getImageData(0, 0, one.width, one.height).data.buffer);
        return [...new Set(pixels)].filter(value => value) }"""
    return {int(value) for value in canvas.evaluate(found)}


def painted(canvas: Locator) -> int:
    """How many pixels of the map are not empty."""
    count = """box => { const one = box.querySelector('canvas'); if (!one.width) return 0;
        const pixels = one.getContext('2d').getImageData(0, 0, one.width, one.height).data;
        let count = 0; for (let at = 3; at < pixels.length; at += 4) count += pixels[at] > 0; return count }"""
    return int(canvas.evaluate(count))
