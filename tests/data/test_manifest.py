"""Versions of a data set, and what changed between two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.data.formats.test_bad_input import picture
from trackside.core import InputError, SettingError
from trackside.data.annotations import Annotations
from trackside.data.dataset import Dataset
from trackside.data.differences import Difference, difference, verify
from trackside.data.items import Items
from trackside.data.manifest import Manifest, read_manifest
from trackside.data.reading import read_dataset
from trackside.data.writing import write_dataset

NAMES = ["a.png", "b.png", "c.png", "d.png"]


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    for number, name in enumerate(NAMES):
        picture(tmp_path / "source" / name, grey=40 * number)
    items = Items.of(NAMES, labels=[0, 1, 1, -1], splits=["train", "train", "val", "val"], sizes=[[8, 6]] * 4)
    boxes = [[0.1, 0.2, 3.3, 4.4], [1, 1, 2, 2], [1 / 3, 0, 7, 5]]
    annotations = Annotations.of([0, 0, 2], classes=[0, 1, 1], boxes=boxes)
    return Dataset(tmp_path / "source", items, annotations, ("cat", "dog"))


def test_the_version_does_not_depend_on_order(dataset: Dataset) -> None:
    shuffled = dataset.take([2, 0, 3, 1])
    shuffled = replace(shuffled, annotations=shuffled.annotations.take(np.array([2, 0, 1])))
    swapped = np.array([1, 0, -1])
    turned = replace(
        shuffled,
        classes=("dog", "cat"),
        items=replace(shuffled.items, labels=swapped[shuffled.items.labels].astype(np.int32)),
        annotations=replace(shuffled.annotations, classes=swapped[shuffled.annotations.classes].astype(np.int32)),
    )
    assert Manifest.of(turned).version == Manifest.of(dataset).version


@pytest.mark.parametrize("format", ["coco", "csv", "parquet", "label-studio", "cvat"])
def test_the_version_outlives_a_conversion(dataset: Dataset, tmp_path: Path, format: str) -> None:
    assert not write_dataset(dataset, tmp_path / "out", format)
    assert Manifest.of(read_dataset(tmp_path / "out")).version == Manifest.of(dataset).version


def test_every_kind_of_change_is_told_and_nothing_else(dataset: Dataset) -> None:
    before = Manifest.of(dataset)
    assert not verify(before, dataset)
    assert str(verify(before, dataset)) == "nothing changed"
    (dataset.root / "b.png").rename(dataset.root / "z.png")
    picture(dataset.root / "c.png", grey=201)
    picture(dataset.root / "new.png", grey=202)
    boxes = dataset.annotations.boxes.copy()
    boxes[2, 0] += 0.01
    items = Items.of(
        ["a.png", "z.png", "c.png", "new.png"],
        labels=[1, 1, 1, -1],
        splits=["train", "train", "train", "val"],
        sizes=[[8, 6]] * 4,
    )
    after = replace(dataset, items=items, annotations=replace(dataset.annotations, boxes=boxes))
    assert difference(before, Manifest.of(after)) == Difference(
        added=("new.png",),
        removed=("d.png",),
        changed=("c.png",),
        relabelled=(("a.png", "cat", "dog"), ("c.png", "dog", "dog")),
        moved=(("c.png", "val", "train"),),
        renamed=(("b.png", "z.png"),),
    )


def test_a_box_that_moves_by_less_than_a_thousandth_of_a_pixel_is_the_same(dataset: Dataset) -> None:
    moved = replace(dataset, annotations=replace(dataset.annotations, boxes=dataset.annotations.boxes + 1e-7))
    assert Manifest.of(moved).version == Manifest.of(dataset).version


def test_equal_pictures_are_renamed_one_for_one(tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "x.png", "y.png", "z.png"):
        picture(tmp_path / name)
    before = Manifest.of(Dataset(tmp_path, Items.of(["a.png", "b.png"])))
    after = Manifest.of(Dataset(tmp_path, Items.of(["x.png", "y.png", "z.png"])))
    found = difference(before, after)
    assert found.renamed == (("a.png", "x.png"), ("b.png", "y.png"))
    assert found.added == ("z.png",)
    assert found.removed == ()


def test_absent_files_are_not_taken_for_one_another(tmp_path: Path) -> None:
    before = Manifest.of(Dataset(tmp_path, Items.of(["a.png"])))
    after = Manifest.of(Dataset(tmp_path, Items.of(["b.png"])))
    assert difference(before, after) == Difference(added=("b.png",), removed=("a.png",))


@pytest.mark.parametrize("name", ["m.jsonl", "m.parquet"])
def test_manifests_are_written_and_read(dataset: Dataset, tmp_path: Path, name: str) -> None:
    manifest = Manifest.of(dataset)
    manifest.save(tmp_path / name)
    again = read_manifest(tmp_path / name)
    assert again.version == manifest.version
    assert not difference(manifest, again)


def test_a_manifest_that_was_changed_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    Manifest.of(dataset).save(path)
    path.write_text(path.read_text().replace("train", "test", 1))
    with pytest.raises(InputError, match="was changed since it was written"):
        read_manifest(path)
    for text in ("", "{}", "nothing", '{"kind": "trackside-manifest"}\n{}'):
        path.write_text(text)
        with pytest.raises(InputError):
            read_manifest(path)


def test_a_manifest_is_named_as_one(dataset: Dataset, tmp_path: Path) -> None:
    for name in ("m.txt", "m", "m.json"):
        with pytest.raises(SettingError, match=r"written as \.jsonl or .parquet"):
            Manifest.of(dataset).save(tmp_path / name)
        assert not (tmp_path / name).exists()


def test_known_hashes_give_the_same_version(dataset: Dataset) -> None:
    whole = Manifest.of(dataset)
    by_name = dict(zip(whole.names, whole.contents, strict=True))
    assert Manifest.of(dataset, contents=[by_name[name] for name in dataset.items.names]).version == whole.version
    assert Manifest.of(dataset, contents=[""] * len(dataset)).version != whole.version
