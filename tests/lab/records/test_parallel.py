"""The page of parallel coordinates: what stands in it, and what a reader does with it in a browser."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.lab.records.made import table
from trackside.core import InputError
from trackside.lab.records import Column, RunsTable, View, parallel_coordinates, save_parallel_coordinates

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOSTILE = "</script><img src=x onerror=document.title='owned'>"


def _told(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    told: dict[str, Any] = json.loads(found[1])
    return told


def test_only_what_varies_stands_at_first_and_the_main_metric_last() -> None:
    told = _told(parallel_coordinates(table(50)))
    names = [column["name"] for column in told["columns"]]
    shown = [names[c] for c in told["view"]["axes"]]
    assert "seed" not in shown and set(shown) == set(names) - {"seed"} and shown[-1] == "validation/accuracy"
    assert names[told["view"]["colour"]] == "validation/accuracy" and not told["view"]["lower"]
    assert [names[c] for c in told["view"]["log"]] == ["rate"]
    accuracy = told["columns"][names.index("validation/accuracy")]
    assert accuracy["last"][0] is None and accuracy["max"][1] == pytest.approx(accuracy["last"][1] + 0.1, abs=1e-5)


def test_a_view_is_kept_to_and_a_wrong_one_refused() -> None:
    told = _told(parallel_coordinates(table(5), View(("seed", "rate"), "rate", {"validation/loss": "last"})))
    names = [column["name"] for column in told["columns"]]
    assert [names[c] for c in told["view"]["axes"]] == ["seed", "rate"] and names[told["view"]["colour"]] == "rate"
    assert told["view"]["choice"][str(names.index("validation/loss"))] == "last"
    with pytest.raises(InputError, match="no setting or metric 'rat'; did you mean 'rate'"):
        parallel_coordinates(table(5), View(("rat",)))
    with pytest.raises(InputError, match="no runs to draw"):
        parallel_coordinates(RunsTable("empty"))


def test_the_page_asks_nobody_and_runs_only_its_own_script() -> None:
    page = parallel_coordinates(table(5), title=HOSTILE, note=HOSTILE)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None and policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy[1] and "<img" not in page and page.count("</script>") == 2
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if CHROMIUM is None:
        pytest.skip("needs chromium")
    with sync_api.sync_playwright() as playwright:
        switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        opened = browser.new_page(viewport={"width": 1300, "height": 850})
        opened.set_default_timeout(20_000)
        wrong: list[str] = []
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        opened.on(
            "request", lambda request: wrong.append(request.url) if not request.url.startswith(("file:", "blob:")) else None
        )
        yield opened
        browser.close()
    assert wrong == []


def _drag(page: Page, axis: int, top: float, bottom: float) -> None:
    """Brush an axis between two shares of its height."""
    box = page.locator("#axes .hit").nth(axis).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, [box["y"] + 8 + share * (box["height"] - 54) for share in (top, bottom)]
    page.mouse.move(x, y[0])
    page.mouse.down()
    page.mouse.move(x, (y[0] + y[1]) / 2)
    page.mouse.move(x, y[1])
    page.mouse.up()


def _selected(page: Page) -> int:
    return int((page.locator("#count").text_content() or "").split()[0].replace(",", ""))


def _heads(page: Page) -> list[str]:
    return page.locator(".head .name").all_text_contents()


def test_a_reader_brushes_reorders_exports_and_finds_it_all_again(page: Page, tmp_path: Path) -> None:
    runs = table(200)
    hostile = dataclasses.replace(
        runs,
        names=(HOSTILE, *runs.names[1:]),
        settings={**runs.settings, HOSTILE: Column.of([HOSTILE, *["__proto__", "=1+1"] * 99, None])},
    )
    path = tmp_path / "runs.html"
    save_parallel_coordinates(hostile, path, View(("rate", HOSTILE, "momentum", "validation/accuracy")), title=HOSTILE)
    page.goto(path.as_uri())
    assert _selected(page) == 200 and page.title() == HOSTILE and _heads(page)[1] == HOSTILE

    _drag(page, 0, -0.01, 0.5)
    upper = _selected(page)
    rates = hostile.settings["rate"].numbers
    assert rates is not None and 0 < upper < 200
    _drag(page, 0, 0.55, 1.02)
    assert upper < _selected(page) <= 200, "brushes of one axis add up"
    both = _selected(page)
    _drag(page, 2, 1.06, 1.1)
    assert _selected(page) < both, "axes narrow each other down: only runs without momentum are left"
    page.wait_for_timeout(200)
    assert "sgd" not in page.locator("#table tbody").inner_text()

    page.locator(".head .name").nth(3).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert _heads(page)[1] == "validation/accuracy"
    page.keyboard.press("f")
    page.keyboard.press("v")
    assert page.locator(".head").nth(1).locator("[data-tool=choice]").text_content() == "last"
    left = _selected(page)
    page.get_by_role("button", name="Deselect all").click()
    assert _selected(page) == 0
    page.get_by_role("button", name="Select all", exact=True).click()
    page.locator("#table tbody input").first.uncheck()
    assert _selected(page) == left - 1
    with page.expect_download() as download:
        page.locator("#export").click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert len(rows) == left - 1 and rows[0]["momentum"] == "" and "validation/accuracy (last)" in rows[0]
    assert {row[HOSTILE] for row in rows} <= {HOSTILE, "__proto__", "'=1+1", ""}, "no formula reaches a spreadsheet"

    page.wait_for_timeout(300)
    address = page.url
    page.goto("about:blank")
    page.goto(path.as_uri())
    assert _selected(page) == left - 1 and _heads(page)[1] == "validation/accuracy", "remembered in this browser"
    page.evaluate("localStorage.clear()")
    page.goto("about:blank")
    page.goto(address)
    assert _selected(page) == left - 1 and _heads(page)[1] == "validation/accuracy", "and in the address"
    page.locator("#reset").click()
    assert _selected(page) == 200 and _heads(page)[0] == "rate"
    page.locator("#share").fill("10")
    assert _selected(page) == 18, "a tenth of the 180 runs that have the metric"
    assert page.title() == HOSTILE


def test_an_address_of_a_stranger_does_no_harm(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "runs.html"
    save_parallel_coordinates(table(20), path)
    page.goto(path.as_uri())
    page.wait_for_timeout(300)
    key = re.search(r"%22key%22%3A%22(\w+)%22", page.url)
    assert key is not None
    for told in ('{"axes":[99,-1,"x"],"col":[null,{"brushes":[["a"],5]}],"colour":77}', "null", '{"col":7}', "%"):
        page.goto("about:blank")
        page.goto(f"{path.as_uri()}#" + told.replace("{", '{"key":"' + key[1] + '",', 1))
        assert _selected(page) == 20


def test_one_run_and_one_axis_are_drawn(page: Page, tmp_path: Path) -> None:
    for name, view in (("one", View(("rate",))), ("none", View(()))):
        path = tmp_path / f"{name}.html"
        save_parallel_coordinates(table(1), path, view)
        page.goto(path.as_uri())
        assert _selected(page) == 1
