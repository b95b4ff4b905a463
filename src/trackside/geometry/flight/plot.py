"""Paths of throws as a Plotly figure, side view with equal scales."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from trackside.core import InputError
from trackside.geometry.flight.landing import Flight

# Of a javelin, how many attitudes are drawn along the path, and half the length of the dash, metres.
_ATTITUDES, _HALF = 8, 1.3


def figure(flights: Mapping[str, Flight], title: str = "Flight of the throw (model)") -> dict[str, Any]:
    """The paths of throws.

    Args:
        flights: name -> flight.
        title: of the figure.

    Returns:
        A figure as a dict, for `core.Plot` or `plotly.graph_objects.Figure`.

    Raises:
        InputError: no flight.
    """
    if not flights:
        raise InputError("no flight to draw", where="flight", fix="give at least one")
    traces = [trace for name, flight in flights.items() for trace in _traces(name, flight)]
    layout = {
        "title": {"text": title},
        "xaxis": {"title": {"text": "forward, m"}},
        "yaxis": {"title": {"text": "height, m"}, "scaleanchor": "x", "rangemode": "tozero"},
    }
    return {"data": traces, "layout": layout}


def _traces(name: str, flight: Flight) -> list[dict[str, Any]]:
    label = (
        f"{name}: {flight.distance:.1f} m, {flight.contact}"
        if flight.contact != "ball"
        else f"{name}: {flight.distance:.1f} m"
    )
    path = {
        "type": "scatter",
        "mode": "lines",
        "name": label,
        "legendgroup": name,
        "x": flight.positions[:, 0].tolist(),
        "y": flight.positions[:, 2].tolist(),
        "customdata": flight.times.tolist(),
        "hovertemplate": "%{x:.1f} m, height %{y:.2f} m, %{customdata:.2f} s",
    }
    return [path, _attitudes(name, flight)] if flight.pitch.size else [path]


def _attitudes(name: str, flight: Flight) -> dict[str, Any]:
    """Short dashes that show where a javelin points."""
    at = np.linspace(0, len(flight.times) - 1, _ATTITUDES).astype(int)
    along = _HALF * np.stack([np.cos(flight.pitch[at]), np.sin(flight.pitch[at])], axis=1)
    middle = flight.positions[at][:, [0, 2]]
    # None breaks the line between two dashes.
    x = [value for low, high in zip(middle - along, middle + along, strict=True) for value in (low[0], high[0], None)]
    y = [value for low, high in zip(middle - along, middle + along, strict=True) for value in (low[1], high[1], None)]
    return {"type": "scatter", "mode": "lines", "name": "attitude", "legendgroup": name, "showlegend": False, "x": x, "y": y}
