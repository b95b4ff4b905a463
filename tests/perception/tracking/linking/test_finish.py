"""Finished tracks: what is filled in, what is extended, and what is too little to be believed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from trackside.core import SettingError
from trackside.perception.tracking.linking import FinishedTrack, LinkSettings, Tracklet, smooth
from trackside.perception.tracking.linking.finish import finish, is_credible

from .walkers import FPS, NOISE, SETTINGS, boxes, seconds, tracklet, walker

TIMES = seconds(100)


def finished(one: Tracklet, times: np.ndarray = TIMES, **changes: float) -> FinishedTrack:
    return finish(one, smooth([one], times, NOISE)[0], times, replace(SETTINGS, **changes))


def test_a_gap_is_filled_where_the_object_must_have_been() -> None:
    track = finished(walker([*range(20, 40), *range(60, 80)], 100, 80), fill=1.0)
    assert track.frames.tolist() == list(range(20, 80))
    assert track.frames[~track.seen].tolist() == list(range(40, 60))
    middle = (track.boxes[:, 0] + track.boxes[:, 2]) / 2
    np.testing.assert_allclose(middle, 100 + 80 * track.frames / FPS, atol=1)
    hidden, inner = track.deviations[~track.seen], track.deviations[5:15]
    assert (hidden.min(axis=0) > inner.max(axis=0)).all()


def test_a_gap_is_filled_up_to_the_longest_only() -> None:
    one = walker([*range(10), *range(20, 30), *range(60, 70)], 100, 80)
    assert finished(one, fill=0.0).frames.tolist() == one.frames.tolist()
    assert finished(one, fill=0.5).frames.tolist() == [*range(30), *range(60, 70)]
    assert finished(one, fill=2.0).frames.tolist() == list(range(70))


def test_gaps_are_seconds_whatever_the_frame_rate() -> None:
    """The same walk at 5 frames a second: a gap of 2 s is 10 frames."""
    one, slow = walker([*range(10), *range(20, 30)], 100, 80), np.arange(100) / 5
    assert len(finished(one, slow, fill=2.5).frames) == 30
    assert len(finished(one, slow, fill=1.9).frames) == 20


def test_it_goes_on_with_its_speed_beyond_its_ends_but_not_beyond_the_recording() -> None:
    track = finished(walker(range(20, 60), 100, 80), extend=0.21)
    assert track.frames.tolist() == list(range(15, 65))
    assert track.frames[~track.seen].tolist() == [*range(15, 20), *range(60, 65)]
    np.testing.assert_allclose((track.boxes[:, 0] + track.boxes[:, 2]) / 2, 100 + 80 * track.frames / FPS, atol=2)
    for ends in (track.deviations[5::-1], track.deviations[-6:]):
        assert (np.diff(ends, axis=0) > 0).all(), "the further out, the less is known"
    assert finished(walker(range(100), 100, 80), extend=0.21).frames.tolist() == list(range(100))


def test_score_and_class_are_those_of_all_its_sightings() -> None:
    one = Tracklet(np.arange(4), boxes([1, 2, 3, 4]), np.array([0.2, 0.4, 0.6, 0.8]), np.array([7, 3, 3, 1], np.int32))
    track = finished(one)
    assert (track.score, track.label) == (pytest.approx(0.5), 3)


@pytest.mark.parametrize("extend", [0.0, 0.5])
def test_one_sighting_is_a_track_too(extend: float) -> None:
    track = finished(walker([50], 100, 80), extend=extend)
    assert track.seen.sum() == 1
    assert np.isfinite(track.boxes).all() and np.isfinite(track.deviations).all()


def credible(count: int, score: float, **changes: float) -> bool:
    beliefs = replace(SETTINGS, **changes)
    one = tracklet(range(count), boxes(np.arange(float(count))), scores=score)
    return is_credible(one, 1 / FPS, beliefs.even or 0.5, beliefs)


def test_what_was_seen_too_shortly_is_not_believed() -> None:
    assert credible(25, 0.9, least=1.0) and not credible(24, 0.9, least=1.0)
    assert credible(1, 0.9, least=0.0, evidence=0.0)


def test_what_was_seen_too_faintly_is_not_believed_unless_for_long() -> None:
    assert not credible(50, 0.4, evidence=0.0)
    assert credible(50, 0.6, evidence=0.05)
    assert not credible(50, 0.6, evidence=0.5) and credible(500, 0.6, evidence=0.5)
    assert credible(50, 0.4, evidence=-10.0)


def test_a_score_of_99_percent_counts_a_frame_where_half_is_even() -> None:
    """logit(0.99) = 4.6."""
    assert credible(50, 0.99, evidence=1.99) and not credible(50, 0.99, evidence=2.01)
    assert credible(50, 1.0, evidence=1.99) and not credible(50, 1.0, evidence=2.01), "no score is proof"


@pytest.mark.parametrize("change", [{"even": 0.0}, {"even": 1.0}, {"gap": -1.0}, {"fill": float("nan")}, {"resize": 0.0}])
def test_impossible_settings_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(SettingError):
        LinkSettings(**change)  # type: ignore[arg-type]
