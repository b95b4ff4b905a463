"""Folds hold together what belongs together; counts are counts; the curve goes on as it began."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from trackside.core import Verdict
from trackside.core.intervals import wilson
from trackside.data.checking import CHECKS, Subject
from trackside.data.dataset import Dataset
from trackside.data.items import Items
from trackside.data.labels import assign_folds, learning_curve, measure_balance, together
from trackside.data.labels.curve import _power_law
from trackside.data.labels.planting import share_of_wrong
from trackside.data.scan import Scan


def test_items_that_share_a_mark_are_one_unit() -> None:
    groups = ["a", "a", "", "b", "", "c"]
    hashes = ["1", "2", "2", "3", "4", "3"]
    assert together(6, groups, hashes).tolist() == [0, 0, 0, 1, 2, 1]
    assert together(3).tolist() == [0, 1, 2]
    assert together(0).tolist() == []


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), min_size=1, max_size=60), st.integers(0, 5), st.booleans())
def test_units_are_never_torn_apart(items: list[tuple[int, int]], seed: int, in_order: bool) -> None:
    labels = np.array([label for label, _ in items])
    units = together(len(items), [f"{unit}" for _, unit in items])
    folds = assign_folds(labels, units, 5, seed, in_order=in_order)
    assert ((folds >= 0) & (folds < 5)).all()
    assert all(len(np.unique(folds[units == unit])) == 1 for unit in np.unique(units))


@pytest.mark.parametrize("in_order", [False, True])
def test_folds_have_even_classes(in_order: bool) -> None:
    labels = np.repeat([0, 1, 2], [100, 30, 7])
    folds = assign_folds(labels, together(137), 5, 3, in_order=in_order)
    for label, members in ((0, 100), (1, 30), (2, 7)):
        counts = np.bincount(folds[labels == label], minlength=5)
        assert counts.min() >= members // 5 and counts.max() <= members // 5 + 1
    runs = int((np.diff(folds[:100]) != 0).sum())
    assert runs <= 5 if in_order else runs > 50


def test_balance_of_a_worked_example() -> None:
    found = measure_balance(np.array([0] * 8 + [1] * 2 + [-1] * 5), 3)
    assert found.members.tolist() == [8, 2, 0]
    assert (found.ratio, found.majority, found.empty) == (4.0, 0.8, 1)
    # exp(-(0.8 ln 0.8 + 0.2 ln 0.2)) = 1.6494
    assert found.effective == pytest.approx(1.6494, abs=1e-4)
    assert measure_balance(np.full(3, -1), 2).effective == 0


def test_even_classes_are_as_many_as_they_are() -> None:
    found = measure_balance(np.arange(100) % 5, 5)
    assert found.effective == pytest.approx(5) and found.evenness == pytest.approx(1) and found.ratio == 1


def test_wilson_gives_the_published_interval() -> None:
    # Newcombe 1998, table I: 81 of 263, method 3.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)


def test_the_share_of_wrong_labels_is_read_from_the_tail() -> None:
    generator = np.random.default_rng(0)
    planted = generator.normal(3, 1, 40_000)
    given = np.concatenate([generator.normal(-3, 1, 9_000), generator.normal(3, 1, 1_000)])
    found = share_of_wrong(given, planted)
    assert found.low < 0.1 < found.high and found.high - found.low < 0.03
    assert share_of_wrong(generator.normal(-3, 1, 10_000), planted).high < 0.002


def test_a_power_law_is_found_again() -> None:
    sizes = np.array([50, 100, 200, 400, 800.0])
    fitted, now, twice = _power_law(sizes, 0.05 + 2.0 * sizes**-0.5, 1000)
    np.testing.assert_allclose(fitted, 0.05 + 2.0 * sizes**-0.5, atol=1e-4)
    assert now == pytest.approx(0.05 + 2 / 1000**0.5, abs=1e-4)
    assert twice == pytest.approx(0.05 + 2 / 2000**0.5, abs=1e-4)


def _clouds(seed: int, n: int, classes: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    true = np.arange(n) % classes
    return (np.eye(classes, 60)[true] * 3 + generator.normal(size=(n, 60)) * spread).astype(np.float32), true


def test_a_hungry_set_is_told_that_more_would_help_and_how_much() -> None:
    rows, labels = _clouds(1, 1200, 40, 1.2)
    half = learning_curve(rows[:600], labels[:600])
    whole = learning_curve(rows, labels)
    assert half is not None and whole is not None
    assert half.gain_low > 0.02
    assert half.low - 0.02 <= whole.at_all <= half.high + 0.02  # What was foretold came.
    assert (np.diff(half.fitted) <= 1e-9).all() and half.at_twice < half.at_all


def test_a_full_set_is_told_that_more_would_not_help() -> None:
    found = learning_curve(*_clouds(2, 2000, 3, 0.8))
    assert found is not None and found.gain_high < 0.01 and found.at_all < 0.02


def test_too_little_for_a_curve() -> None:
    rows, labels = _clouds(3, 100, 4, 1)
    assert learning_curve(rows[:30], labels[:30]) is None
    assert learning_curve(rows, np.zeros(100, int)) is None
    assert learning_curve(np.full_like(rows, np.nan), labels) is None
    assert learning_curve(rows, np.arange(100)) is not None  # A hundred classes of one: hopeless, but no crash.


def _subject(labels: np.ndarray, classes: int, rows: np.ndarray | None = None) -> Subject:
    items = Items.of([f"{row}" for row in range(len(labels))], labels=labels)
    dataset = Dataset(Path("/nowhere"), items, classes=tuple(f"class {one}" for one in range(classes)))
    subject = Subject(dataset, Scan(("unreadable",) * len(labels), {}), features_of="" if rows is None else "x")
    if rows is not None:
        subject.shared["features"] = rows
    return subject


@pytest.mark.parametrize(
    ("labels", "classes", "verdict"),
    [
        (np.arange(100) % 4, 4, Verdict.OK),
        (np.arange(100) % 4, 5, Verdict.WARN),
        (np.repeat([0, 1], [99, 9]), 2, Verdict.WARN),
        (np.arange(100_000), 100_000, Verdict.NOTE),
        (np.zeros(1, int), 1, Verdict.NOTE),
    ],
)
def test_the_check_of_balance(labels: np.ndarray, classes: int, verdict: Verdict) -> None:
    finding, _ = CHECKS["class-balance"].check(_subject(labels, classes))
    assert finding.verdict is verdict, finding.says


@pytest.mark.parametrize(
    ("classes", "said"),
    [(5, "; 1 class without items: class 4;"), (9, "; 5 classes without items: class 4, class 5, class 6 and 2 more;")],
)
def test_empty_classes_are_named(classes: int, said: str) -> None:
    finding, _ = CHECKS["class-balance"].check(_subject(np.arange(100) % 4, classes))
    assert said in finding.says


def test_the_check_of_enough_data() -> None:
    rows, labels = _clouds(1, 600, 40, 1.2)
    hungry, _ = CHECKS["enough-data"].check(_subject(labels, 40, rows))
    assert hungry.verdict is Verdict.NOTE and "collect more" in hungry.next_step
    rows, labels = _clouds(2, 2000, 3, 0.8)
    assert CHECKS["enough-data"].check(_subject(labels, 3, rows))[0].verdict is Verdict.OK
    assert CHECKS["enough-data"].check(_subject(labels, 3))[0].verdict is Verdict.UNKNOWN
