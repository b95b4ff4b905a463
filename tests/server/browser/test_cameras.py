"""The wall of cameras and the alarms in a real browser, before a stand-in for the engine (`tests.server.live.fake_port`)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.server.live.fake_alarms import fake_alarm
from tests.server.live.fake_port import FakePort
from tests.server.waiting import wait_for
from trackside.models import Store

from .conftest import Open, Watch
from .test_accessible import both, show

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

    from trackside.server.context import Site

COUNT = 200
FEW = 24


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    from trackside.server.context import open_site
    from trackside.server.settings import ServerSettings

    made = open_site(ServerSettings(data=tmp_path / "server", port=0), store=Store(tmp_path / "home"))
    yield made
    made.database.close()


@pytest.fixture
def count() -> int:
    """How many cameras are watched."""
    return COUNT


@pytest.fixture
def address(site: Site, count: int) -> Iterator[str]:
    """Of a server whose engine watches cameras; it has three alarms, the newest at the first camera."""
    from trackside.server.application import create_app
    from trackside.server.local import LocalServer

    server, over, app = LocalServer(0, lifespan="on"), threading.Event(), create_app(site)
    thread = threading.Thread(target=server.serve, args=(app, over.is_set, site.services["events"].stop))
    thread.start()
    site.services["live"].set_port(FakePort(count, size=(160, 90)))
    for number in range(3):
        raise_alarm(site, number, kind=number, ago=60.0 * (number + 1))
    yield server.address
    over.set()
    thread.join()


def raise_alarm(site: Site, number: int, *, kind: int = 0, ago: float = 0.0) -> None:
    """Have the engine raise one, and wait until it is in the database."""
    store = site.services["alarms"]
    store.take(fake_alarm(number, time.time() - ago, kind=kind))
    wait_for(lambda: store.waiting == 0, 20)


def test_a_wall_of_200_cameras_asks_for_those_pictures_only_that_can_be_seen(page: Page) -> None:
    asked: set[str] = set()

    def hear(request: Request) -> None:
        if found := re.search(r"/live/cameras/([^/]+)/picture", request.url):
            asked.add(found[1])

    page.on("request", hear)
    page.goto("/wall")
    tiles = page.get_by_role("list", name="Cameras").get_by_role("article")
    expect(tiles).to_have_count(COUNT)
    expect(tiles.first.get_by_role("img")).to_be_visible()
    page.wait_for_timeout(1500)
    above = set(asked)
    assert 4 <= len(above) <= 40
    page.keyboard.press("End")
    expect(tiles.last.get_by_role("img")).to_be_visible()
    asked.clear()
    page.wait_for_timeout(1500)
    assert asked and not asked & above


def test_a_new_alarm_comes_by_itself_and_is_acknowledged_by_a_key(page: Page, site: Site) -> None:
    page.goto("/wall")
    third = page.get_by_role("article", name="Hall 1", exact=True)
    expect(third.get_by_text("1 alarm")).to_be_visible()
    raise_alarm(site, 2)
    expect(third.get_by_text("2 alarms")).to_be_visible()
    expect(third).to_have_attribute("data-fresh", "true")

    page.get_by_role("link", name="4 open alarms").click()
    rows = page.get_by_role("list", name="Alarms").get_by_role("listitem")
    expect(rows).to_have_count(4)
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Person stayed in yard")).to_be_visible()
    expect(page.get_by_role("region", name="Why").get_by_role("listitem")).to_have_count(4)
    expect(page.get_by_role("img", name="Person stayed in yard, as cam-003 saw it")).to_be_visible()
    raise_alarm(site, 5)
    expect(rows).to_have_count(5)
    page.keyboard.press("a")
    expect(rows).to_have_count(4)
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(5)


def test_a_camera_is_paused_added_and_removed(page: Page, watch: Watch) -> None:
    watch.allowed.append("404.*cam-201/picture")  # it was asked for while the camera went
    page.goto("/wall/cam-001")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.goto("/wall")
    page.get_by_role("button", name="Add a camera").click()
    page.get_by_label("Name").fill("cam-201")
    page.get_by_label("Address").fill("rtsp://10.0.0.9/live")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("article", name="cam-201")).to_be_attached()
    page.goto("/wall/cam-201")
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("list", name="Cameras").get_by_role("article")).to_have_count(COUNT)


def places(page: Page) -> list[str]:
    """All pages of cameras and alarms."""
    [newest, *_] = page.request.get("/api/alarms").json()["items"]
    alarms = ["/alarms", f"/alarms/{newest['id']}", "/alarms/summary", "/settings/channels"]
    return ["/wall", "/wall?state=failed", "/wall/cam-001", "/wall/cam-007", *alarms]


@pytest.mark.slow
@pytest.mark.parametrize("count", [FEW])
def test_cameras_and_alarms_are_accessible(page: Page) -> None:
    found = {}
    for place in places(page):
        show(page, place)
        found[place] = both(page)
    for name, button in {"/wall": "Add a camera", "/settings/channels": "Add"}.items():
        show(page, name)
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        found[f"{name} {button}"] = both(page)
    assert [f"{place}: {line}" for place, lines in found.items() for line in lines] == []


@pytest.mark.slow
@pytest.mark.parametrize("count", [FEW])
def test_a_narrow_screen_shows_cameras_and_alarms_without_sideways_scrolling(open_page: Open) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for place in places(page):
        show(page, place)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, place
        for name in ("Home", "Cameras", "Alarms", "Experiments", "Settings"):
            link = page.get_by_role("navigation", name="Main").get_by_role("link", name=name)
            expect(link).to_be_in_viewport(ratio=1)
