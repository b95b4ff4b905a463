"""Presence, dwell, loitering, counts: what is told, what stays silent, what is freed. All walks are synthetic."""

from __future__ import annotations

import numpy as np
import pytest

from tests.perception.rules.walks import SQUARE, at, brief, looks, run
from trackside.core import Events, SettingError
from trackside.geometry.planes import Homography
from trackside.perception.rules import Counting, Dwell, Loitering, Presence, Rule
from trackside.perception.rules.area import Area
from trackside.perception.zones import PolygonZone

THROUGH = {1: [(0, -50, 50), (2, 50, 50), (8, 50, 50), (10, 150, 50)]}
PASSER = {1: [(0, -50, 50), (4, 150, 50)]}


def rows(events: Events) -> list[tuple[str, int, float, float]]:
    named = zip(events.names, events.ids.tolist(), events.times.tolist(), events.values.tolist(), strict=True)
    return [(name, track, round(time, 2), round(value, 2)) for name, track, time, value in named]


def test_the_distance_to_an_area_agrees_with_the_exact_test_of_inside() -> None:
    star = [(np.cos(a), np.sin(a)) for a in np.arange(5) * 4 * np.pi / 5]
    points = np.vstack([np.random.default_rng(1).uniform(-1.2, 1.2, (500, 2)), star])
    area = Area(star)
    assert ((area.outside(points) <= 0) == PolygonZone(star).contains(points)).all()


def test_the_distance_to_an_area_is_that_to_its_nearest_edge_or_corner() -> None:
    found = Area(SQUARE).outside([(50, 10), (50, 130), (103, 104), (np.nan, 0)])
    assert found[:3].tolist() == [-10, 30, 5]
    assert np.isnan(found[3])


def test_presence_tells_the_moments_at_which_the_edge_was_passed() -> None:
    enter, leave = rows(run(Presence(SQUARE, name="yard"), looks(THROUGH, 25, end=12)))
    assert enter[:3] == ("enter", 1, 1.0)
    assert leave == ("leave", 1, 9.0, 8.0)
    assert run(Presence(SQUARE, name="yard"), looks(THROUGH, 25, end=12)).places == ("yard", "yard")


def test_presence_is_silent_about_those_who_only_touch_the_zone_or_tremble_at_its_edge() -> None:
    touch = {1: [(0, -50, 50), (1, 5, 50), (2, -50, 50)]}
    assert rows(run(Presence(SQUARE, enter_after=1.0), looks(touch, 25, end=3))) == []
    tremble = {1: [(n * 0.5, 100 + 5 * (-1) ** n, 50) for n in range(40)]}
    seen = looks(tremble, 25, end=19)
    assert len(run(Presence(SQUARE, enter_after=0.0, leave_after=0.0), seen)) > 20
    assert [row[0] for row in brief(run(Presence(SQUARE, enter_after=0.0, leave_after=0.0, margin=10), seen))] == ["enter"]
    assert rows(run(Presence(SQUARE, enter_after=1.0), seen)) == []


def test_the_foot_point_of_a_box_that_is_cut_nowhere_counts() -> None:
    # The box covers the zone, its foot point lies below it: clipping to the picture would move it inside.
    presence = Presence(SQUARE, enter_after=0.0)
    presence.update(at((50, 130), height=140), 0.0)
    assert presence.inside == 0


def test_dwell_is_told_once_when_the_time_is_full_and_again_if_wanted() -> None:
    seen = looks(THROUGH, 10, end=12)
    assert rows(run(Dwell(SQUARE, at_least=3), seen)) == [("dwell", 1, 4.0, 3.0)]
    again = rows(run(Dwell(SQUARE, at_least=3, again_after=2), seen))
    assert again == [("dwell", 1, 4.0, 3.0), ("dwell", 1, 6.0, 5.0), ("dwell", 1, 8.0, 7.0)]


def test_dwell_is_silent_about_who_passes_and_counts_each_stay_by_itself() -> None:
    assert rows(run(Dwell(SQUARE, at_least=3), looks(PASSER, 10, end=5))) == []
    twice = {1: [(0, 50, 50), (2, 50, 50), (2.5, 200, 50), (5, 200, 50), (5.5, 50, 50), (7.5, 50, 50)]}
    assert rows(run(Dwell(SQUARE, at_least=3), looks(twice, 10, end=8))) == []
    assert len(run(Dwell(SQUARE, at_least=3, leave_after=4), looks(twice, 10, end=8))) == 1


def test_loitering_adds_up_visits_that_dwell_does_not() -> None:
    visits = {1: [(n * 8.0 + t, x, 50) for n in range(5) for t, x in ((0, 50), (4, 50), (4.5, 130), (7.5, 130))]}
    seen = looks(visits, 10, end=45)
    assert rows(run(Dwell(SQUARE, at_least=10), seen)) == []
    [(name, track, time, value)] = rows(run(Loitering(SQUARE, at_least=10, window=30, bridge=1), seen))
    assert (name, track, value) == ("loitering", 1, 10)
    # Between 4 and 5 s of each 8 s are inside: the third visit fills the account.
    assert 16 < time < 18


def test_loitering_starts_anew_for_those_who_went_far_away_and_forgets_what_is_older_than_the_window() -> None:
    def visits(away: float, pause: float) -> dict[int, list[tuple[float, float, float]]]:
        steps = ((0.0, 50.0), (4.0, 50.0), (4.5, away), (4.5 + pause, away))
        return {1: [(n * (5 + pause) + t, x, 50) for n in range(4) for t, x in steps]}

    # Boxes are 50 high: three of them are 150 pixels.
    assert len(run(Loitering(SQUARE, at_least=10, window=40, bridge=1), looks(visits(200, 3), 10, end=32))) == 1
    assert rows(run(Loitering(SQUARE, at_least=10, window=40, bridge=1), looks(visits(300, 3), 10, end=32))) == []
    assert rows(run(Loitering(SQUARE, at_least=10, window=12, bridge=1), looks(visits(200, 8), 10, end=52))) == []


def test_loitering_measures_metres_where_the_ground_is_known() -> None:
    ground = Homography(np.diag([0.05, 0.05, 1.0]))
    away = {1: [(0, 50, 50), (6, 50, 50), (7, 200, 50), (8, 50, 50), (14, 50, 50)]}
    seen = looks(away, 10, end=14)
    # A hundred pixels are five metres.
    assert len(run(Loitering(SQUARE, at_least=10, window=40, far=6, ground=ground), seen)) == 1
    assert rows(run(Loitering(SQUARE, at_least=10, window=40, far=4, ground=ground), seen)) == []


def test_a_zone_above_the_horizon_of_the_ground_is_refused() -> None:
    horizon = Homography(np.array([[1.0, 0, 0], [0, 1, 0], [0, 0.01, -0.5]]))
    with pytest.raises(SettingError, match="above the horizon"):
        Loitering(SQUARE, ground=horizon)


def test_loitering_frees_the_accounts_of_tracks_that_ended_or_stay_away() -> None:
    rule = Loitering(SQUARE, at_least=5, window=6, bridge=0.5)
    run(rule, looks({n: [(n, 50, 50), (n + 2, 50, 50)] for n in range(1, 30)}, 5, end=40))
    assert len(rule._account) == 0
    for n in range(60):
        rule.update(at((50, 50) if n < 10 else (150, 50)), n * 0.5)
    assert len(rule._account) == 0


def test_too_many_are_told_when_it_begins_and_when_it_is_over() -> None:
    three = {1: [(0, 50, 50), (20, 50, 50)], 2: [(3, 40, 50), (12, 40, 50)], 3: [(5, 60, 50), (5.6, 60, 50)]}
    seen = looks(three, 10, end=20)
    begun, over = rows(run(Counting(SQUARE, at_least=2, for_seconds=2, end_after=1, gap=0.5), seen))
    # Three is the most there were within the two seconds of proof.
    assert begun == ("many", 0, 3.0, 3.0)
    assert over[:2] == ("many over", 0)
    assert over[2] == pytest.approx(12.1, abs=0.51)
    assert over[3] == pytest.approx(over[2] - 3.0, abs=0.02)
    assert rows(run(Counting(SQUARE, at_least=3, for_seconds=2), seen)) == []


def test_too_few_are_told_also_when_nobody_is_there_at_all() -> None:
    guard = {1: [(4, 50, 50), (10, 50, 50)]}
    events = rows(run(Counting(SQUARE, at_most=0, for_seconds=2, end_after=1, gap=0.5), looks(guard, 10, end=20)))
    assert [row[:2] for row in events] == [("few", 0), ("few over", 0), ("few", 0)]
    assert [row[2] for row in events] == pytest.approx([0.0, 4.0, 10.1], abs=0.6)


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda: Counting(SQUARE), "at_least"),
        (lambda: Counting(SQUARE, at_least=1, at_most=2), "at_least"),
        (lambda: Counting(SQUARE, at_least=0), "at_least"),
        (lambda: Loitering(SQUARE, at_least=60, window=30), "window"),
        (lambda: Loitering(SQUARE, far=0), "far"),
        (lambda: Dwell(SQUARE, at_least=-1), "at_least"),
        (lambda: Dwell(SQUARE, again_after=0), "again_after"),
        (lambda: Presence(SQUARE[:2]), "zone"),
    ],
    ids=["count-none", "count-both", "count-zero", "loitering-window", "loitering-far", "dwell", "dwell-again", "corners"],
)
def test_settings_that_contradict_are_refused(make: object, where: str) -> None:
    with pytest.raises(SettingError) as error:
        make()  # type: ignore[operator]
    assert error.value.where == where


@pytest.mark.parametrize(
    "rule",
    [Presence(SQUARE), Dwell(SQUARE), Loitering(SQUARE), Counting(SQUARE, at_least=1)],
    ids=["presence", "dwell", "loitering", "count"],
)
def test_no_tracks_tracks_without_identity_and_boxes_that_are_not_finite_do_no_harm(rule: Rule) -> None:
    for n in range(40):
        rule.update(at(), n * 0.1)
        rule.update(at((50, 50), (np.nan, 50), ids=[0, 5]), n * 0.1 + 0.05)
    assert rule.inside == 0  # type: ignore[attr-defined]


def test_after_a_reset_a_stay_that_goes_on_counts_from_then() -> None:
    rule = Dwell(SQUARE, at_least=3)
    for n in range(20):
        rule.update(at((50, 50)), n * 0.1)
    rule.reset()
    events = Events.joined([rule.update(at((50, 50)), 2 + n * 0.1) for n in range(40)])
    assert rows(events) == [("dwell", 1, 5.0, 3.0)]
