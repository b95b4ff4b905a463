"""`trackside preflight`, as people type it."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from sklearn.datasets import load_digits
from typer.testing import CliRunner, Result

from trackside.cli.preflight import preflight
from trackside.core import InputError, TracksideError

app = typer.Typer()
app.command("preflight")(preflight)


def run(*words: object) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, (SystemExit, TracksideError)):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """160 digits of two classes, in folders."""
    root = tmp_path_factory.mktemp("digits")
    data = load_digits(n_class=2)
    for number, (image, label) in enumerate(zip(data.images[:160], data.target[:160], strict=True)):
        folder = root / ("train" if number < 120 else "val") / f"digit {label}"
        folder.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / f"{number}.png"), cv2.resize((image * 15.9).astype(np.uint8), (28, 28)))
    return root


@pytest.mark.slow
def test_a_healthy_recipe_passes_and_the_report_is_written(digits: Path, tmp_path: Path) -> None:
    told = run(digits, "--recipe", "lenet-plain", "-o", tmp_path / "report.json")
    assert told.exit_code == 0, told.output
    assert "overfit-batch" in told.output
    report = json.loads((tmp_path / "report.json").read_text())
    assert {finding["verdict"] for finding in report["findings"]} <= {"ok", "note"}
    assert "lenet-plain" in report["title"]


def test_a_rung_that_fails_ends_with_one(digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import trackside.lab.tasks.preparing as preparing

    real = preparing.prepare

    def spoilt(*given: object, **settings: object) -> object:
        made = real(*given, **settings)  # type: ignore[arg-type]
        made.training.model.requires_grad_(False)
        return made

    monkeypatch.setattr(preparing, "prepare", spoilt)
    told = run(digits, "--recipe", "lenet-plain", "--seconds", 20)
    assert told.exit_code == 1
    assert "no parameter is trainable" in told.output


def test_a_report_of_an_unknown_kind_is_refused(digits: Path) -> None:
    told = run(digits, "-o", "report.pdf")
    assert isinstance(told.exception, InputError)
    assert str(told.exception) == "--out: report.pdf is no name for a report; end it in .html or .json"
