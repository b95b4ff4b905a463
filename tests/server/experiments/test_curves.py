"""Curves keep their peaks and what is not finite, however few points are asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as arrays

from tests.server.experiments.conftest import Api
from tests.server.experiments.making import Made
from trackside.server.experiments.thinning import thinned

NAN, INF = float("nan"), float("inf")


@given(
    arrays.arrays(np.float64, st.integers(1, 400), elements=st.floats(width=16)),
    st.integers(10, 300),
)
def test_thinned_curves_keep_ends_extremes_and_what_is_not_finite(values: np.ndarray, points: int) -> None:
    kept = thinned(values, points)
    assert len(kept) <= max(points, 1) and (np.diff(kept) > 0).all()
    assert kept[0] == 0 and kept[-1] == len(values) - 1
    finite, left = values[np.isfinite(values)], values[kept][np.isfinite(values[kept])]
    if len(finite):
        assert left.min() == finite.min() and left.max() == finite.max()
    assert (len(finite) == len(values)) == (len(left) == len(kept))


def test_short_curves_are_whole(api: Api, made: Made) -> None:
    run = made.run("a", {}, {"loss": [3, NAN, 1, INF, -INF], "accuracy": [0.5]})
    accuracy, loss = api.get(f"/runs/{run}/curves")["curves"]
    assert accuracy["name"] == "accuracy" and not accuracy["lower"] and loss["lower"]
    assert loss["steps"] == [0, 1, 2, 3, 4] and loss["values"] == [3, None, 1, None, None]
    assert loss["times"] == [0, 1, 2, 3, 4] and not loss["thinned"]
    assert [(one["at"], one["was"]) for one in loss["odd"]] == [(1, "nan"), (3, "inf"), (4, "-inf")]
    assert (loss["points"], loss["not_finite"]) == (5, 3)


def test_long_curves_are_thinned_and_a_peak_of_one_step_stays(api: Api, made: Made) -> None:
    values = np.sin(np.arange(20_000) / 500)
    values[[1234, 15_678, 9_999]] = 50, -50, NAN
    run = made.run("a", {}, {"loss": values.tolist()})
    [loss] = api.get(f"/runs/{run}/curves", points=100)["curves"]
    assert len(loss["steps"]) <= 100 and loss["thinned"] and loss["points"] == 20_000 and loss["not_finite"] == 1
    assert loss["values"][loss["steps"].index(1234)] == 50 and loss["values"][loss["steps"].index(15_678)] == -50
    assert [loss["steps"][one["at"]] for one in loss["odd"]] == [9_999]
    [near] = api.get(f"/runs/{run}/curves", points=100, first=1230, last=1240)["curves"]
    assert near["steps"] == list(range(1230, 1241)) and not near["thinned"] and near["points"] == 11


def test_only_the_curves_that_are_named_are_told(api: Api, made: Made) -> None:
    run = made.run("a", {}, {"loss": [1], "a/b, c": [2], "other": [3]})
    found = api.get(f"/runs/{run}/curves", names=["a/b, c", "gone", "loss", "loss"])
    assert [one["name"] for one in found["curves"]] == ["a/b, c", "loss"]
    assert api.get(f"/runs/{run}/curves", first=5)["curves"][0]["steps"] == []


def test_of_numbers_that_were_told_twice_the_newer_counts(api: Api, made: Made) -> None:
    run = made.run("a", {}, {"loss": [1, 2]})
    with made.written() as database:
        database.execute("insert into metrics values (?, 'loss', 9, 9e12, 0, 0)", (run,))
    assert api.get(f"/runs/{run}/curves")["curves"][0]["values"] == [9, 2]
    assert api.get(f"/runs/{run}")["metrics"][0]["points"] == 2


@pytest.mark.parametrize("asked", [{"points": 9}, {"points": 10**6}, {"first": "x"}, {"names": ["n" * 501]}])
def test_wrong_questions_are_refused(api: Api, made: Made, asked: dict[str, object]) -> None:
    assert api.refused(f"/runs/{made.run('a')}/curves", **asked)[0] == 422
