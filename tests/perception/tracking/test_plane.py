"""Motion on the ground: metres against plain computation, and who is matched with whom."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.core import Affine, SettingError
from trackside.perception.tracking import Tracker, plane
from trackside.perception.tracking.plane import PlaneMotion
from trackside.perception.tracking.plane_state import PlaneState, advanced, corrected, distances
from trackside.perception.tracking.priors import prior_settings
from trackside.perception.tracking.similarity import Likeness
from trackside.perception.tracking.synthetic import View

from .scenes import FPS, found

VIEW = View(eye=(20.0, -15.0, 8.0), looks_at=(20.0, 15.0), focal=1100.0)
LIKE = Likeness(least=0.0)


def person(*places: tuple[float, float]) -> np.ndarray:
    """Boxes [4, n] of people 1.8 m tall at metres on the ground."""
    feet, scale = VIEW.pixels(np.array(places))
    heads = VIEW.pixels(np.array(places), 1.8)[0]
    half = 0.3 * scale
    return np.stack([feet[:, 0] - half, heads[:, 1], feet[:, 0] + half, feet[:, 1]])


def walked(place: tuple[float, float], speed: tuple[float, float], seconds: float = 2.0) -> PlaneMotion:
    motion = PlaneMotion(VIEW.homography)
    motion.add(person(place))
    for number in range(1, round(seconds * FPS) + 1):
        motion.predict(1 / FPS)
        x, y = (start + each * number / FPS for start, each in zip(place, speed, strict=True))
        motion.correct(np.array([0]), person((x, y)), np.ones(1, np.float32))
    return motion


@given(st.floats(0, 40), st.floats(0, 40))
def test_places_are_those_on_the_ground_and_boxes_the_way_back(x: float, y: float) -> None:
    motion = PlaneMotion(VIEW.homography)
    motion.add(person((x, y)))
    assert motion.places[:, 0] == pytest.approx([x, y], abs=1e-6)
    assert motion.boxes == pytest.approx(person((x, y)), abs=1e-3)


def test_the_sign_of_a_homography_does_not_matter() -> None:
    motion = PlaneMotion(-5 * VIEW.homography)
    motion.add(person((10, 10), (30, 20)))
    assert motion.places == pytest.approx(np.array([[10, 30], [10, 20]]))


def test_speed_is_in_metres_near_and_far() -> None:
    for y in (2.0, 35.0):
        motion = walked((10, y), (3.0, 0.0))
        assert motion.velocity[:, 0] == pytest.approx([3, 0], abs=0.5)


def test_people_who_walk_away_get_smaller_as_a_camera_sees_it() -> None:
    motion = PlaneMotion(VIEW.homography, rest=np.inf)
    motion.add(person((20, 5)))
    for number in range(1, 101):
        motion.predict(1 / FPS)
        motion.correct(np.array([0]), person((20, 5 + 3 * number / FPS)), np.ones(1, np.float32))
    for _ in range(50):
        motion.predict(1 / FPS)
    place = motion.places[:, 0]
    assert place[1] == pytest.approx(23, abs=0.5)
    seen, expected = motion.boxes[:, 0], person(tuple(place))[:, 0]
    assert seen[3] - seen[1] == pytest.approx(expected[3] - expected[1], rel=0.05)
    assert seen[2] - seen[0] == pytest.approx(expected[2] - expected[0], rel=0.05)


def test_out_of_sight_people_come_to_rest_and_are_less_and_less_sure() -> None:
    motion = walked((10, 10), (6.0, 0.0))
    start, speed = motion.places[0, 0], motion.velocity[0, 0]
    for _ in range(250):
        motion.predict(1 / FPS)
    assert motion.places[0, 0] - start == pytest.approx(speed * 1.5, rel=0.01)
    assert np.hypot(*motion.velocity[:, 0]) < 0.1


def test_nobody_is_faster_than_a_sprinter() -> None:
    motion = PlaneMotion(VIEW.homography, fastest=12.0)
    motion.add(person((5, 10)))
    for place in (8.0, 11.0, 14.0):
        motion.predict(0.1)
        motion.correct(np.array([0]), person((place, 10)), np.ones(1, np.float32))
        assert np.hypot(*motion.velocity[:, 0]) <= 12 + 1e-9


def test_the_nearer_is_more_alike_and_the_far_is_no_pair() -> None:
    motion = walked((10, 10), (0.0, 0.0))
    (i, j), alike = motion.pairs(np.array([0]), person((10, 10), (10.3, 10), (18, 10), (10, 22)), LIKE)
    assert (i.tolist(), j.tolist()) == ([0, 0], [0, 1])
    assert 1 >= alike[0] > alike[1] > 0
    (_, _), scaled = motion.pairs(np.array([0]), person((10, 10)), Likeness(least=0.5))
    assert scaled[0] == pytest.approx(0.5 + 0.5 * alike[0])


def test_who_is_long_lost_takes_nothing_from_one_who_is_there() -> None:
    motion = walked((10, 10), (0.0, 0.0))
    for _ in range(250):
        motion.predict(1 / FPS)
    motion.add(person((10.3, 10)))
    (i, j), alike = motion.pairs(np.array([0, 1]), person((10.2, 10)), LIKE)
    assert (i.tolist(), j.tolist()) == ([0, 1], [0, 0])
    assert alike[1] > alike[0] + 0.2


def test_far_away_a_pixel_is_more_metres_towards_the_horizon() -> None:
    motion = PlaneMotion(VIEW.homography)
    motion.add(person((20, 40), (20, 0)))
    far, near = motion._errors(person((20, 40), (20, 0)))
    assert far[1, 1] > 3 * far[0, 0]
    assert far[1, 1] > 3 * near[1, 1]


def test_the_local_map_of_errors_is_that_of_small_steps() -> None:
    motion, box, step = PlaneMotion(VIEW.homography, place=0.05), person((12, 18)), 1e-4
    motion.add(box)
    moved = [np.array([[step], [0], [step], [0]]), np.array([[0], [step], [0], [step]])]
    local = np.concatenate([(motion._ground(box + each) - motion._ground(box)) / step for each in moved], axis=1)
    pixels = 0.05 * (box[3, 0] - box[1, 0])
    assert motion._errors(box)[0] == pytest.approx(local @ local.T * pixels**2 + 0.04 * np.eye(2), rel=1e-3)


@pytest.mark.filterwarnings("error")
def test_above_the_horizon_is_nobody() -> None:
    motion = PlaneMotion(VIEW.homography)
    boxes = np.concatenate([person((10, 10), (30, 20)), [[900], [-4000], [950], [-3000]]], axis=1)
    assert motion.admits(boxes).tolist() == [True, True, False]
    motion.add(boxes)
    motion.predict(0.1)
    assert motion.boxes[:, 2].tolist() == [900, -4000, 950, -3000]
    (i, j), _ = motion.pairs(np.arange(3), boxes, LIKE)
    assert (i.tolist(), j.tolist()) == ([0, 1], [0, 1])


def test_when_the_camera_moves_nothing_moves_in_metres() -> None:
    motion = walked((10, 10), (1.0, 0.0))
    before, boxes = motion.places.copy(), motion.boxes
    motion.warp(Affine(np.array([[1.2, 0, 30], [0, 1.2, -20]])))
    assert motion.places == pytest.approx(before)
    assert motion.boxes == pytest.approx(1.2 * boxes + np.array([[30], [-20], [30], [-20]]))


def test_a_step_is_that_of_white_noise_integrated_in_small_steps() -> None:
    state = PlaneState(np.array([[1.0, 2, 3, -1]]), np.eye(4)[None] * 0.1)
    one = advanced(state, 2.0, 4.0, 1.5)
    for _ in range(20_000):
        state = advanced(state, 1e-4, 4.0, np.inf)
        decay = np.diag([1, 1, 1 - 1e-4 / 1.5, 1 - 1e-4 / 1.5])
        state = PlaneState(state.mean @ decay, decay @ state.covariance @ decay)
    assert one.mean == pytest.approx(state.mean, rel=1e-3)
    assert one.covariance == pytest.approx(state.covariance, rel=1e-3, abs=1e-9)


@pytest.mark.parametrize("rest", [1.5, np.inf])
@pytest.mark.parametrize("dt", [1e-9, 1e-4, 1.4e-3, 0.04, 3.0])
def test_two_short_steps_are_one_long_one(dt: float, rest: float) -> None:
    state = PlaneState(np.array([[1.0, 2, 3, -1]]), np.eye(4)[None] * 0.1)
    one, two = advanced(state, 2 * dt, 4.0, rest), advanced(advanced(state, dt, 4.0, rest), dt, 4.0, rest)
    assert one.mean == pytest.approx(two.mean, rel=1e-12)
    assert one.covariance == pytest.approx(two.covariance, rel=1e-3)


def test_a_correction_is_that_of_the_textbook() -> None:
    rng = np.random.default_rng(0)
    root = rng.normal(size=(4, 4))
    covariance, errors = root @ root.T, np.array([[0.3, 0.1], [0.1, 0.2]])
    state, seen = PlaneState(rng.normal(size=(1, 4)), covariance[None]), rng.normal(size=(1, 2))
    look = np.eye(2, 4)
    spread = look @ covariance @ look.T + errors
    gain = covariance @ look.T @ np.linalg.inv(spread)
    after = corrected(state, seen, errors[None])
    assert after.mean[0] == pytest.approx(state.mean[0] + gain @ (seen[0] - state.mean[0, :2]))
    assert after.covariance[0] == pytest.approx(covariance - gain @ look @ covariance)
    squared, determinant = distances(state, np.array([0]), seen, errors[None])
    surprise = seen[0] - state.mean[0, :2]
    assert squared[0] == pytest.approx(surprise @ np.linalg.inv(spread) @ surprise)
    assert determinant[0] == pytest.approx(np.linalg.det(spread))


def scattered(rng: np.random.Generator, count: int) -> PlaneMotion:
    """People seen once or twice, then lost for some time, so some gates are narrow and some wide; the last on no ground."""
    motion, places = PlaneMotion(VIEW.homography), rng.uniform(0, 60, (count, 2))
    motion.add(person(*places))
    for _ in range(3):
        motion.predict(rng.uniform(0, 2))
        again = (rng.random(count) < 0.5).nonzero()[0]
        motion.correct(again, person(*(places[again] + rng.normal(0, 1, (len(again), 2)))), np.ones(len(again), np.float32))
    motion.add(np.array([[900.0], [-4000], [950], [-3000]]))
    return motion


def every_pair(motion: PlaneMotion, rows: np.ndarray, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All pairs within the ceiling, and those of them within the gate, one by one: bool [n, m] each."""
    places, errors = motion._ground(boxes).T, motion._errors(boxes)
    apart = places - motion._state.mean[rows, None, :2]
    squared = np.empty(apart.shape[:2])
    for i, j in np.ndindex(squared.shape):
        covariance = motion._state.covariance[rows[i], :2, :2] + errors[j]
        squared[i, j] = apart[i, j] @ np.linalg.inv(covariance) @ apart[i, j]
    within = (np.abs(apart) <= plane._WIDEST).all(axis=2)
    return within, within & (squared <= plane._GATE)


@pytest.mark.parametrize("seed", range(8))
def test_pairs_are_those_of_comparing_everybody_with_everybody(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    motion, rows = scattered(rng, 40), rng.permutation(41)[:35]
    boxes = np.concatenate([person(*rng.uniform(0, 60, (30, 2))), [[900], [-4000], [950], [-3000]]], axis=1)
    within, gated = every_pair(motion, rows, boxes)
    near = motion._near(rows, motion._ground(boxes), motion._errors(boxes))
    looked_at = np.zeros_like(within)
    looked_at[near] = True
    assert (gated <= looked_at).all() and (looked_at <= within).all() and looked_at.sum() < within.sum()
    (i, j), alike = motion.pairs(rows, boxes, LIKE)
    with monkeypatch.context() as patch:
        patch.setattr(motion, "_near", lambda *_: within.nonzero())
        (plain_i, plain_j), plain = motion.pairs(rows, boxes, LIKE)
    assert (i.tolist(), j.tolist(), alike.tolist()) == (plain_i.tolist(), plain_j.tolist(), plain.tolist())
    assert len(i)
    # A crowd of 31 has nobody beyond the 32 nearest.
    monkeypatch.setattr(plane, "MOST_PAIRS", 0)
    (crowd_i, crowd_j), crowd = motion.pairs(rows, boxes, LIKE)
    order = np.lexsort((crowd_j, crowd_i))
    found_in_crowd = (crowd_i[order].tolist(), crowd_j[order].tolist(), crowd[order].tolist())
    assert found_in_crowd == (i.tolist(), j.tolist(), alike.tolist())


def test_in_a_crowd_each_looks_at_the_nearest_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plane, "MOST_PAIRS", 0)
    motion = walked((20, 10), (0.0, 0.0))
    (_, j), _ = motion.pairs(np.array([0]), person(*((20 + 0.001 * n, 10) for n in range(100))), LIKE)
    assert sorted(j.tolist()) == list(range(32))
    (i, j), _ = motion.pairs(np.array([0]), np.array([[900.0], [-4000], [950], [-3000]]), LIKE)
    assert len(i) == len(j) == 0


def test_five_thousand_boxes_take_bounded_memory() -> None:
    rng = np.random.default_rng(0)
    places = rng.uniform(0, 60, (5000, 2))
    tracker = Tracker(prior_settings("plane"), motion=PlaneMotion(VIEW.homography))
    tracemalloc.start()
    try:
        for number in range(2):
            tracks = tracker.update(found(person(*(places + 0.02 * number)).T), number / FPS)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 500e6
    assert len(tracker) < 5500
    assert len(tracks) <= 5000


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"homography": np.zeros((3, 3))}, "cannot be inverted"),
        ({"homography": np.full((3, 3), np.nan)}, "finite matrix"),
        ({"homography": VIEW.homography, "fastest": 0}, "fastest=0"),
        ({"homography": VIEW.homography, "rest": 0}, "rest=0"),
        ({"homography": VIEW.homography, "rest": np.nan}, "rest=nan"),
        ({"homography": VIEW.homography, "acceleration": np.inf}, "acceleration=inf"),
    ],
)
def test_what_cannot_be_is_told(settings: dict[str, object], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        PlaneMotion(**settings)


def test_an_identity_lives_through_three_seconds_out_of_sight() -> None:
    tracker = Tracker(prior_settings("plane"), motion=PlaneMotion(VIEW.homography))
    ids = []
    for number in range(200):
        both = person((5 + 2 * number / FPS, 10), (30, 10))
        ids.append(tracker.update(found((both if not 50 <= number < 125 else both[:, 1:]).T), number / FPS).ids.tolist())
    assert {tuple(each) for each in ids[3:50] + ids[125:]} == {(1, 2)}
