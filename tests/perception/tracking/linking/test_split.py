"""Cutting: tracks in which two people are glued together fall apart where they are; those of one person stay whole."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from trackside.perception.tracking.linking.split import split

from .walkers import FPS, SETTINGS, boxes, kits, seconds, tracklet, walker

STEPS = np.arange(60)


def lengths(x: NDArray[np.float64], foot: object = 400.0, features: object = None) -> list[int]:
    """Sightings in each part of somebody who is at `x` px, one place a frame, with 2 px of noise."""
    places = boxes(x, foot) + np.random.default_rng(0).normal(0, 2, (len(x), 4))  # type: ignore[arg-type]
    one = tracklet(range(len(x)), places, features=features)  # type: ignore[arg-type]
    return [len(part) for part in split([one], seconds(len(x)), SETTINGS)]


def walked(speed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places of somebody with this speed, pixels a second, in each frame."""
    return np.asarray(200 + np.cumsum(speed) / FPS)


def test_it_falls_apart_where_a_tracker_went_over_to_somebody_who_crosses() -> None:
    """Both are walking at 100 px a second; the tracker goes over from each to the other where they meet."""
    there = np.where(STEPS < 30, 100 + 4 * STEPS, 220 - 4 * (STEPS - 30))
    noise = np.random.default_rng(0).normal(0, 2, (2, 60, 4))
    glued = [tracklet(range(60), boxes(x, 400.0) + more) for x, more in zip((there, 440 - there), noise, strict=True)]
    parts = split(glued, seconds(60), SETTINGS)
    assert sorted(len(part) for part in parts) == pytest.approx([30] * 4, abs=2)


def test_somebody_alone_who_turns_about_stays_whole() -> None:
    """Nobody else is there whom a tracker could have gone over to."""
    there_and_back = np.where(STEPS < 30, 100 + 4 * STEPS, 220 - 4 * (STEPS - 30))
    assert lengths(there_and_back) == [60]


def test_it_falls_apart_where_it_jumps() -> None:
    assert lengths(np.where(STEPS < 25, 100.0 + 3 * STEPS, 400.0 + 3 * STEPS)) == [25, 35]


def test_three_people_in_one_are_three() -> None:
    assert lengths(np.select([STEPS < 20, STEPS < 40], [100.0, 300.0], 600.0)) == [20, 20, 20]


def test_it_falls_apart_where_another_kit_comes_out_of_an_occlusion() -> None:
    """Where motion is in doubt: after 1.6 s behind a pillar."""
    hidden = walker([*range(30), *range(70, 100)], 100, 80, jitter=1)
    for vectors, expected in ((kits((0, 60)), [60]), (kits((0, 30), (1, 30)), [30, 30])):
        one = tracklet(hidden.frames, hidden.boxes, features=vectors)
        assert [len(part) for part in split([one], seconds(100), SETTINGS)] == expected


ONE_PERSON = {
    "stands": np.zeros(60),
    "walks": np.full(60, 100.0),
    "sprints": np.full(60, 400.0),
    "brakes within half a second": np.interp(STEPS, [20, 32], [100.0, 0]),
    "starts within half a second": np.interp(STEPS, [20, 32], [0, 100.0]),
    "turns within two seconds": np.interp(STEPS, [5, 55], [100.0, -100]),
}


@pytest.mark.parametrize("speed", ONE_PERSON.values(), ids=ONE_PERSON)
def test_one_person_stays_whole(speed: NDArray[np.float64]) -> None:
    assert lengths(walked(speed)) == [60]


def test_somebody_who_walks_on_behind_a_pillar_stays_whole() -> None:
    one = walker([*range(25), *range(45, 70)], 100, 80, jitter=1)
    assert [len(part) for part in split([one], seconds(70), SETTINGS)] == [50]


def test_somebody_who_bends_down_stays_whole() -> None:
    one = tracklet(STEPS, boxes(300, 400, height=np.interp(STEPS, [20, 30, 40], [100.0, 65, 100])))
    assert [len(part) for part in split([one], seconds(60), SETTINGS)] == [60]


def test_hundreds_of_clean_walks_stay_whole() -> None:
    rng = np.random.default_rng(3)
    many = [walker(STEPS, rng.uniform(0, 900), rng.normal(0, 90), jitter=n) for n in range(300)]
    assert len(split(many, seconds(60), SETTINGS)) == 300


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_few_sightings_say_nothing_and_stay_together(count: int) -> None:
    assert lengths(np.arange(count) * 300.0) == [count]


def test_no_sighting_is_lost_and_the_order_stays() -> None:
    one = tracklet(STEPS, boxes(np.where(STEPS < 30, 100.0, 700.0)), features=kits((0, 60)))
    parts = split([one], seconds(60), SETTINGS)
    for name in ("frames", "boxes", "scores", "features"):
        np.testing.assert_array_equal(np.concatenate([getattr(part, name) for part in parts]), getattr(one, name))


def test_features_that_are_not_known_change_nothing() -> None:
    glued = np.where(STEPS < 30, 100.0, 400.0)
    assert lengths(glued, features=np.full((60, 8), np.nan)) == lengths(glued) == [30, 30]


def test_nothing_is_nothing() -> None:
    assert split([], seconds(5), SETTINGS) == []
