"""What rungs give: causes by their stable ids, and a line for a plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trackside.core import Cause
from trackside.lab.diagnosis.causes import CAUSES


def cause(name: str, probability: float | None = None) -> Cause:
    """The known cause of that id."""
    return Cause(CAUSES[name].what, probability, name)


def remedy(name: str) -> str:
    """What to do against the cause of that id."""
    return CAUSES[name].remedy


def curve(x: Sequence[float], y: Sequence[float], x_title: str, y_title: str, *, log_x: bool = False) -> dict[str, Any]:
    """A line as a Plotly figure."""
    layout = {
        "xaxis": {"title": {"text": x_title}, "type": "log" if log_x else "linear"},
        "yaxis": {"title": {"text": y_title}},
        "template": "plotly_white",
    }
    return {"data": [{"type": "scatter", "mode": "lines", "x": list(x), "y": list(y)}], "layout": layout}


def listed(names: Sequence[str], most: int = 4) -> str:
    """Names in a row, not too many."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
