"""`trackside errors`, `trackside data split`, `trackside data queue`, as people type them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from trackside.cli import data_queue, data_split, errors
from trackside.core import TracksideError
from trackside.data.queue import Decision, Queue
from trackside.data.splits import Splits
from trackside.data.suspects import Suspect

data = typer.Typer()
data.command("split")(data_split.split)
data.command("queue")(data_queue.queue)


def run(app: typer.Typer, *words: object) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, (SystemExit, TracksideError)):
        raise result.exception
    return result


@pytest.fixture
def table(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    lines = ["item,truth,prediction,camera"]
    for number in range(1000):
        camera = random.choice(["left", "right"])
        wrong = random.random() < (0.35 if camera == "left" else 0.05)
        lines.append(f"i{number},bee,{'ant' if wrong else 'bee'},{camera}")
    (tmp_path / "p.csv").write_text("\n".join(lines))
    return tmp_path / "p.csv"


def test_the_whole_way_from_mistakes_to_ideas(table: Path, tmp_path: Path) -> None:
    book, sheet = ("--book", tmp_path / "e.sqlite"), tmp_path / "s.csv"
    drawn = run(errors.app, "draw", table, "-n", 60, *book, "--sheet", sheet)
    assert drawn.exit_code == 0 and "60 drawn at random" in drawn.output
    keys = json.loads(run(errors.app, "tag", "--json", *book).output)
    for number, one in enumerate(keys):
        tags = ["blurred"] if number < 12 else ["dark", "far away"] if number < 30 else []
        assert run(errors.app, "tag", one["keys"], *tags, *book, "--by", "ann").exit_code == 0
    told = run(errors.app, "ideas", "--cost", "blurred=2", "--together", "dark,blurred", *book, "-o", tmp_path / "r.html")
    assert told.exit_code == 0 and "blurred" in told.output and "20.0%" in told.output and (tmp_path / "r.html").is_file()
    found = json.loads(run(errors.app, "ideas", "--json", "--together", "dark,blurred", *book).output)
    assert found["single"][0]["tags"] == ["blurred"] and found["single"][0]["person_days"] == 2
    assert found["together"][0]["share"] == pytest.approx(0.5) and found["single"][1]["person_days"] is None
    assert "60 mistakes" in run(errors.app, "export", sheet, *book).output
    assert "0 mistakes with news, 60 as they were" in run(errors.app, "import", sheet, *book).output
    assert "18 mistakes: dark -> night" in run(errors.app, "tag", "--rename", "dark", "night", *book).output
    assert "0 to go" not in run(errors.app, "tag", keys[0]["keys"], "--forget", *book).output
    assert keys[0]["keys"] in run(errors.app, "tag", "--todo", *book).output


def test_slices_suggestions_and_comparisons(table: Path, tmp_path: Path) -> None:
    assert "camera = left" in run(errors.app, "slices", table).output
    assert "bee taken for ant" in run(errors.app, "suggest", table).output
    assert any(one["tag"] == "camera = left" for one in json.loads(run(errors.app, "suggest", table, "--json").output))
    after = tmp_path / "after.csv"
    after.write_text(table.read_text().replace("ant,left", "bee,left"))
    moved = run(errors.app, "compare", table, after, "--book", tmp_path / "none.sqlite", "--json")
    assert any("camera = left" in finding["says"] for finding in json.loads(moved.output)["findings"])
    np.save(tmp_path / "f.npy", np.random.default_rng(0).normal(size=(1000, 8)))
    assert run(errors.app, "slices", table, "--features", tmp_path / "f.npy", "--group", "camera").exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["tag"], "there is no book of mistakes"),
        (["draw", "none.csv"], "cannot be read"),
        (["slices", "x.json"], "COCO results need their ground truth"),
        (["slices", "TABLE", "--group", "nope"], "has no column 'nope'"),
        (["suggest", "TABLE", "--features", "TABLE"], "holds no features"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    words: list[str], says: str, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(errors.app, *[str(table) if word == "TABLE" else word for word in words])
    assert isinstance(result.exception, TracksideError) and says in str(result.exception)


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import cv2

    monkeypatch.setenv("TRACKSIDE_WORK", str(tmp_path / "work"))
    random = np.random.default_rng(0)
    for name in ("ants", "bees"):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(20):
            cv2.imwrite(str(tmp_path / "set" / name / f"{number}.png"), random.integers(0, 255, (8, 8, 3), np.uint8))
    return tmp_path / "set"


def test_splits_are_made_checked_joined_and_written(pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "splits.json"
    made = run(data, "split", pictures, "--shares", "train=0.5,test=0.5", "-o", out, "--write", tmp_path / "copy")
    assert made.exit_code == 0 and "20 (50.0%)" in made.output
    assert len(Splits.load(out).rows("test")) == 20
    assert run(data, "split", pictures, "-o", out, "--check").exit_code == 0
    assert any(path.name == "train" for path in (tmp_path / "copy").rglob("*"))
    (pictures / "ants" / "new.png").write_bytes(b"new")
    joined = run(data, "split", pictures, "-o", out, "--join", "--json")
    assert "1 new items joined" in json.loads(joined.output)["notes"][0]
    (tmp_path / "pairs.csv").write_text("item,partner\nants/0.png,bees/1.png\n")
    nested = run(data, "split", pictures, "--folds", 4, "--nested", 2, "--copies", tmp_path / "pairs.csv", "-o", out)
    assert nested.exit_code == 0 and "fold 4, inner 2" in nested.output
    bad = run(data, "split", pictures, "--shares", "train=lots")
    assert "'train=lots' is no share" in str(bad.exception)


def test_the_queue_is_listed_exported_and_carried_out(pictures: Path, tmp_path: Path) -> None:
    from trackside.data.workbench import Workbench

    missing = run(data, "queue", pictures)
    assert "has no relabel queue yet" in str(missing.exception)
    queue = Queue(Workbench.of(pictures).queue_path)
    queue.feed([Suspect("labels", f"ants/{number}.png", 0.9 - number / 10, "odd", "label", "bees") for number in range(3)])
    assert "labels" in run(data, "queue", pictures).output
    listed = json.loads(run(data, "queue", pictures, "--list", "--json").output)
    assert [one["item"] for one in listed] == ["ants/0.png", "ants/1.png", "ants/2.png"]
    queue.decide(1, Decision("relabel", "bees"), "ann")
    queue.decide(2, Decision("remove"), "ann")
    assert json.loads(run(data, "queue", pictures, "--json").output)["actions"] == {"relabel": 1, "remove": 1}
    assert "3 entries" in run(data, "queue", pictures, "--export", tmp_path / "q.csv").output
    tasks = run(data, "queue", pictures, "--export", tmp_path / "t.json", "--to", "label-studio")
    assert "1 task:" in tasks.output and (tmp_path / "t.config.xml").is_file()
    exported = json.loads((tmp_path / "t.json").read_text())
    choice = {"type": "choices", "from_name": "label", "value": {"choices": ["ants"]}}
    (tmp_path / "t.json").write_text(json.dumps([{**exported[0], "annotations": [{"id": 1, "result": [choice]}]}]))
    # The task was fed without the data set, so the queue does not know that it is an ant: the choice is a label.
    assert "1 decision taken" in run(data, "queue", pictures, "--import", tmp_path / "t.json").output
    done = run(data, "queue", pictures, "--apply", tmp_path / "out")
    assert done.exit_code == 0 and "1 relabelled, 1 removed" in done.output
    assert len(list((tmp_path / "out" / "bees").rglob("*.png"))) == 21
