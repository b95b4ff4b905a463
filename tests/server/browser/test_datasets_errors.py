"""Mistakes of a model tagged by keys, what ideas would win, recipes of augmentation, agreement: in a real browser."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.server.datasets.making import folders
from trackside.data.workbench import WORK
from trackside.models import Store

from .conftest import Open, Watch
from .steps import wait_for
from .test_accessible import both, show

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What scrolls up and down scrolls sideways too where something is too wide: what sticks out of it.
TOO_WIDE = """[...document.querySelectorAll('main *')].filter(one =>
    getComputedStyle(one).overflowY === 'auto' && one.clientHeight > 300 && one.scrollWidth > one.clientWidth
  ).flatMap(one => [...one.querySelectorAll('*')].filter(part =>
    part.getBoundingClientRect().right > one.getBoundingClientRect().right)
  ).map(part => `${part.tagName} ${part.className}`)"""
EACH = 8  # Pictures of each class and split; every other one is a mistake.


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Of a server that offers a folder with a data set of 32 pictures."""
    from trackside.server.application import create_app
    from trackside.server.context import open_site
    from trackside.server.local import LocalServer
    from trackside.server.settings import ServerSettings

    monkeypatch.setenv(WORK, str(tmp_path / "work"))
    folders(tmp_path / "place" / "shapes", each=EACH)
    settings = ServerSettings(data=tmp_path / "server", port=0, data_sets=(tmp_path / "place",))
    site = open_site(settings, store=Store(tmp_path / "home"))
    server, over, app = LocalServer(0, lifespan="on"), threading.Event(), create_app(site)
    thread = threading.Thread(target=server.serve, args=(app, over.is_set, site.services["events"].stop))
    thread.start()
    yield server.address
    over.set()
    thread.join()
    site.database.close()


@pytest.fixture
def shapes(api: httpx.Client) -> str:
    """The id of the data set, when its check is done."""
    answer = api.post("/api/datasets", json={"place": "place", "folder": "shapes"})
    assert answer.is_success, answer.text
    dataset = str(answer.json()["id"])
    wait_for(lambda: api.get(f"/api/datasets/{dataset}").json()["state"] in ("ready", "failed"), 180)
    assert api.get(f"/api/datasets/{dataset}").json()["state"] == "ready"
    return dataset


def predictions(wrong: int = 2) -> str:
    """A table in which every `wrong`th answer is a mistake."""
    lines = ["item,truth,prediction,score,light"]
    names = [(s, c, n) for s in ("train", "test") for c in ("blue", "red") for n in range(EACH)]
    for number, (split, name, one) in enumerate(names):
        other = {"blue": "red", "red": "blue"}[name]
        answer = other if number % wrong == 0 else name
        lines.append(f"{split}/{name}/{name} {one}.png,{name},{answer},0.7,{'dark' if number % 4 == 0 else 'bright'}")
    return "\n".join(lines)


def begin(api: httpx.Client, dataset: str, name: str, wrong: int = 2) -> str:
    """A study; gives its id."""
    answer = api.post(f"/api/datasets/{dataset}/studies", json={"name": name, "predictions": predictions(wrong)})
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


def said(api: httpx.Client, dataset: str, study: str) -> list[dict[str, Any]]:
    """What the server knows of each drawn mistake."""
    found: list[dict[str, Any]] = api.get(f"/api/datasets/{dataset}/studies/{study}/mistakes").json()
    return found


def open_tagging(page: Page, dataset: str, study: str) -> None:
    page.goto(f"/datasets/{dataset}/errors/{study}/tag")
    ready(page)


def ready(page: Page) -> None:
    """Until the keys of the tagging page work."""
    expect(page.get_by_role("status").filter(has_text="looked at").first).to_be_visible()
    expect(page.get_by_role("button", name="New tag").first).to_be_visible()


def new_tag(page: Page, tag: str) -> None:
    page.keyboard.press("t")
    page.get_by_label("Tag", exact=True).fill(tag)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile(f"^{tag}"), pressed=True)).to_be_visible()


def test_a_study_from_a_file_to_what_an_idea_would_win(page: Page, api: httpx.Client, shapes: str, tmp_path: Path) -> None:
    (tmp_path / "model 7.csv").write_text(predictions())
    page.goto(f"/datasets/{shapes}/errors")
    page.get_by_role("button", name="New study").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_label("Predictions").click()
    chooser.value.set_files(tmp_path / "model 7.csv")
    page.get_by_role("button", name="Draw mistakes").click()
    expect(page.get_by_role("heading", name="model 7")).to_be_visible()
    page.get_by_role("link", name="Begin tagging").click()
    ready(page)
    new_tag(page, "dark")
    page.keyboard.press("Enter")
    new_tag(page, "tiny")
    keys = ["Enter", *["1", "Enter"] * 4, *["Enter"] * 8, "1", "2", "Enter", "Enter"]
    for key in keys:
        page.keyboard.press(key)
    expect(page.get_by_text("All of them are looked at")).to_be_visible()
    expect(page.get_by_text("all saved")).to_be_visible()
    page.get_by_role("link", name="What would it win?").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="dark"))
    expect(row).to_contain_text("50.0 % → 31.3 %")  # 6 of 16 mistakes, which are half of all answers
    page.get_by_label("Person days for dark").fill("3")
    page.get_by_label("Person days for tiny").fill("1")
    page.keyboard.press("Tab")
    expect(row).to_contain_text("−6.3")
    page.get_by_role("checkbox", name="Together: dark").check()
    page.get_by_role("checkbox", name="Together: tiny").check()
    together = page.get_by_role("row").filter(has_text="ogether").last
    expect(together).to_contain_text("50.0 % → 28.1 %")  # a mistake with both tags counts once
    ideas = api.get(f"/api/datasets/{shapes}/studies/1/ideas").json()
    assert {one["tag"]: one["days"] for one in ideas["ideas"]} == {"dark": 3, "tiny": 1}
    low, high = (100 * ideas["together"][name] for name in ("ceiling_low", "ceiling_high"))
    expect(together).to_contain_text(f"({low:.1f} to {high:.1f} %)")


def test_keys_as_fast_as_they_come_lose_nothing(page: Page, api: httpx.Client, shapes: str) -> None:
    study = begin(api, shapes, "fast")
    open_tagging(page, shapes, study)
    new_tag(page, "dark")
    new_tag(page, "tiny")
    page.keyboard.press("Enter")
    started = time.monotonic()
    for number in range(15):
        for key in ("1", "2") if number % 3 == 0 else ("1",):
            page.keyboard.press(key)
        page.keyboard.press("Enter")
    seconds = time.monotonic() - started
    expect(page.get_by_text("all saved")).to_be_visible()
    tags = [one["tags"] for one in said(api, shapes, study)]
    assert tags == [["dark", "tiny"], *(["dark", "tiny"] if n % 3 == 0 else ["dark"] for n in range(15))]
    assert seconds < 15, "a mistake a second on a busy machine, at least"


def test_what_is_said_without_a_connection_outlives_a_reload(
    page: Page, api: httpx.Client, shapes: str, watch: Watch
) -> None:
    watch.allowed.append("Failed to load resource")
    study = begin(api, shapes, "offline")
    open_tagging(page, shapes, study)
    page.route("**/tags", lambda route: route.abort())
    new_tag(page, "dark")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    expect(page.get_by_text("kept here; sent when the server answers")).to_be_visible()
    assert not any(one["seen"] for one in said(api, shapes, study))
    page.unroute("**/tags")
    page.reload()
    expect(page.get_by_text("2 of 16 looked at")).to_be_visible()
    wait_for(lambda: [one["tags"] for one in said(api, shapes, study)][:3] == [["dark"], ["dark"], []], 20)


def test_undo_takes_back_and_forgets(page: Page, api: httpx.Client, shapes: str) -> None:
    study = begin(api, shapes, "undone")
    open_tagging(page, shapes, study)
    new_tag(page, "dark")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("z")
    page.keyboard.press("z")
    expect(page.get_by_text("0 of 16 looked at")).to_be_visible()
    expect(page.get_by_text("all saved")).to_be_visible()
    assert not any(one["seen"] or one["tags"] for one in said(api, shapes, study))


def test_a_recipe_is_tried_and_warned_about(page: Page, shapes: str) -> None:
    page.goto(f"/datasets/{shapes}/augment")
    page.get_by_role("button", name="Add Hue", exact=True).click()
    page.get_by_role("button", name="Add Flip", exact=True).click()
    expect(page.get_by_role("region", name="Preview").locator("figure img")).to_have_count(13)
    page.get_by_label("By of Hue, typed").fill("120")
    warning = page.get_by_role("listitem").filter(has_text="Hue").get_by_role("alert")
    expect(warning).to_be_visible()  # classes that are called red and blue
    expect(page.get_by_role("region", name="As a file").locator("pre")).to_contain_text("by: 120")
    page.get_by_role("button", name="Move Flip: arrow up or down").focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("listitem").first).to_contain_text("1. Flip")


@pytest.fixture
def places(api: httpx.Client, shapes: str) -> list[str]:
    """All pages, with something on them."""
    one, two = begin(api, shapes, "first"), begin(api, shapes, "second", wrong=4)
    base = f"/api/datasets/{shapes}/studies/{one}"
    tags = [{"mistake": number, "tags": ["dark", "tiny"][: 1 + number % 2]} for number in range(9)]
    assert api.post(f"{base}/tags", json={"tags": tags}).is_success
    assert api.post(f"{base}/costs", json={"tag": "dark", "days": 3}).is_success
    home = f"/datasets/{shapes}"
    errors = [f"{home}/errors", f"{home}/errors/{one}", f"{home}/errors/{one}/tag", f"{home}/errors/{two}"]
    return [*errors, f"{home}/augment", f"{home}/agreement"]


@pytest.mark.slow
def test_the_pages_are_accessible(page: Page, places: list[str]) -> None:
    found = {}
    for place in places:
        show(page, place)
        expect(page.locator("main .mantine-Skeleton-root")).to_have_count(0)
        if place.endswith("/augment"):
            for name in ("Add Hue", "Add Quarter turn", "Add Resize"):
                page.get_by_role("button", name=name, exact=True).click()
            expect(page.get_by_role("region", name="Preview").locator("figure img")).to_have_count(13)
            expect(page.locator("[aria-busy=true]")).to_have_count(0)
        found[place] = both(page)
    show(page, places[1])
    page.get_by_role("button", name=re.compile("^Tag these")).first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found["group"] = both(page)
    show(page, places[2])
    ready(page)
    page.keyboard.press("t")
    expect(page.get_by_role("dialog")).to_be_visible()
    found["tag"] = both(page)
    assert "\n".join(f"{place}: {line}" for place, lines in found.items() for line in lines) == ""


@pytest.mark.slow
def test_a_narrow_screen_shows_everything_without_sideways_scrolling(open_page: Open, places: list[str]) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for place in places:
        show(page, place)
        expect(page.locator("main .mantine-Skeleton-root")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, place
        assert page.evaluate(TOO_WIDE) == [], place
