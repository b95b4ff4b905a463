"""Choosing sightings. All are synthetic."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.geometry.camera.waving import BOARD, diverse, evenly, pose, seen, sure, wave
from trackside.core import SettingError
from trackside.geometry.camera.selection import bends, select
from trackside.geometry.camera.solve import calibrate


def reasons(sightings: list, most: int = 40) -> list[str]:
    return [refusal.reason for refusal in select(BOARD, sightings, most).refused]


def test_good_views_are_all_taken() -> None:
    views = diverse()[:20]
    selection = select(BOARD, views)
    assert selection.chosen.tolist() == list(range(20))
    assert selection.refused == ()


def test_the_choice_is_the_same_every_time_and_no_longer_than_asked_for() -> None:
    views = wave(0)
    one, other = select(BOARD, views, 25), select(BOARD, views, 25)
    assert one.chosen.tolist() == other.chosen.tolist()
    assert len(one.chosen) == 25
    assert len(one.refused) == len(views) - 25


def test_blurred_pictures_are_put_aside() -> None:
    views = diverse()[:20]
    views[7] = dataclasses.replace(views[7], sharpness=9.0)
    assert reasons(views) == ["blurred"]
    assert 7 not in select(BOARD, views).chosen


def test_pictures_that_are_all_soft_alike_are_not_called_blurred() -> None:
    assert reasons([dataclasses.replace(view, sharpness=9.0) for view in diverse()[:20]]) == []


def test_the_same_view_is_taken_once() -> None:
    views = [*diverse()[:10], sure(seen(pose(0.05, tilt=20), seed=1)), sure(seen(pose(0.05, tilt=20), seed=2))]
    assert reasons(views) == ["shows the same as another picture"]


def test_a_board_that_moves_fast_is_put_aside_and_one_at_rest_is_not() -> None:
    rest = [dataclasses.replace(view, time=2.0 * row, source="a.mp4") for row, view in enumerate(diverse()[:20])]
    fast = [sure(seen(pose(-0.2 + 0.12 * k, tilt=20), time=100 + k / 25, source="a.mp4")) for k in range(4)]
    told = select(BOARD, [*rest, *fast])
    assert {refusal.reason for refusal in told.refused} == {"the board moved too fast"}
    assert {refusal.time for refusal in told.refused} == {view.time for view in fast}


def test_speed_is_not_guessed_across_sources_and_gaps() -> None:
    one = sure(seen(pose(-0.2), time=1.0, source="a.mp4"))
    far = sure(seen(pose(0.2), time=1.04, source="b.mp4"))
    late = sure(seen(pose(-0.2), time=3.0, source="b.mp4"))
    assert np.isnan(bends([one, far, late])).all()


def test_pictures_of_another_size_are_put_aside() -> None:
    views = diverse()[:10]
    views[4] = dataclasses.replace(views[4], size=(720, 1280))
    assert reasons(views) == ["is 720 x 1280 pixels, the first picture 1280 x 720"]


def test_none_give_none() -> None:
    assert len(select(BOARD, []).chosen) == 0


def test_two_views_are_no_calibration() -> None:
    with pytest.raises(SettingError, match="at least 3"):
        select(BOARD, diverse(), 2)


def test_chosen_views_bind_the_lens_better_than_evenly_spaced_ones() -> None:
    """Synthetic wave of 30 s, mostly in the middle: 25 views of 300."""
    views = wave(1)
    chosen = calibrate(BOARD, [views[row] for row in select(BOARD, views, 25).chosen])
    spaced = calibrate(BOARD, evenly(views, 25))
    assert chosen.covariance[0, 0] < 0.7 * spaced.covariance[0, 0]
    assert abs(chosen.lens.focal[0] - 1000) < 3 * chosen.covariance[0, 0] ** 0.5
