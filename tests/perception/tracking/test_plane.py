"""Motion on the ground: metres against plain computation, and who is matched with whom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.core import Affine, SettingError
from trackside.perception.tracking import Tracker
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
    squared, determinant = distances(state, seen, errors[None])
    surprise = seen[0] - state.mean[0, :2]
    assert squared[0] == pytest.approx(surprise @ np.linalg.inv(spread) @ surprise)
    assert determinant[0] == pytest.approx(np.linalg.det(spread))


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
