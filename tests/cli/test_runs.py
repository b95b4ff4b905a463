"""`trackside runs`, as people type it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

pytest.importorskip("mlflow", reason="needs the extra `train`")

from tests.lab.records.made import empty_store, kept
from trackside.cli import runs
from trackside.core import TracksideError
from trackside.lab.records import Store

app = typer.Typer()
app.add_typer(runs.app, name="runs")


def run(*words: object) -> Result:
    result = CliRunner().invoke(app, ["runs", *(str(word) for word in words)])
    if result.exception is not None and not isinstance(result.exception, (SystemExit, TracksideError)):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = empty_store(tmp_path_factory.mktemp("runs"))
    kept(folder, "poor", {"rate": 1.0, "seed": 0}, {"validation/loss": [3.0, 2.5], "validation/accuracy": [0.3, 0.4]})
    kept(folder, "good", {"rate": 0.1, "seed": 0}, {"validation/loss": [2.0, 0.5], "validation/accuracy": [0.6, 0.9]})
    kept(folder, "bad [red]\x1b[2J", {"rate": 9.0, "seed": 0}, {"validation/loss": [3.0, float("nan")]})
    Store.at(folder).client().create_experiment("empty")
    return folder


def test_runs_are_listed_the_best_first(store: Path) -> None:
    told = run("list", "--store", store)
    lines = told.output.splitlines()
    assert told.exit_code == 0 and "by validation/accuracy" in lines[0] and lines[2].startswith("good")
    assert "rate" in lines[1] and "seed" not in lines[1], "only settings in which runs differ"
    assert "\x1b" not in told.output and "bad [red]" in told.output
    listed = json.loads(run("list", "--store", store, "--by", "validation/loss", "--json").output)
    assert [one["name"] for one in listed][:2] == ["good", "poor"] and listed[0]["metrics"]["validation/loss"]["min"] == 0.5
    assert listed[2]["metrics"]["validation/loss"]["last"] is None
    worst = json.loads(run("list", "--store", store, "--by", "validation/accuracy", "--lower", "-n", 1, "--json").output)
    assert [one["name"] for one in worst] == ["poor"]


def test_a_run_is_shown_with_its_curves(store: Path) -> None:
    told = run("show", "good", "--store", store).output
    assert "validation/accuracy" in told and "▁█" in told and "0.9" in told and "python" in told and "identity" not in told
    shown = json.loads(run("show", "good", "--store", store, "--json").output)
    assert (
        shown["metrics"]["validation/loss"] == {"steps": [0, 1], "values": [2.0, 0.5]} and shown["settings"]["rate"] == "0.1"
    )


def test_two_runs_are_compared(store: Path) -> None:
    told = run("compare", "poor", "good", "--store", store, "--no-code").output
    assert "rate" in told and "seed" not in told and "0.9" in told and "code: " in told
    found = json.loads(run("compare", "poor", "good", "--store", store, "--json").output)
    assert found["settings"] == {"rate": ["1.0", "0.1"]} and found["metrics"]["validation/loss"] == [2.5, 0.5]


def test_runs_are_plotted(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.html"
    told = run("plot", "--store", store, "-o", out, "--axis", "rate", "--axis", "validation/loss", "--colour", "rate")
    assert told.exit_code == 0 and "3 runs" in told.output and "<canvas" in out.read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("list", "--store", "{there}/none"), "there is no store of runs"),
        (("list", "--experiment", "empty"), "the experiment has no runs"),
        (("list", "--experiment", "emty"), "did you mean 'empty'?"),
        (("list", "--by", "accuracy"), "there is no metric 'accuracy'"),
        (("show", "god"), "did you mean 'good'?"),
        (("compare", "good"), "one run cannot be compared"),
        (("compare", "good", "none"), "there is no run 'none'"),
        (("plot", "-o", "{there}/r.html", "--axis", "rat"), "did you mean 'rate'?"),
        (("plot", "-o", "/proc/r.html"), "cannot write"),
        (("list", "--store", "{there}/other.db"), "belongs to another program"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(store: Path, tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("create table accounts (name text)")
    given = [word.format(there=tmp_path) for word in words]
    told = run(*given, *(() if "--store" in given else ("--store", store)))
    assert told.exit_code == 1 and isinstance(told.exception, TracksideError)
    assert says in str(told.exception) and "\n" not in str(told.exception)
    assert not (tmp_path / "r.html").exists() and not (tmp_path / "none").exists()


def test_sparklines_show_where_numbers_fail() -> None:
    assert runs.sparkline(np.array([0.0, 7.0])) == "▁█" and runs.sparkline(np.array([1.0, np.inf])) == "▄!"
    assert len(runs.sparkline(np.arange(1000.0))) == 32 and runs.sparkline(np.array([])) == ""
