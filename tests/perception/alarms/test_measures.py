"""Numbers of a history: medians that time pads, sizes in metres, steady places, and classes that hold."""

from __future__ import annotations

import numpy as np
import pytest

from tests.perception.alarms.scenes import Person, frames
from trackside.core import SettingError
from trackside.geometry.planes import Homography
from trackside.perception.alarms import Histories, History, LadderSettings
from trackside.perception.alarms.measures import aspect, elected, moved, padded_median, scale_at, sizes, steady


def history_of(person: Person, *, fps: float = 10, seconds: float = 5) -> History:
    kept = Histories()
    for time, tracks, _ in frames([person], fps, seconds):
        kept.update(tracks, time)
    found = kept.of(person.track)
    assert found is not None
    return found


@pytest.mark.parametrize("fps", [5, 10, 25, 60])
def test_looks_are_kept_five_times_a_second_at_any_rate(fps: int) -> None:
    history = history_of(Person(1, 0, 5), fps=fps)
    assert len(history) == pytest.approx(25, abs=3)
    assert (history.began, history.seen) == (0.0, pytest.approx(5 - 1 / fps))


def test_a_history_holds_half_a_minute_and_knows_when_it_began() -> None:
    history = history_of(Person(1, 0, 60), seconds=60)
    assert len(history) == 160
    assert history.times[0] == pytest.approx(60 - 32, abs=0.3)
    assert history.began == 0
    assert (np.diff(history.times) > 0).all()


def test_time_that_is_not_covered_counts_as_score_0() -> None:
    short = history_of(Person(1, 0, 0.8, score=lambda t: 0.9))
    assert padded_median(short, 1.0) == pytest.approx(0.9)
    assert padded_median(short, 2.0) == 0.0


def test_the_median_is_by_time_and_not_by_looks() -> None:
    # One second of 0.9 and then of 0.3, at any rate: half of the two seconds have at least 0.9.
    person = Person(1, 0, 2, score=lambda t: 0.9 if t < 1 else 0.3)
    assert padded_median(history_of(person, fps=25, seconds=2.1), 1.8) == pytest.approx(0.3)
    assert padded_median(history_of(person, fps=25, seconds=2.1), 2.0) == pytest.approx(0.9)


def test_at_one_frame_a_second_a_look_stands_for_a_second() -> None:
    slow = history_of(Person(1, 0, 9, score=lambda t: 0.7), fps=1, seconds=6)
    assert padded_median(slow, 3.9) == 0.0
    assert padded_median(slow, 3.9, interval=1.0) == pytest.approx(0.7)


def test_a_height_in_metres_comes_from_the_ground_at_the_feet() -> None:
    # Seen straight on: a pixel is 2 cm everywhere.
    flat = Homography(np.diag([0.02, 0.02, 1.0]))
    height, width, area = sizes(history_of(Person(1, 0, 3, height=lambda t: 90.0)), flat)
    assert (height, width, area) == (pytest.approx(1.8), pytest.approx(0.6), pytest.approx(1.08))


def test_a_camera_that_looks_down_a_little_sees_heights_a_little_short() -> None:
    # A camera 5 m up with 1000 px focal length, tilted by 10 degrees; somebody of 1.8 m stands 20 m away.
    tilt, focal, up, away = np.radians(10), 1000.0, 5.0, 20.0
    turn = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]]).T

    def seen(x: float, height: float, z: float) -> np.ndarray:
        u, v, w = turn.T @ [x, up - height, z]
        return np.array([focal * u / w, focal * v / w])

    ground = np.array([[x, z] for x in (-3.0, 3.0) for z in (10.0, 30.0)])
    pixels = np.array([seen(x, 0, z) for x, z in ground])
    from trackside.geometry.planes import fit_homography

    plane = Homography.of(fit_homography(pixels, ground, 0.1).matrix, seen=pixels[0])
    foot, head = seen(0, 0, away), seen(0, 1.8, away)
    metres = (foot[1] - head[1]) * float(scale_at(plane, foot[None])[0])
    assert metres == pytest.approx(1.8, rel=0.05)


def test_trembling_is_no_movement_and_walking_is() -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 8, 500)
    still = history_of(Person(1, 0, 20, x=lambda t: 300 + noise[round(10 * t)]), seconds=20)
    walking = history_of(Person(1, 0, 20, x=lambda t: 300 + 10 * t + noise[round(10 * t)]), seconds=20)
    assert moved(still, None) < 0.2
    assert moved(walking, None) == pytest.approx(2.0, abs=0.3)
    assert moved(walking, Homography(np.diag([0.1, 0.1, 1.0]))) == pytest.approx(20, abs=3)


def test_few_looks_have_a_steady_place_too() -> None:
    points = np.array([[0.0, 0], [1, 0], [2, 0], [3, 0]])
    assert [len(steady(points[:n])) for n in range(5)] == [0, 1, 2, 3, 3]


def test_shape_is_the_median_of_width_by_height() -> None:
    assert aspect(history_of(Person(1, 0, 3))) == pytest.approx(1 / 3)


def test_a_class_holds_the_object_until_another_has_as_many_looks() -> None:
    # 6 of 10 take it; from then on the other needs 60 % of all.
    changing = np.array([0] * 6 + [1] * 8)
    assert elected(changing, 0.6)[0] == 0
    assert elected(np.array([0] * 6 + [1] * 9), 0.6) == (1, pytest.approx(0.6))
    assert elected(np.array([0, 1, 0, 1]), 1.0)[0] == 0
    assert elected(np.empty(0, np.int64), 0.6) == (-1, 0.0)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"median_score": 1.2}, "from 0 to 1"),
        ({"dwell": float("nan")}, "from 0 up"),
        ({"height": (200, 100)}, "least and most"),
        ({"over": 0}, "above 0"),
        ({"looks": 0}, "at least one"),
        ({"unit": "metres"}, "calibrated"),
        ({"vote": 0.3}, "from 0.5 to 1"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_impossible_settings_are_refused_in_one_sentence(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        LadderSettings(**wrong)  # type: ignore[arg-type]
