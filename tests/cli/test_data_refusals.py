"""What `trackside data` refuses, in one sentence and before it writes anything."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from tests.data.formats.test_bad_input import picture
from trackside.cli import data as data_commands, data_check, errors
from trackside.core import Cancelled, InputError, ModelError, SettingError, TracksideError
from trackside.data.manifest import Manifest
from trackside.data.queue import Decision, Queue
from trackside.data.reading import read_dataset
from trackside.data.splits import Splits
from trackside.data.suspects import Suspect


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRACKSIDE_WORK", str(tmp_path / "work"))
    return tmp_path / "work"


@pytest.fixture
def animals(tmp_path: Path) -> Path:
    for number in range(6):
        picture(tmp_path / "animals" / ("cat" if number % 2 else "dog") / f"{number}.png", grey=30 * number)
    return tmp_path / "animals"


def run(*words: object, app: typer.Typer = data_commands.app) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, (SystemExit, TracksideError)):
        raise result.exception
    return result


def refusal(*words: object, app: typer.Typer = data_commands.app) -> str:
    """The one sentence in which the command refuses."""
    error = run(*words, app=app).exception
    assert isinstance(error, TracksideError)
    assert "\n" not in str(error)
    return str(error)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_no_command_writes_onto_its_source(animals: Path, tmp_path: Path, work: Path) -> None:
    book = tmp_path / "queue"
    Queue(book).feed([Suspect("labels", "cat/1.png", 0.9, "x", "label")])
    Queue(book).decide(1, Decision("relabel", "dog"), "ann")
    before = files(animals)
    for place in (animals, animals / "new", tmp_path):
        for words in (
            ("convert", animals, place, "--to", "coco"),
            ("queue", animals, "--queue", book, "--apply", place),
            ("split", animals, "-o", tmp_path / "s.json", "--write", place),
        ):
            assert "the destination" in refusal(*words)
    assert files(animals) == before
    assert not (tmp_path / "s.json").exists()
    assert run("convert", animals, tmp_path / "out", "--to", "coco").exit_code == 0
    assert run("queue", animals, "--queue", book, "--apply", tmp_path / "applied").exit_code == 0
    assert run("split", animals, "-o", tmp_path / "s.json", "--write", tmp_path / "written").exit_code == 0


def test_short_files_of_others_are_no_queues_and_no_books(animals: Path, tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.write_bytes(b"x")
    assert "is no relabel queue" in refusal("queue", animals, "--queue", note)
    (tmp_path / "p.csv").write_text("item,truth,prediction\na,x,y\n")
    assert "is no" in refusal("draw", tmp_path / "p.csv", "--book", note, app=errors.app)
    assert note.read_bytes() == b"x"


@pytest.mark.parametrize(
    "words", [("check",), ("split",), ("augment", "-r", "r.yaml"), ("agree",), ("synthesize",)], ids=lambda words: words[0]
)
def test_seeds_are_not_negative(tmp_path: Path, words: tuple[str, ...]) -> None:
    said = run(*words, tmp_path, "--seed", "-1")
    assert said.exit_code == 2
    assert "--seed" in said.output


def test_seeds_of_errors_are_not_negative(tmp_path: Path) -> None:
    assert run("draw", tmp_path, "--seed", "-1", app=errors.app).exit_code == 2


def test_choices_of_the_queue_are_checked(animals: Path, tmp_path: Path) -> None:
    book = tmp_path / "queue"
    Queue(book).feed([Suspect("my own", "cat/1.png", 0.9, "x", "label")])
    asked = ("queue", animals, "--queue", book)
    assert refusal(*asked, "--kind", "nosuch").startswith("--kind: 'nosuch' is no such choice; give one of label, image")
    assert "--state" in refusal(*asked, "--state", "nosuch")
    assert "there is no check 'my owm'; did you mean 'my own'?" in refusal(*asked, "--check", "my owm")
    assert run(*asked, "--list", "--limit", "-3").exit_code == 2
    for fine in (("--kind", "label"), ("--state", "all"), ("--check", "my own"), ("--check", "label-errors")):
        assert run(*asked, "--list", "--json", *fine).exit_code == 0


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ("train=0.5", "add up to 0.5"),
        ("a=0.5,a=0.5", "'a' is there twice"),
        ("train=0.7,test=0.4", "add up to 1.1"),
        ("train=nan,test=1", "add up to nan"),
        ("train", "is no share"),
    ],
)
def test_shares_that_are_not_all_are_refused(animals: Path, tmp_path: Path, shares: str, said: str) -> None:
    assert said in refusal("split", animals, "--shares", shares, "-o", tmp_path / "s.json")
    assert not (tmp_path / "s.json").exists()


@pytest.mark.parametrize("shares", ["train=0.5,test=0.5", "train=50,test=50", "a=0.33,b=0.33,c=0.33"])
def test_shares_that_are_all_are_taken(animals: Path, tmp_path: Path, shares: str) -> None:
    assert run("split", animals, "--shares", shares, "-o", tmp_path / "s.json").exit_code == 0


def test_a_split_knows_the_version_of_its_data_set(animals: Path, tmp_path: Path) -> None:
    (animals / "cat" / "absent.png").symlink_to(tmp_path / "nowhere.png")
    out = tmp_path / "s.json"
    run("split", animals, "--shares", "train=0.5,test=0.5", "-o", out)
    assert Splits.load(out).dataset_version == Manifest.of(read_dataset(animals)).version
    picture(animals / "cat" / "7.png", grey=250)
    run("split", animals, "-o", out, "--join")
    assert Splits.load(out).dataset_version == Manifest.of(read_dataset(animals)).version


def test_asking_nothing_is_refused(animals: Path) -> None:
    said = run("check", animals, "--only", "blur", "--skip", "blur")
    assert isinstance(said.exception, SettingError)
    assert "nothing is left to ask" in str(said.exception)


@pytest.mark.parametrize("text", ["[]", "steps: []"])
def test_an_empty_recipe_is_refused(animals: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "r.yaml").write_text(text)
    assert "the recipe has no steps" in refusal("augment", animals, "-r", tmp_path / "r.yaml")


def test_a_manifest_has_a_known_suffix(animals: Path, tmp_path: Path) -> None:
    assert "name it m.jsonl" in refusal("manifest", animals, "-o", tmp_path / "m.txt")
    assert not (tmp_path / "m.txt").exists()


def test_absent_features_are_told_from_unknown_models(animals: Path) -> None:
    for name in ("/nope/f.npy", "f.parquet", "/nope/folder"):
        said = refusal("check", animals, "--features", name)
        assert "there is no such file of features" in said
        assert "`plain`" in said
        assert "`none`" in said
    unknown = run("check", animals, "--features", "nosuchnet").exception
    assert isinstance(unknown, ModelError)
    assert "`plain`" in str(unknown)


def test_features_of_a_file_are_used(animals: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "f.npy", np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32))
    said = run("check", animals, "--only", "outliers", "--features", tmp_path / "f.npy", "--json")
    assert json.loads(said.stdout)["facts"]["features"] == "f.npy"
    np.save(tmp_path / "f.npy", np.zeros((5, 4), np.float32))
    assert "has 5 rows, but the data set has 6 items" in refusal("check", animals, "--features", tmp_path / "f.npy")


def test_a_table_of_bad_rows_tells_the_first(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("path,label\n../1.png,cat\n../2.png,dog\n")
    said = refusal("check", tmp_path / "a.csv")
    assert "no items that can be used: 2 troubles, the first: a.csv, line 2: the path leads out" in said
    (tmp_path / "b.csv").write_text("path,label\n")
    assert "the data set has no items; give" in refusal("check", tmp_path / "b.csv")


def test_stopping_a_check_says_that_it_goes_on(animals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trackside.data.health.check_dataset", stopped)
    said = run("check", animals, "--features", "none").exception
    assert isinstance(said, Cancelled)
    assert "goes on with the pictures where it stopped" in str(said)


def test_one_is_one(tmp_path: Path) -> None:
    picture(tmp_path / "set" / "cat" / "1.png")
    assert "1 item, 0 annotations, in" in run("show", tmp_path / "set").output
    assert run("manifest", tmp_path / "set").output.strip().endswith(", 1 item")
    assert (
        "1 item, 0 annotations, 1 picture, as COCO"
        in run("convert", tmp_path / "set", tmp_path / "out", "--to", "coco").output
    )


def test_a_data_set_with_no_items_and_no_troubles_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("path,label\n")
    assert isinstance(data_check.no_items(read_dataset(tmp_path / "b.csv"), tmp_path), InputError)


def test_a_network_is_looked_for_only_where_a_check_asks_for_it(animals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(data_check, "look_up_features", lambda name: looked.append(name) or "plain")
    assert "did you mean 'blur'" in refusal("check", animals, "--only", "blurrr")
    assert run("check", animals, "--only", "blur").exit_code == 0
    assert not looked
    assert run("check", animals, "--only", "outliers").exit_code == 0
    assert looked == ["efficientnet-lite0"]


def test_a_file_without_an_ending_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "labels").write_text("x" * 1650)
    assert "a file of 1,650 bytes without an ending" in refusal("check", tmp_path / "labels")
