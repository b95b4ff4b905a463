"""Two sequences side by side: what counts, what overlaps, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import InputError, Tracks
from trackside.perception.tracking.metrics import clear, compare, comparison as module, score

from .cases import at, plain_iou, random_pair, still


def one(box: tuple[float, ...], track: int = 1, score: float = 1.0) -> Tracks:
    return Tracks(np.array([box], np.float32), [score], [0], (), [track])  # type: ignore[arg-type]


@pytest.mark.parametrize("most", [1, 7, 1 << 18])
def test_every_iou_is_that_of_plain_loops_however_many_are_looked_at_together(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_PAIRS", most)
    for seed in range(30):
        truth, result = random_pair(seed)
        found = compare(truth, result)
        for step, frame in enumerate(found.frames.tolist()):
            there, said = truth.get(frame, Tracks.empty()), result.get(frame, Tracks.empty())
            expected = plain_iou(there[there.scores != 0].boxes, said.boxes)
            np.testing.assert_allclose(found.similarity(step), expected, rtol=0, atol=1e-15)


def test_boxes_with_confidence_0_are_out_of_the_ground_truth_but_not_out_of_the_result() -> None:
    truth = {1: one((0, 0, 10, 10), score=0), 2: one((0, 0, 10, 10), score=0.5)}
    result = {1: one((0, 0, 10, 10), score=0), 2: one((0, 0, 10, 10), score=0)}
    found = clear(compare(truth, result))
    assert (found.tp, found.fn, found.fp) == (1, 0, 1)


def test_frames_on_one_side_only_are_missed_or_false() -> None:
    found = clear(compare(still({1: (1,), 2: (1, 2)}), still({2: (1,), 7: (1, 2, 3)})))
    assert (found.tp, found.fn, found.fp) == (1, 2, 3)


def test_identities_are_counted_from_0_whatever_their_names() -> None:
    found = compare(at({1: {900_000_000_000: 0.0, 7: 50.0}}), {})
    assert found.truth.ids.tolist() == [1, 0]
    assert found.truth.names.tolist() == [7, 900_000_000_000]


def test_boxes_without_area_or_turned_over_meet_nothing() -> None:
    whole = one((0, 0, 10, 10))
    for box in ((5, 5, 5, 9), (9, 9, 1, 1), (0, 0, 0, 0), (10, 10, 0, 0)):
        assert not len(compare({1: whole}, {1: one(box)}).overlap)
        assert not len(compare({1: one(box)}, {1: one(box)}).overlap)


def test_nothing_on_either_side_has_scores_of_0_and_no_gaps() -> None:
    for truth, result in (({}, {}), ({1: Tracks.empty()}, {}), ({}, {3: Tracks.empty()})):
        scores = score(truth, result, fps=25)
        assert {name for name, value in scores.numbers().items() if value} == {"LocA"}
        assert not len(scores.gaps)


@pytest.mark.parametrize("side", ["the ground truth", "the result"])
@pytest.mark.parametrize(
    ("tracks", "said"),
    [
        (at({1: {5: 0}, 3: {1: 0.0, 2: 20.0}}) | {4: Tracks.of(at({4: {8: 0, 9: 30}})[4], [8, 8])}, "frame 4 has id 8 more"),
        ({2: one((0, 0, 10, 10), track=-1)}, "frame 2 has a box with id -1; give each box the identity"),
        ({9: one((0, 0, np.nan, 10), track=4)}, "the box of id 4 in frame 9 is not finite"),
        ({9: one((0, 0, np.inf, 10), track=4)}, "the box of id 4 in frame 9 is not finite"),
    ],
)
def test_bad_input_is_told_with_side_frame_and_identity(side: str, tracks: dict[int, Tracks], said: str) -> None:
    good = still({1: (1,)})
    pair = (tracks, good) if side == "the ground truth" else (good, tracks)
    with pytest.raises(InputError) as caught:
        compare(*pair)
    assert str(caught.value).startswith(f"{side}: {said}")


def test_an_identity_may_stand_in_every_frame_and_beside_others() -> None:
    assert len(compare(still({1: (1, 2), 2: (1, 2)}), still({1: (2, 1), 2: (2, 1)})).overlap) == 4
