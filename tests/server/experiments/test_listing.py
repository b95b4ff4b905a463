"""Experiments and the table of their runs: sorted, searched, in pages; a store that cannot be read is one sentence."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.server.experiments.conftest import Api
from tests.server.experiments.making import FILE, Made
from trackside.lab.records import store as places
from trackside.server.application import create_app
from trackside.server.context import Site
from trackside.server.experiments import service
from trackside.server.settings import ServerSettings

NAN, INF = float("nan"), float("inf")


def names(page: Any) -> list[str]:
    return [row["name"] for row in page["rows"]]


def elsewhere(site: Site, place: str) -> Api:
    """A server that shows another store."""
    settings = site.settings.model_copy(update={"experiments": place})
    return Api(TestClient(create_app(replace(site, settings=settings, services={}), with_workers=False), "http://127.0.0.1"))


def test_where_nothing_was_recorded_it_says_how(api: Api, settings: ServerSettings) -> None:
    found = api.get()
    assert found["items"] == []
    assert found["store"] == str(settings.data / "experiments")
    assert f"trackside train DATA --store {settings.data / 'experiments'}" in found["how"]
    assert api.refused("/runs", experiment="poses")[0] == 404
    assert api.refused(f"/runs/{'a' * 32}")[0] == 404


def test_experiments_with_runs_are_listed_the_newest_first(api: Api, made: Made) -> None:
    made.run("a", experiment="old")
    made.run("b", experiment="new/one & 'more'")
    made.run("c", experiment="new/one & 'more'", status="RUNNING")
    found = api.get()["items"]
    assert [(one["name"], one["runs"]) for one in found] == [("new/one & 'more'", 2), ("old", 1)]
    assert found[0]["newest"] > found[1]["newest"]
    assert names(api.get("/runs", experiment="new/one & 'more'")) == ["c", "b"]


def test_columns_tell_what_varies_and_which_way_is_better(api: Api, made: Made) -> None:
    made.run("a", {"rate": 0.1, "kind": "sgd", "seed": 0}, {"validation/loss": [2, 1], "validation/accuracy": [0.5]})
    made.run("b", {"rate": 0.2, "kind": "adamw", "seed": 0}, {"validation/loss": [2, 1]})
    page = api.get("/runs", experiment="poses")
    columns = {column["key"]: column for column in page["columns"]}
    assert [key for key, column in columns.items() if column["varies"]] == [
        "setting:kind",
        "setting:rate",
        "metric:validation/accuracy",
    ]
    assert columns["setting:kind"]["categories"] == ["adamw", "sgd"] and not columns["setting:kind"]["numeric"]
    assert columns["setting:rate"]["numeric"] and columns["setting:rate"]["lower"] is None
    assert columns["metric:validation/loss"]["lower"] and not columns["metric:validation/accuracy"]["lower"]
    assert page["main"] == "validation/accuracy"


def test_rows_hold_settings_and_numbers_and_what_is_not_finite_is_flagged(api: Api, made: Made) -> None:
    made.run("well", {"rate": 0.1, "clip": None}, {"loss": [3, 1, 2]})
    made.run("diverged", {}, {"loss": [3, INF], "other": [1, NAN], "never": [NAN]}, status="RUNNING")
    diverged, well = api.get("/runs", experiment="poses")["rows"]
    assert well["settings"] == {"rate": "0.1"}
    assert well["metrics"] == {"loss": {"last": 2, "min": 1, "max": 3, "odd": None}}
    assert (well["status"], well["seconds"], diverged["status"], diverged["seconds"]) == ("finished", 30, "running", None)
    assert diverged["metrics"]["loss"] == {"last": None, "min": 3, "max": None, "odd": "inf"}
    assert diverged["metrics"]["other"] == {"last": None, "min": 1, "max": 1, "odd": "nan"}


@pytest.fixture
def five(made: Made) -> Made:
    """Runs of which some lack a value."""
    made.run("Beta", {"rate": 10.0, "kind": "sgd"}, {"loss": [1, 5]})
    made.run("alpha", {"rate": 9.0, "kind": "adamw"}, {"loss": [3, 4]})
    made.run("delta", {"kind": "sgd"}, {"loss": [2, INF]}, status="FAILED")
    made.run("gamma", {"rate": 2.0})
    made.run("epsilon", {"rate": 9.0}, {"loss": [NAN, NAN]}, status="RUNNING")
    return made


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "epsilon gamma delta alpha Beta"),
        ({"descending": True}, "epsilon gamma delta alpha Beta"),
        ({"order": "started"}, "Beta alpha delta gamma epsilon"),
        ({"order": "name"}, "alpha Beta delta epsilon gamma"),
        ({"order": "name", "descending": True}, "gamma epsilon delta Beta alpha"),
        ({"order": "status"}, "delta gamma alpha Beta epsilon"),
        ({"order": "setting:rate"}, "gamma epsilon alpha Beta delta"),
        ({"order": "setting:rate", "descending": True}, "Beta epsilon alpha gamma delta"),
        ({"order": "setting:kind"}, "alpha delta Beta epsilon gamma"),
        ({"order": "metric:loss"}, "Beta delta alpha epsilon gamma"),
        ({"order": "metric:loss", "value": "last"}, "alpha Beta delta epsilon gamma"),
        ({"order": "metric:loss", "value": "last", "descending": True}, "delta Beta alpha epsilon gamma"),
        ({"order": "name", "q": "ETA"}, "Beta"),
        ({"order": "name", "status": "finished"}, "alpha Beta gamma"),
        ({"q": "0" * 31 + "2"}, "alpha"),
        ({"q": "nothing"}, ""),
    ],
)
@pytest.mark.usefixtures("five")
def test_runs_are_sorted_and_searched_those_without_a_value_last(api: Api, asked: dict[str, Any], expected: str) -> None:
    assert " ".join(names(api.get("/runs", experiment="poses", **asked))) == expected


@pytest.mark.usefixtures("five")
def test_pages_follow_each_other(api: Api) -> None:
    pages = [api.get("/runs", experiment="poses", order="name", offset=offset, limit=2) for offset in (0, 2, 4, 6)]
    assert [name for page in pages for name in names(page)] == ["alpha", "Beta", "delta", "epsilon", "gamma"]
    assert {page["total"] for page in pages} == {5} and pages[0]["statuses"] == ["failed", "finished", "running"]


@pytest.mark.usefixtures("five")
def test_what_is_not_there_is_refused(api: Api) -> None:
    assert api.refused("/runs", experiment="nothing")[0] == 404
    for order in ("setting:nothing", "metric:rate", "nothing", "name:x", "setting:", ":"):
        status, said = api.refused("/runs", experiment="poses", order=order)
        assert status == 422 and "cannot be sorted" in said, order


def test_deleted_runs_and_experiments_are_not_shown(api: Api, made: Made) -> None:
    gone, _ = made.run("gone"), made.run("stays")
    made.run("x", experiment="deleted")
    with made.written() as database:
        database.execute("update runs set lifecycle_stage = 'deleted' where run_uuid = ?", (gone,))
        database.execute("update experiments set lifecycle_stage = 'deleted' where name = 'deleted'")
    assert [one["name"] for one in api.get()["items"]] == ["poses"]
    assert names(api.get("/runs", experiment="poses")) == ["stays"]
    assert api.refused(f"/runs/{gone}")[0] == 404
    assert api.refused("/runs", experiment="deleted")[0] == 404


def test_a_store_is_read_again_when_it_has_changed_and_only_then(
    api: Api, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_BUSY_SHARE", 1e9)
    read = []
    real = service.runs
    monkeypatch.setattr(service, "runs", lambda *asked: read.append(asked) or real(*asked))
    made.run("a")
    for _ in range(3):
        assert names(api.get("/runs", experiment="poses")) == ["a"]
    assert len(read) == 1
    made.run("b")
    assert names(api.get("/runs", experiment="poses")) == ["b", "a"]


def test_a_store_that_changes_all_the_time_is_not_read_all_the_time(
    api: Api, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_BUSY_SHARE", 1e-9)
    made.run("a")
    assert names(api.get("/runs", experiment="poses")) == ["a"]
    made.run("b")
    assert names(api.get("/runs", experiment="poses")) == ["a"]


def test_a_locked_store_is_one_sentence(api: Api, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "WAIT", 0.05)
    run = made.run("a")
    with closing(sqlite3.connect(made.folder / FILE)) as other:
        other.execute("begin exclusive")
        for rest, asked in (("", {}), ("/runs", {"experiment": "poses"}), (f"/runs/{run}", {}), (f"/runs/{run}/curves", {})):
            status, said = api.refused(rest, **asked)
            assert status == 409 and "locked by another program" in said
    assert api.get()["items"]


def test_a_store_that_is_none_is_one_sentence(site: Site, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database, though it is long enough")
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as database, database:
        database.execute("create table mine (a)")
    for name, what in (("text.db", "not a SQLite database"), ("foreign.db", "another program")):
        status, said = elsewhere(site, str(tmp_path / name)).refused()
        assert status == 409 and what in said and name in said
    status, said = elsewhere(site, "https://runs.example").refused()
    assert status == 409 and "name the database behind it" in said
    status, said = elsewhere(site, "redis://x").refused()
    assert status == 409 and "not kept at such an address" in said


def test_an_empty_file_is_a_store_in_the_making(site: Site, tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    assert elsewhere(site, str(tmp_path)).get()["items"] == []


def test_a_password_is_not_told(site: Site) -> None:
    status, said = elsewhere(site, "postgresql+pg8000://me:secret@127.0.0.1:9/runs").refused()
    assert status == 409 and "secret" not in said
