"""`trackside data convert | show | manifest | diff`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.data.formats.test_bad_input import picture
from trackside.cli import data_convert, data_manifest
from trackside.core import InputError, SettingError

app = typer.Typer()
app.command("convert")(data_convert.convert)
app.command("show")(data_convert.show)
app.command("manifest")(data_manifest.manifest)
app.command("diff")(data_manifest.diff)


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def animals(tmp_path: Path) -> Path:
    for number, name in enumerate(("train/cat/1.png", "train/dog/2.png", "val/dog/3.png")):
        picture(tmp_path / "animals" / name, grey=number)
    (tmp_path / "animals" / "val" / "owl").mkdir()
    return tmp_path / "animals"


def test_converting_says_what_was_written_and_what_was_lost(animals: Path, tmp_path: Path) -> None:
    done = run("convert", animals, tmp_path / "out", "--to", "coco")
    assert done.exit_code == 0
    assert "3 items, 0 annotations, 3 pictures, as COCO" in done.output
    assert "lost" not in done.output
    lossy = run("convert", animals, tmp_path / "yolo", "--to", "yolo")
    assert "lost: the class of 3 items" in lossy.output
    strict = run("convert", animals, tmp_path / "strict", "--to", "yolo", "--strict")
    assert isinstance(strict.exception, SettingError)
    assert not (tmp_path / "strict").exists()


def test_showing_counts_classes_and_splits(animals: Path) -> None:
    told = json.loads(run("show", animals, "--json").output)
    assert told["splits"] == {"train": 2, "val": 1}
    assert [(one["name"], one["items"]) for one in told["classes"]] == [("cat", 1), ("dog", 2), ("owl", 0)]
    assert told["troubles"] == []
    text = run("show", animals).output
    assert "folders of pictures: 3 items" in text
    assert "train 2, val 1" in text


def test_columns_are_named_on_the_command_line(tmp_path: Path) -> None:
    picture(tmp_path / "1.png")
    (tmp_path / "a.csv").write_text("bild,art\n1.png,katze\n")
    shown = run("show", tmp_path / "a.csv", "--from", "csv", "--column", "path=bild", "--column", "label=art", "--json")
    assert json.loads(shown.output)["classes"] == [{"name": "katze", "items": 1, "annotations": 0}]
    assert isinstance(run("show", tmp_path, "--column", "path").exception, SettingError)


def test_versions_are_written_verified_and_compared(animals: Path, tmp_path: Path) -> None:
    out = tmp_path / "v1.jsonl"
    assert "3 items" in run("manifest", animals, "-o", out).output
    assert run("manifest", animals, "--verify", out).exit_code == 0
    assert "nothing changed" in run("diff", out, animals).output
    (animals / "train" / "cat" / "1.png").rename(animals / "train" / "dog" / "1.png")
    changed = run("diff", out, animals, "--exit-code")
    assert changed.exit_code == 1
    assert "renamed     train/cat/1.png -> train/dog/1.png" in changed.output
    assert "relabelled  train/dog/1.png: cat -> dog" in changed.output
    assert json.loads(run("diff", out, animals, "--json").output)["renamed"] == [["train/cat/1.png", "train/dog/1.png"]]
    assert isinstance(run("manifest", animals, "--verify", out).exception, InputError)
