"""Identity recall against gap length: what is a gap, how long it is, and whether identity was kept."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from trackside.core import Detections, InputError, SettingError
from trackside.perception.tracking.metrics import Gaps, compare, gaps, match_frames, score, wilson
from trackside.perception.tracking.metrics.gaps import EDGES

from .cases import Sequence, at, detections, random_pair, still


def listed(found: Gaps) -> list[tuple[float, bool, bool]]:
    rows = zip(found.seconds.tolist(), found.kept.tolist(), found.away.tolist(), strict=True)
    return sorted(rows)


def run(frames: int, *, without: tuple[int, ...] = (), who: int = 1) -> Sequence:
    return still({frame: (who,) for frame in range(1, frames + 1) if frame not in without})


def test_an_object_always_in_sight_has_no_gap() -> None:
    whole = run(20)
    assert listed(gaps(compare(whole, whole), fps=10)) == []
    assert listed(gaps(compare(whole, whole), fps=10, detections=detections(whole))) == []


def test_an_object_that_leaves_and_comes_back_has_one_with_and_without_detections() -> None:
    truth = run(20, without=tuple(range(6, 15)))
    same, other = truth, run(5) | {frame: tracks for frame, tracks in run(20, who=11).items() if frame > 14}
    for found in (None, detections(truth)):
        # Sighted in frame 5 and again in frame 15: ten frames at 10 a second.
        assert listed(gaps(compare(truth, same), fps=10, detections=found)) == [(1.0, True, True)]
        assert listed(gaps(compare(truth, other), fps=10, detections=found)) == [(1.0, False, True)]


def test_a_tracker_that_fills_the_gap_is_judged_by_the_same_gap_as_one_that_does_not() -> None:
    truth, seen = run(20), run(20, without=(8, 9, 10))
    filled, not_filled = compare(truth, run(20)), compare(truth, seen)
    assert listed(gaps(filled, fps=10)) == []
    assert listed(gaps(filled, fps=10, detections=detections(seen))) == [(0.4, True, False)]
    assert listed(gaps(not_filled, fps=10, detections=detections(seen))) == [(0.4, True, False)]
    assert listed(gaps(not_filled, fps=10)) == [(0.4, True, False)]


@pytest.mark.parametrize("absent", [7, 11])
def test_a_result_without_the_object_at_either_sighting_has_not_kept_it(absent: int) -> None:
    truth, seen = run(20), run(20, without=(8, 9, 10))
    comparison = compare(truth, run(20, without=(absent,)))
    assert listed(gaps(comparison, fps=10, detections=detections(seen))) == [(0.4, False, False)]


def test_absent_at_both_sightings_is_not_the_same_identity() -> None:
    truth, seen = run(20), run(20, without=(8, 9, 10))
    comparison = compare(truth, run(20, without=(7, 11)))
    assert listed(gaps(comparison, fps=10, detections=detections(seen))) == [(0.4, False, False)]


def test_what_the_identity_does_within_the_gap_does_not_matter() -> None:
    truth, seen = run(20), run(20, without=(8, 9, 10))
    result = run(20) | {9: run(9, who=21)[9]}
    assert listed(gaps(compare(truth, result), fps=10, detections=detections(seen))) == [(0.4, True, False)]


def test_there_is_no_gap_before_the_first_sighting_or_after_the_last() -> None:
    truth, seen = run(20), run(20, without=(1, 2, 3, 18, 19, 20))
    assert listed(gaps(compare(truth, run(20)), fps=10, detections=detections(seen))) == []


def test_a_detection_that_is_not_on_the_object_is_no_sighting() -> None:
    truth = run(5)
    beside = detections(run(5))
    boxes = beside[3].boxes + np.float32([5, 0, 5, 0])  # IoU 1/3
    beside[3] = Detections(boxes, beside[3].scores, beside[3].classes)
    assert listed(gaps(compare(truth, truth), fps=10, detections=beside)) == [(0.2, True, False)]


def test_one_detection_cannot_show_two_objects() -> None:
    # 1 and 11 stand at one place, and the detector sees one of them in frame 2.
    truth = still({1: (1, 11), 2: (1, 11), 3: (1, 11)})
    found = detections(truth)
    found[2] = found[2][:1]
    assert len(gaps(compare(truth, truth), fps=10, detections=found)) == 1


def test_detections_are_not_expected_to_stay_with_an_object_by_their_place_in_the_list() -> None:
    truth = at({1: {1: 0, 2: 4}, 2: {1: 0, 2: 4}, 3: {1: 0, 2: 4}})
    # In frame 2 the first detection could be either object, and only if it is the second are both seen.
    found = detections(at({1: {1: 0, 2: 4}, 2: {1: 2, 2: -2}, 3: {1: 0, 2: 4}}))
    assert listed(gaps(compare(truth, truth), fps=10, detections=found)) == []


def test_all_scores_together_take_the_gaps_from_the_detections_too() -> None:
    truth, seen = run(20), run(20, without=(8, 9, 10))
    assert listed(score(truth, truth, fps=10).gaps) == []
    assert listed(score(truth, truth, fps=10, detections=detections(seen)).gaps) == [(0.4, True, False)]


def test_a_box_with_confidence_0_is_no_sighting() -> None:
    truth = run(5)
    truth[3].scores[:] = 0
    assert listed(gaps(compare(truth, run(5)), fps=10, detections=detections(run(5)))) == [(0.2, True, True)]


def test_time_not_frames_decides_the_bin() -> None:
    truth = run(20, without=tuple(range(6, 15)))
    at_10, at_25 = (gaps(compare(truth, truth), fps=fps) for fps in (10, 25))
    assert [part.count for part in at_10.bins()] == [0, 0, 1, 0, 0, 0, 0]
    assert [part.count for part in at_25.bins()] == [1, 0, 0, 0, 0, 0, 0]


def test_a_gap_as_long_as_an_edge_is_in_the_upper_bin_and_bins_can_be_chosen() -> None:
    found = Gaps(np.array([0.5, 1.0, 2.9, 31.0]), np.array([True, False, True, True]), np.zeros(4, bool))
    assert [(part.kept, part.count) for part in found.bins()] == [(0, 0), (1, 1), (0, 1), (1, 1), (0, 0), (0, 0), (1, 1)]
    assert [(part.name, part.kept, part.count) for part in found.bins((0, 1, 3))] == [("0-1 s", 1, 1), ("1-3 s", 1, 2)]
    assert found.bins()[-1].name == "30+ s"
    assert (found.total.kept, found.total.count, found.total.recall) == (3, 4, 0.75)
    for edges in ((1.0,), (0.0, 0.0), (2.0, 1.0)):
        with pytest.raises(SettingError, match="two or more ascending edges"):
            found.bins(edges)


def test_wilson_is_as_published_and_stays_inside() -> None:
    # Newcombe 1998, table I, method 3: 81/263, 15/148, 0/20, 1/29.
    published = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0, 0.1611), (1, 29): (0.0061, 0.1718)}
    for (kept, count), interval in published.items():
        assert wilson(kept, count) == pytest.approx(interval, abs=5e-5)
    assert wilson(20, 20)[1] == 1
    assert all(math.isnan(edge) for edge in wilson(0, 0))


@pytest.mark.parametrize("fps", [0, -1, math.nan, math.inf])
def test_a_frame_rate_must_be_a_positive_number(fps: float) -> None:
    with pytest.raises(SettingError, match="positive number of frames a second"):
        gaps(compare(run(3), run(3)), fps=fps)


def test_a_detection_that_is_not_finite_is_told() -> None:
    found = {2: Detections(np.array([[0, 0, np.nan, 1]]), np.ones(1), np.zeros(1))}  # type: ignore[arg-type]
    with pytest.raises(InputError, match="in frame 2 is not finite"):
        gaps(compare(run(3), run(3)), fps=10, detections=found)


def plainly(truth: Sequence, result: Sequence, fps: float, found: Sequence | None) -> list[tuple[float, bool, bool]]:
    """The definition, object by object and frame by frame."""
    comparison = compare(truth, result)
    names, whose = comparison.truth.names, comparison.result.names
    matches = match_frames(comparison)
    called = {
        (names[o], comparison.frames[step]): whose[r]
        for step, o, r in zip(matches.steps, matches.truth, matches.result, strict=True)
    }
    sighted = set(called)
    if found is not None:
        every = {f: type(t)(t.boxes, t.scores, t.classes, (), np.arange(len(t)) + 100 * f) for f, t in found.items()}
        other = compare(truth, every)
        pairs = match_frames(other)
        sighted = {(other.truth.names[o], other.frames[s]) for s, o in zip(pairs.steps, pairs.truth, strict=True)}
    there = {(o, f) for f, t in truth.items() for o, score in zip(t.ids.tolist(), t.scores, strict=True) if score}
    rows = []
    for name in names.tolist():
        frames = sorted(frame for o, frame in sighted if o == name)
        for before, after in pairwise(frames):
            if after - before > 1:
                was, now = called.get((name, before)), called.get((name, after))
                away = not any((name, frame) in there for frame in range(before + 1, after))
                rows.append(((after - before) / fps, was is not None and was == now, away))
    return sorted(rows)


@given(seed=st.integers(0, 2**32), with_detections=st.booleans())
@settings(max_examples=300, deadline=None)
def test_gaps_are_those_of_the_definition_spelled_out(seed: int, with_detections: bool) -> None:
    truth, result = random_pair(seed)
    found = random_pair(seed + 1)[1] if with_detections else None
    expected = plainly(truth, result, 10.0, found)
    measured = gaps(compare(truth, result), fps=10.0, detections=None if found is None else detections(found))
    assert listed(measured) == expected


def test_default_bins_are_those_of_the_docs() -> None:
    assert (0, 0.5, 1, 2, 5, 10, 30, math.inf) == EDGES
