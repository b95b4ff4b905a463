"""Synthetic team play: who can be seen is in the truth, and nobody else."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import SettingError
from trackside.perception.tracking.lanes import checked_homography
from trackside.perception.tracking.synthetic import Flaws, Scene, team_play


@pytest.fixture(scope="module")
def scene() -> Scene:
    return team_play(5, seconds=40.0)


def test_a_seed_is_a_match(scene: Scene) -> None:
    again = team_play(5, seconds=40.0)
    assert all((scene.found[frame].boxes == again.found[frame].boxes).all() for frame in scene.found)


def test_there_are_twenty_two_and_most_are_seen(scene: Scene) -> None:
    counts = [len(tracks) for tracks in scene.truth.values()]
    assert max(counts) <= 22
    assert np.mean(counts) > 15
    assert {int(each) for tracks in scene.truth.values() for each in tracks.ids} <= set(range(1, 23))


def test_nobody_is_faster_than_a_player(scene: Scene) -> None:
    places: dict[int, list[np.ndarray]] = {}
    to_metres = checked_homography(scene.view.homography)
    for frame, tracks in scene.truth.items():
        ground = to_metres @ np.concatenate([tracks.feet.T, np.ones((1, len(tracks)))])
        for each, place in zip(tracks.ids.tolist(), (ground[:2] / ground[2]).T, strict=True):
            places.setdefault(each, []).append(np.array([frame, *place]))
    for walk in places.values():
        steps = np.diff(np.array(walk), axis=0)
        together = steps[:, 0] == 1
        assert (np.hypot(steps[together, 1], steps[together, 2]) * scene.fps).max() < 12


def test_some_leave_and_come_back(scene: Scene) -> None:
    seen: dict[int, list[int]] = {}
    for frame, tracks in scene.truth.items():
        for each in tracks.ids.tolist():
            seen.setdefault(each, []).append(frame)
    gaps = np.concatenate([np.diff(frames) for frames in seen.values()]) / scene.fps
    assert np.count_nonzero(gaps > 1) >= 3


def test_false_people_are_added() -> None:
    plain, more = (team_play(6, seconds=4.0, flaws=Flaws(missed=0.0, false=false)) for false in (0.0, 5.0))
    assert all(len(plain.found[frame]) == len(plain.truth[frame]) for frame in plain.found)
    assert sum(map(len, more.found.values())) - sum(map(len, more.truth.values())) == pytest.approx(500, rel=0.15)


@pytest.mark.parametrize("seconds", [0.0, -1.0, np.nan, 1e9])
def test_impossible_lengths_are_told(seconds: float) -> None:
    with pytest.raises(SettingError, match="at least a frame"):
        team_play(0, seconds=seconds)
