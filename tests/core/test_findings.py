"""Judging apart from measuring."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from trackside.core import Cause, Finding, InputError, Measurement, Number, Plot, Threshold, Verdict, judge
from trackside.core.findings import worst

SCALE = Threshold("mean", at_least=-0.5, at_most=0.5, otherwise=Verdict.FAIL, reason="weights expect inputs around 0")
SPREAD = Threshold("spread", at_most=2.0, otherwise=Verdict.WARN)


def measured(mean: float = 0.0, spread: float = 1.0) -> Measurement:
    return Measurement((Number("mean", mean), Number("spread", spread, "σ")))


def finding() -> Finding:
    plot = Plot("inputs", {"data": [{"y": [1.0, 2.0]}], "layout": {}})
    evidence = Measurement(
        (Number("mean", 127.5), Number("loss", math.nan), Number("limit", math.inf, "px")),
        (plot, Plot("raw", png=b"\x89PNG\x00")),
    )
    return Finding(
        "input-scaling",
        "Are inputs scaled as the weights expect?",
        Verdict.FAIL,
        "Inputs are 0 to 255.",
        evidence,
        (Cause("not divided by 255", 0.9), Cause("wrong card")),
        "Divide by 255.",
        "Full Stack Deep Learning, lecture 6",
    )


def test_numbers_within_their_limits_are_ok_and_break_nothing() -> None:
    judgement = judge(measured(), [SCALE, SPREAD])
    assert judgement.verdict is Verdict.OK
    assert judgement.broken == ()


@pytest.mark.parametrize("mean", [-0.5, 0.5])
def test_a_number_on_its_limit_passes(mean: float) -> None:
    assert judge(measured(mean), [SCALE]).verdict is Verdict.OK


def test_the_worst_verdict_counts_and_comes_first() -> None:
    judgement = judge(measured(mean=3.0, spread=5.0), [SPREAD, SCALE])
    assert judgement.verdict is Verdict.FAIL
    assert judgement.broken == (SCALE, SPREAD)


def test_nan_and_absent_numbers_are_never_ok() -> None:
    assert judge(measured(math.nan), [SCALE]).verdict is Verdict.UNKNOWN
    assert judge(Measurement(), [SCALE]).verdict is Verdict.UNKNOWN
    assert judge(Measurement(missing="no data"), []).verdict is Verdict.UNKNOWN


def test_a_missing_answer_does_not_hide_a_failure_nor_pass_for_a_warning() -> None:
    assert worst([Verdict.UNKNOWN, Verdict.FAIL, Verdict.OK]) is Verdict.FAIL
    assert worst([Verdict.WARN, Verdict.UNKNOWN]) is Verdict.UNKNOWN
    assert worst([]) is Verdict.OK


def test_a_threshold_says_its_limits_and_its_reason() -> None:
    assert str(SCALE) == "mean should be at least -0.5 and at most 0.5: weights expect inputs around 0"


def test_a_measurement_is_asked_by_name() -> None:
    assert measured(0.25)["mean"] == 0.25
    with pytest.raises(KeyError):
        measured()["median"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Number("n", 1234567), "n 1,234,567"),
        (Number("d", 0.123456, "m"), "d 0.1235 m"),
        (Number("x", math.nan), "x nan"),
        (Number("x", -math.inf, "s"), "x -inf s"),
    ],
)
def test_numbers_are_shown_with_their_units(number: Number, text: str) -> None:
    assert str(number) == text


def test_a_finding_comes_back_from_json_the_same_also_with_nan() -> None:
    text = json.dumps(finding().to_json(), allow_nan=False)
    back = Finding.from_json(json.loads(text))
    assert back.to_json() == finding().to_json()
    assert math.isnan(back.evidence["loss"]) and back.evidence["limit"] == math.inf
    assert back.evidence.plots == finding().evidence.plots
    assert (back.verdict, back.causes) == (finding().verdict, finding().causes)


def test_a_figure_of_numpy_arrays_becomes_plain_with_gaps_for_nan() -> None:
    plot = Plot("p", {"data": [{"y": np.array([1.0, np.nan]), "n": np.int64(3)}], "layout": {"range": (0, np.inf)}})
    figure = Finding("a", "b?", Verdict.OK, evidence=Measurement(plots=(plot,))).to_json()["plots"][0]["figure"]
    assert figure == {"data": [{"y": [1.0, None], "n": 3}], "layout": {"range": [0, None]}}


@pytest.mark.parametrize(
    "data", [{}, {"check": "a"}, {**finding().to_json(), "verdict": "superb"}, {**finding().to_json(), "plots": 3}]
)
def test_json_that_is_no_finding_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(InputError, match="no finding"):
        Finding.from_json(data)
