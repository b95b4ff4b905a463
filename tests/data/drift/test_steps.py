"""The tests behind the checks of drift: each equals its textbook and keeps its level."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency, ks_2samp

from trackside.data.drift.checks import Compared
from trackside.data.drift.domain import Told, auc, components, tell_apart
from trackside.data.drift.shifts import Shift, holm, property_shifts, share_shift
from trackside.data.drift.splits import Pair, group_means, unit_numbers


def test_a_shift_that_is_there_is_told_and_noise_is_not():
    rng = np.random.default_rng(0)
    labels, groups = rng.integers(0, 3, 300), np.arange(300)
    second = rng.random(300) < 0.4
    noise = rng.normal(size=(300, 60))
    assert tell_apart(noise, second, labels, groups, rng).p > 0.01
    noise[second, 7] += 2.5
    told = tell_apart(noise, second, labels, groups, rng)
    assert told.p < 0.01 and told.auc > 0.8 and told.low < told.auc < told.high


def test_p_values_of_noise_are_uniform():
    below = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        told = tell_apart(rng.normal(size=(80, 10)), rng.random(80) < 0.3, np.zeros(80, int), np.arange(80), rng)
        below += told.p <= 0.2
    assert 4 <= below <= 22


def test_constant_features_tell_nothing():
    assert components(np.ones((30, 4))).shape == (30, 1)
    told = tell_apart(np.ones((30, 4)), np.arange(30) < 10, np.zeros(30, int), np.arange(30), np.random.default_rng(0))
    assert told.auc == 0.5 and told.p == 1


def test_an_area_of_one_side_is_one_half():
    assert auc(np.arange(5.0), np.zeros(5, bool)) == 0.5
    assert auc(np.arange(4.0), np.array([False, False, True, True])) == 1


def test_shares_are_tested_by_chi_squared():
    rng = np.random.default_rng(1)
    second = np.arange(400) < 150
    values = np.where(second, rng.integers(0, 4, 400), rng.integers(0, 3, 400))
    shift = share_shift("x", values, second, rng)
    table = np.array([np.bincount(values[side], minlength=4) for side in (second, ~second)])
    shares = table / table.sum(1, keepdims=True)
    assert shift.distance == pytest.approx(np.abs(shares[0] - shares[1]).sum() / 2)
    assert shift.p == pytest.approx(1 / 501) and chi2_contingency(table).pvalue < 1e-6
    same = rng.integers(0, 4, 400)
    exact = chi2_contingency(np.array([np.bincount(same[side], minlength=4) for side in (second, ~second)])).pvalue
    assert share_shift("x", same, second, rng).p == pytest.approx(exact, abs=0.08)


def test_properties_are_tested_by_kolmogorov_and_corrected_by_holm():
    rng = np.random.default_rng(2)
    second = np.arange(200) < 80
    values = {"moved": rng.normal(size=200) + second, "same": rng.normal(size=200), "empty": np.full(200, np.nan)}
    found = property_shifts(values, second)
    assert [one.name for one in found] == ["moved", "same"]
    plain = ks_2samp(values["moved"][~second], values["moved"][second], method="asymp")
    assert found[0].p == pytest.approx(2 * plain.pvalue) and found[0].distance == pytest.approx(plain.statistic)


def test_holm_of_a_worked_example():
    found = holm([Shift(str(p), 0, p, 0, 0) for p in (0.01, 0.04, 0.03, 0.005)])
    assert [one.p for one in found] == pytest.approx([0.02, 0.03, 0.06, 0.06])


def test_groups_are_units_and_items_without_one_are_their_own():
    groups = unit_numbers(np.array(["a", "", "a", ""], object))
    assert groups[0] == groups[2] and len(set(groups.tolist())) == 3
    assert group_means(np.array([1.0, 5, 3, np.nan]), groups)[:2].tolist() == [2, 5]


def test_few_groups_do_not_make_a_shift_sure():
    """Twelve videos of twenty frames: a split of videos is held against other splits of videos, not of frames."""
    sure = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(12), 20)
        features = rng.normal(size=(12, 6))[groups] * 3 + rng.normal(size=(240, 6))
        second = (rng.permutation(12) < 6)[groups]
        sure += tell_apart(features, second, np.zeros(240, int), groups, rng).p <= 0.05
    assert sure <= 5


def test_an_area_that_chance_explains_does_not_count():
    pair = Pair(("train", "test"), np.arange(4), np.arange(4) < 2)
    still = Shift("formats", 0.0, 1.0, 0.0, 0.0)
    moved = [Shift("brightness", 0.4, 0.001, 1.0, 2.0)]
    for seen, made, surely, moves in (
        (0.2, 0.2, 0.5, 0),
        (0.002, 0.2, 0.7, 0.4),
        (0.2, 0.002, 0.5, 0.4),
        (0.004, 0.2, 0.5, 0),
    ):
        told = [Told(0.8, 0.7, 0.9, p, np.zeros(4)) for p in (seen, made)]
        compared = Compared(pair, *told, moved, still, questions=4)
        assert compared.surely == surely and compared.moved == moves
        assert compared.p == pytest.approx(min(1, 4 * min(seen, made)))


@pytest.mark.parametrize("shape", [(90, 12), (30, 70)])
def test_components_span_what_singular_vectors_span(shape):
    rows = np.random.default_rng(4).normal(size=shape) @ np.diag(np.geomspace(8, 1, shape[1]))
    found = components(rows)
    scaled = (rows - rows.mean(0)) / rows.std(0)
    left = np.linalg.svd(scaled, full_matrices=False)[0][:, : found.shape[1]]
    assert np.abs(left.T @ found / np.sqrt(len(rows))) == pytest.approx(np.eye(found.shape[1]), abs=1e-6)


def test_p_of_many_questions_is_corrected():
    rng = np.random.default_rng(5)
    second = np.arange(300) < 100
    column = np.where(second, rng.normal(0.5, 1, 300), rng.normal(0, 1, 300))
    one, of_six = (property_shifts({"x": column}, second, questions)[0].p for questions in (1, 6))
    assert 0 < one < 0.15 and of_six == pytest.approx(min(1, 6 * one))
    values = np.where(second, rng.integers(0, 5, 300), rng.integers(0, 3, 300))
    assert share_shift("x", values, second, rng, 6).p <= 0.01 and share_shift("x", second * 0, second, rng, 6).p == 1


def test_components_of_few_dimensions_are_few():
    rng = np.random.default_rng(6)
    for shape in ((90, 12), (40, 70)):
        assert components(rng.normal(size=(shape[0], 3)) @ rng.normal(size=(3, shape[1]))).shape == (shape[0], 3)
