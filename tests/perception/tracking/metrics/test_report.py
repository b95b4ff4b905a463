"""Scores as a report."""

from __future__ import annotations

import pytest

from trackside.core import InputError, Verdict
from trackside.perception.tracking.metrics import gaps_figure, hota_figure, score, scores_report

from .cases import still

TRUTH = still({1: (1,), 2: (1,), 5: (1,), 6: (1,), 9: (1,)})
RESULT = still({1: (1,), 2: (1,), 5: (1,), 6: (1,), 9: (11,)})


def test_plots_show_the_curves_and_the_gaps_with_their_intervals() -> None:
    scores = score(TRUTH, RESULT, fps=10)
    lines = hota_figure({"a": scores, "b": scores}, scores)["data"]
    assert [line["name"] for line in lines] == ["HOTA", "DetA", "AssA", "LocA", "a", "b"]
    assert lines[0]["y"] == pytest.approx(scores.hota.curves["HOTA"].tolist(), abs=1e-4)
    points = gaps_figure(scores.gaps)["data"][0]
    assert (points["x"], points["y"], points["text"]) == (["0-0.5 s"], [0.5], ["1 of 2"])
    low, high = scores.gaps.total.interval
    assert points["error_y"]["array"] == [pytest.approx(high - 0.5)]
    assert points["error_y"]["arrayminus"] == [pytest.approx(0.5 - low)]


def test_a_report_says_what_was_measured_and_is_one_page() -> None:
    report = scores_report({"a<b": score(TRUTH, RESULT, fps=10)}, sightings="the detections")
    assert [finding.verdict for finding in report.findings] == [Verdict.NOTE, Verdict.NOTE]
    assert report.findings[1].says == "1 of 2 gaps were bridged."
    page = report.to_html()
    assert "Identity recall against gap length; sighted by the detections" in page
    assert page.count("Plotly.newPlot(") >= 2


def test_without_gaps_recall_is_unknown_and_not_full() -> None:
    whole = still({1: (1,), 2: (1,)})
    finding = scores_report({"a": score(whole, whole, fps=10)}).findings[1]
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.evidence.missing == "no object was out of sight and came back"


def test_no_sequences_make_no_report() -> None:
    with pytest.raises(InputError, match="no sequences"):
        scores_report({})
