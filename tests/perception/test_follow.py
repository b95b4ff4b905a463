"""People are followed from picture to picture, and looked for anew only now and then."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trackside.core import BLAZEPOSE33, Image, SettingError
from trackside.media import open_media
from trackside.models import Package
from trackside.perception import PoseFollower
from trackside.perception.pose import Person, PoseEstimator
from trackside.perception.regions import Region

PICTURE = np.zeros((480, 640, 3), np.uint8)


class Scene:
    """An estimator that sees `there`: people by place; those in `hidden` only the landmark network finds."""

    def __init__(self, *there: tuple[float, float]) -> None:
        self.there = list(there)
        self.hidden: set[tuple[float, float]] = set()
        self.looks = 0

    def regions(self, image: Image, **_: Any) -> list[Region]:
        self.looks += 1
        return [Region(x, y, 100.0) for x, y in self.there if (x, y) not in self.hidden]

    def people(self, image: Image, regions: Sequence[Region]) -> list[Person]:
        return [self._person(region) for region in regions]

    def _person(self, region: Region) -> Person:
        near = [place for place in self.there if np.hypot(place[0] - region.x, place[1] - region.y) < 40]
        place = near[0] if near else (region.x, region.y)
        points = np.tile(np.array(place, np.float32), (33, 1))
        scores = np.full(33, 0.9, np.float32)
        return Person(points, scores, 0.95 if near else 0.1, region, Region(*place, 100.0))


def following(scene: Scene, **settings: Any) -> PoseFollower:
    return PoseFollower(scene, **settings)  # type: ignore[arg-type]


def places(follower: PoseFollower, time: float) -> list[tuple[float, float]]:
    found = follower.update(PICTURE, time)
    return sorted((float(x), float(y)) for x, y in found.points[:, 0])


def test_the_detector_looks_only_now_and_then() -> None:
    scene = Scene((100, 100))
    follower = following(scene, every=0.3)
    for frame in range(10):
        assert len(places(follower, frame / 10)) == 1
    assert scene.looks == 4  # at 0, 0.3, 0.6 and 0.9 s


def test_whoever_was_found_is_kept_where_the_detector_misses_them() -> None:
    scene = Scene((100, 100))
    follower = following(scene)
    places(follower, 0.0)
    for step in range(1, 30):
        scene.there = [(100 + 10 * step, 100)]
        scene.hidden = set(scene.there)
        assert places(follower, step / 10) == [(100 + 10 * step, 100)]


def test_whoever_is_lost_is_looked_for_in_the_same_picture() -> None:
    scene = Scene((100, 100))
    follower = following(scene, every=100)
    places(follower, 0.0)
    scene.there = [(400, 300)]
    assert places(follower, 0.1) == [(400, 300)]
    scene.there = []
    assert places(follower, 0.2) == []


def test_somebody_new_is_found_at_the_next_look_and_nobody_twice() -> None:
    scene = Scene((100, 100))
    follower = following(scene, every=0.3)
    places(follower, 0.0)
    scene.there.append((300, 100))
    assert len(places(follower, 0.1)) == 1
    assert places(follower, 0.3) == [(100, 100), (300, 100)]


def test_two_who_meet_are_one_until_they_part() -> None:
    scene = Scene((100, 100), (300, 100))
    follower = following(scene, every=0.2)
    assert len(places(follower, 0.0)) == 2
    scene.there = [(200, 100)]
    assert places(follower, 0.1) == [(200, 100)]
    scene.there = [(150, 100), (250, 100)]
    assert places(follower, 0.4) == [(150, 100), (250, 100)]


def test_time_that_runs_backwards_is_a_new_recording() -> None:
    scene = Scene((100, 100))
    follower = following(scene, every=100)
    places(follower, 50.0)
    places(follower, 0.0)
    assert scene.looks == 2


@pytest.mark.parametrize("every", [-1.0, float("nan")])
def test_a_time_that_is_none_is_refused(every: float) -> None:
    with pytest.raises(SettingError, match="every"):
        following(Scene(), every=every)


def test_two_real_people_are_followed_through_every_frame(blazepose: tuple[Package, Package], demo_video: Path) -> None:
    follower = PoseFollower(PoseEstimator(*blazepose))
    # Seen by eye: a man stands on a roof, and below a woman walks to the left.
    nose = BLAZEPOSE33.index("nose")
    with open_media(demo_video, start=2.0, end=2.8) as reader:
        noses = [follower.update(record.data, record.time).points[:, nose] for record in reader]
    assert [len(found) for found in noses] == [2] * len(noses)
    woman = np.array([max(found.tolist(), key=lambda point: point[1])[0] for found in noses])
    assert woman[-1] < woman[0] - 100
    assert (np.diff(woman) < 15).all()
