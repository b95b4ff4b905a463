from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tests.lab.tasks.making import coloured, tiny
from trackside.cli import train as command
from trackside.core import InputError, SettingError
from trackside.lab.recipes.recipe import RECIPES
from trackside.models import load_package

APP = typer.Typer(pretty_exceptions_enable=False)
APP.command()(command.train)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """SYNTHETIC pictures as folders of classes within folders of splits; and a quick recipe named `tiny`."""
    dataset = coloured(tmp_path)
    for row, name in enumerate(dataset.items.names):
        target = tmp_path / "set" / str(dataset.items.splits[row]) / dataset.label_name(row) / str(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / str(name)).rename(target)
    monkeypatch.setitem(RECIPES._things, "tiny", tiny("image-classification"))
    return tmp_path / "set"


def run(*words: object) -> typer.testing.Result:  # type: ignore[name-defined]
    return CliRunner().invoke(APP, [str(word) for word in words])


def test_a_folder_becomes_a_model_with_its_report(folder: Path, tmp_path: Path) -> None:
    said = run(folder, "--recipe", "tiny", "--epochs", 3, "-o", tmp_path / "out", "--no-preflight")
    assert said.exit_code == 0, said.output
    card = load_package(tmp_path / "out" / "model").card
    assert card.classes == ("blue", "red")
    assert {metric.name for metric in card.metrics} == {"accuracy", "macro F1"}
    report = json.loads((tmp_path / "out" / "training.json").read_text())
    found = {finding["check"]: finding for finding in report["findings"]}
    assert "majority 0.5" in found["trivial-baselines"]["says"]
    assert "95 % interval" in found["result"]["says"]
    assert report["facts"]["recipe"] == "tiny"
    assert (tmp_path / "out" / "training.html").is_file()
    assert "18 to train on, 6 to measure on" in said.output


def test_known_results_stand_beside_ones_own(folder: Path, tmp_path: Path) -> None:
    named = folder.rename(tmp_path / "mnist")
    run(named, "--recipe", "tiny", "--epochs", 1, "-o", tmp_path / "out", "--no-preflight")
    report = json.loads((tmp_path / "out" / "training.json").read_text())
    [known] = [finding for finding in report["findings"] if finding["check"] == "known-results"]
    assert "LeNet-5: error 0.95 %" in known["says"]
    assert known["says"].startswith("here accuracy ")


def test_preflight_comes_first_and_stops_what_would_fail(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trackside.core.findings import Finding, Verdict
    from trackside.core.report import Report
    from trackside.lab import preflight

    verdict = Verdict.FAIL
    asked = []

    def told(training: object, **settings: object) -> Report:
        asked.append(settings)
        return Report("pre-flight", (Finding("overfit", "Can one batch be learnt?", verdict, "no"),))

    monkeypatch.setattr(preflight, "preflight", told)
    said = run(folder, "--recipe", "tiny", "--epochs", 1, "-o", tmp_path / "out")
    assert said.exit_code == 3
    assert not (tmp_path / "out" / "model").exists()
    assert (tmp_path / "out" / "preflight.html").is_file()
    assert asked[0]["epochs"] == 1
    verdict = Verdict.OK
    assert run(folder, "--recipe", "tiny", "--epochs", 1, "-o", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out" / "model").is_dir()


def test_recipes_are_listed() -> None:
    said = run("--list")
    assert said.exit_code == 0
    assert "lenet" in said.output
    assert "text-classification" in said.output


def test_what_is_missing_is_said(folder: Path, tmp_path: Path) -> None:
    assert isinstance(run().exception, InputError)
    assert isinstance(run(tmp_path / "nowhere").exception, InputError)
    wrong = run(folder, "--task", "keypoints", "--recipe", "tiny", "-o", tmp_path / "out")
    assert isinstance(wrong.exception, SettingError)
    refused = run(folder, "--recipe", "tiny", "--validation", "test", "-o", tmp_path / "out")
    assert isinstance(refused.exception, InputError)
    assert not (tmp_path / "out" / "model").exists()


def test_the_recipes_expectation_reaches_preflight(folder: Path) -> None:
    from trackside.data.reading import read_dataset
    from trackside.lab.tasks.preparing import prepare

    ready = prepare(read_dataset(folder), recipe="tiny")
    assert ready.expected is None, "nothing is expected of random weights"
    pretrained = replace(ready, recipe=replace(ready.recipe, mode="full"))
    assert pretrained.expected is not None
    assert len(pretrained.expected["mean"]) == 3


def test_a_recorded_run_keeps_its_reports(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mlflow", reason="needs the extra `train`")
    from trackside.core.report import Report
    from trackside.lab import preflight
    from trackside.lab.records import find_run, runs

    monkeypatch.setattr(preflight, "preflight", lambda training, **settings: Report("pre-flight"))
    words = ("--recipe", "tiny", "--epochs", 1, "-o", tmp_path / "out", "--store", tmp_path / "runs")
    said = run(folder, *words, "--diagnose")
    assert said.exit_code == 0, said.output
    [kept] = runs(tmp_path / "runs").ids
    one = find_run(tmp_path / "runs", kept)
    assert one.status == "finished"
    for name in ("preflight", "diagnosis", "training"):
        for suffix in ("html", "json"):
            assert one.file(f"reports/{name}.{suffix}") == (tmp_path / "out" / f"{name}.{suffix}").read_text("utf-8"), name
    shutil.rmtree(tmp_path / "out" / "run")
    assert run(folder, *words, "--no-preflight", "--seed", 1).exit_code == 0
    again = find_run(tmp_path / "runs", runs(tmp_path / "runs").ids[-1])
    assert again.file("reports/preflight.json") is None, "an older report is not the new run's"
    assert again.file("reports/training.json") is not None
