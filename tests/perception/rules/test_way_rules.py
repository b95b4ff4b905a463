"""Lines, order and speed: what is told, what stays silent, what is freed. All walks are synthetic."""

from __future__ import annotations

import numpy as np
import pytest

from tests.perception.rules.walks import SQUARE, Way, at, brief, looks, run
from trackside.core import Events, SettingError
from trackside.geometry.planes import Homography
from trackside.perception.rules import Crossing, Order, Speed

RIGHT = [(150, 0), (250, 0), (250, 100), (150, 100)]
FAR = [(300, 0), (400, 0), (400, 100), (300, 100)]
# Five centimetres a pixel.
GROUND = Homography(np.diag([0.05, 0.05, 1.0]))


def way(*steps: tuple[float, float]) -> dict[int, Way]:
    """One person on y = 50: times and x."""
    return {1: [(time, x, 50) for time, x in steps]}


def names_of(events: Events) -> list[str]:
    return list(events.names)


def test_each_line_tells_its_own_crossings_in_the_wanted_direction() -> None:
    lines = {"left": [(20, 100), (20, 0)], "right": [(80, 100), (80, 0)]}
    seen = looks(way((0, 0), (4, 100), (8, 50)), 10, end=8)
    both = run(Crossing(lines), seen)
    assert list(zip(both.names, both.places, both.times.round(2).tolist(), strict=True)) == [
        ("cross_in", "left", 0.8),
        ("cross_in", "right", 3.2),
        ("cross_out", "right", 5.6),
    ]
    assert run(Crossing(lines, direction="out"), seen).places == ("right",)
    assert names_of(run(Crossing(lines, direction="in"), seen)) == ["cross_in", "cross_in"]


def test_crossings_are_counted_line_by_line() -> None:
    to_and_fro = way(*((n * 1.0, 30 if n % 2 else -30) for n in range(6)))
    found = run(Crossing({"a": [(0, 100), (0, 0)]}), looks(to_and_fro, 10, end=5))
    assert found.values.tolist() == [1, 1, 2, 2, 3]


def test_no_lines_and_lines_without_length_are_refused() -> None:
    with pytest.raises(SettingError, match="1 to 100 lines"):
        Crossing({})
    with pytest.raises(SettingError, match="two different ends"):
        Crossing({"a": [(1, 1), (1, 1)]})


def test_first_one_zone_and_then_the_other_is_told_with_the_seconds_between() -> None:
    order = Order({"a": SQUARE, "b": RIGHT}, within=4)
    found = run(order, looks(way((0, 50), (2, 50), (6, 250)), 25, end=6))
    # From x = 100 to x = 150 at 50 pixels a second.
    assert (names_of(found), found.places, found.values.round(2).tolist()) == (["in order"], ("a - b",), [1.0])
    assert found.times[0] == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize(
    "steps",
    [
        ((0, 250), (2, 200), (6, 50), (8, 50)),  # the other way round
        ((0, 50), (1, 50), (1.5, 125), (7, 125), (8, 200), (9, 200)),  # too slow
        ((0, 120), (1, 120), (3, 200), (5, 200)),  # never in the first
        ((0, 50), (2, 50), (3, 125), (5, 125)),  # never in the second
    ],
    ids=["wrong-order", "too-slow", "not-first", "not-second"],
)
def test_anything_else_is_silent(steps: tuple[tuple[float, float], ...]) -> None:
    assert brief(run(Order({"a": SQUARE, "b": RIGHT}, within=4), looks(way(*steps), 25, end=9))) == []


def test_of_three_zones_none_may_be_left_out() -> None:
    zones = {"a": SQUARE, "b": RIGHT, "c": FAR}
    straight = way((0, 50), (1, 50), (8, 400))
    assert names_of(run(Order(zones, within=10), looks(straight, 25, end=8))) == ["in order"]
    around = {1: [(0, 50, 50), (1, 50, 50), (2, 50, 300), (4, 350, 300), (5, 350, 50), (7, 200, 50), (9, 350, 50)]}
    assert brief(run(Order(zones, within=20), looks(around, 25, end=9))) == []


def test_zones_that_overlap_are_no_time_apart() -> None:
    wide = [(80, 0), (250, 0), (250, 100), (80, 100)]
    found = run(Order({"a": SQUARE, "b": wide}, within=4), looks(way((0, 20), (1, 20), (3, 220)), 25, end=3))
    assert found.values.tolist() == [0.0]


def test_an_order_needs_two_zones_and_keeps_nothing_of_those_who_left() -> None:
    with pytest.raises(SettingError, match="2 to 10 zones"):
        Order({"a": SQUARE})
    order = Order({"a": SQUARE, "b": RIGHT})
    run(order, looks({n: [(n, 50, 50), (n + 1, 50, 50)] for n in range(1, 9)}, 10, end=12))
    assert (len(order._way), [len(stays.spells) for stays in order._stays]) == (0, [0, 0])


def test_a_speed_is_measured_in_metres_a_second() -> None:
    rule = Speed(GROUND, above=100)
    for n in range(20):
        # 60 pixels a second are three metres a second.
        speeds = rule.measure(np.array([1]), GROUND.to_plane([[6.0 * n, 50]]), n / 10)
    assert speeds.tolist() == pytest.approx([3.0])


def test_too_fast_is_told_when_it_begins_and_when_it_is_over() -> None:
    runs = way((0, 0), (4, 40), (8, 440), (14, 500))
    found = run(Speed(GROUND, above=3.0, slack=0.2), looks(runs, 25, end=14))
    assert names_of(found) == ["too fast", "too fast over"]
    # At 4 s from 0.5 to 5 m/s; what is measured over a second follows within it.
    assert 4.0 < found.times[0] < 5.0
    assert 8.0 < found.times[1] < 9.0
    assert found.values[0] > 3.0
    assert found.values[1] == pytest.approx(found.times[1] - found.times[0])


def test_too_slow_is_the_same_upside_down() -> None:
    stops = way((0, 0), (4, 240), (10, 240), (14, 480))
    found = run(Speed(GROUND, below=1.0), looks(stops, 25, end=14))
    assert names_of(found) == ["too slow", "too slow over"]
    assert 4.0 < found.times[0] < 5.0


def test_walking_with_trembling_feet_and_boxes_that_jump_now_and_then_is_not_fast() -> None:
    rng = np.random.default_rng(0)
    rule = Speed(GROUND, above=2.0, for_seconds=0.3)
    told = []
    for n in range(400):
        # 1.5 m/s, foot points off by 4 cm, and by 2 m in one look of twelve.
        off = rng.normal(0, 0.8, 2) + (40 if n % 12 == 5 else 0)
        told.append(rule.update(at((3.0 * n + off[0], 50 + off[1])), n / 10))
    assert brief(Events.joined(told)) == []


def test_nothing_is_known_of_a_speed_before_enough_of_a_way_was_seen() -> None:
    rule = Speed(GROUND, above=1.0)
    assert np.isnan(rule.measure(np.array([7]), np.array([[0.0, 0.0]]), 0.0)).all()
    assert np.isnan(rule.measure(np.array([7]), np.array([[9.0, 0.0]]), 0.1)).all()
    rule.end([7])
    assert len(rule._ways) == 0


def test_a_track_above_the_horizon_has_no_speed_and_does_no_harm() -> None:
    horizon = Homography(np.array([[1.0, 0, 0], [0, 1, 0], [0, 0.01, -0.5]]))
    rule = Speed(horizon, above=0.1)
    for n in range(30):
        assert len(rule.update(at((10.0 * n, 20)), n / 10)) == 0


@pytest.mark.parametrize(
    "limits",
    [{}, {"above": 1.0, "below": 2.0}, {"above": 0.0}, {"above": 1.0, "slack": 1.0}],
    ids=["none", "both", "zero", "slack"],
)
def test_limits_that_make_no_sense_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(SettingError):
        Speed(GROUND, **limits)  # type: ignore[arg-type]
