"""Line crossings: direction, moment, and no double counting."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st

from trackside.core import Detections, Events, SettingError, Tracks
from trackside.perception import LineCounter

# From left to right on the screen: the right hand is below, so walking down is "in".
LINE = [(100, 200), (300, 200)]
place = st.tuples(st.integers(-6, 6), st.integers(-6, 6))


def at(*places: tuple[float, float], ids: list[int] | None = None) -> Tracks:
    boxes = np.array([[x - 10, y - 50, x + 10, y] for x, y in places], np.float32).reshape(-1, 4)
    n = len(boxes)
    found = Detections(boxes, np.ones(n, np.float32), np.zeros(n, np.int32))
    return Tracks.of(found, list(range(1, n + 1)) if ids is None else ids)


def walk(counter: LineCounter, path: list[tuple[float, float]], step: float = 1.0) -> list[Events]:
    return [counter.update(at(spot), number * step) for number, spot in enumerate(path)]


def names(events: list[Events]) -> list[str]:
    return [name for event in events for name in event.names]


def test_walking_down_through_the_line_is_in_and_up_is_out() -> None:
    counter = LineCounter(LINE, name="gate")
    events = walk(counter, [(200, 150), (200, 250), (200, 150)])
    assert names(events) == ["cross_in", "cross_out"]
    assert (counter.total_in, counter.total_out) == (1, 1)
    assert events[1].places == ("gate",)


def test_swapping_the_ends_swaps_the_directions() -> None:
    assert names(walk(LineCounter(LINE[::-1]), [(200, 150), (200, 250)])) == ["cross_out"]


def test_the_time_is_that_of_the_crossing_between_the_frames() -> None:
    events = walk(LineCounter(LINE), [(200, 170), (200, 210)], step=2.0)
    assert events[1].times.tolist() == [1.5]
    assert events[1].ids.tolist() == [1]


def test_jitter_on_the_line_is_counted_once_when_the_other_side_is_reached() -> None:
    path = [(200, 190.0)] + [(200, 200 + 1.5 * (-1) ** n) for n in range(20)] + [(200, 210.0)]
    counter = LineCounter(LINE, margin=2.0)
    events = walk(counter, path)
    assert names(events) == ["cross_in"]
    assert 19.0 < events[-1].times[0] < 21.0


@pytest.mark.parametrize(("margin", "deepest"), [(0.0, 200.0), (2.0, 202.0)])
def test_touching_without_crossing_is_not_counted(margin: float, deepest: float) -> None:
    path = [(200, 150), (200, deepest), (200, 150), (220, deepest), (220, 150)]
    assert names(walk(LineCounter(LINE, margin=margin), path)) == []


def test_a_stop_exactly_on_the_line_is_counted_once_when_it_is_left() -> None:
    counter = LineCounter(LINE, margin=0.0)
    events = walk(counter, [(200, 150), (200, 200), (210, 200), (210, 250)])
    assert names(events) == ["cross_in"]
    assert events[-1].times.tolist() == [2.0]


def test_starting_on_the_line_is_not_a_crossing() -> None:
    assert names(walk(LineCounter(LINE, margin=0.0), [(200, 200), (200, 250)])) == []


def test_passing_beside_the_ends_is_not_a_crossing_and_through_an_end_it_is() -> None:
    assert names(walk(LineCounter(LINE), [(99, 150), (99, 250)])) == []
    assert names(walk(LineCounter(LINE), [(100, 150), (100, 250)])) == ["cross_in"]


def test_coming_back_around_the_end_counts_the_one_true_crossing() -> None:
    path = [(200, 150), (200, 250), (400, 250), (400, 150), (200, 150)]
    assert names(walk(LineCounter(LINE), path)) == ["cross_in"]


def test_two_tracks_without_identity_are_not_taken_for_one_that_crosses() -> None:
    counter = LineCounter(LINE)
    for time in range(4):
        assert len(counter.update(at((200, 150), (200, 250), (210, 250 - 100 * (time % 2)), ids=[-1, -1, 0]), time)) == 0
    assert (counter.total_in, counter.total_out) == (0, 0)


def test_people_who_stay_on_their_side_give_no_events() -> None:
    rng = np.random.default_rng(0)
    counter = LineCounter(LINE)
    for time in range(200):
        above, below = rng.uniform(100, 197, 5), rng.uniform(203, 300, 5)
        assert not len(counter.update(at(*((200.0, y) for y in [*above, *below])), time / 25))


def test_the_state_of_a_track_goes_with_its_end() -> None:
    counter = LineCounter(LINE)
    counter.update(at((200, 150)), 0.0)
    counter.end([1, 5])
    assert len(counter.update(at((200, 250)), 1.0)) == 0
    assert counter.total_in == 0


def test_media_time_that_goes_back_starts_the_path_anew() -> None:
    counter = LineCounter(LINE)
    counter.update(at((200, 150)), 10.0)
    assert len(counter.update(at((200, 250)), 0.0)) == 0
    assert counter.update(at((200, 150)), 1.0).names == ("cross_out",)


def test_boxes_that_are_not_finite_are_passed_over() -> None:
    counter = LineCounter(LINE)
    assert names(walk(counter, [(200, 150), (200, math.nan), (200, 250)])) == ["cross_in"]


@pytest.mark.parametrize("line", [[(0, 0), (0, 0)], [(0, 0)], [(0, 0), (math.nan, 1)]])
def test_a_line_that_is_none_is_refused(line: list[tuple[float, float]]) -> None:
    with pytest.raises(SettingError, match="different ends"):
        LineCounter(line)


def test_a_negative_margin_is_refused() -> None:
    with pytest.raises(SettingError, match="margin"):
        LineCounter(LINE, margin=-1)


def exact_crossing(a: tuple[int, int], b: tuple[int, int], p: tuple[int, int], q: tuple[int, int]) -> Fraction | None:
    """How far along p to q the path cuts the segment a to b, in exact fractions; None if it does not."""
    along, path, offset = (b[0] - a[0], b[1] - a[1]), (q[0] - p[0], q[1] - p[1]), (a[0] - p[0], a[1] - p[1])
    cross = path[0] * along[1] - path[1] * along[0]
    share = Fraction(offset[0] * along[1] - offset[1] * along[0], cross)
    at_line = Fraction(offset[0] * path[1] - offset[1] * path[0], cross)
    return share if 0 <= share <= 1 and 0 <= at_line <= 1 else None


@given(place, place, place, place)
def test_it_agrees_with_exact_fractions(
    a: tuple[int, int], b: tuple[int, int], p: tuple[int, int], q: tuple[int, int]
) -> None:
    def side(point: tuple[int, int]) -> int:
        return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])

    assume(a != b and side(p) * side(q) < 0)
    share = exact_crossing(a, b, p, q)
    counter = LineCounter([a, b], margin=0.0)
    counter.update(at(p), 0.0)
    events = counter.update(at(q), 1.0)
    # Through an end exactly, float64 may see it on either side of the end.
    cut = None if share is None else (p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1]))
    assume(cut not in (a, b))
    assert events.names == (() if share is None else ("cross_in" if side(q) > 0 else "cross_out",))
    if share is not None:
        assert events.times[0] == pytest.approx(float(share))
