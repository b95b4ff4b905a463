"""Motion along lanes: who may be matched with what, and who comes up again."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from trackside.core import Affine, SettingError
from trackside.perception.tracking import Tracker
from trackside.perception.tracking.lane import LaneMotion
from trackside.perception.tracking.lanes import Lanes
from trackside.perception.tracking.priors import prior_settings
from trackside.perception.tracking.similarity import Likeness

from .scenes import FPS, found

LIKE = Likeness(least=0.2)
ONE = np.ones(1, np.float32)


def lanes() -> Lanes:
    """Two lanes of 50 m, 10 pixels a metre, the first wall at x = 100."""
    return Lanes([[100, 50, 600, 50], [100, 75, 600, 75]], length=50.0)


def head(metres: float, lane: int = 0, across: float = 0.0) -> list[float]:
    x, y = 100 + 10 * metres, 50 + 25 * lane + 10 * across
    return [x - 6, y - 3, x + 6, y + 3]


def columns(*boxes: list[float]) -> np.ndarray:
    return np.array(boxes).T


def swum(motion: LaneMotion, start: float, speed: float, seconds: float = 2.0) -> float:
    """One more track that is seen swimming for a while; returns where it ends."""
    motion.add(columns(head(start)))
    row = np.array([len(motion.lane) - 1])
    for number in range(1, round(seconds * FPS) + 1):
        motion.predict(1 / FPS)
        motion.correct(row, columns(head(start + speed * number / FPS)), ONE)
    return start + speed * seconds


def wait(motion: LaneMotion, seconds: float, rows: Iterable[int] = (0,)) -> None:
    for number in range(round(seconds * FPS)):
        motion.predict(1 / FPS)
        if not number:
            motion.lose(np.array(list(rows)))


def alike(motion: LaneMotion, *boxes: list[float], like: Likeness = LIKE) -> dict[tuple[int, int], float]:
    (i, j), how = motion.pairs(np.arange(len(motion.lane)), columns(*boxes), like)
    return dict(zip(zip(i.tolist(), j.tolist(), strict=True), how.tolist(), strict=True))


def test_place_and_speed_are_told_in_metres() -> None:
    motion = LaneMotion(lanes())
    swum(motion, 10.0, 1.8)
    assert motion.lane.tolist() == [0]
    assert motion.places[:, 0] == pytest.approx([13.6, 1.8], abs=0.05)


def test_unseen_a_box_goes_on_along_the_lane_in_its_size_and_comes_back_from_the_wall() -> None:
    motion = LaneMotion(lanes())
    swum(motion, 44.0, 2.0)
    wait(motion, 3.0)
    assert motion.places[:, 0] == pytest.approx([46.0, -2.0], abs=0.1)
    assert motion.boxes[:, 0] == pytest.approx(head(46.0), abs=1)


def test_a_detection_is_matched_in_its_own_lane_only() -> None:
    motion = LaneMotion(lanes())
    motion.add(columns(head(10.0), head(10.0, lane=1)))
    assert set(alike(motion, head(10.1), head(10.1, lane=1))) == {(0, 0), (1, 1)}


def test_what_is_in_no_lane_is_not_admitted_and_matches_nothing() -> None:
    motion = LaneMotion(lanes())
    outside = [head(10.0, lane=-2), head(-5.0), head(20.0, across=-1.6)]
    assert motion.admits(columns(head(10.0), *outside)).tolist() == [True, False, False, False]
    motion.add(columns(*outside))
    wait(motion, 1.0)
    assert motion.boxes == pytest.approx(columns(*outside))
    assert alike(motion, *outside) == {}
    motion.correct(np.array([0]), columns(head(10.0)), ONE)
    assert motion.lane.tolist() == [-1, -1, -1]


def test_likeness_runs_from_one_to_the_gate_on_the_scale_of_the_round() -> None:
    motion = LaneMotion(lanes())
    end = swum(motion, 10.0, 1.8)
    how = alike(motion, head(end), head(end + 0.4), head(end + 0.79), head(end + 1.2))
    assert list(how) == [(0, 0), (0, 1), (0, 2)]
    assert how[0, 0] == pytest.approx(1, abs=0.01)
    assert how[0, 0] > how[0, 1] > how[0, 2] > LIKE.least
    assert 0 <= alike(motion, head(end + 0.79), like=Likeness(least=0.0))[0, 0] < 0.1


def test_in_a_lane_of_ones_own_whoever_comes_up_in_reach_is_the_one_who_went_under() -> None:
    motion = LaneMotion(lanes())
    end = swum(motion, 10.0, 1.8)
    wait(motion, 6.0)
    # 18 m at 3 m/s, and 3 m of flight.
    how = alike(motion, head(end + 10.8), head(end + 20.5), head(end - 9.0), head(end + 21.5))
    assert set(how) == {(0, 0), (0, 1), (0, 2)}
    assert max(how, key=lambda pair: how[pair]) == (0, 0)


def test_with_several_in_a_lane_the_gate_stays_and_the_side_tells_them_apart() -> None:
    motion = LaneMotion(lanes(), alone=False)
    motion.add(columns(head(10.0, across=-0.6), head(10.0, across=0.6)))
    how = alike(motion, head(10.0, across=-0.6), head(10.0, across=0.6))
    assert how[0, 0] > how[0, 1]
    assert how[1, 1] > how[1, 0]
    assert alike(motion, head(14.0)) == {}


def test_a_swimmer_claims_the_lane_and_what_else_is_in_it_is_not_matched() -> None:
    motion = LaneMotion(lanes())
    end = swum(motion, 10.0, 1.8)
    motion.add(columns(head(40.0)))
    assert set(alike(motion, head(end), head(40.0))) == {(0, 0)}


def test_a_float_that_rests_claims_nothing_from_a_swimmer() -> None:
    motion = LaneMotion(lanes())
    swum(motion, 40.0, 0.0)
    end = swum(motion, 10.0, 1.8)
    assert set(alike(motion, head(end), head(40.0))) == {(1, 0)}


def test_a_splash_after_a_gap_is_taken_back_at_once() -> None:
    motion = LaneMotion(lanes())
    swum(motion, 10.0, 1.8)
    wait(motion, 4.0)
    expected, _ = motion.places[:, 0]
    motion.correct(np.array([0]), columns(head(expected - 4.0)), ONE)
    assert motion.places[0, 0] == pytest.approx(expected - 4.0)
    assert not motion.believed[0]
    motion.predict(1 / FPS)
    motion.lose(np.array([0]))
    assert motion.places[0, 0] == pytest.approx(expected + 1.8 / FPS, abs=0.02)
    assert set(alike(motion, head(expected + 5.0))) == {(0, 0)}


def test_what_is_seen_four_times_after_a_gap_is_believed() -> None:
    motion = LaneMotion(lanes())
    swum(motion, 10.0, 1.8)
    wait(motion, 4.0)
    for number in range(4):
        assert not motion.believed[0]
        motion.correct(np.array([0]), columns(head(24.0 + 0.07 * number)), ONE)
        motion.predict(1 / FPS)
    assert motion.believed[0]
    motion.lose(np.array([0]))
    assert motion.places[0, 0] == pytest.approx(24.2, abs=0.3)


def test_when_the_camera_moves_nothing_moves_in_metres() -> None:
    motion = LaneMotion(lanes())
    motion.add(columns(head(10.0), [0, 900, 9, 909]))
    motion.warp(Affine(np.array([[1.5, 0, 20], [0, 1.5, -10]])))
    assert motion.places[0, 0] == pytest.approx(10)
    scaled = 1.5 * np.array(head(10.0)) + [20, -10, 20, -10]
    assert motion.boxes[:, 0] == pytest.approx(scaled)
    assert motion.boxes[:, 1] == pytest.approx([20, 1340, 33.5, 1353.5])
    assert set(alike(motion, scaled.tolist())) == {(0, 0)}


def test_tracks_that_are_dropped_leave_no_trace() -> None:
    motion = LaneMotion(lanes())
    motion.add(columns(head(10.0), head(20.0, lane=1), head(30.0)))
    motion.keep(np.array([False, True, False]))
    assert motion.lane.tolist() == [1]
    assert motion.boxes[:, 0] == pytest.approx(head(20.0, lane=1))
    motion.keep(np.array([False]))
    motion.predict(1.0)
    motion.lose(np.empty(0, np.intp))
    assert motion.boxes.shape == (4, 0)
    assert alike(motion, head(1.0)) == {}


@pytest.mark.parametrize("settings", [{"acceleration": 0}, {"place": -1}, {"place": np.nan}, {"acceleration": np.inf}])
def test_noise_must_be_positive(settings: dict[str, float]) -> None:
    with pytest.raises(SettingError, match="positive"):
        LaneMotion(lanes(), **settings)


def follow(tracker: Tracker, places: Iterable[list[list[float]]]) -> list[list[int]]:
    return [tracker.update(found(boxes), number / FPS).ids.tolist() for number, boxes in enumerate(places)]


def race_tracker(**settings: object) -> Tracker:
    return Tracker(prior_settings("lane"), motion=LaneMotion(lanes(), **settings))


def test_an_identity_lives_through_seven_seconds_under_water_and_a_turn() -> None:
    seen = [[head(40.0 + 1.8 * n / FPS)] for n in range(125)]
    after = [[head(40.0 - 1.5 * n / FPS)] for n in range(50)]
    ids = follow(race_tracker(), [*seen, *([[]] * 175), *after])
    assert {tuple(each) for each in ids[3:125] + ids[300:]} == {(1,)}


def test_someone_on_the_deck_gets_no_identity() -> None:
    ids = follow(race_tracker(), [[[300, 0, 320, 40], head(20.0 + 1.8 * n / FPS)] for n in range(50)])
    assert {tuple(each) for each in ids[3:]} == {(1,)}


def test_training_partners_who_pass_each_other_keep_their_identities() -> None:
    places = [[head(10 + 1.6 * n / FPS, across=0.5), head(26 - 1.4 * n / FPS, across=-0.5)] for n in range(200)]
    ids = follow(race_tracker(alone=False), places)
    assert {tuple(each) for each in ids[3:]} == {(1, 2)}


def test_after_the_patience_the_lane_is_free_again() -> None:
    tracker = race_tracker()
    follow(tracker, [[head(10.0 + 1.8 * n / FPS)] for n in range(50)])
    assert tracker.update(found([]), 18.0).ids.tolist() == []
    assert tracker.ended == [1]
    assert [tracker.update(found([head(30.0)]), 18.0 + n / FPS).ids.tolist() for n in range(1, 5)][-1] == [2]
