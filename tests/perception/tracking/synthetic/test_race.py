"""Synthetic races: they are what they say, and the lane prior keeps everybody through them."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import SettingError
from trackside.perception.tracking import Tracker
from trackside.perception.tracking.lanes import Lanes
from trackside.perception.tracking.metrics import score
from trackside.perception.tracking.priors import motion_prior, prior_settings
from trackside.perception.tracking.synthetic import Flaws, Scene, race


def in_metres(scene: Scene, lane: int) -> np.ndarray:
    """Frame, metres and metres across of the swimmer of one lane, [t, 3]."""
    lanes, rows = Lanes(scene.axes, homography=scene.view.homography), []
    for frame, tracks in scene.truth.items():
        middle = tracks.centres[tracks.ids == lane + 1]
        if len(middle):
            rows.append([frame, *lanes.place(np.array([lane]), middle.T.astype(np.float64))[:, 0]])
    return np.array(rows)


def test_a_seed_is_a_race() -> None:
    one, same, other = (race(seed, distance=50.0) for seed in (3, 3, 4))
    assert all((one.found[frame].boxes == same.found[frame].boxes).all() for frame in one.found)
    assert len(one.found[1]) != len(other.found[1]) or not (one.found[1].boxes == other.found[1].boxes).all()


@pytest.mark.parametrize("pool", [25.0, 50.0])
def test_swimmers_stay_in_their_lanes_and_within_what_people_swim(pool: float) -> None:
    scene = race(0, pool=pool)
    for lane in range(8):
        frames, along, across = in_metres(scene, lane).T
        assert np.abs(across).max() < 1.25
        assert along.min() == pytest.approx(0, abs=0.01)
        assert along.max() <= pool + 0.1
        steady = np.diff(frames) == 1
        assert np.abs(np.diff(along)[steady]).max() * scene.fps < 3.0


def test_nobody_is_seen_under_water() -> None:
    scene = race(0, under_water=(15.0, 15.0))
    for lane in range(8):
        frames, along, _ = in_metres(scene, lane).T
        # From one wall away and from the other, whoever has gone is first seen 15 m on.
        first = along[np.flatnonzero(np.diff(frames) > 25) + 1]
        assert first == pytest.approx([15, 35], abs=0.2)
        gaps = np.diff(frames).astype(int) / scene.fps
        assert 4 < gaps.max() < 15


def test_the_detector_misses_and_errs_as_it_says() -> None:
    scene = race(1, flaws=Flaws(missed=0.2, false=3.0))
    there, seen = (sum(len(each) for each in side.values()) for side in (scene.truth, scene.found))
    assert seen == pytest.approx(0.8 * there + 3.0 * len(scene.found), rel=0.03)
    perfect = race(1, flaws=Flaws(missed=0.0, jitter=0.0))
    for frame, found in perfect.found.items():
        assert np.sort(found.boxes, axis=0) == pytest.approx(np.sort(perfect.truth[frame].boxes, axis=0))


@pytest.mark.parametrize(
    "settings", [{"distance": 70.0}, {"distance": 0.0}, {"under_water": (5.0, 49.0)}, {"under_water": (9, 5)}]
)
def test_impossible_races_are_told(settings: dict[str, object]) -> None:
    with pytest.raises(SettingError, match="no race"):
        race(0, **settings)


@pytest.mark.parametrize("flaws", [{"missed": 1.1}, {"missed": np.nan}, {"jitter": -1}, {"false": np.inf}])
def test_impossible_flaws_are_told(flaws: dict[str, float]) -> None:
    with pytest.raises(SettingError, match="share"):
        Flaws(**flaws)


# Seeds beside those of the benchmark.
@pytest.mark.parametrize("seed", [20, 21, 22])
@pytest.mark.parametrize("pool", [25.0, 50.0])
def test_with_the_lane_prior_nobody_changes_identity(seed: int, pool: float) -> None:
    scene = race(seed, pool=pool, under_water=(15.0, 15.0))
    result = follow(scene)
    scores = score(scene.truth, result, fps=scene.fps, detections=scene.found)
    assert scores.clear.idsw == 0
    assert scores.identity.idf1 >= 0.99
    assert {int(each) for tracks in result.values() for each in tracks.ids} == set(range(1, 9))


def test_false_heads_and_many_misses_change_no_identity() -> None:
    scene = race(23, flaws=Flaws(missed=0.2, false=2.0))
    result = follow(scene)
    assert score(scene.truth, result, fps=scene.fps, detections=scene.found).clear.idsw == 0
    assert {int(each) for tracks in result.values() for each in tracks.ids} == set(range(1, 9))


def follow(scene: Scene) -> dict:
    motion = motion_prior("lane", lanes=scene.axes, homography=scene.view.homography)
    tracker = Tracker(prior_settings("lane"), motion=motion)
    return {frame: tracker.update(found, scene.times[frame]) for frame, found in scene.found.items()}
