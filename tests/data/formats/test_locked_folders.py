"""A folder that may not be entered costs nothing but itself, in every format."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.data.formats.test_bad_input import COCO, CVAT, picture, yolo
from trackside.core import InputError
from trackside.data.formats.format import FORMATS
from trackside.data.formats.there import files_at, is_file, is_folder
from trackside.data.reading import read_dataset


@pytest.fixture
def lock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Make a folder one that may not be entered; for root as well, who may enter all."""

    def locked(folder: Path) -> None:
        for name in ("stat", "lstat", "scandir", "listdir", "open"):
            monkeypatch.setattr(os, name, _refusing(getattr(os, name), str(folder), itself=name in ("scandir", "listdir")))

    return locked


def _refusing(real: Callable[..., Any], folder: str, itself: bool) -> Callable[..., Any]:
    def refusing(path: Any = ".", *more: Any, **options: Any) -> Any:
        place = os.fspath(path) if not isinstance(path, int) else ""
        if place.startswith(folder + "/") or (itself and place == folder):
            raise PermissionError(13, "Permission denied", place)
        return real(path, *more, **options)

    return refusing


def coco(root: Path) -> None:
    picture(root / "1.png")
    (root / "a.json").write_text(json.dumps({key: value[:1] for key, value in COCO.items()}))


def csv(root: Path) -> None:
    picture(root / "1.png")
    (root / "a.csv").write_text("path,label\n1.png,cat\n")


def cvat(root: Path) -> None:
    picture(root / "1.png")
    (root / "a.xml").write_text(CVAT.format("", "</annotations>"))


def folders(root: Path) -> None:
    picture(root / "cat" / "1.png")


def mot(root: Path) -> None:
    (root / "S" / "gt").mkdir(parents=True)
    (root / "S" / "gt" / "gt.txt").write_text("1,1,10,20,30,40,1,1,1\n")


def transcripts(root: Path) -> None:
    picture(root / "1.png")
    (root / "1.txt").write_text("hello")


MAKERS = {"coco": coco, "csv": csv, "cvat": cvat, "folder": folders, "mot": mot, "transcripts": transcripts}
MAKERS["yolo"] = lambda root: yolo(root, b"0 0.5 0.5 0.5 0.5\n")


@pytest.mark.parametrize("format", MAKERS)
def test_the_rest_is_read(tmp_path: Path, format: str, lock: Callable[[Path], None]) -> None:
    MAKERS[format](tmp_path)
    picture(tmp_path / "locked" / "9.png")
    (tmp_path / "locked" / "gt").mkdir()
    lock(tmp_path / "locked")
    with pytest.raises(PermissionError):
        (tmp_path / "locked" / "9.png").stat()
    assert not is_file(tmp_path / "locked" / "9.png")
    assert not is_folder(tmp_path / "locked" / "gt")
    dataset = read_dataset(tmp_path)
    assert dataset.format == format
    assert len(dataset) == 1


def test_a_locked_class_is_told(tmp_path: Path, lock: Callable[[Path], None]) -> None:
    folders(tmp_path)
    picture(tmp_path / "dog" / "1.png")
    lock(tmp_path / "dog")
    dataset = read_dataset(tmp_path)
    assert dataset.items.names.tolist() == ["cat/1.png"]
    assert [str(one) for one in dataset.troubles] == ["dog: the folder cannot be read (Permission denied)"]


def test_locked_pictures_of_a_sequence_are_told(tmp_path: Path, lock: Callable[[Path], None]) -> None:
    mot(tmp_path)
    picture(tmp_path / "S" / "img1" / "000001.png")
    lock(tmp_path / "S" / "img1")
    told = "\n".join(map(str, read_dataset(tmp_path).troubles))
    assert "S/img1: the folder cannot be read" in told


def test_what_a_list_of_yolo_names_may_be_locked(tmp_path: Path, lock: Callable[[Path], None]) -> None:
    yolo(tmp_path, b"", extra="val: locked\n")
    picture(tmp_path / "locked" / "9.png")
    lock(tmp_path / "locked")
    dataset = read_dataset(tmp_path)
    assert dataset.items.names.tolist() == ["images/1.png"]
    assert "cannot be read" in "\n".join(map(str, dataset.troubles))


@pytest.mark.parametrize("format", [name for name in FORMATS if name != "idx"])
def test_a_locked_data_set_is_one_sentence(tmp_path: Path, format: str, lock: Callable[[Path], None]) -> None:
    (tmp_path / "locked").mkdir()
    lock(tmp_path / "locked")
    for path, name in ((tmp_path / "locked", ""), (tmp_path / "locked", format), (tmp_path / "locked" / "x", format)):
        with pytest.raises(InputError) as caught:
            read_dataset(path, name)
        assert "\n" not in str(caught.value)


def test_a_link_into_a_locked_folder_costs_the_folder_nothing(tmp_path: Path, lock: Callable[[Path], None]) -> None:
    folders(tmp_path / "set")
    (tmp_path / "locked" / "in").mkdir(parents=True)
    (tmp_path / "set" / "cat" / "link").symlink_to(tmp_path / "locked" / "in")
    lock(tmp_path / "locked")
    assert read_dataset(tmp_path / "set").items.names.tolist() == ["cat/1.png"]


def test_files_are_found_by_pattern_in_order(tmp_path: Path) -> None:
    for name in ("b.x", "a.x", "c.y"):
        (tmp_path / name).write_text("")
    assert [file.name for file in files_at(tmp_path, "*.x", "a.*")] == ["a.x", "b.x"]
    assert files_at(tmp_path / "a.x", "*.y") == [tmp_path / "a.x"]
    assert files_at(tmp_path / "absent", "*") == []
    assert (is_file(tmp_path), is_folder(tmp_path), is_file("\0"), is_folder(tmp_path / "a.x")) == (
        False,
        True,
        False,
        False,
    )
