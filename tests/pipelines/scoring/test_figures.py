"""The plots of a score: what is drawn can be read."""

from __future__ import annotations

import pytest

from trackside.pipelines.scoring import Score
from trackside.pipelines.scoring.figures import curve_figure, tally_figure
from trackside.pipelines.scoring.report import sentence
from trackside.pipelines.scoring.score import Tally
from trackside.pipelines.scoring.sweep import Curve, Sweep


def curve(values: tuple[object, ...], false: tuple[int, ...]) -> Curve:
    """One label, found; so many false alarms in an hour."""
    scores = tuple(Score(labels=1, found=1, false=count, hours=1.0) for count in false)
    return Curve(Sweep("alarm.looks", values), scores)


def test_both_axes_have_their_zero_at_the_same_height_and_all_intervals_fit() -> None:
    figure = curve_figure(curve((1, 3, 5), (40, 10, 0)))
    (low, high), (low_right, high_right) = figure["layout"]["yaxis"]["range"], figure["layout"]["yaxis2"]["range"]
    assert low_right / high_right == pytest.approx(low / high)
    rates = figure["data"][2]
    assert max(y + up for y, up in zip(rates["y"], rates["error_y"]["array"], strict=True)) <= high_right


def test_a_curve_without_footage_still_has_an_axis() -> None:
    nothing = Curve(Sweep("alarm.looks", (1, 2)), (Score(), Score()))
    low, high = curve_figure(nothing)["layout"]["yaxis2"]["range"]
    assert low < 0 < high


@pytest.mark.parametrize(
    ("values", "kind"), [((1, 3, 5), "linear"), ((None, 0.3), "category")], ids=["numbers", "not asked"]
)
def test_values_are_marked_where_they_were_tried(values: tuple[object, ...], kind: str) -> None:
    axis = curve_figure(curve(values, (1,) * len(values)))["layout"]["xaxis"]
    assert axis["type"] == kind
    assert axis.get("tickvals") == (list(values) if kind == "linear" else None)


def test_what_is_lost_does_not_look_like_what_is_false() -> None:
    bars = tally_figure([Tally("looks", false=3, repeated=2, lost=1)])["data"]
    assert [bar["x"] for bar in bars] == [[3], [2], [1]]
    assert len({bar["marker"]["color"] for bar in bars}) == 3


def test_one_is_not_told_as_many() -> None:
    assert "1 false alarm in 1 camera-hours" in sentence(Score(labels=1, found=1, false=1, hours=1.0))
    assert "0 false alarms in" in sentence(Score(labels=1, found=1, hours=1.0))
