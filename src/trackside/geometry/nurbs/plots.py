"""Shapes as interactive pictures: curves, surfaces, control nets and curvature combs.

Plotly is loaded when a plot is asked for. In the plane the axes have one scale; in space too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from trackside.core import InputError, SettingError
from trackside.geometry.nurbs.primitives import Floats
from trackside.geometry.nurbs.shapes import Curve, Nurbs, Surface
from trackside.geometry.nurbs.singles import singles

# Points along each knot span of a curve, and along each parameter of a surface: smooth to the eye on a screen.
_PER_SPAN, _ALONG = 40, 60
# Teeth of a comb, and its height as a part of the curve's size where the curve bends most.
_TEETH, _HEIGHT = 120, 0.15
_NET = {"color": "#888888", "width": 1, "dash": "dot"}


def plot(shapes: Nurbs | Sequence[Nurbs], *, control: bool = True, comb: bool = False, title: str = "") -> Any:
    """A Plotly figure of curves and surfaces in the plane or in space.

    Args:
        shapes: one or several, batches too.
        control: whether to draw the control points and the net between them.
        comb: whether to draw the curvature comb of curves: a tooth against the normal, as long as the curvature.
        title: above the figure.

    Raises:
        InputError: a volume, or shapes of other dimensions than 2 or 3, or of both.
    """
    import plotly.graph_objects as go

    listed = [shapes] if isinstance(shapes, Nurbs) else list(shapes)
    every = [one for shape in listed for one in singles(shape)]
    dimensions = {one.dimension for one in every}
    if len(dimensions) != 1 or not dimensions <= {2, 3} or not all(isinstance(one, (Curve, Surface)) for one in every):
        raise InputError("plots are of curves and surfaces, all in the plane or all in space", where="plot")
    figure = go.Figure()
    for number, one in enumerate(every, start=1):
        figure.add_traces(_traces(one, number, comb=comb))
        if control:
            figure.add_traces(_net(one, f"control {number}"))
    figure.update_layout(title=title, showlegend=len(every) > 1 or control)
    if dimensions == {2}:
        figure.update_yaxes(scaleanchor="x", scaleratio=1)
    else:
        figure.update_scenes(aspectmode="data")
    return figure


def comb_teeth(curve: Curve, *, teeth: int = _TEETH, height: float = _HEIGHT) -> tuple[Floats, Floats]:
    """Feet and tips [n, dim] of a curvature comb of a single curve.

    Args:
        curve: in the plane or in space.
        teeth: how many.
        height: of the longest, as a part of the curve's size.

    Raises:
        SettingError: fewer than two teeth.
    """
    from trackside.geometry.nurbs.differential import curvature, normals
    from trackside.geometry.nurbs.evaluation import evaluate

    if teeth < 2:
        raise SettingError(f"a comb has two teeth or more, got {teeth}", where="plot")
    low, high = curve.domain[0]
    places = np.linspace(low, high, teeth)
    feet = evaluate(curve, places)
    bend = np.nan_to_num(curvature(curve, places))
    most = np.abs(bend).max()
    size = np.linalg.norm(np.ptp(feet, axis=0))
    scale = height * size / most if most > 0 else 0.0
    return feet, feet - np.nan_to_num(normals(curve, places)) * (scale * bend)[:, None]


def _traces(shape: Nurbs, number: int, *, comb: bool) -> list[Any]:
    if isinstance(shape, Surface):
        return _surface(shape, f"surface {number}")
    if not isinstance(shape, Curve):
        return []
    teeth = _comb(shape, f"curvature {number}") if comb else []
    return _curve(shape, f"curve {number}") + teeth


def _curve(curve: Curve, name: str) -> list[Any]:
    from trackside.geometry.nurbs.evaluation import evaluate

    knots, degree = curve.knots[0], curve.degrees[0]
    breaks = np.unique(knots[degree : len(knots) - degree])
    places = np.interp(np.linspace(0, len(breaks) - 1, _PER_SPAN * (len(breaks) - 1) + 1), np.arange(len(breaks)), breaks)
    return [_line(evaluate(curve, places), name, line={"width": 3})]


def _surface(surface: Surface, name: str) -> list[Any]:
    import plotly.graph_objects as go

    from trackside.geometry.nurbs.evaluation import evaluate_grid

    grid = evaluate_grid(surface, *(np.linspace(low, high, _ALONG) for low, high in surface.domain))
    if surface.dimension == 3:
        x, y, z = np.moveaxis(grid, -1, 0)
        return [go.Surface(x=x, y=y, z=z, name=name, showscale=False, opacity=0.9)]
    every = slice(None, None, 6)
    return [_lines([*grid[every], *grid.swapaxes(0, 1)[every]], name, line={"width": 1})]


def _comb(curve: Curve, name: str) -> list[Any]:
    feet, tips = comb_teeth(curve)
    teeth = _lines(list(np.stack([feet, tips], axis=1)), name, line={"width": 1, "color": "#d62728"})
    return [teeth, _line(tips, name, line={"width": 1, "color": "#d62728"}, showlegend=False)]


def _net(shape: Nurbs, name: str) -> list[Any]:
    points = shape.control_points
    rows = [points] if shape.parameters == 1 else [*points, *points.swapaxes(0, 1)]
    return [_lines(rows, name, mode="lines+markers", line=_NET, marker={"size": 4})]


def _lines(rows: list[Floats], name: str, **looks: Any) -> Any:
    """Several lines as one trace, with gaps between them."""
    gap = np.full((1, rows[0].shape[1]), np.nan)
    return _line(np.concatenate([part for row in rows for part in (row, gap)][:-1]), name, **looks)


def _line(points: Floats, name: str, **looks: Any) -> Any:
    import plotly.graph_objects as go

    places = dict(zip("xyz", points.T, strict=False))
    kind = go.Scatter if len(places) == 2 else go.Scatter3d
    return kind(**places, name=name, **{"mode": "lines", **looks})
