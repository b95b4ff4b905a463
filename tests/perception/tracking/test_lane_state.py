"""The filter between two walls: reflection, and the textbook's matrices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.perception.tracking.lane_state import FASTEST, advanced, corrected, folded, found_again, started

PAUSE = 0.5


def state(place: float, speed: float, *, unseen: float = 0.0) -> np.ndarray:
    return np.array([[place], [speed], [0.02], [0.01], [0.3], [unseen], [place]])


@given(st.floats(-1e4, 1e4), st.floats(1, 100))
def test_places_stay_between_the_walls(place: float, length: float) -> None:
    inside, _ = folded(np.array([place]), np.array([length]))
    assert 0 <= inside[0] <= length


@given(st.floats(-200, 200), st.floats(10, 60))
def test_reflection_is_going_on_in_a_mirror(place: float, length: float) -> None:
    x, turned = place, False
    while not 0 <= x <= length:
        x, turned = (-x if x < 0 else 2 * length - x), not turned
    inside, flipped = folded(np.array([place]), np.array([length]))
    assert inside[0] == pytest.approx(x, abs=1e-9)
    if 1e-6 < x < length - 1e-6:
        assert flipped[0] == turned


def test_who_comes_to_a_wall_turns_and_is_less_sure() -> None:
    before = state(49.0, 2.0)
    after = advanced(before, 1.0, np.array([50.0]), 0.05, PAUSE)
    assert after[:2, 0] == pytest.approx([49.0, -2.0])
    alike = advanced(before, 1.0, np.array([np.inf]), 0.05, PAUSE)
    assert alike[:2, 0] == pytest.approx([51.0, 2.0])
    assert after[2, 0] > alike[2, 0]
    assert after[4, 0] > alike[4, 0]


def test_a_step_is_that_of_the_textbook() -> None:
    before, dt, q = state(10.0, 1.5), 0.7, 0.05
    transition = np.array([[1, dt], [0, 1]])
    covariance = transition @ [[0.02, 0.01], [0.01, 0.3]] @ transition.T + q * np.array(
        [[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]
    )
    after = advanced(before, dt, np.array([50.0]), q, PAUSE)
    assert after[:2, 0] == pytest.approx(transition @ [10.0, 1.5])
    assert after[2:5, 0] == pytest.approx(covariance[[0, 0, 1], [0, 1, 1]])
    gain = covariance[:, 0] / (covariance[0, 0] + 0.02)
    seen = corrected(after, np.array([11.5]), 0.02)
    assert seen[:2, 0] == pytest.approx(after[:2, 0] + gain * (11.5 - after[0, 0]))
    assert seen[2:5, 0] == pytest.approx((covariance - np.outer(gain, covariance[0]))[[0, 0, 1], [0, 1, 1]])
    assert seen[5:, 0] == pytest.approx([0, 11.5])


@given(st.lists(st.floats(0, 3), min_size=1, max_size=30), st.floats(0, 50), st.floats(-3, 3))
def test_however_long_unseen_places_are_in_the_pool_and_variances_positive(
    steps: list[float], place: float, speed: float
) -> None:
    now = state(place, speed)
    for dt in steps:
        now = advanced(now, dt, np.array([50.0]), 0.05, PAUSE)
        assert 0 <= now[0, 0] <= 50
        assert abs(now[1, 0]) <= FASTEST
        assert now[2, 0] > 0
        assert now[4, 0] > 0
        assert now[3, 0] ** 2 <= now[2, 0] * now[4, 0] * (1 + 1e-9)
    assert now[5, 0] == pytest.approx(sum(steps))


@pytest.mark.parametrize(("place", "speed", "sign"), [(0.3, 0.0, 1), (49.8, 0.1, -1), (25.0, 0.0, 0), (0.3, 1.8, 0)])
def test_who_rests_at_a_wall_and_goes_under_has_pushed_off(place: float, speed: float, sign: int) -> None:
    now = state(place, speed)
    for _ in range(25):
        now = advanced(now, 0.04, np.array([50.0]), 0.05, PAUSE)
    moved = now[0, 0] - place
    assert moved == pytest.approx(1.75 * sign if sign else speed, abs=0.05)


def test_the_push_off_is_the_same_in_one_step_and_in_many() -> None:
    many = state(0.0, 0.0)
    for _ in range(100):
        many = advanced(many, 0.04, np.array([50.0]), 0.05, PAUSE)
    one = advanced(advanced(state(0.0, 0.0), 0.52, np.array([50.0]), 0.05, PAUSE), 3.48, np.array([50.0]), 0.05, PAUSE)
    assert many[:2] == pytest.approx(one[:2])
    # But for what the resting half second adds to the variances.
    assert many[2:5] == pytest.approx(one[2:5], rel=0.05)


def test_speeds_stay_within_what_people_swim() -> None:
    seen = corrected(state(10.0, 2.0), np.array([40.0]), 0.02)
    assert abs(seen[1, 0]) <= FASTEST


def test_who_is_found_again_is_where_it_is_seen() -> None:
    again = found_again(state(10.0, 2.0, unseen=6.0), np.array([18.0]), 0.02)
    assert again[0, 0] == 18.0
    assert again[5:, 0].tolist() == [0.0, 18.0]
    assert started(np.array([18.0]), 0.02)[1, 0] == 0
