"""Capacity: double, bisect, and name what was full first."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from trackside.core import InputError
from trackside.pipelines.live import Camera, EngineOptions, measure_capacity
from trackside.pipelines.live.capacity import _search

from . import live_toys
from .sources import Cameras

assert live_toys


@pytest.mark.parametrize("capacity", [0, 1, 2, 3, 7, 8, 13, 100, 500])
def test_the_search_finds_the_number_within_two_percent_and_tries_few(capacity: int) -> None:
    tried: list[int] = []

    def fits(count: int) -> bool:
        tried.append(count)
        return count <= capacity

    found = _search(fits, 1000)
    assert capacity - max(1, capacity // 50) < found <= capacity or found == capacity
    assert len(tried) <= 16 and len(set(tried)) == len(tried)


def test_the_search_ends_at_the_most_that_is_allowed() -> None:
    tried: list[int] = []
    assert _search(lambda count: tried.append(count) is None, 10) == 10
    assert max(tried) == 10


def _camera(folder: Path, seconds: float) -> Camera:
    blocks = {
        "find": {"use": "live-toy.find@1", "images": "source.images", "seconds": seconds},
        "judge": {"use": "live-toy.judge@1", "detections": "find"},
    }
    path = folder / "toy.yaml"
    path.write_text(yaml.safe_dump({"pipeline": "toy", "blocks": blocks, "save": ["judge.seen"]}))
    return Camera(name="a", address="rtsp://x", pipeline=str(path), rate=10)


def test_a_machine_whose_model_is_slow_carries_what_the_model_can_do_and_says_that_it_is_the_model(tmp_path: Path) -> None:
    # One call of 40 ms a picture is at most 25 a second: for five each, at most five cameras, on a busy machine fewer.
    options = EngineOptions(open_reader=Cameras(rate=10), devices=1, batch=1)
    found = measure_capacity([_camera(tmp_path, 0.04)], floor=5, most=64, seconds=1.0, settle=0.3, options=options)
    assert 1 <= found.cameras <= 5 and not found.limit
    assert found.first_full == "inference" and "models compute" in found.why
    assert all(trial.fits == (trial.cameras <= found.cameras) for trial in found.trials)


def test_cameras_that_cannot_be_reached_are_an_error_not_a_capacity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackside.pipelines.live.capacity._CONNECTING", 0.5)
    options = EngineOptions(open_reader=Cameras(refused={"00000"}))
    with pytest.raises(InputError, match="refuses the connection"):
        measure_capacity([_camera(tmp_path, 0.001)], seconds=0.1, settle=0, options=options)
    with pytest.raises(InputError, match="no cameras"):
        measure_capacity([])
