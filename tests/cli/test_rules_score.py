"""`trackside rules score` as its user meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipelines.scoring import cases
from trackside.pipelines.scoring import write_labels


def run_cli(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "trackside.cli.main", "rules", "score", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.fixture
def files(tmp_path: Path) -> list[object]:
    """A pipeline file, a recording, and labels."""
    (tmp_path / "yard.yaml").write_text(cases.pipeline(median_score=0.5).to_yaml())
    write_labels(tmp_path / "labels.json", cases.LABELS)
    return [
        tmp_path / "yard.yaml",
        cases.sequence(tmp_path),
        "--labels",
        tmp_path / "labels.json",
        "--cache",
        tmp_path / "c",
    ]


def test_it_prints_the_score_the_steps_and_the_curve_and_writes_a_report(files: list[object], tmp_path: Path) -> None:
    asked = ("--sweep", "alarm.median_score=0.2,0.95", "--target", "false alarms <= 0.5 per hour", "-o", tmp_path / "out")
    said = run_cli(*files, *asked)
    assert said.returncode == 0, said.stderr
    lines = [line.split() for line in said.stdout.splitlines()]
    assert next(line for line in lines if line[:1] == ["yard"])[1:5] == ["2", "2", "0", "0"]
    assert next(line for line in lines if line[:3] == ["without", "the", "ladder"])[3:6] == ["2", "2", "5"]
    assert next(line for line in lines if line[:2] == ["median", "score"])[2:] == ["5", "3", "0", "5", "0"]
    assert next(line for line in lines if line[:1] == ["0.95"])[1:4] == ["2", "0", "0"]
    assert "target 'false alarms <= 0.5 per hour': kept by the pipeline as it is." in said.stdout
    assert "takes at least 5.99 camera-hours" in said.stdout
    data = json.loads((tmp_path / "out" / "report.json").read_text())
    assert data["all"]["recall"]["value"] == 1.0
    assert [one["false"] for one in data["curves"]["alarm.median_score"]] == [5, 0]
    assert "<html" in (tmp_path / "out" / "report.html").read_text()


def test_a_search_says_what_it_chose_and_what_it_is_worth_elsewhere(files: list[object]) -> None:
    said = run_cli(*files, "--search", "--target", "0 per hour", "--draws", 3, "--sweep", "alarm.looks=1,4", "--json")
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)["search"]
    assert found["chosen_on"]["false"] == found["held_out"]["false"] == 0
    assert found["held_out"]["by"] == "each half of the only video in turn held out"


def told(said: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a mistake."""
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
    return said.stderr


def test_mistakes_are_told_in_one_sentence(files: list[object], tmp_path: Path) -> None:
    assert "a search needs a target" in told(run_cli(*files, "--search"))
    assert "detect.threshold cannot be tried" in told(run_cli(*files, "--sweep", "detect.threshold=0.1:0.2:2"))
    (tmp_path / "labels.json").write_text('[{"video": "gate", "start": 1, "end": 2}]')
    assert "no labels for the video 'yard'" in told(run_cli(*files))
    assert "no such file or folder" in told(run_cli(files[0], tmp_path / "none.mp4", *files[2:]))
