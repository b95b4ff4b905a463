"""Converting says what is lost, and never harms what is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.data.formats.test_bad_input import picture
from trackside.core import InputError, OutputError
from trackside.data.annotations import Annotations
from trackside.data.dataset import Dataset
from trackside.data.items import Items
from trackside.data.reading import read_dataset
from trackside.data.writing import check_apart, write_dataset


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    picture(tmp_path / "source" / "a.png")
    items = Items.of(["a.png"], labels=[0], groups=["video"], splits=["train"], times=[2.5], texts=["hello"])
    annotations = Annotations.of(
        [0], classes=[1], boxes=[[1, 1, 2, 2]], points=np.ones((1, 1, 3)), tracks=[4], annotators=["ann"], extras=[{"k": 1}]
    )
    return Dataset(tmp_path / "source", items, annotations, ("cat", "dog"), ("nose",), info={"coco": {"x": {"info": {}}}})


def test_what_a_format_cannot_hold_is_told(dataset: Dataset, tmp_path: Path) -> None:
    lost = str(write_dataset(dataset, tmp_path / "out", "folder"))
    for what in (
        "1 annotation;",
        "1 box;",
        "1 set of keypoints",
        "the track of 1",
        "who drew 1",
        "the group of 1",
        "coco held",
    ):
        assert what in lost
    assert "the names of 1 item" in lost
    lost = str(write_dataset(dataset, tmp_path / "yolo", "yolo"))
    for what in ("the class of 1 item", "the track of 1", "the transcript of 1", "the time of 1"):
        assert what in lost
    assert "boxes" not in lost


def test_pictures_are_linked_copied_or_left(dataset: Dataset, tmp_path: Path) -> None:
    source = dataset.path(0)
    for images, count in (("link", 1), ("copy", 1), ("none", 0)):
        losses = write_dataset(dataset, tmp_path / images, "coco", images=images)
        target = tmp_path / images / "a.png"
        assert losses.pictures == (count, 0)
        assert target.exists() == bool(count)
        assert target.is_symlink() == (images == "link")
        if count:
            assert target.read_bytes() == source.read_bytes()
    write_dataset(dataset, tmp_path / "link", "coco")
    assert source.is_file()


def test_another_picture_is_never_overwritten(dataset: Dataset, tmp_path: Path) -> None:
    other = picture(tmp_path / "out" / "a.png", grey=3)
    before = other.read_bytes()
    for images in ("link", "copy"):
        with pytest.raises(OutputError, match="another picture is there already"):
            write_dataset(dataset, tmp_path / "out", "coco", images=images)
    assert other.read_bytes() == before


def test_writing_into_its_own_folder_keeps_the_pictures(dataset: Dataset) -> None:
    before = dataset.path(0).read_bytes()
    for images in ("link", "copy"):
        write_dataset(dataset, dataset.root, "coco", images=images)
        assert dataset.path(0).read_bytes() == before
        assert not dataset.path(0).is_symlink()
    assert read_dataset(dataset.root, "coco").items.names.tolist() == ["a.png"]


def test_names_that_lead_out_are_not_written(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    dataset = Dataset(tmp_path / "source", Items.of(["../a.png"]))
    with pytest.raises(InputError, match="leads out of the data set"):
        write_dataset(dataset, tmp_path / "deep" / "out", "coco", images="copy")
    assert not (tmp_path / "deep" / "a.png").exists()


def test_a_format_that_is_only_read_and_a_wrong_place_are_errors(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is read, but not written"):
        write_dataset(dataset, tmp_path / "out", "idx")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="is a file"):
        write_dataset(dataset, tmp_path / "file", "coco")
    (tmp_path / "x.json").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        write_dataset(dataset, tmp_path / "x.json", "coco")


def test_a_destination_apart_is_fine_and_any_other_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "set"
    (source / "in").mkdir(parents=True)
    (tmp_path / "link").symlink_to(source)
    for place in (tmp_path / "out", tmp_path / "set.json", tmp_path / "settled", tmp_path / "a" / "set"):
        check_apart(source, place)
    check_apart(source / "a.csv", source / "a.json")
    for place, why in (
        (source, "is the data set itself"),
        (tmp_path / "link", "is the data set itself"),
        (tmp_path / "out" / ".." / "set", "is the data set itself"),
        (source / "new", "lies inside"),
        (tmp_path / "link" / "in" / "x.json", "lies inside"),
        (tmp_path, "lies in"),
    ):
        with pytest.raises(InputError, match=why):
            check_apart(source, place)


def test_a_picture_that_cannot_be_read_is_a_loss_and_the_rest_is_written(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(tmp_path / "source" / "b.png", grey=7)
    both = Dataset(dataset.root, Items.of(["a.png", "b.png"]))
    real = Path.open

    def refusing(path: Path, *more: object, **options: object) -> object:
        if path == dataset.root / "a.png":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *more, **options)  # type: ignore[arg-type, call-overload]

    monkeypatch.setattr(Path, "open", refusing)
    losses = write_dataset(both, tmp_path / "out", "coco", images="copy")
    assert losses.pictures == (1, 0)
    assert losses.unread == ("a.png",)
    assert losses
    assert "1 picture cannot be read and is left out, such as a.png" in str(losses)
    assert (tmp_path / "out" / "b.png").is_file()
    assert not (tmp_path / "out" / "a.png").exists()
    assert write_dataset(both, tmp_path / "links", "coco", images="link").unread == ()


def test_a_data_set_read_from_here_has_the_name_of_its_folder(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_dataset(dataset, tmp_path / "birds", "csv")
    monkeypatch.chdir(tmp_path / "birds")
    (table,) = Path().glob("*.csv")
    assert read_dataset(table).title == "birds"
