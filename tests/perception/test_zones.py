"""Zones: exact inside and outside, entering and leaving."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.core import Detections, SettingError, Tracks
from trackside.perception import Polygons, PolygonZone, ZoneCounter

SQUARE = [(100, 100), (200, 100), (200, 200), (100, 200)]
coordinate = st.integers(-8, 8)
corner = st.tuples(coordinate, coordinate)


def at(*places: tuple[float, float], ids: list[int] | None = None) -> Tracks:
    """Tracks whose foot points are these places."""
    boxes = np.array([[x - 10, y - 50, x + 10, y] for x, y in places], np.float32).reshape(-1, 4)
    n = len(boxes)
    found = Detections(boxes, np.ones(n, np.float32), np.zeros(n, np.int32))
    return Tracks.of(found, list(range(1, n + 1)) if ids is None else ids)


def plainly_inside(points: list[tuple[int, int]], x: Fraction, y: Fraction) -> bool:
    """Even-odd rule edge by edge in exact fractions, edges inclusive."""
    inside = False
    for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
        if (
            (bx - ax) * (y - ay) == (by - ay) * (x - ax)
            and min(ax, bx) <= x <= max(ax, bx)
            and min(ay, by) <= y <= max(ay, by)
        ):
            return True
        if (ay > y) != (by > y) and x < ax + Fraction(by != ay) * (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside


@given(st.lists(corner, min_size=3, max_size=9), st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=20))
def test_it_agrees_with_exact_fractions_for_any_polygon_also_on_edges_and_corners(
    points: list[tuple[int, int]], halves: list[tuple[int, int]]
) -> None:
    # Halves of integers fall on edges and corners often, and float64 holds them exactly.
    places = [(x / 2, y / 2) for x, y in halves] + [(float(x), float(y)) for x, y in points]
    expected = [plainly_inside(points, Fraction(x), Fraction(y)) for x, y in places]
    assert PolygonZone(points).contains(places).tolist() == expected


@given(st.lists(corner, min_size=3, max_size=9), st.integers(0, 8), st.integers(0, 1000))
def test_neither_the_first_corner_nor_the_direction_matters(points: list[tuple[int, int]], turn: int, seed: int) -> None:
    places = np.random.default_rng(seed).uniform(-9, 9, (50, 2))
    turned = points[turn % len(points) :] + points[: turn % len(points)]
    expected = PolygonZone(points).contains(places)
    assert (PolygonZone(turned).contains(places) == expected).all()
    assert (PolygonZone(points[::-1]).contains(places) == expected).all()


def test_what_a_star_covers_twice_is_outside() -> None:
    star = [(np.cos(a), np.sin(a)) for a in np.arange(5) * 4 * np.pi / 5]
    assert PolygonZone(star).contains([(0, 0), (0.7, 0)]).tolist() == [False, True]


def test_no_points_and_points_that_are_not_finite() -> None:
    zone = PolygonZone(SQUARE)
    assert zone.contains(np.empty((0, 2))).tolist() == []
    assert zone.contains([(np.nan, 150), (150, np.inf), (-np.inf, np.nan)]).tolist() == [False] * 3


def test_the_foot_point_counts_though_the_box_reaches_over_the_edge() -> None:
    # The trap of clipping the box to the zone: the box overlaps, its foot point at (205, 150) is outside.
    beside = Tracks.of(Detections([[160, 50, 250, 150]], [1], [0]), [1])  # type: ignore[arg-type]
    counter = ZoneCounter({"zone": SQUARE})
    assert len(counter.update(beside, 0.0)) == 0
    assert counter.counts[0] == 0


@pytest.mark.parametrize(
    "points", [[(0, 0), (1, 1)], [], [(0, 0), (1, 0), (np.nan, 1)], [(0, 0, 0)] * 3, "abc", None, [(1, 2), (3,), (4, 5)]]
)
def test_a_zone_that_is_none_is_refused(points: object) -> None:
    with pytest.raises(SettingError, match="three corners"):
        PolygonZone(points)  # type: ignore[arg-type]


def test_entering_and_leaving_are_told_with_times_and_dwell() -> None:
    counter = ZoneCounter({"pool": SQUARE})
    path = [(50, 150), (150, 150), (150, 160), (250, 150)]
    events = [counter.update(at(place), 0.5 * n) for n, place in enumerate(path)]
    assert [e.names for e in events] == [(), ("enter",), (), ("leave",)]
    assert (events[1].times[0], events[1].ids[0], events[1].places[0]) == (0.5, 1, "pool")
    assert events[3].times[0] == 1.5
    assert events[3].values[0] == 1.0
    assert (counter.counts[0], counter.entered[0], counter.left[0]) == (0, 1, 1)


def test_a_scene_in_which_nobody_enters_gives_no_events() -> None:
    counter = ZoneCounter({"zone": SQUARE})
    assert not any(len(counter.update(at((50 + n, 90), (300, 300)), n / 10)) for n in range(100))


def test_someone_hidden_inside_stays_counted_until_the_track_ends() -> None:
    counter = ZoneCounter({"zone": SQUARE})
    counter.update(at((150, 150), (160, 160)), 0.0)
    counter.update(at((150, 150)), 1.0)
    assert counter.ids("zone").tolist() == [1, 2]
    events = counter.end([2, 17])
    assert events.names == ("leave",)
    assert (events.times[0], events.ids[0], events.values[0]) == (0.0, 2, 0.0)
    assert counter.counts[0] == 1
    assert len(counter.end([2])) == 0


def test_a_track_that_ends_outside_leaves_nothing() -> None:
    counter = ZoneCounter({"zone": SQUARE})
    counter.update(at((50, 50)), 0.0)
    assert len(counter.end([1])) == 0
    assert counter.left[0] == 0


def test_objects_without_identity_are_not_counted() -> None:
    counter = ZoneCounter({"zone": SQUARE})
    assert len(counter.update(at((150, 150), (160, 160), (170, 170), ids=[0, -1, -1]), 0.0)) == 0
    assert counter.counts[0] == 0


@given(st.lists(st.lists(st.tuples(st.integers(1, 6), st.booleans()), unique_by=lambda pair: pair[0]), max_size=15))
def test_enters_less_leaves_is_always_the_count(frames: list[list[tuple[int, bool]]]) -> None:
    counter, inside = ZoneCounter({"zone": SQUARE}), set()
    for time, frame in enumerate(frames):
        places = [(150.0, 150.0) if within else (10.0, 10.0) for _, within in frame]
        counter.update(at(*places, ids=[track for track, _ in frame]), float(time))
        for track, within in frame:
            (inside.add if within else inside.discard)(track)
        assert counter.ids("zone").tolist() == sorted(inside)
        assert counter.entered[0] - counter.left[0] == counter.counts[0] == len(inside)


@given(
    st.lists(st.lists(corner, min_size=3, max_size=9), min_size=1, max_size=6),
    st.lists(st.tuples(coordinate, coordinate), max_size=20),
)
def test_many_polygons_together_are_each_as_if_alone(
    polygons: list[list[tuple[int, int]]], places: list[tuple[int, int]]
) -> None:
    together = Polygons(polygons).contains(places)
    assert together.shape == (len(places), len(polygons))
    for column, points in enumerate(polygons):
        assert (together[:, column] == PolygonZone(points).contains(places)).all()


def test_more_points_and_edges_than_fit_at_a_time() -> None:
    angles = np.linspace(0, 2 * np.pi, 3000, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    places = np.random.default_rng(0).uniform(-1.2, 1.2, (2000, 2))
    radius = np.hypot(*places.T)
    clear = abs(radius - 1) > 1e-5
    assert (PolygonZone(circle).contains(places)[clear] == (radius < 1)[clear]).all()


def test_overlapping_zones_count_each_for_itself_in_the_order_of_the_zones() -> None:
    counter = ZoneCounter({"all": SQUARE, "left": [(100, 100), (150, 100), (150, 200), (100, 200)]})
    events = counter.update(at((120, 150), (180, 150)), 0.0)
    assert list(zip(events.names, events.ids.tolist(), events.places, strict=True)) == [
        ("enter", 1, "all"),
        ("enter", 2, "all"),
        ("enter", 1, "left"),
    ]
    events = counter.update(at((180, 150), (50, 150)), 2.0)
    assert list(zip(events.names, events.ids.tolist(), events.places, events.values.tolist(), strict=True)) == [
        ("leave", 2, "all", 2.0),
        ("leave", 1, "left", 2.0),
    ]
    assert (counter.counts.tolist(), counter.entered.tolist(), counter.left.tolist()) == ([1, 0], [2, 1], [1, 1])
    assert counter.end([1]).places == ("all",)
