"""What a run leaves in MLflow's store, also where it is killed or the store makes trouble."""

from __future__ import annotations

import math
import os
import signal
import sqlite3
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.lab.records.made import kept
from trackside.core import InputError, OutputError
from trackside.lab.records import MlflowRecorder, code_state, curves, find_run, runs


@pytest.fixture(autouse=True)
def nothing_is_warned_of() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        yield


def test_a_run_is_read_as_it_was_told(store: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    recorder = MlflowRecorder(store, "poses")
    recorder.start("first", {"rate": 0.1, "optimizer": "sgd", "momentum": None, "seed": 3, "top-5 (%)": True})
    for step in range(130):
        recorder.log(step, {"train/loss": 1 / (step + 1), "odd": (math.nan, math.inf, -math.inf)[step % 3]})
    recorder.log(130, {f"many/{number}": number for number in range(120)})
    recorder.file(tmp_path / "a.txt", "../notes/said.md")
    recorder.finish("failed")
    run, found = find_run(store, "first"), curves(store, "first")
    assert run.settings | {"rate": "0.1"} == run.settings and run.settings["momentum"] == "None" and len(run.settings) == 5
    assert (
        run.status == "failed" and run.seconds >= 0 and run.tags["trackside.python"] and run.file("notes/said.md") == "hello"
    )
    assert found["train/loss"].steps.tolist() == list(range(130))
    np.testing.assert_array_equal(found["train/loss"].values, 1 / np.arange(1, 131))
    np.testing.assert_array_equal(found["odd"].values[:3], [math.nan, math.inf, -math.inf])
    assert len(found) == 122 and found["many/119"].values.tolist() == [119.0]
    table = runs(store, "poses")
    assert table.settings["rate"].numbers is not None and table.settings["momentum"].texts == (None,)
    odd, loss = table.metrics["odd"], table.metrics["train/loss"]
    assert (odd.min[0], odd.max[0]) == (-math.inf, math.inf) and (loss.last[0], loss.max[0]) == (1 / 130, 1.0)


def test_mlflow_itself_reads_the_store(store: Path) -> None:
    from mlflow import MlflowClient

    run = kept(store, "one", {"rate": 0.1}, {"loss": [2.0, 1.0]})
    client = MlflowClient(tracking_uri=f"sqlite:///{store}/mlflow.db")
    read = client.get_run(run)
    assert read.data.params == {"rate": "0.1"} and read.data.metrics == {"loss": 1.0} and read.info.status == "FINISHED"
    assert [point.value for point in client.get_metric_history(run, "loss")] == [2.0, 1.0]
    assert read.info.artifact_uri.startswith((store / "artifacts").as_uri())


def _killed(store: Path) -> None:
    """A process that begins a run and is killed without warning once a second has passed."""
    child = os.fork()
    if child == 0:
        recorder = MlflowRecorder(store)
        recorder.start("long", {"seed": 1})
        recorder.log(0, {"loss": 3.0})
        recorder.log(1, {"loss": 2.0})
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and _count(store, "metrics") < 2:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


def _count(store: Path, table: str) -> int:
    with sqlite3.connect(store / "mlflow.db", timeout=20) as connection:
        return int(connection.execute(f"select count(*) from {table}").fetchone()[0])


def test_a_killed_run_kept_what_it_told_and_goes_on_under_its_id(store: Path) -> None:
    _killed(store)
    before = find_run(store, "long")
    assert before.status == "running" and curves(store, "long")["loss"].values.tolist() == [3.0, 2.0]
    other = kept(store, "long", {"seed": 2}, {"loss": [9.0]})
    again = kept(store, "long", {"seed": 1}, {"loss": [3.0, 1.5, 1.0]})
    assert other != before.id and again == before.id and _count(store, "runs") == 2
    assert find_run(store, again).status == "finished" and find_run(store, again).tags["trackside.starts"] == "2"
    assert curves(store, again)["loss"].values.tolist() == [3.0, 1.5, 1.0], "the newer number of a step counts"
    assert kept(store, "long", {"seed": 1}, {}) != again, "a run that was finished is not gone on with"


def test_two_runs_at_a_time_are_two_runs(store: Path) -> None:
    first, second = MlflowRecorder(store), MlflowRecorder(store)
    first.start("same", {})
    second.start("same", {})
    assert first.run_id != second.run_id
    first.finish("killed")
    second.finish("finished")
    assert kept(store, "same", {}, {}) == first.run_id, "one that was stopped by hand goes on"


def test_the_code_is_recorded_and_the_checkout_left_alone(store: Path, tmp_path: Path) -> None:
    checkout = checkout_of(tmp_path, "print(1)\n")
    run = kept(store, "clean", {}, {}, code=checkout)
    assert find_run(store, run).commit == code_state(checkout).commit != "" and find_run(store, run).changes() == ""
    (checkout / "train.py").write_text("print(2)\n")
    (checkout / "new.py").write_text("extra = 1")
    before = subprocess.run(["git", "-C", checkout, "status", "--porcelain"], capture_output=True).stdout
    changes = find_run(store, kept(store, "changed", {}, {}, code=checkout)).changes()
    assert "-print(1)\n+print(2)\n" in changes and "+extra = 1\n\\ No newline" in changes
    assert subprocess.run(["git", "-C", checkout, "status", "--porcelain"], capture_output=True).stdout == before
    assert code_state(tmp_path).commit == "" and "no Git checkout" in code_state(tmp_path).note


def checkout_of(folder: Path, program: str) -> Path:
    checkout = folder / "checkout"
    checkout.mkdir()
    (checkout / "train.py").write_text(program)
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "one"]):
        subprocess.run(["git", "-C", checkout, *words], check=True)
    return checkout


def test_a_locked_store_is_waited_for(store: Path) -> None:
    recorder = MlflowRecorder(store)
    recorder.start("waits", {})
    lock = sqlite3.connect(store / "mlflow.db", check_same_thread=False)
    lock.execute("begin immediate")
    began = time.monotonic()
    recorder.log(0, {"loss": 1.0})
    assert time.monotonic() - began < 0.5, "the loop does not wait"
    threading.Timer(0.6, lock.rollback).start()
    recorder.finish("finished")
    assert curves(store, "waits")["loss"].values.tolist() == [1.0] and find_run(store, "waits").status == "finished"


def test_a_store_that_stays_locked_is_one_sentence(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackside.lab.records.store.WAIT", 0.1)
    with sqlite3.connect(store / "mlflow.db") as lock:
        lock.execute("begin exclusive")
        with pytest.raises(OutputError, match=r"mlflow\.db: the store is locked by another program; close it"):
            MlflowRecorder(store).start("waits", {})
        lock.rollback()


def test_other_programs_files_are_refused_and_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "mlflow.db") as other:
        other.execute("create table accounts (name text)")
    with pytest.raises(InputError, match="belongs to another program"):
        MlflowRecorder(tmp_path).start("x", {})
    with sqlite3.connect(tmp_path / "mlflow.db") as other:
        assert other.execute("select name from sqlite_master").fetchall() == [("accounts",)]
    (tmp_path / "notes.db").write_text("these are notes, not a database")
    with pytest.raises(InputError, match="not a SQLite database"):
        MlflowRecorder(tmp_path / "notes.db").start("x", {})
    with pytest.raises(InputError, match="not kept at such an address"):
        MlflowRecorder("ftp://me:secret@there/x")


def test_a_store_of_another_mlflow_is_told(store: Path) -> None:
    with sqlite3.connect(store / "mlflow.db") as connection:
        connection.execute("update alembic_version set version_num = 'abcdef'")
    with pytest.raises(InputError, match="another version of MLflow"):
        MlflowRecorder(store).start("x", {})


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        MlflowRecorder(tmp_path / "file" / "runs").start("x", {})
    with pytest.raises(OutputError, match="cannot write"):
        MlflowRecorder("/proc/runs").start("x", {})


def test_what_is_no_number_is_told_and_costs_nothing_else(store: Path) -> None:
    recorder = MlflowRecorder(store)
    recorder.start("odd", {})
    with pytest.warns(RuntimeWarning, match="'loss' of step 0 is no number"):
        recorder.log(0, {"loss": "high", "accuracy": 0.5})  # type: ignore[dict-item]
    with pytest.warns(RuntimeWarning, match=r"'gone\.png' was not recorded"):
        recorder.file(store / "gone.png", "gone.png")
    recorder.finish("finished")
    assert list(curves(store, "odd")) == ["accuracy"]


def test_an_id_is_gone_on_with_and_an_unknown_one_refused(store: Path) -> None:
    run = kept(store, "one", {"a": 1}, {"loss": [1.0]})
    assert kept(store, "one", {"a": 1}, {"loss": [1.0, 0.5]}, run_id=run) == run
    assert curves(store, run)["loss"].values.tolist() == [1.0, 0.5]
    with pytest.raises(InputError, match="no such run"):
        MlflowRecorder(store, run_id="f" * 32).start("x", {})
