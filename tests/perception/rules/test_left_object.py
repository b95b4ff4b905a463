"""Left objects: told when a thing stands alone, silent otherwise. All scenes are synthetic."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from trackside.core import Detections, Events, SettingError, Tracks
from trackside.geometry.planes import Homography
from trackside.perception.rules import LeftObject

NAMES = ("person", "backpack", "car")
BAG, OWNER = 7, 1
Scene = Callable[[float], dict[int, tuple[str, float, float]]]
"""At a time: class and foot point of each identity."""


def look(things: dict[int, tuple[str, float, float]]) -> Tracks:
    sizes = {"person": (40, 100), "backpack": (20, 30), "car": (100, 60)}
    boxes, classes = [], []
    for kind, x, y in things.values():
        width, height = sizes[kind]
        boxes.append([x - width / 2, y - height, x + width / 2, y])
        classes.append(NAMES.index(kind))
    found = Detections(np.array(boxes).reshape(-1, 4), np.ones(len(boxes)), np.array(classes), NAMES)
    return Tracks.of(found, list(things))


def watch(scene: Scene, *, fps: float = 10, end: float = 60, rule: LeftObject | None = None) -> list[tuple[str, int, float]]:
    rule = rule or LeftObject(for_seconds=10, alone_for=5, near=1.5, gone_after=3)
    events = Events.joined([rule.update(look(scene(n / fps)), n / fps) for n in range(int(end * fps))])
    rows = zip(events.names, events.ids.tolist(), events.times.round(1).tolist(), strict=True)
    return list(rows)


def owner_leaves(time: float) -> dict[int, tuple[str, float, float]]:
    """The owner stands beside the bag until 8 s, walks off, and is 150 pixels away at 10.8 s."""
    return {BAG: ("backpack", 300, 300), OWNER: ("person", 320 + max(0, time - 8) * 50, 300)}


def test_a_bag_whose_owner_walked_off_is_told_once() -> None:
    [(name, track, time)] = watch(owner_leaves)
    # 150 pixels away (1.5 heights) from 10.6 s on, and alone for five seconds.
    assert (name, track) == ("left", BAG)
    assert time == pytest.approx(15.7, abs=0.2)


@pytest.mark.parametrize("fps", [5, 25])
def test_the_frame_rate_does_not_matter(fps: float) -> None:
    [(_, _, time)] = watch(owner_leaves, fps=fps, end=30)
    assert time == pytest.approx(15.7, abs=0.25)


def test_a_bag_beside_its_owner_a_bag_that_is_carried_and_a_parked_car_are_silent() -> None:
    assert watch(lambda time: {BAG: ("backpack", 300, 300), OWNER: ("person", 340, 310)}) == []
    assert watch(lambda time: {BAG: ("backpack", 10 * time, 300), OWNER: ("person", 900, 300)}) == []
    assert watch(lambda time: {BAG: ("car", 300, 300)}) == []


def test_people_who_pass_by_put_it_off() -> None:
    def passers(time: float) -> dict[int, tuple[str, float, float]]:
        return {BAG: ("backpack", 300, 300), OWNER: ("person", 300 + 400 * np.sin(time * 2 * np.pi / 8), 300)}

    assert watch(passers) == []


def test_a_bag_that_is_taken_after_it_was_told_is_told_again_as_taken() -> None:
    def taken(time: float) -> dict[int, tuple[str, float, float]]:
        return owner_leaves(time) if time < 30 else {OWNER: ("person", 900, 300)}

    assert [(row[0], row[2]) for row in watch(taken)][1:] == [("taken", 29.9)]

    def carried(time: float) -> dict[int, tuple[str, float, float]]:
        return {**owner_leaves(time), BAG: ("backpack", 300 + max(0, time - 30) * 40, 300)}

    assert [row[0] for row in watch(carried, end=45)] == ["left", "taken"]


def test_a_bag_that_is_hidden_or_gets_a_new_number_is_still_the_same() -> None:
    def flickers(time: float) -> dict[int, tuple[str, float, float]]:
        things = owner_leaves(time)
        things[BAG + int(time // 6)] = things.pop(BAG)
        return {OWNER: things[OWNER]} if 20 < time < 22.5 else things

    rule = LeftObject(for_seconds=10, alone_for=5, near=1.5, gone_after=3)
    assert [row[0] for row in watch(flickers, rule=rule)] == ["left"]
    assert len(rule.standing) == 1


def test_near_is_in_metres_where_the_ground_is_known() -> None:
    ground = Homography(np.diag([0.01, 0.01, 1.0]))
    stays = {BAG: ("backpack", 300.0, 300.0), OWNER: ("person", 500.0, 300.0)}
    near = LeftObject(for_seconds=10, alone_for=5, near=2.5, ground=ground)
    assert watch(lambda time: stays, end=30, rule=near) == []
    far = LeftObject(for_seconds=10, alone_for=5, near=1.5, ground=ground)
    assert [row[0] for row in watch(lambda time: stays, end=30, rule=far)] == ["left"]


def test_places_are_freed_and_capped() -> None:
    rule = LeftObject(gone_after=2)
    for n in range(100):
        rule.update(look({n + 1: ("backpack", 50.0 * (n % 20), 300)}), n * 1.0)
    assert len(rule.standing) <= 3
    crowd = {n + 1: ("backpack", 50.0 * n, 300.0) for n in range(2000)}
    rule.update(look(crowd), 100.0)
    assert len(rule.standing) <= 500


def test_boxes_that_are_not_finite_and_no_tracks_do_no_harm() -> None:
    rule = LeftObject()
    broken = look({BAG: ("backpack", float("nan"), 300), OWNER: ("person", float("inf"), 300)})
    assert len(rule.update(broken, 0.0)) == len(rule.update(Tracks.empty(), 1.0)) == 0
    assert rule.standing == []


@pytest.mark.parametrize(
    "settings",
    [{"objects": ()}, {"objects": ("person",)}, {"still": 0}, {"near": -1}, {"for_seconds": -1}, {"gone_after": 0}],
    ids=["no-objects", "both", "still", "near", "for", "gone"],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        LeftObject(**settings)  # type: ignore[arg-type]
