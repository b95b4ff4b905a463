"""A server with accounts: the first administrator, and a viewer who looks but changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from trackside.models import Store

from .axe import faults
from .conftest import Open, Watch
from .steps import node

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSWORD = "a long password"
CHANGING = ["Upload videos", "Film with a phone", "Import", "New run", "Save", "Run", "Add a model", "Try on 5 seconds"]


@pytest.fixture
def code() -> list[str]:
    """What the terminal of the server shows."""
    return []


@pytest.fixture
def address(tmp_path: Path, code: list[str]) -> Iterator[str]:
    """Of an empty server with accounts."""
    from trackside.server.access.first import setup_code
    from trackside.server.application import create_app
    from trackside.server.context import open_site
    from trackside.server.local import LocalServer
    from trackside.server.settings import ServerSettings

    site = open_site(ServerSettings(data=tmp_path / "server", accounts=True), store=Store(tmp_path / "home"))
    code.append(setup_code(site))
    server, over, app = LocalServer(0, lifespan="on"), threading.Event(), create_app(site, with_workers=False)
    thread = threading.Thread(target=server.serve, args=(app, over.is_set, site.services["events"].stop))
    thread.start()
    yield server.address
    over.set()
    thread.join()
    site.database.close()


@pytest.mark.slow
def test_the_first_administrator_lets_a_viewer_in(open_page: Open, watch: Watch, code: list[str]) -> None:
    watch.allowed += ["40[13]"]  # what the first visit may not see yet, and a wrong password
    boss = open_page(viewport={"width": 1440, "height": 900})
    expect(boss.get_by_role("heading", name="Welcome to Trackside")).to_be_visible()
    assert faults(boss) == []
    boss.get_by_label("Code").fill(code[0])
    boss.get_by_label("Your name").fill("Ada")
    boss.locator("input[type=password]").fill(PASSWORD)
    boss.get_by_role("button", name="Make the account").click()
    expect(boss.get_by_role("link", name="Upload videos")).to_be_visible()
    boss.goto("/settings/people")
    boss.get_by_role("button", name="Add a person").first.click()
    dialog = boss.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Vic")
    dialog.get_by_role("combobox", name="Role").click()
    boss.get_by_role("option", name="Viewer").click()
    dialog.locator("input[type=password]").fill(PASSWORD)
    dialog.get_by_role("button", name="Add").click()
    expect(boss.get_by_role("main")).to_contain_text("Vic")
    assert faults(boss) == []
    boss.goto("/settings/audit")
    expect(boss.get_by_role("main")).to_contain_text("Vic")

    viewer = open_page(viewport={"width": 1440, "height": 900})
    sign_in(viewer, "Vic", "wrong password")
    expect(viewer.get_by_role("alert")).to_be_visible()
    assert faults(viewer) == []
    sign_in(viewer, "Vic", PASSWORD)
    expect(viewer.get_by_role("navigation", name="Main")).to_be_visible()
    for place in ("/", "/videos", "/pipelines", "/runs", "/models", "/pipelines/new?template=watch-an-area"):
        may_only_look(viewer, place)
    csrf = viewer.request.get("/api/session").json()["csrf"]
    graph = {"pipeline": "theirs", "blocks": {}, "save": []}
    refused = viewer.request.post("/api/pipelines", headers={"x-csrf-token": csrf}, data={"graph": graph})
    assert (refused.status, "analyst" in refused.text()) == (403, True)


def may_only_look(page: Page, place: str) -> None:
    page.goto(place)
    expect(page.get_by_role("heading").first).to_be_visible()
    if place.startswith("/pipelines/"):
        expect(node(page, "source")).to_be_visible()
    for name in CHANGING:
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("link", name="Blank pipeline")).to_have_count(0)


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.locator("input[type=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()
