"""Experiment records in the browser: the table of runs, one run with all it left, a comparison, parallel coordinates."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from trackside.core import Finding, Report
from trackside.core.findings import Verdict
from trackside.models import Store

from .conftest import Open
from .steps import wait_for
from .test_accessible import both, show

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest.importorskip("mlflow", reason="needs the extra `train`")
STEPS = 30


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with no run yet."""
    from tests.lab.records.made import empty_store

    return empty_store(tmp_path / "records")


@pytest.fixture
def recorded(store: Path, tmp_path: Path) -> tuple[str, str]:
    """Two runs of changing code, the second the better one; the first left a picture and a report. Gives their ids."""
    code = tmp_path / "code"
    code.mkdir()
    script = code / "train.py"
    script.write_text("rate = 0.1\nfit()\n")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", "-C", str(code), *identity, *words], check=True, capture_output=True)
    first = record(store, code, "frozen backbone", 0.1, files=tmp_path)
    script.write_text("rate = 0.2\nfit()\n")
    return first, record(store, code, "whole network", 0.2)


def record(store: Path, code: Path, name: str, rate: float, files: Path | None = None) -> str:
    """A finished run of the experiment `starts`; it loses the less the higher its rate."""
    from trackside.lab.records import MlflowRecorder

    recorder = MlflowRecorder(store, "starts", code=code)
    recorder.start(name, {"rate": rate, "optimizer": "adamw"})
    run = recorder.run_id
    for step in range(STEPS):
        loss = 1 / (1 + rate * step)
        recorder.log(step, {"train/loss": loss, "validation/loss": loss + 0.1, "validation/accuracy": 1 - loss})
    if files:
        Image.fromarray(np.full((48, 64, 3), 90, np.uint8)).save(files / "mistakes.png")
        recorder.file(files / "mistakes.png", "mistakes.png")
        report = Report("Pre-flight", (Finding("leak", "Do splits leak?", Verdict.OK, "no copies"),))
        for suffix in ("html", "json"):
            report.save(files / f"pre-flight.{suffix}")
            recorder.file(files / f"pre-flight.{suffix}", f"reports/pre-flight.{suffix}")
    recorder.finish("finished")
    return run


@pytest.fixture
def address(store: Path, tmp_path: Path) -> Iterator[str]:
    """Of a server that shows the store."""
    from trackside.server.application import create_app
    from trackside.server.context import open_site
    from trackside.server.local import LocalServer
    from trackside.server.settings import ServerSettings

    settings = ServerSettings(data=tmp_path / "server", port=0, experiments=str(store))
    site = open_site(settings, store=Store(tmp_path / "home"))
    server, over, app = LocalServer(0, lifespan="on"), threading.Event(), create_app(site)
    thread = threading.Thread(target=server.serve, args=(app, over.is_set, site.services["events"].stop))
    thread.start()
    yield server.address
    over.set()
    thread.join()
    site.database.close()


def test_an_empty_store_tells_how_to_record_and_a_run_appears(page: Page, store: Path, tmp_path: Path) -> None:
    page.get_by_role("link", name="Experiments", exact=True).click()
    expect(page.get_by_text("Nothing is recorded yet")).to_be_visible()
    expect(page.get_by_label("Command that records a training")).to_have_text(
        re.compile(r"^trackside train photos/ --store .*records'?$")
    )
    record(store, tmp_path, "first try", 0.1)
    page.reload()
    expect(page.get_by_role("link", name="first try")).to_be_visible()


def test_from_the_table_to_a_comparison(page: Page, recorded: tuple[str, str]) -> None:
    page.goto("/experiments")
    rows = page.get_by_role("region", name="Runs", exact=True).locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("whole network")
    expect(rows.first.get_by_label("Best")).not_to_have_count(0)
    expect(rows.last.get_by_label("Best")).to_have_count(0)
    page.get_by_role("button", name="validation/loss").click()
    expect(page.get_by_role("columnheader", name="validation/loss")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("button", name="validation/loss").click()
    expect(rows.first).to_contain_text("frozen backbone")
    page.get_by_role("textbox", name="Search runs by name or id").fill("whole")
    expect(rows).to_have_count(1)
    page.get_by_role("checkbox", name="Compare whole network").check()
    page.get_by_role("textbox", name="Search runs by name or id").fill("")
    page.get_by_role("checkbox", name="Compare frozen backbone").check()
    page.get_by_role("button", name="Compare (2)").click()

    numbers = page.get_by_role("table", name="Last numbers")
    expect(numbers.locator("tr", has_text="validation/loss").locator("td").first.get_by_label("Best")).to_be_visible()
    expect(page.get_by_role("table", name="Settings that differ")).to_contain_text("0.2")
    page.get_by_text("Settings that are the same").click()
    expect(page.get_by_text("adamw")).to_be_visible()
    loss = page.get_by_role("region", name="loss", exact=True)
    loss.scroll_into_view_if_needed()
    expect(loss.locator(".scatterlayer .trace")).to_have_count(4)
    page.get_by_role("group", name="Lines").get_by_role("button", name="whole network").click()
    expect(loss.locator(".scatterlayer .trace")).to_have_count(2)
    changed = page.get_by_role("region", name="Changes of train.py")
    expect(changed.locator("[data-kind=removed]")).to_contain_text("rate = 0.2")
    expect(changed.locator("[data-kind=added]")).to_contain_text("rate = 0.1")

    ids = set(re.split(r"[=,]", page.url.partition("runs")[2])[1:])
    assert ids == set(recorded)


def test_one_run_with_its_curves_report_files_and_code(page: Page, recorded: tuple[str, str]) -> None:
    page.goto(f"/experiments/runs/{recorded[0]}")
    expect(page.get_by_text("Finished")).to_be_visible()
    loss = page.get_by_role("region", name="loss", exact=True)
    expect(loss.locator(".scatterlayer .trace")).to_have_count(2)
    page.get_by_role("switch", name="Smooth").press("Space")
    expect(loss.locator(".scatterlayer .trace")).to_have_count(4)
    page.get_by_role("switch", name="Logarithmic").press("Space")
    plot = loss.locator(".js-plotly-plot")
    wait_for(lambda: plot.evaluate("plot => plot._fullLayout.yaxis.type") == "log")

    page.get_by_role("tab", name="Reports").click()
    expect(page.frame_locator("iframe[title=Pre-flight]").get_by_text("Do splits leak?")).to_be_visible()
    page.get_by_role("tab", name="Files").click()
    page.get_by_role("button", name="Enlarge mistakes.png").click()
    picture = page.get_by_role("dialog").get_by_role("img", name="mistakes.png")
    expect(picture).to_have_js_property("naturalWidth", 64)
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Code").click()
    expect(page.get_by_text("nothing was changed")).to_be_visible()


def test_parallel_coordinates_work_in_their_frame_and_remember(page: Page, recorded: tuple[str, str]) -> None:
    page.goto("/experiments?view=parallel")
    frame = page.frame_locator("iframe")
    expect(frame.locator("#count")).to_contain_text("2")
    frame.locator("#colour").select_option(label="rate")
    wait_for(lambda: page.evaluate("Object.keys(localStorage).some(key => key.startsWith('trackside-parallel'))"))
    page.reload()
    expect(frame.locator("#colour option:checked")).to_have_text("rate")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as one file").click()
    assert "frozen backbone" in download.value.path().read_text()


@pytest.mark.slow
def test_the_pages_are_accessible_and_fit_a_phone(page: Page, open_page: Open, recorded: tuple[str, str]) -> None:
    run = f"/experiments/runs/{recorded[0]}"
    tabs = [f"{run}?tab={tab}" for tab in ("curves", "files", "code")]
    places = ["/experiments", *tabs, f"/experiments/compare?runs={','.join(recorded)}"]
    found = {}
    for place in places:
        show(page, place)
        found[place] = both(page)
    assert [f"{place}: {line}" for place, lines in found.items() for line in lines] == []
    phone = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for place in places:
        show(phone, place)
        assert phone.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, place
