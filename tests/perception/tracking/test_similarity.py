"""Likeness of boxes, held against plain loops over all pairs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.perception.tracking import Likeness, giou
from trackside.perception.tracking.similarity import expanded

Box = tuple[float, float, float, float]


def boxes(rng: np.random.Generator, count: int, extent: float = 100.0) -> np.ndarray:
    low = rng.uniform(0, extent, (2, count))
    return np.concatenate([low, low + rng.uniform(1, 40, (2, count))])


def area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def common(a: Box, b: Box) -> float:
    return area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def plain_iou(a: Box, b: Box) -> float:
    return common(a, b) / (area(a) + area(b) - common(a, b))


def plain_giou(a: Box, b: Box) -> float:
    """Rezatofighi et al. 2019, algorithm 1."""
    around = area((min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])))
    union = area(a) + area(b) - common(a, b)
    return plain_iou(a, b) - (around - union) / around


def plain_centre(a: Box, b: Box) -> float:
    apart = math.dist(((a[0] + a[2]) / 2, (a[1] + a[3]) / 2), ((b[0] + b[2]) / 2, (b[1] + b[3]) / 2))
    return 1 - apart / ((a[3] - a[1] + b[3] - b[1]) / 2)


def plain_expanded(box: Box, share: float) -> Box:
    width, height = box[2] - box[0], box[3] - box[1]
    return box[0] - share * width, box[1] - share * height, box[2] + share * width, box[3] + share * height


def all_pairs(a: np.ndarray, b: np.ndarray, alike: object, least: float) -> dict[tuple[int, int], float]:
    values = {(i, j): alike(tuple(a[:, i]), tuple(b[:, j])) for i in range(a.shape[1]) for j in range(b.shape[1])}
    return {pair: value for pair, value in values.items() if value >= least}


def as_pairs(like: Likeness, a: np.ndarray, b: np.ndarray) -> dict[tuple[int, int], float]:
    (i, j), alike = like(a, b)
    return dict(zip(zip(i.tolist(), j.tolist(), strict=True), alike.tolist(), strict=True))


seeds, counts = st.integers(0, 10_000), st.integers(0, 10)


@given(seed=seeds, n=counts, m=counts, least=st.floats(0.01, 0.9))
def test_by_iou(seed: int, n: int, m: int, least: float) -> None:
    rng = np.random.default_rng(seed)
    a, b = boxes(rng, n), boxes(rng, m)
    assert as_pairs(Likeness(least=least), a, b) == pytest.approx(all_pairs(a, b, plain_iou, least))


@given(seed=seeds, n=counts, m=counts, least=st.floats(0.01, 0.9), share=st.floats(0, 1))
def test_by_expanded_iou(seed: int, n: int, m: int, least: float, share: float) -> None:
    rng = np.random.default_rng(seed)
    a, b = boxes(rng, n), boxes(rng, m)

    def plain(one: Box, other: Box) -> float:
        return plain_iou(plain_expanded(one, share), plain_expanded(other, share))

    assert as_pairs(Likeness(least=least, expand=share), a, b) == pytest.approx(all_pairs(a, b, plain, least))


@given(seed=seeds, n=counts, m=counts, least=st.floats(-1, 0.9))
def test_by_giou(seed: int, n: int, m: int, least: float) -> None:
    """All pairs above the gate, but for those that lie further apart than their mean size on either axis."""
    rng = np.random.default_rng(seed)
    a, b = boxes(rng, n), boxes(rng, m)

    def plain(one: Box, other: Box) -> float:
        near = common(plain_expanded(one, 0.5), plain_expanded(other, 0.5)) > 0
        return plain_giou(one, other) if near else -math.inf

    assert as_pairs(Likeness(measure="giou", least=least), a, b) == pytest.approx(all_pairs(a, b, plain, least))


@given(seed=seeds, n=counts, m=counts, least=st.floats(0.01, 0.9))
def test_by_distance_of_centres(seed: int, n: int, m: int, least: float) -> None:
    rng = np.random.default_rng(seed)
    a, b = boxes(rng, n), boxes(rng, m)
    assert as_pairs(Likeness(measure="centre", least=least), a, b) == pytest.approx(all_pairs(a, b, plain_centre, least))


@given(seed=seeds, count=st.integers(1, 10))
def test_giou_lies_between_minus_one_and_iou_and_is_one_for_the_same_box(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = boxes(rng, count), boxes(rng, count)
    plain = [plain_iou(tuple(a[:, k]), tuple(b[:, k])) for k in range(count)]
    assert (giou(a, b) > -1).all() and (giou(a, b) <= np.array(plain) + 1e-12).all()
    assert giou(a, a) == pytest.approx(np.ones(count))


def test_values_by_hand() -> None:
    left, right = np.array([[0.0], [0], [10], [10]]), np.array([[20.0], [0], [30], [10]])
    # A gap as wide as a box: a third of the box around both is empty.
    assert giou(left, right) == pytest.approx([-1 / 3])
    # Grown by half of its size on each side, 20 wide and tall; they touch, and still share nothing.
    assert expanded(left, 0.5).ravel().tolist() == [-5, -5, 15, 15]
    assert as_pairs(Likeness(least=0.0, expand=0.5), left, right) == {}
    # Grown by 0.7 to 24: they share 4 by 24 of 2 * 24 * 24 - 4 * 24.
    assert as_pairs(Likeness(least=0.05, expand=0.7), left, right) == {(0, 0): pytest.approx(96 / 1056)}
    assert as_pairs(Likeness(measure="centre", least=0.1), left, right - [[12], [0], [12], [0]]) == {
        (0, 0): pytest.approx(0.2)
    }


def test_giou_reaches_as_far_as_a_box_is_wide() -> None:
    box = np.array([[0.0], [0], [10], [10]])
    like = Likeness(measure="giou", least=-1.0)
    assert list(as_pairs(like, box, np.add(box, [[19.9], [0], [19.9], [0]]))) == [(0, 0)]
    assert as_pairs(like, box, np.add(box, [[20.1], [0], [20.1], [0]])) == {}


@pytest.mark.parametrize("measure", ["iou", "giou", "centre"])
def test_a_pair_at_the_gate_is_alike_and_one_just_below_is_not(measure: str) -> None:
    a, b = np.array([[0.0], [0], [10], [10]]), np.array([[5.0], [0], [15], [10]])
    value = {"iou": 1 / 3, "giou": 1 / 3, "centre": 0.5}[measure]
    assert list(as_pairs(Likeness(measure=measure, least=value - 1e-9), a, b)) == [(0, 0)]  # type: ignore[arg-type]
    assert as_pairs(Likeness(measure=measure, least=value + 1e-9), a, b) == {}  # type: ignore[arg-type]


def test_expansion_leaves_the_boxes_that_came_in_as_they_were() -> None:
    a = boxes(np.random.default_rng(0), 5)
    before = a.copy()
    Likeness(expand=0.5)(a, a)
    assert (a == before).all()
