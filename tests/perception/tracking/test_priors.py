"""Motion priors by name, and a tracker that knows the place."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.core import SettingError
from trackside.perception.tracking import ConstantVelocity, Noise, Tracker
from trackside.perception.tracking.lane import LaneMotion
from trackside.perception.tracking.lanes import Lanes
from trackside.perception.tracking.plane import PlaneMotion
from trackside.perception.tracking.priors import Free, Prior, motion_prior, patience, prior_settings

from .scenes import FPS, follow, found, person

AXES = [[100, 50, 600, 50], [100, 75, 600, 75]]
GROUND = np.diag([0.05, 0.05, 1.0])
NEEDS = {"free": {}, "straight line": {}, "lane": {"lanes": AXES, "length": 50.0}, "plane": {"homography": GROUND}}


@pytest.mark.parametrize(
    ("name", "kind"), [("free", Free), ("straight line", ConstantVelocity), ("lane", LaneMotion), ("plane", PlaneMotion)]
)
def test_a_prior_is_one_name(name: Prior, kind: type) -> None:
    assert type(motion_prior(name, **NEEDS[name])) is kind


def test_lanes_may_be_given_made() -> None:
    lanes = Lanes(AXES, length=50.0)
    motion = motion_prior("lane", lanes=lanes, alone=False)
    assert isinstance(motion, LaneMotion)
    assert motion.lanes is lanes


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("lanes", {}, "did you mean 'lane'"),
        (None, {}, "no motion prior"),
        ("lane", {}, "draw the middle of each"),
        ("lane", {"lanes": AXES}, "length in metres, or a homography"),
        ("lane", {"lanes": [[0, 0, 0, 0]], "length": 50}, "same place"),
        ("plane", {}, "four points"),
        ("plane", {"homography": np.zeros((3, 3))}, "cannot be inverted"),
        ("plane", {"homography": GROUND * np.nan}, "finite"),
    ],
)
def test_what_a_prior_lacks_is_told(name: Prior, given: dict[str, object], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        motion_prior(name, **given)


@pytest.mark.parametrize("name", get_args(Prior))
def test_settings_wait_as_long_as_the_prior_says(name: Prior) -> None:
    assert prior_settings(name).keep_lost == patience(name)
    assert prior_settings(name, keep_lost=2.5).keep_lost == 2.5
    with pytest.raises(SettingError):
        prior_settings(name, nonsense=1)


def test_under_water_one_waits_for_fifteen_seconds() -> None:
    assert patience("lane") == 15


def test_free_people_come_to_rest_and_straight_lines_go_on() -> None:
    ends = {}
    for name in ("free", "straight line"):
        motion = motion_prior(name)
        motion.add(np.array(person(100.0))[:, None])
        for number in range(1, 51):
            motion.predict(1 / FPS)
            motion.correct(np.array([0]), np.array(person(100.0 + 2 * number))[:, None], np.ones(1, np.float32))
        for _ in range(100):
            motion.predict(1 / FPS)
        ends[name] = float(motion.boxes[[0, 2], 0].mean())
    # 50 pixels a second: 0.8 s further, or 4 s.
    assert ends["free"] == pytest.approx(200 + 50 * 0.8, abs=8)
    assert ends["straight line"] == pytest.approx(200 + 50 * 4, abs=10)


@given(st.floats(0.01, 5))
def test_a_decaying_speed_goes_as_far_in_one_step_as_in_two(dt: float) -> None:
    one, two = Free(), Free()
    for motion in (one, two):
        motion.add(np.array(person(100.0))[:, None])
        motion.velocity[0] = 80.0
    one.predict(dt)
    for _ in range(2):
        two.predict(dt / 2)
    assert one.boxes == pytest.approx(two.boxes)
    assert one.velocity == pytest.approx(two.velocity)
    one.predict(0.0)
    assert one.velocity == pytest.approx(two.velocity)


@given(st.floats(1e-6, 5), st.floats(1e-6, 5))
def test_two_steps_are_one(a: float, b: float) -> None:
    a, b = round(a, 9), round(b, 9)
    one, two = Free(), Free()
    for motion in (one, two):
        motion.add(np.array(person(100.0))[:, None])
        motion.velocity[:] = [[80.0], [-30.0], [2.0], [1.0]]
    one.predict(a + b)
    two.predict(a)
    two.predict(b)
    assert one.boxes == pytest.approx(two.boxes)
    assert one.velocity == pytest.approx(two.velocity)
    # Steps below a thousandth of the rest leave out what the decay takes from the noise.
    assert one._state[8:] == pytest.approx(two._state[8:], rel=1e-3)


@pytest.mark.parametrize("rest", [0.8, 3.0])
def test_a_decaying_velocity_is_known_as_well_as_in_plain_small_steps(rest: float) -> None:
    noise = Noise(acceleration=2.0, resizing=0.3, place=0.06, size=0.1, speed=2.0)
    motion = Free(noise, rest)
    motion.add(np.array(person(100.0))[:, None])
    motion.velocity[:] = [[80.0], [-30.0], [2.0], [1.0]]
    start = motion._state[:, 0].copy()
    for dt in (0.04, 0.5, 0.96):
        motion.predict(dt)
    small, count = 1e-4, 15_000
    for n in range(4):
        mean, covariance = start[[n, n + 4]], np.diag(start[[n + 8, n + 16]])
        step = np.array([[1, small], [0, 1 - small / rest]])
        added = np.diag([0, small * (noise.acceleration if n < 2 else noise.resizing)])
        for _ in range(count):
            mean, covariance = step @ mean, step @ covariance @ step.T + added
        assert motion._state[[n, n + 4], 0] == pytest.approx(mean, rel=1e-3)
        expected = [covariance[0, 0], covariance[0, 1], covariance[1, 1]]
        assert motion._state[[n + 8, n + 12, n + 16], 0] == pytest.approx(expected, rel=1e-3)


def test_noise_may_be_given() -> None:
    assert isinstance(motion_prior("straight line", noise=Noise(acceleration=9.0)), ConstantVelocity)


@pytest.mark.parametrize("name", get_args(Prior))
def test_every_prior_follows_one_walker(name: Prior) -> None:
    walk = [found([100 + 2 * n, 45, 112 + 2 * n, 55]) for n in range(50)]
    tracker = Tracker(prior_settings(name), motion=motion_prior(name, **NEEDS[name]))
    assert {tuple(tracks.ids.tolist()) for tracks in follow(tracker, walk)[3:]} == {(1,)}


@pytest.mark.filterwarnings("error")
@settings(deadline=None, max_examples=30)
@given(st.sampled_from(get_args(Prior)), st.integers(0, 2**31))
def test_rubbish_never_breaks_a_tracker_with_a_prior(name: Prior, seed: int) -> None:
    rng = np.random.default_rng(seed)
    tracker = Tracker(prior_settings(name), motion=motion_prior(name, **NEEDS[name]), coast=0.2)
    time = 0.0
    for _ in range(30):
        corners = rng.uniform(-100, 800, (rng.integers(0, 6), 2))
        boxes = np.concatenate([corners, corners + rng.uniform(1, 50, corners.shape)], axis=1)
        boxes[rng.random(len(boxes)) < 0.1] = np.nan
        tracks = tracker.update(found(boxes, rng.random(len(boxes))), time)
        assert np.isfinite(tracks.boxes).all()
        assert len(set(tracks.ids.tolist())) == len(tracks)
        time += rng.choice([0.0, 0.04, 1.0, 40.0])


def test_coasting_fills_a_short_miss_and_no_long_one() -> None:
    frames = [found([100 + n, 45, 112 + n, 55]) if n < 30 else found([]) for n in range(40)]
    tracker = Tracker(prior_settings("lane"), motion=motion_prior("lane", **NEEDS["lane"]), coast=0.12)
    shown = [tracks.ids.tolist() for tracks in follow(tracker, frames)]
    assert shown[30:] == [[1]] * 3 + [[]] * 7
    plain = Tracker(prior_settings("lane", coast=0.0), motion=motion_prior("lane", **NEEDS["lane"]))
    assert [tracks.ids.tolist() for tracks in follow(plain, frames)][30:] == [[]] * 10


def test_what_is_not_admitted_is_ignored_and_not_counted_as_unusable() -> None:
    tracker = Tracker(prior_settings("lane"), motion=motion_prior("lane", **NEEDS["lane"]))
    for tracks in follow(tracker, [found([[0, 300, 20, 340]])] * 5):
        assert not len(tracks)
    assert (len(tracker), tracker.ignored) == (0, 0)
