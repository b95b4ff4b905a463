"""The plots of a rule's score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from trackside.pipelines.scoring.score import Tally
from trackside.pipelines.scoring.sweep import Curve

_GRID = "rgba(128,128,128,.18)"
# Above the plot: beside it, a legend covers the right axis.
_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"}
_SHARES = (-0.02, 1.04)
# A report keeps so many pixels for a plot.
_LEAST_HEIGHT = 352
Figure = dict[str, Any]


def curve_figure(curve: Curve) -> Figure:
    """Recall and precision (left) and false alarms an hour (right) over a setting, with 95 % intervals."""
    x = ["not asked" if value is None else _shown(value) for value in curve.sweep.values]
    scores = curve.scores
    lines = [
        _line("recall", x, [s.recall.value for s in scores], [s.recall.interval for s in scores], "y"),
        _line("precision", x, [s.precision.value for s in scores], [s.precision.interval for s in scores], "y"),
        _line("false an hour", x, [s.false_rate.value for s in scores], [s.false_rate.interval for s in scores], "y2"),
    ]
    lines[2]["line"] = {"dash": "dot"}
    highest = max((s.false_rate.interval[1] for s in scores if math.isfinite(s.false_rate.interval[1])), default=1.0)
    low, high = _SHARES
    # Both axes have their zero at the same height; in step with the left one, the right would be marked at odd numbers.
    right = {"overlaying": "y", "side": "right", "range": [low * highest, high * highest], "tickmode": "auto", "nticks": 6}
    layout = {
        "xaxis": {"title": {"text": curve.sweep.setting}, "gridcolor": _GRID, **_axis(curve)},
        "yaxis": {"title": {"text": "share"}, "gridcolor": _GRID, "range": [low, high], "tickformat": ".0%"},
        "yaxis2": {"title": {"text": "false alarms an hour"}, "showgrid": False, **right},
        "legend": _LEGEND,
        "height": 400,
        "margin": {"l": 60, "r": 70, "t": 40, "b": 60},
    }
    return {"data": lines, "layout": layout}


def tally_figure(tallies: Sequence[Tally]) -> Figure:
    """For each step the false, repeated and lost events that it refused."""
    steps = [one.step for one in tallies]
    kinds = (
        ("false", "false", "#2f7fb8"),
        ("repeated", "right, had an alarm", "#b4bac2"),
        ("lost", "right, lost", "#c62828"),
    )
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "y": steps,
            "x": [getattr(one, kind) for one in tallies],
            "name": name,
            "marker": {"color": colour},
        }
        for kind, name, colour in kinds
    ]
    layout = {
        "barmode": "stack",
        "xaxis": {"title": {"text": "events"}, "gridcolor": _GRID},
        "yaxis": {"autorange": "reversed", "automargin": True},
        "legend": {**_LEGEND, "traceorder": "normal"},
        "height": max(_LEAST_HEIGHT, 140 + 40 * len(steps)),
        "margin": {"l": 100, "r": 20, "t": 40, "b": 60},
    }
    return {"data": bars, "layout": layout}


def _line(name: str, x: list[Any], y: list[float], edges: list[tuple[float, float]], axis: str) -> Figure:
    known = [not math.isnan(value) for value in y]
    up = [high - value if ok else 0.0 for value, (_, high), ok in zip(y, edges, known, strict=True)]
    down = [value - low if ok else 0.0 for value, (low, _), ok in zip(y, edges, known, strict=True)]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": x,
        "y": [value if ok else None for value, ok in zip(y, known, strict=True)],
        "error_y": {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "thickness": 1},
        "yaxis": axis,
    }


def _axis(curve: Curve) -> dict[str, Any]:
    """Numbers are marked where they were tried, and nowhere between."""
    values = curve.sweep.values
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return {"type": "category"}
    return {"type": "linear", "tickmode": "array", "tickvals": list(values)}


def _shown(value: Any) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
