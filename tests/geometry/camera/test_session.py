"""Live sessions and collecting. All sightings are synthetic."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.geometry.camera.waving import BOARD, diverse, pose, seen, sure
from trackside.core import InputError, SettingError
from trackside.geometry.camera.boards import Chessboard
from trackside.geometry.camera.collecting import Collector
from trackside.geometry.camera.session import Session, State, in_centimetres
from trackside.geometry.camera.sighting import Refusal, Sighting

PICTURE = np.zeros((72, 128, 3), np.uint8)


@dataclasses.dataclass(frozen=True)
class Told(Chessboard):
    """A board that is found as the test says, one answer a picture."""

    answers: Any = ()

    def detect(self, image: Any) -> Sighting | Refusal:
        return next(self.answers)


def session(answers: Sequence[Sighting | Refusal], **settings: Any) -> Session:
    return Session(Told(6, 9, 0.04, answers=iter(answers)), background=False, **settings)


def shown(answers: Sequence[Sighting | Refusal], **settings: Any) -> list[State]:
    one = session(answers, **settings)
    return [one.add(PICTURE, 2.0 * number) for number in range(len(answers))]


def test_good_views_are_kept_and_end_with_a_small_expected_error() -> None:
    states = shown(diverse(), distance=25.0)
    assert {state.reason for state in states} <= {"", "this view is there already"}
    assert states[-1].count >= 25
    assert math.isnan(states[8].expected_error)
    assert states[-1].done
    assert 0 < states[-1].expected_error < 0.025
    assert states[-1].advice.text.startswith("Enough: the expected error at 25 m is")


def test_without_tilts_it_is_never_enough() -> None:
    solver = SimpleNamespace
    flat = [sure(seen(pose(x, y, 0.6, 3))) for x in (-0.2, -0.1, 0, 0.1, 0.2) for y in (-0.1, 0, 0.1)]
    states = shown(flat, solver=lambda *_, **__: solver(), error_of=lambda *_: 0.0001)
    assert states[-1].expected_error == 0.0001
    assert not states[-1].done


def test_a_refusal_of_the_solver_leaves_the_error_unknown_and_the_session_alive() -> None:
    def refuses(*_: Any, **__: Any) -> Any:
        raise InputError("the board was only seen face on", fix="tilt it")

    states = shown(diverse()[:14], solver=refuses)
    assert math.isnan(states[-1].expected_error)
    assert states[-1].count == 14
    assert states[-1].trouble == "the board was only seen face on; tilt it"


def test_how_many_views_the_error_wants_is_told() -> None:
    states = shown(diverse()[:12], solver=lambda *_, **__: SimpleNamespace(), error_of=lambda *_: 0.01)
    assert states[0].until_first == 9
    assert states[8].until_first == 1
    assert [state.until_first for state in states[9:]] == [0, 0, 0]
    assert states[9].expected_error == 0.01
    assert states[-1].trouble == ""


def test_adding_a_picture_does_not_wait_for_the_calibration() -> None:
    """The background is held until the test lets it go: every answer comes before that."""
    go_on = threading.Event()

    def slow(*_: Any, **__: Any) -> Any:
        assert go_on.wait(30)
        return SimpleNamespace()

    answers = iter(diverse())
    one = Session(Told(6, 9, 0.04, answers=answers), solver=slow, error_of=lambda *_: 0.01)
    states = [one.add(PICTURE, 2.0 * number) for number in range(16)]
    assert all(math.isnan(state.expected_error) for state in states)
    go_on.set()
    one._running.result(timeout=30)  # type: ignore[union-attr]
    assert one.add(PICTURE, 100.0).expected_error == 0.01
    one.close()


def test_a_mistake_of_ours_is_not_hidden() -> None:
    def breaks(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        shown(diverse()[:14], solver=breaks)


def test_a_picture_without_the_board_says_why() -> None:
    state = shown([Refusal("no dots")])[0]
    assert state.sighting is None
    assert state.reason == "no dots"
    assert "no dots" in state.advice.text


@pytest.mark.parametrize(
    ("last", "says"),
    [
        (dataclasses.replace(sure(seen(pose(0.1, 0.1, tilt=30))), sharpness=9.0), "hold still: blurred"),
        (dataclasses.replace(sure(seen(pose(0.1, 0.1, tilt=30))), size=(720, 1280)), "do not zoom"),
        (diverse()[4], "this view is there already"),
    ],
)
def test_a_view_that_is_not_kept_says_why(last: Sighting, says: str) -> None:
    states = shown([*diverse()[:5], last])
    assert says in states[-1].reason
    assert states[-1].count == states[-2].count == 5


def test_a_board_that_moves_fast_is_asked_to_go_slower() -> None:
    one = session([sure(seen(pose(-0.2))), sure(seen(pose(0.1)))])
    one.add(PICTURE, 1.0)
    assert one.add(PICTURE, 1.1).reason == "slower: the board moves too fast"


def test_memory_is_bounded() -> None:
    collector = Collector(Told(6, 9, 0.04, answers=iter(diverse() * 3)), most=10)
    for number in range(3 * len(diverse())):
        collector.add(np.zeros((600, 2000, 3), np.uint8), time=float(number))
    assert len(collector.shots) <= 20
    assert collector.seen == 3 * len(diverse())
    assert all(shot.picture.shape[1] == 480 for shot in collector.shots)


def test_refusals_that_differ_in_numbers_count_as_one_reason() -> None:
    collector = Collector(Told(6, 9, 0.04, answers=iter([Refusal(f"{n} of 44 dots found; dark") for n in (9, 12, 30)])))
    for _ in range(3):
        collector.add(PICTURE)
    assert collector.reasons == {"9 of 44 dots found; dark": 3}
    assert collector.commonest_reason == "9 of 44 dots found; dark"


def test_finishing_without_a_board_says_what_was_wrong() -> None:
    one = session([Refusal("too dark")])
    one.add(PICTURE)
    with pytest.raises(InputError, match="never found \\(too dark\\)"):
        one.finish()


def test_finishing_gives_the_lens_and_starting_anew_forgets() -> None:
    one = session(diverse())
    for number in range(20):
        one.add(PICTURE, 2.0 * number)
    assert one.finish().lens.focal[0] == pytest.approx(1000, rel=0.005)
    assert one.anew().collector.shots == []


def test_the_background_does_the_same_as_the_foreground() -> None:
    one = Session(Told(6, 9, 0.04, answers=iter(diverse())), distance=25.0)
    for number in range(13):
        one.add(PICTURE, 2.0 * number)
    assert one._running is not None
    one._running.result(timeout=60)
    state = one.add(PICTURE, 100.0)
    one.close()
    assert state.expected_error > 0


@pytest.mark.parametrize("distance", [0, -1, math.nan, math.inf])
def test_an_impossible_distance_is_refused(distance: float) -> None:
    with pytest.raises(SettingError, match="no length"):
        Session(BOARD, distance=distance)


@pytest.mark.parametrize(("metres", "text"), [(0.018, "1.8 cm"), (0.0004, "0.4 mm"), (2.345, "2.35 m"), (0.0, "0.0 mm")])
def test_lengths_are_said_as_people_say_them(metres: float, text: str) -> None:
    assert in_centimetres(metres) == text
