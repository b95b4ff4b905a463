"""Checks as processes: what people hear of them, and what becomes of them when something dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.server.datasets.making import taken_in
from tests.server.waiting import wait_for
from trackside.data.checking import Subject
from trackside.data.workbench import Workbench
from trackside.server.context import Site
from trackside.server.database import new_id
from trackside.server.datasets.process import COMMAND
from trackside.server.datasets.service import DatasetService
from trackside.server.datasets.settling import Told
from trackside.server.datasets.tables import DatasetRow

# Tells of its beginning, waits, and says that it is done.
SLOW = """
import json, sys, threading, os, time
sys.stdin.readline()
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(1)), daemon=True).start()
counts = dict(format="folder", items=3, labelled=2, classes=2, splits=["a"], annotations=0, troubles=0, version="v")
print("noise of a library", flush=True)
print(json.dumps(dict(stage="looking", fraction=0.5, read=counts)), flush=True)
time.sleep(float(sys.argv[1]))
print(json.dumps(dict(done=dict(verdict="warn"), fraction=1.0)), flush=True)
"""


def toy(seconds: float) -> list[str]:
    return [sys.executable, "-c", SLOW, str(seconds)]


@contextmanager
def serving(site: Site, command: list[str]) -> Iterator[DatasetService]:
    service = site.services["datasets"] = DatasetService(site, command)
    service.start()
    try:
        yield service
    finally:
        service.stop()


def row_of(site: Site, dataset: str) -> DatasetRow:
    with site.database.session() as db:
        return db.get_one(DatasetRow, dataset)


@pytest.fixture
def waiting(client: TestClient) -> str:
    return str(client.post("/api/datasets", json={"place": "place", "folder": "shapes"}).json()["id"])


def test_a_real_process_reads_and_checks(waiting: str, site: Site, client: TestClient) -> None:
    with site.database.session() as db:
        db.get_one(DatasetRow, waiting).wish = {"only": [], "features": "plain"}
    assert site.services["datasets"].work() is True
    assert site.services["datasets"].work() is False
    told = client.get(f"/api/datasets/{waiting}").json()
    assert (told["state"], told["items"], told["problem"], told["fraction"]) == ("ready", 16, "", 1.0), told
    assert client.get(f"/api/datasets/{waiting}/health").json()["findings"]
    assert client.get(f"/api/datasets/{waiting}/items").json()["total"] == 16


def test_progress_is_told_and_a_finished_check_is_ready(waiting: str, site: Site) -> None:
    with serving(site, toy(0.5)):
        wait_for(lambda: row_of(site, waiting).state == "checking")
        row = row_of(site, waiting)
        assert (row.stage, row.fraction, row.items, row.splits) == ("looking", 0.5, 3, ["a"])
        wait_for(lambda: row_of(site, waiting).state == "ready")
    row = row_of(site, waiting)
    assert (row.verdict, row.stage, row.attempts) == ("warn", "", 0)
    assert row.checked is not None


def test_a_check_that_dies_says_so_and_the_next_one_is_done(waiting: str, site: Site, client: TestClient) -> None:
    with serving(site, [sys.executable, "-c", "import os; os.abort()"]):
        wait_for(lambda: row_of(site, waiting).state == "failed")
        assert "died" in row_of(site, waiting).problem
        other = client.post("/api/datasets", json={"place": "place", "folder": "boxes"}).json()["id"]
        wait_for(lambda: row_of(site, other).state == "failed")


def test_what_cannot_be_read_is_one_sentence_without_a_path(site: Site, client: TestClient, place: Path) -> None:
    (place / "nothing").mkdir()
    (place / "nothing" / "notes.json").write_text("{}")
    waiting = client.post("/api/datasets", json={"place": "place", "folder": "nothing"}).json()["id"]
    site.services["datasets"].work()
    told = client.get(f"/api/datasets/{waiting}").json()
    assert (told["state"], bool(told["problem"]), bool(told["fix"])) == ("failed", True, True)
    assert str(place) not in told["problem"] + told["fix"]


def test_a_place_that_is_gone_is_one_sentence(waiting: str, site: Site, place: Path) -> None:
    (place / "shapes").rename(place / "elsewhere")
    site.services["datasets"].work()
    assert row_of(site, waiting).problem == "the data set's folder is gone"


def test_a_server_that_ends_goes_on_at_its_next_start(waiting: str, site: Site) -> None:
    with serving(site, toy(60)):
        wait_for(lambda: row_of(site, waiting).state == "checking")
    assert (row_of(site, waiting).state, row_of(site, waiting).attempts) == ("waiting", 0)
    with serving(site, toy(0)):
        wait_for(lambda: row_of(site, waiting).state == "ready")


def test_a_killed_server_goes_on_too_but_not_for_ever(waiting: str, site: Site) -> None:
    for attempts, state in ((1, "ready"), (3, "failed")):
        with site.database.session() as db:
            row = db.get_one(DatasetRow, waiting)
            row.state, row.attempts = "checking", attempts
        with serving(site, toy(0)):
            wait_for(lambda state=state: row_of(site, waiting).state == state)  # type: ignore[misc]


def test_stopping_keeps_what_was_there_before(waiting: str, site: Site, client: TestClient) -> None:
    with serving(site, toy(60)):
        wait_for(lambda: row_of(site, waiting).state == "checking")
        told = client.post(f"/api/datasets/{waiting}/stop").json()
        assert (told["state"], told["problem"]) == ("failed", "its check was stopped")
    with serving(site, toy(0)):
        client.post(f"/api/datasets/{waiting}/check", json={})
        wait_for(lambda: row_of(site, waiting).state == "ready")
        assert client.post(f"/api/datasets/{waiting}/stop").json()["state"] == "ready"
    with serving(site, toy(60)):
        client.post(f"/api/datasets/{waiting}/check", json={})
        wait_for(lambda: row_of(site, waiting).state == "checking")
        told = client.post(f"/api/datasets/{waiting}/stop").json()
        assert (told["state"], told["problem"], told["verdict"]) == ("ready", "", "warn")


def test_a_job_whose_server_is_gone_ends(waiting: str, site: Site) -> None:
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(60) != 0


def test_a_job_that_is_killed_leaves_an_index_that_can_be_opened(shapes: str, site: Site, client: TestClient) -> None:
    before = client.get(f"/api/datasets/{shapes}/items?limit=500").json()
    assert client.post(f"/api/datasets/{shapes}/check", json={}).status_code == 202
    service = site.services["datasets"]
    service.start()
    wait_for(lambda: row_of(site, shapes).state in ("reading", "checking"))
    wait_for(lambda: service._current is not None)
    pid = service._current[1].pid
    time.sleep(1.0)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: row_of(site, shapes).state == "failed")
    service.stop()
    assert client.get(f"/api/datasets/{shapes}/items?limit=500").json() == before
    assert client.get(f"/api/datasets/{shapes}/health").status_code == 200


def test_a_deleted_data_set_leaves_nothing_of_ours_and_all_of_theirs(
    shapes: str, site: Site, client: TestClient, place: Path, work: Path
) -> None:
    files = sorted(place.rglob("*"))
    client.get(f"/api/datasets/{shapes}/items/0/picture.jpg")
    assert list(work.iterdir())
    assert client.delete(f"/api/datasets/{shapes}").status_code == 200
    assert not list(work.iterdir())
    assert sorted(place.rglob("*")) == files
    for address in ("", "/items", "/items/0/picture.jpg", "/health"):
        assert client.get(f"/api/datasets/{shapes}{address}").status_code == 404
    assert client.delete(f"/api/datasets/{shapes}").status_code == 404


def test_a_data_set_is_deleted_while_it_is_checked(waiting: str, site: Site, client: TestClient) -> None:
    with serving(site, toy(60)):
        wait_for(lambda: row_of(site, waiting).state == "checking")
        start = time.monotonic()
        assert client.delete(f"/api/datasets/{waiting}").status_code == 200
        assert time.monotonic() - start < 15
        assert client.get(f"/api/datasets/{waiting}").status_code == 404


def test_the_workbench_is_the_one_of_the_command_line(shapes: str, site: Site, place: Path) -> None:
    bench = Workbench.of(place / "shapes")
    assert row_of(site, shapes).work == str(bench.folder)
    assert bench.report_path.is_file()
    assert bench.page_path.is_file()


def test_news_of_data_sets_are_published(waiting: str, site: Site) -> None:
    heard: list[tuple[str, str]] = []
    site.services["events"].publish = lambda topic, id: heard.append((topic, id))
    with serving(site, toy(0)):
        wait_for(lambda: row_of(site, waiting).state == "ready")
    assert ("dataset", waiting) in heard


@pytest.mark.parametrize("message", [{}, {"stage": "x" * 500}, {"fraction": 7}, {"fraction": -1}, {"other": 1}])
def test_odd_messages_do_no_harm(message: dict[str, object]) -> None:
    told = Told()
    told.take({"stage": "one", "fraction": 0.5})
    told.take(message)
    row = DatasetRow(id=new_id(), name="x", root="", work="")
    told.write(row)
    assert 0.5 <= row.fraction <= 1
    assert len(row.stage) <= 120


def test_progress_of_a_real_check_never_goes_back(waiting: str, site: Site) -> None:
    said = taken_in(site, waiting)
    fractions = [one["fraction"] for one in said if "fraction" in one]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)


def test_a_map_that_cannot_be_drawn_does_not_take_the_report_with_it(
    waiting: str, site: Site, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("broken")

    monkeypatch.setattr(Subject, "features", broken)
    taken_in(site, waiting)
    assert client.get(f"/api/datasets/{waiting}").json()["state"] == "ready"
    told = client.get(f"/api/datasets/{waiting}/map").json()
    assert (set(told["x"]), told["made_of"]) == ({None}, "")
