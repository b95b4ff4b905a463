"""Pictures to calibrate with and to hold out: each once, apart in time, from every source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trackside.core import InputError
from trackside.models.card import Geometry
from trackside.models.quantise import PictureFile

GEOMETRY = Geometry(width=4, height=2)


def _number(value: int) -> np.ndarray:
    return np.full((2, 4, 3), value, np.uint8)


def _taken(tmp_path: Path, counts: dict[str, int]) -> PictureFile:
    taken, value = PictureFile(tmp_path, GEOMETRY), 0
    for source, count in counts.items():
        for _ in range(count):
            assert taken.add(_number(value), source)
            value += 1
    return taken


def test_equal_pictures_are_taken_once_and_that_is_told(tmp_path: Path) -> None:
    taken = _taken(tmp_path, {"a": 9})
    assert not taken.add(_number(3), "b")
    assert len(taken) == 9
    assert "1 pictures were the same" in taken.split().notes[0]


def test_a_third_of_the_time_is_held_out_in_stretches_and_nothing_is_in_both(tmp_path: Path) -> None:
    pictures = _taken(tmp_path, {"a": 90}).split()
    held = [int(p[0, 0, 0]) for p in pictures.held_out]
    used = [int(p[0, 0, 0]) for p in pictures.calibration]
    assert held == [*range(10, 20), *range(40, 50), *range(70, 80)]
    assert sorted(held + used) == list(range(90))


def test_every_source_is_on_both_sides(tmp_path: Path) -> None:
    pictures = _taken(tmp_path, {"a": 30, "b": 12, "c": 3}).split()
    for part in (pictures.calibration, pictures.held_out):
        values = np.array([int(p[0, 0, 0]) for p in part])
        assert (values < 30).any() and ((values >= 30) & (values < 42)).any() and (values >= 42).any()
    assert pictures.footage == ("a", "b", "c")


def test_many_cameras_with_one_picture_each_stand_for_each_other(tmp_path: Path) -> None:
    pictures = _taken(tmp_path, {f"camera {n}": 1 for n in range(30)}).split()
    assert (len(pictures.calibration), len(pictures.held_out)) == (20, 10)


def test_too_few_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="only 7 different pictures"):
        _taken(tmp_path, {"a": 7}).split()


def test_the_hash_is_of_the_calibration_pictures_in_order(tmp_path: Path) -> None:
    for folder in ("x", "y", "z"):
        (tmp_path / folder).mkdir()
    first, same = _taken(tmp_path / "x", {"a": 9}).split(), _taken(tmp_path / "y", {"b": 9}).split()
    assert first.sha256 == same.sha256
    assert _taken(tmp_path / "z", {"a": 12}).split().sha256 != first.sha256


def test_a_picture_of_another_size_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a picture"):
        PictureFile(tmp_path, GEOMETRY).add(np.zeros((4, 2, 3), np.uint8), "a")
