"""Scores as a report with plots: HOTA over its thresholds, and identity recall against gap length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trackside.core import Finding, InputError, Measurement, Number, Plot, Report, Verdict
from trackside.perception.tracking.metrics.gaps import GapBin, Gaps
from trackside.perception.tracking.metrics.hota import ALPHAS
from trackside.perception.tracking.metrics.score import Scores, combine

# More sequences than these cannot be told apart.
_MOST_LINES = 40
_GRID = "rgba(128,128,128,.18)"
_HOTA = "Luiten et al. 2021, HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking"

Figure = dict[str, Any]


def scores_report(scores: Mapping[str, Scores], *, title: str = "Tracking scores", sightings: str = "the result") -> Report:
    """One report of all sequences.

    Args:
        scores: name of a sequence to its scores; at least one.
        title: the heading.
        sightings: what the gaps were defined by, for the reader.

    Raises:
        InputError: there are no sequences.
    """
    if not scores:
        raise InputError("there are no sequences to report", fix="score at least one")
    total = combine(scores.values())
    return Report(title, (_tracking(scores, total), _returning(total.gaps, sightings)))


def hota_figure(scores: Mapping[str, Scores], total: Scores) -> Figure:
    """HOTA, DetA, AssA and LocA of all sequences together over the thresholds, and HOTA of each to be switched on."""
    shown = ("HOTA", "DetA", "AssA", "LocA")
    lines = [_line(name, total.hota.curves[name], {"width": 3 if name == "HOTA" else 2}) for name in shown]
    if len(scores) > 1:
        each = list(scores.items())[:_MOST_LINES]
        thin = {"width": 1, "dash": "dot"}
        lines += [_line(name, part.hota.curves["HOTA"], thin) | {"visible": "legendonly"} for name, part in each]
    return _figure(lines, "IoU from which a box is on an object", "share")


def gaps_figure(gaps: Gaps) -> Figure:
    """Identity recall by length of gap, with 95 % intervals; how many gaps there are stands at each point."""
    parts = [part for part in gaps.bins() if part.count]
    error = {
        "type": "data",
        "symmetric": False,
        "array": [part.interval[1] - part.recall for part in parts],
        "arrayminus": [part.recall - part.interval[0] for part in parts],
    }
    points = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [part.name for part in parts],
        "y": [part.recall for part in parts],
        "text": [f"{part.kept} of {part.count}" for part in parts],
        "textposition": "middle right",
        "error_y": error,
        "marker": {"size": 11},
        "name": "identity recall",
    }
    figure = _figure([points], "length of the gap", "identity kept")
    figure["layout"]["xaxis"] |= {"type": "category", "categoryarray": [part.name for part in gaps.bins()]}
    return figure


def _tracking(scores: Mapping[str, Scores], total: Scores) -> Finding:
    numbers = total.numbers()
    shares = tuple(Number(name, 100 * numbers[name], "%") for name in ("HOTA", "DetA", "AssA", "LocA", "MOTA", "IDF1"))
    counts = tuple(Number(name, numbers[name]) for name in ("IDSW", "Frag", "FN", "FP"))
    title = f"HOTA over its thresholds, {len(scores)} sequence{'s' if len(scores) > 1 else ''}"
    return Finding(
        check="tracking",
        asks="How well are objects found, and how well is each followed?",
        verdict=Verdict.NOTE,
        says=f"HOTA {numbers['HOTA']:.1%}, MOTA {numbers['MOTA']:.1%}, IDF1 {numbers['IDF1']:.1%}.",
        evidence=Measurement((*shares, *counts), (Plot(title, hota_figure(scores, total)),)),
        reference=_HOTA,
    )


def _returning(gaps: Gaps, sightings: str) -> Finding:
    total = gaps.total
    evidence = Measurement(missing="no object was out of sight and came back")
    if total.count:
        figure = Plot(f"Identity recall against gap length; sighted by {sightings}", gaps_figure(gaps))
        evidence = Measurement(tuple(_number(part) for part in gaps.bins() if part.count), (figure,))
    return Finding(
        check="identity-recall",
        asks="Does an object that was out of sight come back under its identity?",
        verdict=Verdict.NOTE if total.count else Verdict.UNKNOWN,
        says=f"{total.kept} of {total.count} gaps were bridged." if total.count else "",
        evidence=evidence,
    )


def _number(part: GapBin) -> Number:
    return Number(part.name, 100 * part.recall, "%")


def _line(name: str, values: Any, line: Figure) -> Figure:
    x, y = ALPHAS.round(2).tolist(), values.round(4).tolist()
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": name, "line": line}


def _figure(traces: list[Figure], x: str, y: str) -> Figure:
    layout = {
        "xaxis": {"title": {"text": x}, "gridcolor": _GRID, "zeroline": False},
        "yaxis": {"title": {"text": y}, "gridcolor": _GRID, "range": [-0.02, 1.04], "tickformat": ".0%"},
        "height": 380,
        "margin": {"l": 60, "r": 20, "t": 20, "b": 50},
    }
    return {"data": traces, "layout": layout}
