"""Pairing of boxes, held against plain references."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.perception.tracking import Likeness, Round, Term, assign, iou, overlapping
from trackside.perception.tracking.association import _assign_greedily
from trackside.perception.tracking.matching import match


def boxes(rng: np.random.Generator, count: int, extent: float = 100.0) -> np.ndarray:
    low = rng.uniform(0, extent, (2, count))
    return np.concatenate([low, low + rng.uniform(1, 40, (2, count))])


def associate(a: np.ndarray, b: np.ndarray, least: float, terms: Sequence[Term] = ()) -> tuple[np.ndarray, np.ndarray]:
    """One round of matching all tracks [4, n] with all detections [4, m]."""
    return rounds_of([Round(tracks="all", found="all", like=Likeness(least=least))], a, b, terms=terms)


def rounds_of(
    rounds: Sequence[Round],
    a: np.ndarray,
    b: np.ndarray,
    *,
    known: Sequence[bool] | None = None,
    strong: Sequence[bool] | None = None,
    terms: Sequence[Term] = (),
) -> tuple[np.ndarray, np.ndarray]:
    """Matching by boxes; `known` tracks and `strong` detections are all unless said."""
    everybody, everything = np.ones(a.shape[1], bool), np.ones(b.shape[1], bool)
    is_known = everybody if known is None else np.array(known)
    is_strong = everything if strong is None else np.array(strong)
    return match(
        rounds,
        {"all": everybody, "known": is_known, "seen": is_known, "new": ~is_known},
        {"all": everything, "strong": is_strong, "faint": ~is_strong},
        lambda each, i, j: each.like(a[:, i], b[:, j]),
        lambda each: terms,
    )


def plain_iou(a: np.ndarray, b: np.ndarray) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height
    return width * height / area


def best_sum(table: np.ndarray) -> float:
    """The greatest sum of any one-to-one choice, by trying all."""
    if table.shape[0] > table.shape[1]:
        table = table.T
    padded = np.maximum(table, 0)
    return max(
        sum(padded[row, column] for row, column in enumerate(columns))
        for columns in itertools.permutations(range(table.shape[1]), table.shape[0])
    )


@given(seed=st.integers(0, 10_000), n=st.integers(0, 12), m=st.integers(0, 12))
def test_overlapping_finds_exactly_the_pairs_that_share_area(seed: int, n: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = boxes(rng, n), boxes(rng, m)
    expected = {(i, j) for i in range(n) for j in range(m) if plain_iou(a[:, i], b[:, j]) > 0}
    i, j = overlapping(a, b)
    assert set(zip(i.tolist(), j.tolist(), strict=True)) == expected
    assert iou(a[:, i], b[:, j]) == pytest.approx([plain_iou(a[:, x], b[:, y]) for x, y in zip(i, j, strict=True)])


def test_boxes_that_only_touch_do_not_overlap() -> None:
    left, right = np.array([[0.0], [0], [10], [10]]), np.array([[10.0], [0], [20], [10]])
    assert len(overlapping(left, right)[0]) == 0


@given(seed=st.integers(0, 10_000), n=st.integers(1, 5), m=st.integers(1, 5), density=st.floats(0.2, 1))
def test_assign_reaches_the_sum_that_trying_everything_reaches(seed: int, n: int, m: int, density: float) -> None:
    rng = np.random.default_rng(seed)
    table = np.where(rng.random((n, m)) < density, rng.uniform(-0.3, 1, (n, m)), -np.inf)
    i, j = np.nonzero(np.isfinite(table))
    best_i, best_j = assign(i, j, table[i, j])
    assert len(set(best_i.tolist())) == len(best_i) and len(set(best_j.tolist())) == len(best_j)
    assert (table[best_i, best_j] > 0).all()
    assert table[best_i, best_j].sum() == pytest.approx(best_sum(table))


def test_two_tracks_that_want_the_same_detection_both_get_one() -> None:
    # Greedy matching would give 0 its favourite and leave 1 with nothing.
    i, j = assign(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([0.9, 0.8, 0.85]))
    assert dict(zip(i.tolist(), j.tolist(), strict=True)) == {0: 1, 1: 0}


def test_a_pair_below_the_gate_stays_apart() -> None:
    a, b = np.array([[0.0], [0], [10], [10]]), np.array([[5.0], [0], [15], [10]])  # IoU 1/3
    assert len(associate(a, b, least=0.34)[0]) == 0
    assert len(associate(a, b, least=0.33)[0]) == 1


def test_a_further_term_changes_the_choice_and_can_forbid_a_pair() -> None:
    a = np.array([[0.0, 2.0], [0, 0], [10, 12], [10, 10]])
    preferred = associate(a, a, least=0.1)
    assert sorted(zip(*(rows.tolist() for rows in preferred), strict=True)) == [(0, 0), (1, 1)]
    swapped = associate(a, a, least=0.1, terms=[lambda i, j: np.where(i == j, -np.inf, 0.0)])
    assert sorted(zip(*(rows.tolist() for rows in swapped), strict=True)) == [(0, 1), (1, 0)]


def as_dict(matched: tuple[np.ndarray, np.ndarray]) -> dict[int, int]:
    return dict(zip(*(rows.tolist() for rows in matched), strict=True))


def test_what_one_round_pairs_takes_no_part_in_the_next() -> None:
    # Both tracks want detection 0; the known one comes first, and the other takes what is left.
    a, b = np.array([[0.0, 1], [0, 0], [10, 11], [10, 10]]), np.array([[1.0, 4], [0, 0], [11, 14], [10, 10]])
    like = Likeness(least=0.2)
    both = [Round(tracks="known", found="strong", like=like), Round(tracks="new", found="all", like=like)]
    assert as_dict(rounds_of(both, a, b, known=[True, False], strong=[True, False])) == {0: 0, 1: 1}
    assert as_dict(rounds_of(both[:1], a, b, known=[True, False], strong=[True, False])) == {0: 0}
    assert as_dict(rounds_of(both[::-1], a, b, known=[True, False], strong=[True, False])) == {1: 0}


def test_rows_of_rounds_are_rows_of_all_tracks_and_all_detections() -> None:
    far = 100.0 * np.arange(4)
    a = np.stack([far, np.zeros(4), far + 10, np.full(4, 10.0)])
    order = np.array([3, 1, 0, 2])
    rounds = [
        Round(tracks=tracks, found=found, like=Likeness())
        for tracks, found in (("known", "strong"), ("known", "faint"), ("new", "strong"), ("new", "faint"))
    ]
    matched = rounds_of(rounds, a, a[:, order], known=[False, True, False, True], strong=[True, False, True, False])
    assert as_dict(matched) == {int(track): place for place, track in enumerate(order)}


def test_a_term_speaks_of_rows_of_all_tracks_and_all_detections() -> None:
    a = np.array([[0.0, 50, 50], [0, 0, 0], [10, 60, 60], [10, 10, 10]])
    asked: list[tuple[int, int]] = []

    def term(i: np.ndarray, j: np.ndarray) -> np.ndarray:
        asked.extend(zip(i.tolist(), j.tolist(), strict=True))
        return np.zeros(len(i))

    rounds_of(
        [Round(tracks="known", like=Likeness())], a, a, known=[False, True, True], strong=[False, False, True], terms=[term]
    )
    assert asked == [(1, 2), (2, 2)]


def test_nobody_and_nothing_match_nothing() -> None:
    nobody, somebody = np.empty((4, 0)), np.array([[0.0], [0], [10], [10]])
    for a, b in ((nobody, nobody), (nobody, somebody), (somebody, nobody)):
        assert [len(rows) for rows in associate(a, b, least=0.1)] == [0, 0]


def test_a_pair_exactly_at_the_gate_matches() -> None:
    a, b = np.array([[0.0], [0], [10], [10]]), np.array([[0.0], [0], [20], [10]])
    assert as_dict(associate(a, b, least=0.5)) == {0: 0}


def test_crowds_too_large_to_compare_every_pair_still_find_their_nearest() -> None:
    rng = np.random.default_rng(3)
    crowd = boxes(rng, 3000, extent=4000)
    moved = crowd + 0.5
    order = rng.permutation(3000)
    i, j = associate(crowd, moved[:, order], least=0.5)
    assert np.mean(order[j] == i) > 0.99
    assert len(i) >= sum(plain_iou(crowd[:, k], moved[:, k]) >= 0.5 for k in range(3000))


def test_greedy_matching_uses_each_row_once() -> None:
    rng = np.random.default_rng(0)
    i, j = _assign_greedily(rng.integers(0, 20, 200), rng.integers(0, 20, 200), rng.random(200))
    assert len(set(i.tolist())) == len(i) == len(set(j.tolist()))
