"""HOTA, CLEAR and identity on cases small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import InputError
from trackside.perception.tracking.metrics import (
    ALPHAS,
    Scores,
    clear,
    combine,
    compare,
    hota,
    identity,
    match_frames,
    mean_numbers,
    score,
)

from .cases import Sequence, at, random_pair, still

FOUR = still(dict.fromkeys(range(1, 5), (1,)))
SWITCHED = still({1: (1,), 2: (1,), 3: (11,), 4: (11,)})
"""Four frames of one object, whose identity changes after two."""


def test_a_perfect_result_has_full_marks() -> None:
    scores = score(FOUR, FOUR, fps=1).numbers()
    for name in ("HOTA", "DetA", "AssA", "LocA", "MOTA", "MOTP", "IDF1", "Recall", "Precision"):
        assert scores[name] == 1, name
    assert [scores[name] for name in ("TP", "FN", "FP", "IDSW", "Frag", "MT", "PT", "ML")] == [4, 0, 0, 0, 0, 1, 0, 0]


def test_one_switch_half_way() -> None:
    comparison = compare(FOUR, SWITCHED)
    h, c, i = hota(comparison), clear(comparison), identity(comparison)
    # Each match agrees in 2 of the 4 boxes of the object and 2 of the 2 of the identity: 2 / (4 + 2 - 2).
    assert (h.det_a, h.ass_a, h.ass_re, h.ass_pr) == (1, 0.5, 0.5, 1)
    assert h.hota == pytest.approx(np.sqrt(0.5))
    assert (c.idsw, c.mota, c.frag) == (1, 0.75, 0)
    assert (i.idtp, i.idfn, i.idfp, i.idf1) == (2, 2, 2, 0.5)


def test_misses_and_false_boxes() -> None:
    truth, result = still({1: (1, 2), 2: (1, 2), 3: (1, 2)}), still({1: (1,), 2: (1, 3), 3: (1,)})
    c = clear(compare(truth, result))
    assert (c.tp, c.fn, c.fp, c.objects) == (3, 3, 1, 6)
    assert (c.mota, c.recall, c.precision) == (pytest.approx(2 / 6), 0.5, 0.75)
    assert (c.mt, c.pt, c.ml) == (1, 0, 1)
    assert hota(compare(truth, result)).det_a == pytest.approx(3 / 7)


def test_mota_may_be_below_nothing() -> None:
    assert clear(compare(still({1: (1,)}), still({1: (2, 3, 4)}))).mota == -3


def test_thresholds_cut_where_the_iou_says() -> None:
    # 5 of 10 px shared: IoU 5 / 15, so the six thresholds up to 0.30 match.
    h = hota(compare(at({1: {1: 0}}), at({1: {1: 5}})))
    np.testing.assert_array_equal(h.tp, ALPHAS <= 0.31)
    assert h.loc_a == pytest.approx((6 / 3 + 13) / 19)
    assert h.hota == pytest.approx(6 / 19)


def test_an_iou_at_the_threshold_counts() -> None:
    # The box of the result is twice as wide: 10 of 20 px shared, IoU exactly 0.5.
    truth, result = at({1: {1: 0}}), at({1: {1: 0}})
    result[1].boxes[0, 2] = 20
    for found in (
        clear(compare(truth, result)).tp,
        identity(compare(truth, result)).idtp,
        hota(compare(truth, result)).tp[9],
    ):
        assert found == 1


def test_a_pair_of_the_frame_before_stays_together_though_another_is_nearer() -> None:
    truth = at({1: {1: 0}, 2: {1: 0}})
    result = at({1: {5: 0}, 2: {6: 0, 5: 2}})
    assert clear(compare(truth, result)).idsw == 0
    assert match_frames(compare(truth, result)).overlap[1] == pytest.approx(8 / 12)


def test_a_frame_where_the_result_has_nothing_breaks_nothing_but_one_where_it_misses_the_object_does() -> None:
    silent = still({1: (1,), 3: (1,)})
    elsewhere = still({1: (1,), 2: (5,), 3: (1,)})
    truth = still({1: (1,), 2: (1,), 3: (1,)})
    assert clear(compare(truth, silent)).frag == 0
    assert clear(compare(truth, elsewhere)).frag == 1


def test_an_object_found_in_a_fifth_of_its_frames_is_partly_tracked_and_in_less_mostly_lost() -> None:
    truth = still(dict.fromkeys(range(1, 11), (1,)))
    found = [clear(compare(truth, still(dict.fromkeys(range(1, n + 1), (1,))))) for n in (1, 2, 8, 9)]
    assert [(c.mt, c.pt, c.ml) for c in found] == [(0, 0, 1), (0, 1, 0), (0, 1, 0), (1, 0, 0)]


def test_identity_pairs_each_object_with_one_identity_only() -> None:
    # Identity 1 is on object 1 twice and on object 2 three times: it belongs to object 2.
    truth = at({frame: {1: 0, 2: 100} for frame in range(1, 6)})
    result = at({1: {1: 0}, 2: {1: 0}, 3: {1: 100}, 4: {1: 100}, 5: {1: 100}})
    assert identity(compare(truth, result)).idtp == 3


def joined(first: Sequence, second: Sequence) -> Sequence:
    """Two sequences as one: later frames and other identities."""
    moved = {
        frame + 1000: type(tracks)(tracks.boxes, tracks.scores, tracks.classes, (), tracks.ids + 1000)
        for frame, tracks in second.items()
    }
    return first | moved


def test_combined_is_as_if_the_sequences_were_one() -> None:
    for seed in range(40):
        a, b = random_pair(seed), random_pair(seed + 1000)
        whole = score(joined(a[0], b[0]), joined(a[1], b[1]), fps=10)
        parts = combine([score(*a, fps=10), score(*b, fps=10)])
        assert parts.numbers() == pytest.approx(whole.numbers(), abs=1e-12)
        assert parts.gaps.total.count == whole.gaps.total.count


def test_the_mean_counts_a_short_sequence_as_much_as_a_long_one() -> None:
    good, bad = score(FOUR, FOUR, fps=1), score(still({1: (1,)}), {}, fps=1)
    assert mean_numbers([good, bad])["MOTA"] == 0.5
    assert combine([good, bad]).clear.mota == 0.8


@pytest.mark.parametrize("together", [combine, mean_numbers])
def test_no_sequences_are_an_error(together: object) -> None:
    with pytest.raises(InputError, match="there are no sequences"):
        together([])  # type: ignore[operator]


def test_scores_are_strict_json() -> None:
    import json

    scores: Scores = score(FOUR, SWITCHED, fps=1)
    data = json.loads(json.dumps(scores.to_json(), allow_nan=False))
    assert data["HOTA"] == pytest.approx(np.sqrt(0.5))
    assert len(data["curves"]["HOTA"]) == len(data["alphas"]) == 19
    assert data["identity_recall"][-1] == {
        "low_s": 0.0, "high_s": None, "recall": None, "recall_low": None, "recall_high": None, "kept": 0, "gaps": 0,
    }  # fmt: skip
