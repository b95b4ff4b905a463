"""A whole recording, from tracks or detections to finished tracks."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray

from trackside.core import Detections, InputError, Tracks
from trackside.perception.tracking.linking import LinkSettings, Tracklet, link_recording, track_recording

from .walkers import SETTINGS, boxes, clock, features_of, identities, kits, recording, seconds, tracklet, walker, who


def linked(parts: Sequence[Tracklet], frames: int, beliefs: LinkSettings = SETTINGS) -> dict[int, Tracks]:
    """The parts as tracks of different identities, linked; with their features, where they have some."""
    features = features_of(parts) if all(part.features is not None for part in parts) else None
    return link_recording(recording(parts), clock(frames), beliefs, features=features)


def test_somebody_who_walks_behind_a_pillar_is_one_and_is_given_out_behind_it() -> None:
    result = linked([walker(range(30), 100, 80, jitter=1), walker(range(50, 80), 100, 80, jitter=2)], 80)
    assert identities(result) == [1]
    assert sorted(result) == list(range(1, 81))
    assert result[41].centres[0, 0] == pytest.approx(100 + 80 * 40 / 25, abs=4)


def test_two_who_cross_behind_a_pillar_keep_their_ways() -> None:
    right = [walker([*range(30)], 100, 80, jitter=1), walker([*range(45, 75)], 100, 80, jitter=2)]
    left = [walker([*range(30)], 340, -80, jitter=3), walker([*range(45, 75)], 340, -80, jitter=4)]
    result = linked([right[0], left[0], left[1], right[1]], 75)
    assert identities(result) == [1, 2]
    assert who(result, (1, 100)) == who(result, (75, 336)) != who(result, (75, 104))


def test_two_in_one_track_each_get_their_own() -> None:
    """A tracker swapped them where they met: each of its tracks turns on the spot."""
    steps = np.arange(80)
    right, left = 100 + 4 * steps, 420 - 4 * steps
    glued = [np.where(steps < 40, one, other) for one, other in ((right, left), (left, right))]
    noise = np.random.default_rng(0).normal(0, 1, (2, 80, 4))
    result = linked([tracklet(steps, boxes(x) + noise[n]) for n, x in enumerate(glued)], 80)
    assert identities(result) == [1, 2]
    assert who(result, (1, 100)) == who(result, (80, 416)) != who(result, (80, 104))


def meeting(*, swapped: bool, known: bool = True) -> list[Tracklet]:
    """Two stand at one place, unseen for a second; both come out where they went in, or having changed places."""
    before, after = range(40), range(65, 105)
    axes = ((0, 1), (1, 0)) if swapped else ((0, 0), (1, 1))
    parts = []
    for number, (x, (first, second)) in enumerate(zip((300.0, 330.0), axes, strict=True)):
        for frames, axis in ((before, first), (after, second)):
            vectors = kits((axis, 40), seed=number) if known else np.full((40, 8), np.nan)
            place = walker(frames, x, 0, jitter=10 * number + axis)
            parts.append(tracklet(place.frames, place.boxes, features=vectors))
    return parts


@pytest.mark.parametrize("swapped", [False, True])
def test_looks_tell_whether_two_who_were_hidden_at_one_place_have_changed_places(swapped: bool) -> None:
    result = linked(meeting(swapped=swapped), 105)
    assert identities(result) == [1, 2]
    assert (who(result, (1, 300)) != who(result, (105, 300))) == swapped


def test_without_looks_they_are_taken_to_have_stayed() -> None:
    for known in (True, False):
        parts = meeting(swapped=True, known=False)
        features = features_of(parts) if known else None
        result = link_recording(recording(parts), clock(105), SETTINGS, features=features)
        assert who(result, (1, 300)) == who(result, (105, 300))


def absent(axis_before: int, axis_after: int) -> list[Tracklet]:
    """Somebody who leaves on the right; a minute later somebody comes in on the left."""
    one, other = walker(range(50), 800, 80, jitter=1), walker(range(1550, 1600), -2400, 40, jitter=2)
    vectors = kits((axis_before, 50)), kits((axis_after, 50), seed=1)
    return [tracklet(t.frames, t.boxes, features=f) for t, f in zip((one, other), vectors, strict=True)]


def test_somebody_who_was_away_for_a_minute_is_recognised_by_looks() -> None:
    result = linked(absent(0, 0), 1600)
    assert identities(result) == [1]
    assert 800 not in result, "nobody knows where he was"


def test_somebody_who_looks_different_is_not_taken_for_whoever_left() -> None:
    assert identities(linked(absent(0, 1), 1600)) == [1, 2]


def test_without_looks_nobody_is_recognised_after_a_minute() -> None:
    parts = absent(0, 0)
    assert identities(link_recording(recording(parts), clock(1600), SETTINGS)) == [1, 2]
    unknown = {frame: np.full_like(vectors, np.nan) for frame, vectors in features_of(parts).items()}
    assert identities(link_recording(recording(parts), clock(1600), SETTINGS, features=unknown)) == [1, 2]


def test_nobody_is_recognised_after_the_longest_absence() -> None:
    assert identities(linked(absent(0, 0), 1600, replace(SETTINGS, absent=30.0))) == [1, 2]


def test_features_that_are_not_known_say_nothing() -> None:
    parts = crowd(0)
    unknown = {frame: np.full((len(tracks), 4), np.nan) for frame, tracks in recording(parts).items()}
    plain, told = linked(parts, 120), link_recording(recording(parts), clock(120), SETTINGS, features=unknown)
    assert_same(plain, told)


def test_identities_count_from_1_in_the_order_of_beginnings() -> None:
    parts = [walker(range(start, start + 30), 200.0 * start, 0) for start in (9, 0, 4)]
    result = link_recording(recording(parts, ids=[5, 70, 31]), clock(40), SETTINGS)
    assert [who(result, (20, 200.0 * start)) for start in (0, 4, 9)] == [1, 2, 3]


def test_a_flash_and_what_is_faint_are_left_out() -> None:
    faint = tracklet(range(50), boxes(np.full(50, 500.0)), scores=0.2)
    result = linked([walker(range(50), 100, 80), walker(range(3), 700, 0), faint], 50)
    assert identities(result) == [1]


def test_the_class_names_are_kept() -> None:
    given = recording([walker(range(30), 100, 80)])
    named = {frame: replace(tracks, names=("person",)) for frame, tracks in given.items()}
    result = link_recording(named, clock(30), SETTINGS)
    assert {tracks.label(0) for tracks in result.values()} == {"person"}


def test_nothing_is_nothing() -> None:
    assert link_recording({}, {}) == track_recording({}, {}) == {}
    assert link_recording({1: Tracks.empty()}, clock(9)) == track_recording({1: Detections.empty()}, clock(9)) == {}


def test_a_recording_of_one_frame_runs_and_is_no_evidence() -> None:
    one = recording([walker([0], 100, 0)])
    assert link_recording(one, {1: 0.0}) == {}
    (result,) = link_recording(one, {1: 0.0}, replace(SETTINGS, least=0.0, evidence=0.0)).values()
    np.testing.assert_allclose(result.boxes, one[1].boxes, rtol=1e-6)


def test_a_score_that_is_no_number_costs_its_own_box_only() -> None:
    given = recording([walker(range(60), 100, 80, jitter=1), walker(range(60), 900, -10, jitter=2)])
    given[30].scores[0] = np.nan
    result = link_recording(given, clock(60), SETTINGS)
    assert identities(result) == [1, 2]
    assert sorted(result) == list(range(1, 61))
    assert all(np.isfinite(tracks.boxes).all() and np.isfinite(tracks.scores).all() for tracks in result.values())


@pytest.mark.parametrize("run", [link_recording, track_recording])
def test_frames_and_times_that_do_not_go_together_are_refused(run: object) -> None:
    given = recording([walker(range(3), 100, 80)])
    with pytest.raises(InputError, match="frame 3 has no time"):
        run(given, {1: 0.0, 2: 0.1})  # type: ignore[operator]
    for times in ({1: 0.0, 2: 0.2, 3: 0.1}, {1: 0.0, 2: 0.0, 3: 0.1}, {1: 0.0, 2: float("nan"), 3: 0.1}):
        with pytest.raises(InputError, match="times must be finite and ascend"):
            run(given, times)  # type: ignore[operator]


def test_an_identity_twice_in_a_frame_is_refused() -> None:
    with pytest.raises(InputError, match="identity 4 appears twice in frame 1"):
        link_recording(recording([walker(range(3), 100, 80), walker(range(3), 300, 80)], ids=[4, 4]), clock(3))


def test_irregular_times_are_times() -> None:
    """Somebody with steady speed, in frames that come now and then, is hidden where frames are many."""
    rng = np.random.default_rng(0)
    times = np.cumsum(rng.choice([0.02, 0.04, 0.1], 150))
    x = 100 + 80 * times + rng.normal(0, 1, 150)
    parts = [tracklet(frames, boxes(x[frames])) for frames in (np.arange(50), np.arange(65, 150))]
    result = link_recording(recording(parts), {n + 1: float(t) for n, t in enumerate(times)}, SETTINGS)
    assert identities(result) == [1]
    np.testing.assert_allclose([result[n + 1].centres[0, 0] for n in range(150)], 100 + 80 * times, atol=4)


def test_numbers_of_frames_mean_nothing() -> None:
    """Every tenth number, times as before."""
    parts = crowd(3)
    given, times = recording(parts), clock(120)
    plain = link_recording(given, times, SETTINGS)
    sparse = link_recording({10 * n: t for n, t in given.items()}, {10 * n: t for n, t in times.items()}, SETTINGS)
    assert_same({10 * n: tracks for n, tracks in plain.items()}, sparse)


def test_detections_become_tracks() -> None:
    people = [walker([*range(40), *range(55, 100)], 100, 80, jitter=1), walker(range(100), 700, -60, foot=300, jitter=2)]
    found = {n: Detections(t.boxes, t.scores, t.classes) for n, t in recording(people).items()}
    result = track_recording(found, clock(100), SETTINGS)
    assert identities(result) == [1, 2]
    assert who(result, (3, 104)) == who(result, (98, 410))


def crowd(seed: int) -> list[Tracklet]:
    """Pieces of eight people who walk about, with gaps, over 120 frames."""
    rng = np.random.default_rng(seed)
    parts = []
    for person in range(8):
        start, speed = rng.uniform(0, 900), rng.normal(0, 60)
        cuts = np.sort(rng.integers(0, 120, 4))
        for n, (first, last) in enumerate(zip([0, *cuts], [*cuts - 5, 120], strict=True)):
            if last - first > 2:
                parts.append(walker(range(first, last), start, speed, foot=200 + 40 * person, jitter=n))
    return parts


def assert_same(one: Mapping[int, Tracks], other: Mapping[int, Tracks]) -> None:
    assert sorted(one) == sorted(other)
    for frame, tracks in one.items():
        for name in ("boxes", "scores", "classes", "ids"):
            np.testing.assert_array_equal(getattr(tracks, name), getattr(other[frame], name))


def test_the_same_gives_the_same() -> None:
    assert_same(linked(crowd(1), 120), linked(crowd(1), 120))


def wild(seed: int) -> tuple[dict[int, Tracks], NDArray[np.float64]]:
    """Anything: boxes that jump, scores of all sizes, identities that come and go; and the frames' times."""
    rng = np.random.default_rng(seed)
    found = {}
    for frame in range(1, int(rng.integers(2, 60))):
        ids = rng.permutation(6)[: rng.integers(0, 7)]
        low, size = rng.uniform(-50, 500, (len(ids), 2)), rng.uniform(0.5, 150, (len(ids), 2))
        scores = rng.choice([0.0, 0.3, 0.9, 1.0, 40.0, np.nan], len(ids))
        found[frame] = Tracks(np.hstack([low, low + size]), scores, rng.integers(-1, 3, len(ids)), (), ids)  # type: ignore[arg-type]
    return found, np.cumsum(rng.choice([1e-3, 0.04, 2.0], 60))


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 100_000), looks=st.booleans())
def test_whatever_is_given_an_identity_is_once_in_a_frame_and_all_is_finite(seed: int, looks: bool) -> None:
    found, times = wild(seed)
    rng = np.random.default_rng(seed)
    features = {n: rng.choice([np.nan, 0, 1], (len(t), 3)) for n, t in found.items()} if looks else None
    beliefs = replace(SETTINGS, least=0.0, evidence=-1e6, extend=0.1)
    result = link_recording(found, {n + 1: float(t) for n, t in enumerate(times)}, beliefs, features=features)
    assert identities(result) == list(range(1, len(identities(result)) + 1))
    for frame, tracks in result.items():
        assert len(set(tracks.ids.tolist())) == len(tracks)
        assert np.isfinite(tracks.boxes).all() and (tracks.boxes[:, 2:] > tracks.boxes[:, :2]).all()
        assert len(tracks) >= int((~np.isnan(found[frame].scores)).sum() if frame in found else 0)


def test_thousands_of_stretches_take_seconds() -> None:
    """Half a minute of a crowded square: 2,400 stretches of 300 people. Measured: 2 s on two shared cores."""
    rng = np.random.default_rng(0)
    parts = []
    for person in range(300):
        x, speed = rng.uniform(0, 4000), rng.normal(0, 60)
        parts += [walker(range(n, n + 85), x, speed, foot=100 + 9 * person, jitter=n) for n in range(0, 750, 94)]
    started = time.perf_counter()
    result = linked(parts, 760)
    assert time.perf_counter() - started < 30
    assert len(identities(result)) == pytest.approx(300, abs=15)


@pytest.mark.slow
def test_an_hour_of_five_people_takes_a_minute_and_little_memory() -> None:
    frames = 90_000
    rng = np.random.default_rng(0)
    turns, parts = seconds(frames) / 20, []
    for person in range(5):
        x = 500 + 300 * np.sin(turns + person) + rng.normal(0, 2, frames)
        cuts = [0, *np.flatnonzero(rng.random(frames) < 1 / 500).tolist(), frames]
        for first, last in pairwise(cuts):
            if last - 15 > first:
                here = np.arange(first, last - 10)
                parts.append(tracklet(here, boxes(x[here], 200 + 120 * person)))
    started = time.perf_counter()
    result = linked(parts, frames)
    assert time.perf_counter() - started < 300
    assert len(identities(result)) == 5
