"""Drawing mistakes, and the ceilings of ideas, against examples computed by hand and against simulated truth."""

from __future__ import annotations

import numpy as np
import pytest

from trackside.core import InputError, Verdict
from trackside.lab.errors import Predictions, draw, ideas, ideas_report, wilson
from trackside.lab.errors.intervals import effective_count, product_interval, weighted_share


def predictions(answers: int = 2000, mistakes: int = 200, classes: int = 2, seed: int = 0) -> Predictions:
    truth = np.random.default_rng(seed).integers(0, classes, answers)
    wrong = np.arange(answers) < mistakes
    return Predictions.of([f"i{number}" for number in range(answers)], truth, np.where(wrong, classes, truth))


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(10, 100, 0.0552, 0.1744), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 2, 0.0945, 0.9055), (0, 0, 0.0, 1.0)],
)
def test_wilson_equals_published_values(hits: int, count: int, low: float, high: float) -> None:
    assert wilson(hits, count) == pytest.approx((low, high), abs=5e-5)


def test_five_of_a_hundred_tagged_is_ten_to_nine_and_a_half_per_cent() -> None:
    tags = [("blurred",)] * 5 + [("dark",)] * 20 + [()] * 75
    found = ideas(tags, answers=10_000, mistakes=1000, costs={"blurred": 1.0, "dark": 20.0}, together=[["dark", "blurred"]])
    blurred, dark = found.single
    assert (blurred.name, blurred.count, blurred.share) == ("blurred", 5, 0.05)
    assert found.error_rate == 0.1 and blurred.ceiling == pytest.approx(0.095)
    assert blurred.ceiling_interval[0] < 0.095 < blurred.ceiling_interval[1] <= 0.1065
    assert blurred.points_per_day == pytest.approx(0.5) and dark.points_per_day == pytest.approx(0.1)
    assert found.together[0].ceiling == pytest.approx(0.075) and found.together[0].person_days == 21
    assert found.untagged == 0.75


def test_a_mistake_with_two_tags_counts_once_together() -> None:
    found = ideas([("a", "b")] * 10 + [("a",)] * 10 + [()] * 20, answers=400, mistakes=40, together=[["a", "b", "a"]])
    assert [idea.share for idea in found.single] == [0.5, 0.25]
    assert found.together[0].share == 0.5 and found.together[0].tags == ("a", "b")
    assert [idea.ceiling for idea in found.in_turn] == [0.05, 0.05]
    assert np.isnan(found.single[0].points_per_day)


def test_without_costs_the_greatest_gain_comes_first_and_ties_by_name() -> None:
    found = ideas([("c",), ("b",), ("a", "c")], answers=10, mistakes=5)
    assert [idea.name for idea in found.single] == ["c", "a", "b"]


@pytest.mark.parametrize(("rate", "share", "by_class"), [(0.1, 0.2, False), (0.03, 0.6, False), (0.1, 0.2, True)])
def test_ceiling_intervals_hold_the_truth_in_95_of_100_worlds(rate: float, share: float, by_class: bool) -> None:
    """Items and tags are drawn anew in each world. Where drawn by class, one class is rare and has most of the tag."""
    inside = shares = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        truth = np.where(random.random(4000) < 0.15, "rare", "common") if by_class else np.full(4000, "all")
        wrong = random.random(4000) < rate
        has = random.random(4000) < np.where(truth == "rare", 0.8, (share - 0.12) / 0.85 if by_class else share)
        world = Predictions.of([str(number) for number in range(4000)], truth, np.where(wrong, "other", truth))
        drawn = draw(world, 100, by="class" if by_class else None, seed=seed)
        tags = [("t",) if has[row] else () for row in drawn.rows]
        found = ideas(tags, answers=drawn.answers, mistakes=drawn.mistakes, weights=drawn.weights)
        idea = found.single[0]
        inside += idea.ceiling_interval[0] <= rate * (1 - share) <= idea.ceiling_interval[1]
        shares += idea.share_interval[0] <= share <= idea.share_interval[1]
    assert inside >= 0.91 * 200 and shares >= 0.91 * 200
    assert inside < 200, "and is no wider than need be"


def test_estimates_from_a_draw_by_class_are_unbiased() -> None:
    world = predictions(answers=3000, mistakes=900, classes=3)
    skewed = np.where(np.arange(3000) % 10 < 8, 0, world.truth.astype(int))
    world = Predictions.of(world.items, skewed, np.where(world.wrong, 9, skewed))
    has = world.truth == "0"
    true_share = has[world.wrong].mean()
    estimates = []
    for seed in range(50):
        drawn = draw(world, 90, by="class", seed=seed)
        assert drawn.weights.sum() == pytest.approx(900)
        assert np.bincount(world.truth[drawn.rows].astype(int)).tolist() == [30, 30, 30]
        estimates.append(weighted_share(has[drawn.rows], drawn.weights)[0])
    assert np.mean(estimates) == pytest.approx(true_share, abs=1e-9)


def test_draws_are_random_repeatable_and_grow() -> None:
    world = predictions()
    first, more = draw(world, 50, seed=3), draw(world, 120, seed=3)
    np.testing.assert_array_equal(first.rows, more.rows[:50])
    assert not np.array_equal(first.rows, draw(world, 50, seed=4).rows)
    assert world.wrong[first.rows].all() and len(set(first.rows.tolist())) == 50
    assert "200 mistakes among 2000 answers (10.0%)" in first.reason and "11 % " not in first.reason
    counts = np.zeros(2000)
    for seed in range(400):
        counts[draw(world, 20, seed=seed).rows] += 1
    assert counts[200:].sum() == 0
    assert counts[:200].min() > 20 and counts[:200].max() < 66, "each mistake is drawn with equal chance: 40 +- 6"


def test_a_thousand_classes_are_drawn_by_class_without_losing_a_mistake() -> None:
    world = predictions(answers=5000, mistakes=3000, classes=1000)
    drawn = draw(world, 100, by="class")
    assert len(drawn.rows) == 100 and drawn.weights.sum() == pytest.approx(3000)


@pytest.mark.parametrize("count", [1, 7, 100, 200, 10_000])
def test_any_number_can_be_drawn(count: int) -> None:
    for by in (None, "class"):
        assert len(draw(predictions(), count, by=by).rows) == min(count, 200)


def test_draws_that_cannot_be_are_one_sentence() -> None:
    with pytest.raises(InputError, match="no mistake among 2000"):
        draw(predictions(mistakes=0))
    with pytest.raises(InputError, match="cannot draw 0"):
        draw(predictions(), 0)
    with pytest.raises(InputError, match=r"no column 'clas'; did you mean 'class'"):
        draw(predictions(), by="clas")


def test_ideas_that_cannot_be_are_one_sentence() -> None:
    good = {"answers": 100, "mistakes": 10}
    for tags, more, match in [
        ([], {}, "no mistake was looked at"),
        ([("a",)], {"costs": {"a": 0}}, "cannot cost 0"),
        ([("a",)], {"costs": {"a": float("nan")}}, "cannot cost nan"),
        ([("a",)], {"together": [["b"]]}, "no mistake has the tag 'b'"),
        ([("a",)] * 11, {}, "cannot be"),
    ]:
        with pytest.raises(InputError, match=match):
            ideas(tags, **good, **more)  # type: ignore[arg-type]


def test_the_effective_count_is_the_count_for_equal_weights_and_less_for_uneven_ones() -> None:
    has = np.arange(40) % 4 == 0
    assert effective_count(has, np.ones(40)) == pytest.approx(40)
    assert effective_count(has, np.where(np.arange(40) < 20, 1.0, 9.0)) < 30
    assert effective_count(has[:0], np.ones(0)) == 0
    # Half of all in 10 draws of which 5 have it, half in 90 of which none has: shares 6/12 and 1/92 by Agresti and Coull.
    half = (6 / 12 + 1 / 92) / 2
    variance = 0.25 * (0.25 / 10 + (1 / 92) * (91 / 92) / 90)
    uneven = np.r_[np.full(10, 9.0), np.ones(90)]
    assert effective_count(np.arange(100) < 5, uneven) == pytest.approx(half * (1 - half) / variance)


def test_product_intervals_by_hand() -> None:
    low, high = product_interval((500, 1000), (1e7, 1e7))
    assert (low, high) == pytest.approx(wilson(500, 1000), abs=2e-3), "times one is the interval of the first"
    assert product_interval((0, 10), (5, 10))[0] == 0
    assert product_interval((10, 10), (10, 10))[1] == 1


def test_the_report_says_what_is_known_and_what_is_not() -> None:
    few = ideas_report(ideas([("a",)] * 5, answers=100, mistakes=10))
    assert few.verdict is Verdict.NOTE
    found = ideas([("a",)] * 5 + [()] * 95, answers=10_000, mistakes=1000, together=[["a"]])
    report = ideas_report(found)
    assert report.verdict is Verdict.OK and "10.0% -> 9.5%" in report.findings[0].says
    assert report.findings[0].evidence["ceiling: a"] == 9.5
    assert "Error rate if every mistake" in report.to_html()
    assert ideas_report(ideas([()] * 60, answers=1000, mistakes=100)).findings[0].evidence.plots == ()
