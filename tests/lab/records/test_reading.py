"""Runs as columns, one run, and runs side by side."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.lab.records.made import kept
from tests.lab.records.test_mlflow_recorder import checkout_of
from trackside.core import InputError
from trackside.lab.records import Column, MlflowRecorder, Store, compare, curves, experiments, find_run, runs
from trackside.lab.records.attempt import may_live, writer
from trackside.lab.records.names import allowed, allowed_path


def test_runs_are_columns(store: Path) -> None:
    kept(store, "a", {"rate": 0.1, "kind": "x"}, {"loss": [3, 1, 2]})
    kept(store, "b", {"rate": None, "kind": "y", "more": 2}, {"accuracy": [0.5, float("nan")]})
    table = runs(store)
    assert table.names == ("a", "b") and table.status == ("finished", "finished") and (table.seconds >= 0).all()
    rate = table.settings["rate"].numbers
    assert rate is not None and rate[0] == 0.1 and np.isnan(rate[1])
    assert table.settings["kind"].numbers is None and table.settings["more"].texts == (None, "2")
    loss, accuracy = table.metrics["loss"], table.metrics["accuracy"]
    assert [float(part[0]) for part in (loss.last, loss.min, loss.max)] == [2, 1, 3] and np.isnan(loss.last[1])
    assert np.isnan(accuracy.last[1]) and accuracy.max[1] == 0.5
    assert table.best_first("loss").tolist() == [0, 1] and table.best_first("accuracy").tolist() == [1, 0]
    assert table.varying == ("kind", "more", "rate")


def test_the_experiment_of_the_newest_run_is_read_if_none_is_named(store: Path) -> None:
    kept(store, "a", {}, {}, experiment="old")
    kept(store, "b", {}, {}, experiment="new")
    assert runs(store).experiment == "new" and runs(store, "old").names == ("a",)
    assert [(one.name, one.runs) for one in experiments(store)][:2] == [("new", 1), ("old", 1)]
    with pytest.raises(InputError, match="no experiment 'odl'; did you mean 'old'"):
        runs(store, "odl")


def test_a_store_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no store of runs"):
        runs(tmp_path)
    assert not list(tmp_path.iterdir()), "reading makes nothing"


def test_a_run_is_found_by_its_name_and_the_beginning_of_its_id(store: Path) -> None:
    first = kept(store, "twin", {"a": 1}, {"loss": [1.0]})
    kept(store, "twin", {"a": 2}, {})
    assert find_run(store, first[:8]).id == find_run(store, first).id == first
    with pytest.raises(InputError, match=f"2 runs are called 'twin'; name one by its id: .*{first[:8]}"):
        find_run(store, "twin")
    for wanted in ("twim", "%", "____", ""):
        with pytest.raises(InputError, match="there is no run"):
            find_run(store, wanted)
    with pytest.raises(InputError, match="no metric 'los'; did you mean 'loss'"):
        curves(store, first, "los")


def test_settings_and_code_of_two_runs_are_compared(store: Path, tmp_path: Path) -> None:
    checkout = checkout_of(tmp_path, "print(1)\n")
    kept(store, "a", {"rate": 0.1, "same": 1}, {"loss": [1.0]}, code=checkout)
    (checkout / "train.py").write_text("print(2)\n")
    kept(store, "b", {"rate": 0.2, "same": 1, "only": 3}, {"accuracy": [0.5]}, code=checkout)
    objects = sorted((checkout / ".git" / "objects").rglob("*"))
    found = compare(store, ["a", "b"])
    assert sorted((checkout / ".git" / "objects").rglob("*")) == objects, "nothing is written into the checkout"
    subprocess.run(["git", "-C", checkout, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qam", "two"], check=True)
    kept(store, "c", {"rate": 0.2, "same": 1, "only": 3}, {}, code=checkout)
    assert found.settings == {"rate": ("0.1", "0.2"), "only": (None, "3")}
    assert found.metrics == {"accuracy": (None, 0.5), "loss": (1.0, None)}
    assert "-print(1)\n+print(2)\n" in found.code and found.code.startswith("diff --git a/train.py")
    same = compare(store, ["b", "c"])
    assert same.code == "" and same.settings == {}, "changes that were committed since are the same code"
    shutil.rmtree(checkout)
    alone = compare(store, ["a", "b"])
    assert "checkout is not there" in alone.code_note and "+++ changes after" in alone.code
    with pytest.raises(InputError, match="one run cannot be compared"):
        compare(store, ["a"])


def test_a_store_that_was_moved_still_has_its_files(store: Path, tmp_path: Path) -> None:
    checkout = checkout_of(tmp_path, "print(1)\n")
    (checkout / "train.py").write_text("print(2)\n")
    run = kept(store, "a", {}, {}, code=checkout)
    shutil.move(store, tmp_path / "elsewhere")
    assert "+print(2)" in find_run(tmp_path / "elsewhere", run).changes()


def test_columns_are_numbers_only_where_all_are() -> None:
    assert Column.of(["1", "2.5", None]).numbers is not None and Column.of(["1", "x"]).numbers is None
    assert Column.of(["1", "1"]).varies is False and Column.of(["1", "None"]).varies is True


def test_names_that_mlflow_refuses_are_kept_apart() -> None:
    assert allowed("train/loss") == "train/loss" and allowed("a(b)") != allowed("a[b]")
    assert len(allowed("x" * 400)) <= 250 and allowed("") and ".." not in allowed("../x")
    assert allowed_path("../../etc/passwd") == "etc/passwd" and allowed_path("..") == "file"


def test_a_process_is_known_to_live_until_it_does_not() -> None:
    host, number, began = writer().rsplit("/", 2)
    assert may_live(writer()) and may_live(f"elsewhere/{number}/{began}")
    assert not may_live("") and not may_live(f"{host}/{number}/1") and not may_live(f"{host}/99999999/{began}")


def test_addresses_hide_their_passwords() -> None:
    assert "secret" not in str(Store.at("postgresql://me:secret@there/runs"))
    assert Store.at("runs").uri == Store.at("runs/mlflow.db").uri == Store.at("sqlite:///runs/mlflow.db").uri


def test_a_library_that_is_missing_is_named(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"SQLAlchemy is not installed; pip install 'trackside\[train\]'"):
        runs(store)
    with pytest.raises(InputError, match="MLflow is not installed"):
        MlflowRecorder(store).start("x", {})
