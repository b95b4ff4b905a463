"""Compliance: worn, missing, not visible. People and items are synthetic."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import COCO17, Detections, Events, Keypoints, SettingError, Tracks
from trackside.perception.rules import STATES, Body, Compliance, Verdicts
from trackside.perception.rules.compliance import summaries, summary_names, worn_by
from trackside.perception.rules.looks import Looks

SIZE = (640, 480)
ITEMS = {"helmet": "head", "vest": "torso"}
NAMES = ("helmet", "vest")
# 200 pixels tall: the head is from 100 to 136, the torso to 200.
ANNA = (100.0, 100.0, 180.0, 300.0)
BERT = (300.0, 100.0, 380.0, 300.0)
HELMET, VEST = (120.0, 95.0, 160.0, 130.0), (110.0, 135.0, 170.0, 195.0)


def people(*boxes: tuple[float, ...], ids: list[int] | None = None) -> Tracks:
    found = Detections(np.array(boxes).reshape(-1, 4), np.ones(len(boxes)), np.zeros(len(boxes)), ("person",))
    return Tracks.of(found, ids or list(range(1, len(boxes) + 1)))


def items(helmets: tuple[tuple[float, ...], ...] = (), vests: tuple[tuple[float, ...], ...] = ()) -> Detections:
    boxes = np.array([*helmets, *vests]).reshape(-1, 4)
    return Detections(boxes, np.ones(len(boxes)), np.array([0] * len(helmets) + [1] * len(vests)), NAMES)


def watch(rule: Compliance, looks: int, who: Tracks, found: Detections, *, start: float = 0.0, fps: float = 10, poses=None):  # type: ignore[no-untyped-def]
    """The last verdicts and all events."""
    told = []
    for n in range(looks):
        verdicts, events = rule.update(who, found, start + n / fps, SIZE, poses)
        told.append(events)
    return verdicts, Events.joined(told)


def words(verdicts: Verdicts) -> list[list[str]]:
    return [[STATES[state] for state in row] for row in verdicts.states.tolist()]


def test_who_wears_all_and_who_wears_half() -> None:
    verdicts, events = watch(Compliance(ITEMS), 30, people(ANNA, BERT), items((HELMET,), (VEST, (310, 135, 370, 195))))
    assert words(verdicts) == [["worn", "worn"], ["missing", "worn"]]
    assert sorted(zip(events.names, events.ids.tolist(), strict=True)) == [
        ("missing helmet", 2),
        ("worn helmet", 1),
        ("worn vest", 1),
        ("worn vest", 2),
    ]
    assert verdicts.shares.tolist() == [[1, 1], [0, 1]]


def test_one_item_belongs_to_one_person() -> None:
    beside = (130.0, 100.0, 210.0, 300.0)
    verdicts, _ = watch(Compliance({"helmet": "head"}), 30, people(ANNA, beside), items((HELMET,)))
    assert words(verdicts) == [["worn"], ["missing"]]
    both, _ = watch(Compliance({"helmet": "head"}), 30, people(ANNA, beside), items((HELMET, (150, 95, 190, 130))))
    assert words(both) == [["worn"], ["worn"]]


def test_an_item_that_is_carried_or_lies_about_is_not_worn() -> None:
    in_hand, on_ground = (150.0, 200.0, 190.0, 235.0), (400.0, 280.0, 440.0, 310.0)
    verdicts, _ = watch(Compliance({"helmet": "head"}), 30, people(ANNA), items((in_hand, on_ground)))
    assert words(verdicts) == [["missing"]]


@pytest.mark.parametrize(
    ("who", "least"),
    [
        (people((100, -20, 180, 180)), 10),  # the head is above the picture
        (people((100, 0, 180, 120)), 10),  # cut at the upper edge: nobody knows how much is missing
        (people(ANNA, (90, 80, 200, 400)), 10),  # somebody stands in front
        (people((100, 100, 112, 130)), 10),  # too far away
        (people((610, 100, 690, 300)), 10),  # half outside, at the side
    ],
    ids=["above", "cut", "in-front", "far", "side"],
)
def test_whoever_cannot_be_judged_is_not_visible_and_never_alarms(who: Tracks, least: float) -> None:
    verdicts, events = watch(Compliance({"helmet": "head"}, body=Body(least_size=least)), 40, who, items())
    assert words(verdicts)[0] == ["not visible"]
    assert 1 not in events.ids


def test_a_look_now_and_then_that_misses_an_item_does_not_alarm() -> None:
    rule, told = Compliance({"helmet": "head"}), []
    rng = np.random.default_rng(3)
    for n in range(300):
        seen = items((HELMET,)) if rng.random() < 0.6 else items()
        told.append(rule.update(people(ANNA), seen, n / 10, SIZE)[1])
    assert Events.joined(told).names == ("worn helmet",)


def test_a_verdict_changes_once_when_the_item_is_taken_off_and_not_again_after_a_time_out_of_sight() -> None:
    rule = Compliance({"helmet": "head"})
    _, first = watch(rule, 40, people(ANNA), items((HELMET,)))
    _, second = watch(rule, 40, people(ANNA), items(), start=4)
    assert (first.names, second.names) == (("worn helmet",), ("missing helmet",))
    # 80 % of three seconds.
    assert second.times[0] == pytest.approx(4 + 0.8 * 3, abs=0.25)
    hidden = people(ANNA, (90, 80, 200, 400), ids=[1, 9])
    verdicts, none = watch(rule, 60, hidden, items(), start=8)
    assert (words(verdicts)[0], 1 in none.ids) == (["not visible"], False)
    _, again = watch(rule, 60, people(ANNA), items(), start=14)
    assert len(again) == 0


@pytest.mark.parametrize("fps", [5, 10, 25, 60])
def test_the_verdict_and_its_moment_do_not_depend_on_the_frame_rate(fps: float) -> None:
    _, events = watch(Compliance(ITEMS), int(5 * fps), people(ANNA), items((HELMET,)), fps=fps)
    assert sorted(events.names) == ["missing vest", "worn helmet"]
    assert events.times.tolist() == pytest.approx([1.2, 1.2], abs=0.21)


def pose(person: tuple[float, ...], *, track: int, head: bool = True, bent: float = 0.0) -> Keypoints:
    """Body points of somebody who stands in a box, or whose trunk is bent so far to the right."""
    x, y = (person[0] + person[2]) / 2, person[1]
    height = person[3] - person[1]
    heights = {
        "nose": 0.07,
        "eye": 0.06,
        "ear": 0.07,
        "shoulder": 0.18,
        "elbow": 0.35,
        "wrist": 0.5,
        "hip": 0.47,
        "knee": 0.7,
    }
    points = []
    for name in COCO17.points:
        part = heights.get(name.split("_")[-1], 0.96)
        points.append((x + bent * max(0, 0.47 - part) * height, y + part * height))
    scores = [0.9 if head or name.split("_")[-1] not in ("nose", "eye", "ear") else 0.1 for name in COCO17.points]
    return Keypoints(np.array([points]), np.array([scores]), "coco17", np.array([track]))


def test_body_points_say_where_the_head_of_somebody_is_who_bends() -> None:
    bent = pose(ANNA, track=1, bent=1.2)
    x, y = bent.point("nose")[0]
    helmet = (x - 20, y - 25, x + 20, y + 10)
    with_points, _ = watch(Compliance({"helmet": "head"}), 30, people(ANNA), items((helmet,)), poses=bent)
    without, _ = watch(Compliance({"helmet": "head"}), 30, people(ANNA), items((helmet,)))
    assert (words(with_points), words(without)) == ([["worn"]], [["missing"]])


def test_a_head_whose_points_are_not_seen_is_not_visible() -> None:
    hidden = pose(ANNA, track=1, head=False)
    verdicts, events = watch(Compliance({"helmet": "head"}), 30, people(ANNA), items(), poses=hidden)
    assert (words(verdicts), len(events)) == ([["not visible"]], 0)
    others = pose(ANNA, track=5, head=False)
    verdicts, _ = watch(Compliance({"helmet": "head"}), 30, people(ANNA), items(), poses=others)
    assert words(verdicts) == [["missing"]]


def test_an_item_of_a_tiny_or_empty_box_and_no_items_at_all() -> None:
    part = Body().part("head", people(ANNA), SIZE)
    assert worn_by(part, np.empty((0, 4))).tolist() == [False]
    assert worn_by(part, np.array([[130.0, 110, 130, 110], [np.nan] * 4])).tolist() == [False]
    none, events = watch(Compliance(ITEMS), 5, people(), items((HELMET,)))
    assert (len(none.ids), len(events)) == (0, 0)


def test_looks_older_than_the_window_are_forgotten_and_so_are_tracks_that_ended() -> None:
    looks, ids = Looks(1, 2.0), np.array([4])
    yes, no = np.array([[True]]), np.array([[False]])
    for n in range(10):
        looks.add(ids, yes, yes, n / 10)
    for n in range(10, 31):
        looks.add(ids, yes, no, n / 10)
    able, seen, spread = looks.counts(ids, 3.0)
    assert 19 <= able[0, 0] <= 21
    assert seen[0, 0] == 0
    assert spread[0, 0] == pytest.approx(1.95, abs=0.1)
    looks.end([4])
    assert looks.counts(ids, 3.0)[0].tolist() == [[0]]


def test_state_of_tracks_that_ended_is_freed() -> None:
    rule = Compliance(ITEMS)
    watch(rule, 30, people(ANNA, BERT), items((HELMET,)))
    rule.end([1, 2])
    assert (len(rule._decided), len(rule._looks._state)) == (0, 0)


def test_a_person_in_a_few_words_names_what_is_missing_first() -> None:
    assert summary_names(["a", "b"]) == ("not visible", "all worn", "missing a", "missing b", "missing a and b")
    states = np.array([[1, 1], [1, 0], [2, 0], [2, 2]], np.int8)
    verdicts = Verdicts(np.arange(4), states, np.ones((4, 2)), np.ones((4, 2), np.int64))
    assert [summary_names(["a", "b"])[n] for n in summaries(verdicts, ["a", "b"])] == [
        *("all worn", "not visible", "missing a", "missing a and b")
    ]


@pytest.mark.parametrize(
    "settings",
    [{"items": {}}, {"items": {"helmet": "nose"}}, {"share": 0.5}, {"over": 0}, {"looks": 0}],
    ids=["none", "part", "share", "over", "looks"],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        Compliance(**{"items": ITEMS, **settings})  # type: ignore[arg-type]
