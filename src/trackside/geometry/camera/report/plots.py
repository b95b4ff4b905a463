"""Plots of a calibration, as Plotly figures in plain data (nothing is imported to make them)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trackside.core import Plot
from trackside.geometry.camera.coverage import Coverage
from trackside.geometry.camera.views import SIDES, Floats

if TYPE_CHECKING:
    from trackside.geometry.camera.lens import Lens

# Straight lines that show the distortion, and points on each.
_LINES, _POINTS = 11, 60
_TONE = "#0b7fa8"
_MOST_ARROWS = 4000
# How much longer than in the picture residuals are drawn.
_MAGNIFIED = 100


def picture_map(title: str, size: tuple[int, int], values: Floats, unit: str) -> Plot:
    """A map over the picture of values [rows, columns]; NaN stays empty."""
    rows, columns = values.shape
    heat = {
        "type": "heatmap",
        "z": values,
        "x": np.linspace(0, size[0] - 1, columns),
        "y": np.linspace(0, size[1] - 1, rows),
        "colorscale": "Viridis",
        "zmin": 0,
        "zmax": float(np.nanquantile(values, 0.98)) if np.isfinite(values).any() else 1.0,
        "colorbar": _bar(unit),
        "hovertemplate": f"%{{z:.3g}} {unit}<extra></extra>",
    }
    return Plot(title, {"data": [heat], "layout": _picture_layout(size)})


def coverage_plot(coverage: Coverage, pixels: Sequence[Floats]) -> Plot:
    """How often each cell of the picture was covered, and all points that were seen."""
    rows, columns = coverage.cells.shape
    width, height = coverage.size
    heat = {
        "type": "heatmap",
        "z": coverage.cells,
        "x": (np.arange(columns) + 0.5) / columns * width,
        "y": (np.arange(rows) + 0.5) / rows * height,
        "colorscale": [[0, "rgba(201,42,42,.55)"], [0.001, "rgba(11,127,168,.08)"], [1, "rgba(11,127,168,.6)"]],
        "colorbar": _bar("views"),
        "xgap": 2,
        "ygap": 2,
    }
    every = _thinned(np.concatenate(pixels) if pixels else np.zeros((0, 2)))
    dots = _scatter(every, mode="markers", marker={"size": 3, "color": _TONE})
    return Plot("Where the board was seen; red: never", {"data": [heat, dots], "layout": _picture_layout(coverage.size)})


def tilt_plot(coverage: Coverage) -> Plot:
    """How many views lean away to each side."""
    bars = {"type": "barpolar", "theta": list(SIDES), "r": coverage.sides, "marker": {"color": _TONE}}
    polar = {"angularaxis": {"direction": "clockwise", "rotation": 0, "type": "category"}, "bgcolor": "rgba(0,0,0,0)"}
    layout = {"polar": polar, "height": 340, "margin": {"t": 40, "b": 40}}
    return Plot(
        f"To which side the board was tilted away, views ({coverage.face_on} face on)", {"data": [bars], "layout": layout}
    )


def residual_plot(pixels: Floats, residuals: Floats, size: tuple[int, int]) -> Plot:
    """Where each point was measured off where the lens puts it, drawn 100 times longer. Arrays [n, 2]; NaN is left out."""
    kept = np.isfinite(residuals).all(1)
    rows = np.flatnonzero(kept)[:: max(1, math.ceil(kept.sum() / _MOST_ARROWS))]
    ends = pixels[rows] + residuals[rows] * _MAGNIFIED
    gaps = np.full((len(rows), 2), np.nan)
    lines = np.stack([pixels[rows], ends, gaps], 1).reshape(-1, 2)
    arrows = _scatter(lines, mode="lines", line={"width": 1, "color": _TONE}, connectgaps=False)
    heads = _scatter(ends, mode="markers", marker={"size": 3, "color": _TONE})
    title = f"Residuals, drawn {_MAGNIFIED} times longer: without order if the lens model fits"
    return Plot(title, {"data": [arrows, heads], "layout": _picture_layout(size)})


def view_plot(names: Sequence[str], errors: Sequence[float]) -> Plot:
    """Root-mean-square residual of each view, pixels."""
    bars = {"type": "bar", "x": list(range(1, len(names) + 1)), "y": list(errors), "hovertext": list(names)}
    layout = {
        "xaxis": {"title": {"text": "view"}},
        "yaxis": {"title": {"text": "residual, pixels"}, "rangemode": "tozero"},
        "height": 300,
        "margin": {"t": 20},
    }
    return Plot("Residual of each view", {"data": [{**bars, "marker": {"color": _TONE}}], "layout": layout})


def distortion_plot(lens: Lens) -> Plot:
    """What the lens makes of straight lines."""
    width, height = lens.size
    lines = [np.column_stack([np.linspace(0, width, _POINTS), np.full(_POINTS, y)]) for y in np.linspace(0, height, _LINES)]
    lines += [np.column_stack([np.full(_POINTS, x), np.linspace(0, height, _POINTS)]) for x in np.linspace(0, width, _LINES)]
    bent = [np.vstack([_bent(lens, line), [[np.nan, np.nan]]]) for line in lines]
    straight = [np.vstack([line[[0, -1]], [[np.nan, np.nan]]]) for line in lines]
    data = [
        _scatter(np.concatenate(straight), mode="lines", line={"width": 1, "color": "#9aa4b1", "dash": "dot"}),
        _scatter(np.concatenate(bent), mode="lines", line={"width": 1.5, "color": _TONE}),
    ]
    return Plot("Straight lines (dotted) as this lens draws them", {"data": data, "layout": _picture_layout(lens.size)})


def _bar(unit: str) -> dict[str, Any]:
    """The key to the colours, below the picture: beside it, it takes a third of a phone's width."""
    return {
        "title": {"text": unit, "side": "right"},
        "orientation": "h",
        "thickness": 10,
        "y": -0.12,
        "yanchor": "top",
        "len": 0.6,
    }


def _bent(lens: Lens, pixels: Floats) -> Floats:
    """Where the lens draws what a lens without distortion would draw at these pixels [n, 2]."""
    rays = np.column_stack([(pixels - np.array(lens.centre)) / np.array(lens.focal), np.ones(len(pixels))])
    return lens.project(rays)


def _scatter(points: Floats, **look: Any) -> dict[str, Any]:
    return {"type": "scatter", "x": points[:, 0], "y": points[:, 1], "hoverinfo": "skip", "showlegend": False, **look}


def _thinned(points: Floats) -> Floats:
    return points[:: max(1, math.ceil(len(points) / _MOST_ARROWS))]


def _picture_layout(size: tuple[int, int]) -> dict[str, Any]:
    """Axes in pixels, y down, square, the whole picture."""
    width, height = size
    plain = {"showgrid": False, "zeroline": False, "constrain": "domain"}
    return {
        "xaxis": {"range": [0, width], **plain},
        "yaxis": {"range": [height, 0], "scaleanchor": "x", **plain},
        "margin": {"t": 20, "l": 50, "r": 20, "b": 70},
        "height": round(min(620, 120 + 760 * height / width)),
    }
