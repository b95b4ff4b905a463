"""Error from split to split: gaps that are there are named, gaps that chance makes are not."""

import numpy as np
import pytest

from trackside.core import InputError
from trackside.core.findings import Verdict
from trackside.lab.variance import Measured, decompose, gaps
from trackside.lab.variance.splits import difference

KNOWN = Measured(0.01)


def report(**errors: Measured):
    return decompose({name.replace("_", "-"): measured for name, measured in errors.items()})


def test_a_model_that_does_not_fit_its_training_data_has_avoidable_bias():
    found = report(human=KNOWN, train=Measured(0.15, 2000), train_dev=Measured(0.16, 2000), dev=Measured(0.16, 2000))
    assert found.findings[0].says.startswith("avoidable bias limits the model")
    assert "larger or better suited network" in found.findings[0].next_step
    assert [finding.verdict for finding in found.findings[1:]] == [Verdict.WARN, Verdict.UNKNOWN, Verdict.UNKNOWN]


def test_a_model_that_fits_only_its_training_data_has_variance():
    found = report(human=KNOWN, train=Measured(0.01, 5000), train_dev=Measured(0.11, 2000), dev=Measured(0.115, 2000))
    assert found.findings[0].says.startswith("variance limits the model")


def test_new_data_of_another_kind_are_a_mismatch_only_where_train_dev_tells_so():
    splits = {"human": KNOWN, "train": Measured(0.02, 5000), "dev": Measured(0.15, 2000)}
    assert [gap.kind.name for gap in gaps(splits)] == ["avoidable bias", "variance"]
    assert decompose({**splits, "train-dev": Measured(0.025, 5000)}).findings[0].says.startswith("data mismatch")


def test_errors_that_are_alike_raise_no_alarm():
    found = report(
        human=Measured(0.05), train=Measured(0.05, 50_000), dev=Measured(0.052, 50_000), test=Measured(0.05, 50_000)
    )
    assert found.verdict is Verdict.OK


def test_splits_that_are_too_small_say_how_many_items_it_takes():
    found = report(train=Measured(0.10, 40), dev=Measured(0.15, 40))
    assert found.findings[1].verdict is Verdict.UNKNOWN
    assert "40" in found.findings[1].next_step
    assert found.findings[0].verdict is Verdict.OK


def test_intervals_of_differences_hold_the_truth_as_often_as_they_promise():
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(2000):
        one, two = generator.random(150) < 0.08, generator.random(300) < 0.03
        low, high = difference(Measured.of(one), Measured.of(two))
        held += low <= 0.05 <= high
    assert 0.93 <= held / 2000 <= 0.98


def test_equal_splits_seldom_show_a_real_gap():
    generator = np.random.default_rng(1)
    alarms = 0
    for _ in range(1000):
        splits = {name: Measured.of(generator.random(200) < 0.1) for name in ("train", "dev")}
        alarms += gaps(splits)[0].real
    assert alarms / 1000 <= 0.035


def test_errors_in_the_tasks_own_unit_are_decomposed_as_well():
    generator = np.random.default_rng(2)
    found = report(train=Measured.of(generator.gamma(2, 1.0, 400)), dev=Measured.of(generator.gamma(2, 1.6, 400)))
    assert found.findings[0].says.startswith("variance limits the model")


@pytest.mark.parametrize(
    ("errors", "says"),
    [
        ({"train": Measured(0.1, 10)}, "two splits"),
        ({"train": Measured(0.1, 10), "holdout": Measured(0.1, 10)}, "'holdout' is no split"),
        ({"train": Measured(-0.1, 10), "dev": Measured(0.1, 10)}, "the error of train is -0.1"),
        ({"train": Measured(float("nan"), 10), "dev": Measured(0.1, 10)}, "the error of train is nan"),
    ],
)
def test_what_cannot_be_decomposed_is_refused(errors, says):
    with pytest.raises(InputError, match=says):
        decompose(errors)


@pytest.mark.parametrize(("items", "says"), [([], "without items"), ([0.1, float("nan")], "NaN")])
def test_a_split_without_numbers_has_no_error(items, says):
    with pytest.raises(InputError, match=says):
        Measured.of(items)
