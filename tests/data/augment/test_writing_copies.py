"""Previews, augmented copies on disk, the commands, and the examples that users copy."""

from __future__ import annotations

import runpy
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from trackside.cli import data_augment, data_synthesize
from trackside.core import InputError, OutputError, SettingError
from trackside.data.annotations import Annotations
from trackside.data.augment import preview, recipe_of, write_copies
from trackside.data.dataset import Dataset
from trackside.data.items import Items
from trackside.data.reading import read_dataset

EXAMPLES = Path(__file__).parents[3] / "examples" / "data"


@pytest.fixture
def pictures(tmp_path: Path) -> Dataset:
    """Six pictures, two of them in the test split, with a box each; the last file is no picture."""
    root = tmp_path / "set"
    root.mkdir()
    rng = np.random.default_rng(0)
    names = [f"{n}.png" for n in range(6)]
    for name in names[:5]:
        cv2.imwrite(str(root / name), cv2.resize(rng.integers(0, 256, (4, 6, 3), np.uint8), (60, 40)))
    (root / names[5]).write_text("no picture")
    items = Items.of(
        names,
        labels=[0, 1, 0, 1, 0, 1],
        splits=["train", "train", "test", "test", "", "train"],
        groups=["", "g", "", "", "", ""],
    )
    annotations = Annotations.of(np.arange(6), classes=[0, 1, 0, 1, 0, 1], boxes=[[10, 5, 30, 25]] * 6)
    return Dataset(root, items, annotations, ("cat", "dog"))


FLIP = recipe_of([{"use": "flip"}])


def test_copies_of_training_items_read_back_with_their_boxes_and_groups(pictures: Dataset, tmp_path: Path) -> None:
    made = write_copies(pictures, FLIP, tmp_path / "out", copies=2)
    again = read_dataset(tmp_path / "out")
    assert sorted(again.items.names) == ["0_1.jpg", "0_2.jpg", "1_1.jpg", "1_2.jpg", "4_1.jpg", "4_2.jpg"]
    assert np.allclose(again.annotations.boxes, [[30, 5, 50, 25]] * 6)
    assert list(made.items.groups) == ["0.png", "0.png", "g", "g", "4.png", "4.png"]
    assert [trouble.item for trouble in made.troubles] == ["5.png", "5.png"]
    written = cv2.imread(str(tmp_path / "out" / "0_1.jpg")).astype(int)
    original = cv2.imread(str(pictures.path(0))).astype(int)
    assert np.abs(written - original[:, ::-1]).mean() < 8 < 25 < np.abs(written - original).mean()
    assert again.items.extras[again.row_of("0_1.jpg")]["augmented_from"] == "0.png"


def test_copies_do_not_depend_on_the_number_of_threads(pictures: Dataset, tmp_path: Path) -> None:
    recipe = recipe_of([{"use": "rotate"}, {"use": "noise"}, {"use": "cutmix"}])
    for threads in (1, 4):
        write_copies(pictures, recipe, tmp_path / str(threads), copies=3, threads=threads, seed=5) if threads else None
    for path in sorted((tmp_path / "1").rglob("*.jpg")):
        assert path.read_bytes() == (tmp_path / "4" / path.name).read_bytes()
    assert (tmp_path / "1" / "0_1.jpg").read_bytes() != (tmp_path / "1" / "0_2.jpg").read_bytes()


def test_pictures_of_the_test_split_are_not_mixed_into_training_ones(pictures: Dataset, tmp_path: Path) -> None:
    for row in (2, 3):
        cv2.imwrite(str(pictures.path(row)), np.full((40, 60, 3), 255, np.uint8))
    for row in (0, 1, 4):
        cv2.imwrite(str(pictures.path(row)), np.full((40, 60, 3), 30, np.uint8))
    training = pictures.with_items(splits=np.array(["train", "train", "test", "test", "train", "train"], object))
    write_copies(training, recipe_of([{"use": "mixup", "alpha": 1}]), tmp_path / "out", copies=8)
    assert max(cv2.imread(str(path)).max() for path in (tmp_path / "out").glob("*.jpg")) < 60


def test_what_cannot_be_copied_is_one_sentence(pictures: Dataset, tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write_copies(pictures, FLIP, pictures.root)
    with pytest.raises(SettingError):
        write_copies(pictures, FLIP, tmp_path / "out", copies=0)
    with pytest.raises(InputError, match="no item could be copied"):
        write_copies(pictures.take([5]), FLIP, tmp_path / "out")
    with pytest.raises(InputError, match="no training items"):
        write_copies(pictures.take([2, 3]), FLIP, tmp_path / "out")


def test_a_preview_shows_the_item_its_copies_and_the_warnings(pictures: Dataset) -> None:
    shown = preview(pictures, recipe_of([{"use": "flip"}, {"use": "mixup", "alpha": 1}]), 0, count=3, seed=2)
    assert len(shown.pictures) == len(shown.captions) == 4
    assert shown.captions[0] == "as it is"
    assert [warning.use for warning in shown.warnings] == ["mixup"]
    assert not np.array_equal(shown.pictures[0], cv2.imread(str(pictures.path(0)))[..., ::-1]), "the box is drawn"
    again = preview(pictures, recipe_of([{"use": "flip"}, {"use": "mixup", "alpha": 1}]), 0, count=3, seed=2)
    assert all(np.array_equal(a, b) for a, b in zip(shown.pictures, again.pictures, strict=True))
    with pytest.raises(InputError, match="picture"):
        preview(pictures, FLIP, 5)


def commands() -> typer.Typer:
    app = typer.Typer()
    app.command("augment")(data_augment.augment)
    app.command("synthesize")(data_synthesize.synthesize)
    return app


def test_the_commands_draw_and_write(tmp_path: Path) -> None:
    run = CliRunner()
    people = tmp_path / "people"
    said = run.invoke(
        commands(), ["synthesize", str(people), "--poses", "builtin:standing,squatting", "-n", "6", "--size", "64"]
    )
    assert said.exit_code == 0, said.output
    assert "6 pictures of 2 poses" in said.output
    options = [
        "--recipe",
        str(EXAMPLES / "recipe.yaml"),
        "--preview",
        str(tmp_path / "p.png"),
        "--write",
        str(tmp_path / "more"),
    ]
    said = run.invoke(commands(), ["augment", str(people), *options])
    assert said.exit_code == 0, said.output
    assert "nothing that breaks labels" in said.output
    assert cv2.imread(str(tmp_path / "p.png")).shape[1] > 600
    assert len(read_dataset(tmp_path / "more")) == 6


def test_the_command_tells_what_a_recipe_breaks(tmp_path: Path, pictures: Dataset) -> None:
    from trackside.data.writing import write_dataset

    write_dataset(pictures.take(range(5)), tmp_path / "coco", "coco")
    (tmp_path / "r.yaml").write_text("- {use: mixup}\n")
    said = CliRunner().invoke(commands(), ["augment", str(tmp_path / "coco"), "--recipe", str(tmp_path / "r.yaml")])
    assert said.exit_code == 0
    assert "step 1, mixup" in said.output


def test_the_example_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "people_from_poses.py"))["main"](tmp_path, 6)
    assert capsys.readouterr().out == "6 pictures of arms up, lunge, reach; 6 augmented copies\n"
    assert (tmp_path / "preview.png").stat().st_size > 1000
