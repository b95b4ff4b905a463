"""Agreement figures equal published worked examples."""

import numpy as np
import pytest

from trackside.core import InputError
from trackside.data.agreement import cohen_kappa, fleiss_kappa, krippendorff_alpha

_ = -1
# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C and D: four observers, twelve units.
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
).T
# The worked example of Fleiss' kappa that is reproduced most (fourteen raters, ten subjects, five categories): 0.210.
SUBJECTS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_krippendorffs_own_example(level, published):
    assert krippendorff_alpha(OBSERVERS, level=level).value == pytest.approx(published, abs=5e-4)


def test_alpha_of_two_observers_with_binary_data():
    # Krippendorff 2011, section A: ten units, two observers, alpha 0.095.
    meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert krippendorff_alpha(np.transpose([meg, owen])).value == pytest.approx(0.095, abs=5e-4)


def test_alpha_of_two_observers_with_nominal_data():
    # Krippendorff 2011, section B: twelve units, five classes, alpha 0.692.
    table = [[ord(letter) for letter in pair] for pair in zip("aabbdcccedda", "babbbccceddd", strict=True)]
    assert krippendorff_alpha(table).value == pytest.approx(0.692, abs=5e-4)


def test_fleiss_of_the_published_example():
    assert fleiss_kappa(SUBJECTS).value == pytest.approx(0.210, abs=5e-4)


def test_cohen_of_the_published_example():
    # Fifty proposals, two readers: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: kappa 0.40.
    first = [1] * 25 + [0] * 25
    second = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert cohen_kappa(first, second).value == pytest.approx(0.40, abs=1e-9)


def test_intervals_hold_the_value_and_narrow_with_more_units():
    few, many = krippendorff_alpha(OBSERVERS), krippendorff_alpha(np.tile(OBSERVERS, (20, 1)))
    assert few.low < few.value < few.high
    assert many.high - many.low < (few.high - few.low) / 3


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(5)
    truth = 0.7**2  # Two annotators who each copy the unit's class with probability 0.7, and else guess among many.
    covered = 0
    for trial in range(60):
        unit = random.integers(0, 500, 150)
        judged = [np.where(random.random(150) < 0.7, unit, random.integers(0, 500, 150)) for _ in range(2)]
        found = krippendorff_alpha(np.transpose(judged), seed=trial)
        covered += found.low <= truth <= found.high
    assert covered >= 51


def test_guessing_annotators_agree_no_more_than_by_chance():
    random = np.random.default_rng(1)
    values = random.choice(2, p=[0.95, 0.05], size=(4000, 3))
    for found in (krippendorff_alpha(values), cohen_kappa(values[:, 0], values[:, 1])):
        assert abs(found.value) < 0.05
        assert found.low < 0 < found.high


def test_weighted_kappa_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    random = np.random.default_rng(2)
    a = random.integers(0, 5, 200)
    b = np.clip(a + random.integers(-1, 2, 200), 0, 4)
    for weights in ("none", "linear", "quadratic"):
        theirs = metrics.cohen_kappa_score(a, b, weights=None if weights == "none" else weights)
        assert cohen_kappa(a, b, weights=weights).value == pytest.approx(theirs, abs=1e-12)


def test_units_that_one_left_out_do_not_count():
    assert cohen_kappa([1, 0, -1, 1], [1, 0, 1, -1]).value == 1
    assert krippendorff_alpha([[1, 1, -1], [0, 0, -1], [1, -1, -1]]).value == 1


@pytest.mark.parametrize("values", [np.empty((0, 2)), [[1, -1], [-1, 2]], [[1, 1], [1, 1]], [[np.nan, np.nan]]])
def test_nothing_to_compare_is_nan(values):
    assert np.isnan(krippendorff_alpha(values).value)


def test_a_hundred_thousand_classes_need_no_square_table():
    values = np.repeat(np.arange(100_000)[:, None], 2, axis=1)
    values[::10, 1] += 1
    assert krippendorff_alpha(values).value == pytest.approx(0.9, abs=0.01)
    assert cohen_kappa(values[:, 0], values[:, 1]).value == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("counts", [[[1, 1], [2, 1]], [[1, 0]], [1, 2]])
def test_fleiss_refuses_what_it_is_not_made_for(counts):
    with pytest.raises(InputError, match="same number of annotators"):
        fleiss_kappa(counts)
