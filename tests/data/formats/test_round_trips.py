"""Every format that is written gives back what it says it holds."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st

from tests.data.formats.made import assert_same, datasets
from trackside.data.dataset import Dataset
from trackside.data.formats.format import FORMATS
from trackside.data.reading import read_dataset, recognise
from trackside.data.writing import Losses, write_dataset

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
EXTRAS = {"item_extras", "annotation_extras"}
EVERYTHING = ("coco", ""), ("coco", "x.json"), ("csv", ""), ("csv", "x.tsv"), ("parquet", ""), ("label-studio", "")


def back(dataset: Dataset, format: str, file: str = "", *, images: bool = False) -> tuple[Dataset, Losses]:
    """Written and read again; and what was said to be lost."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "set" / file if file else Path(folder) / "set"
        if images:
            dataset = with_pictures(dataset, Path(folder) / "source")
        losses = write_dataset(dataset, path, format, images="copy" if images else "none")
        assert recognise(path).name == format
        return read_dataset(path, format), losses


def with_pictures(dataset: Dataset, root: Path) -> Dataset:
    """The same with a picture of the right size for each item."""
    for row, (width, height) in enumerate(dataset.items.sizes.tolist()):
        path = root / str(dataset.items.names[row])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cv2.imencode(".png", np.full((height or 7, width or 5), 40 * row % 256, np.uint8))[1].tobytes())
    return replace(dataset, root=root)


@pytest.mark.parametrize(("format", "file"), EVERYTHING)
@QUICK
@given(st.data())
def test_formats_that_hold_everything_give_back_everything(format: str, file: str, data: st.DataObject) -> None:
    dataset = data.draw(datasets(FORMATS[format].holds))
    again, losses = back(dataset, format, file)
    assert_same(dataset, again, exactly=format != "label-studio")
    assert not losses


@QUICK
@given(datasets(FORMATS["cvat"].holds - EXTRAS))
def test_cvat_gives_back_what_it_holds(dataset: Dataset) -> None:
    kept = dataset.annotations
    drawn = kept.has_box | (~np.isnan(kept.points).all(axis=(1, 2)) if kept.points.shape[1] else False)
    dataset = replace(dataset, annotations=kept.take(drawn))
    again, losses = back(dataset, "cvat")
    assert_same(dataset, again)
    assert not losses


@QUICK
@given(datasets(FORMATS["yolo"].holds - EXTRAS - {"scores"} | {"sizes"}))
def test_yolo_gives_back_what_it_holds(dataset: Dataset) -> None:
    kept = dataset.annotations
    dataset = replace(dataset, annotations=kept.take(kept.has_box & (kept.classes >= 0)))
    places = FORMATS["yolo"].places(dataset)
    splits = ["train" if split not in ("val", "test") else split for split in dataset.items.splits]
    sizes = dataset.items.sizes % 60 + 1
    dataset = dataset.with_items(names=places, splits=np.array(splits, object), sizes=sizes)
    again, losses = back(dataset, "yolo", images=True)
    assert_same(dataset, again, exactly=False)
    assert [lost for lost in losses.lost if "size" not in lost] == []


@QUICK
@given(datasets(FORMATS["mot"].holds - EXTRAS - {"times", "scores", "splits"}))
def test_mot_gives_back_what_it_holds(dataset: Dataset) -> None:
    kept = dataset.annotations
    sizes = np.repeat(dataset.items.sizes[:1], len(dataset), axis=0)
    names = FORMATS["mot"].places(dataset)
    groups = np.array([name.split("/")[0] for name in names], object)
    dataset = replace(dataset, annotations=kept.take(kept.has_box)).with_items(names=names, groups=groups, sizes=sizes)
    dataset = dataset if dataset.classes else replace(dataset, classes=("thing",))
    again, losses = back(dataset, "mot")
    assert_same(dataset, again, exactly=False)
    assert not losses


@QUICK
@given(datasets(FORMATS["folder"].holds))
def test_folders_give_back_classes_and_splits(dataset: Dataset) -> None:
    known = np.array([split if split in ("val", "test") else "train" for split in dataset.items.splits], object)
    assume("%" not in "".join(dataset.classes))
    labels = np.maximum(dataset.items.labels, 0 if dataset.classes else -1)
    dataset = dataset.with_items(splits=known, labels=labels)
    dataset = dataset.with_items(names=np.array([name.replace("/", "-") for name in dataset.items.names], object))
    dataset = dataset.with_items(names=FORMATS["folder"].places(dataset))
    again, losses = back(dataset, "folder", images=True)
    assert_same(dataset, again)
    assert not losses


@QUICK
@given(datasets(FORMATS["transcripts"].holds))
def test_transcripts_give_back_texts(dataset: Dataset) -> None:
    known = np.array([split if split in ("train", "val", "test") else "" for split in dataset.items.splits], object)
    dataset = replace(dataset, classes=()).with_items(splits=known)
    again, losses = back(dataset, "transcripts")
    assert_same(dataset, again)
    assert not losses
