"""Plots of result tables, as plain Plotly figures (dicts): which plot suits a table is told by its kind and its columns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

# More points than a screen has columns show nothing more, and make the page heavy.
_MOST_POINTS = 2000
# Steps without a measurement from which a line is broken.
_GAP = 4
# More lines than these cannot be told apart; the tables have them all.
_MOST_LINES = 40

PALETTE = ("#3e7bfa", "#f2711c", "#12a594", "#e5484d", "#8e4ec6", "#f5b700", "#0091ff", "#d6409f", "#46a758", "#a18072")
_UNITS = {"deg": "degrees", "m": "metres", "s": "seconds", "px": "pixels", "m_s": "metres a second"}

Figure = dict[str, Any]

# What the plots of a kind read; all columns of a kind that is not here. Rows of these come by the million.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "Tracks": ("id", "time_s"),
    "Detections": ("time_s",),
    "Keypoints": (),
    "Embeddings": (),
}


def columns_plotted(kind: str) -> tuple[str, ...] | None:
    """The columns that the plots of a kind read; None for all."""
    return _COLUMNS.get(kind)


def figures_of(name: str, kind: str, table: Any) -> list[Figure]:
    """The plots of one table.

    Args:
        name: the table's name, for titles.
        kind: the name of the kind that its rows came from.
        table: a `pyarrow.Table` with at least the columns that are plotted.
    """
    if table.num_rows == 0:
        return []
    columns = {column: table[column].to_numpy(zero_copy_only=False) for column in table.column_names}
    match kind:
        case "Tracks":
            return [_presence(columns, name)]
        case "Events":
            return [_events(columns, name)]
        case "Detections":
            return [_count_over_time(columns, name)]
        case "Keypoints" | "Embeddings":  # Thousands of coordinates are no plot; what is measured from them is.
            return []
        case _:
            return list(_measurements(columns, name))


def _presence(columns: dict[str, Any], name: str) -> Figure:
    """When each track was seen, one line a track: the first thing that shows a tracker losing people."""
    traces = []
    ids, counts = np.unique(columns["id"], return_counts=True)
    longest = ids[np.argsort(-counts, kind="stable")][:60]
    for row, track in enumerate(sorted(longest)):
        times = np.sort(columns["time_s"][columns["id"] == track])
        breaks = np.flatnonzero(np.diff(times) > 1.0)
        starts, ends = np.r_[times[0], times[breaks + 1]], np.r_[times[breaks], times[-1]]
        xs = [x for start, end in zip(starts, ends, strict=True) for x in (start, max(end, start + 0.05), None)]
        ys = [None if x is None else f"#{track}" for x in xs]
        line = {"color": PALETTE[row % len(PALETTE)], "width": 7}
        traces.append({"type": "scatter", "mode": "lines", "x": _numbers(xs), "y": ys, "line": line, "name": f"#{track}"})
    title = f"{name}: who is in the picture when ({len(ids)} identities)"
    figure = _figure(traces, title, "")
    figure["layout"]["height"] = 140 + 16 * len(traces)
    figure["layout"]["yaxis"]["type"] = "category"
    figure["layout"]["showlegend"] = False
    return figure


def _events(columns: dict[str, Any], name: str) -> Figure:
    traces = []
    labels = np.array([f"{e} {p}".strip() for e, p in zip(columns["event"], columns["place"], strict=True)])
    for row, label in enumerate(np.unique(labels)[:_MOST_LINES]):
        mask = labels == label
        text = [f"#{track}" if track else "" for track in columns["id"][mask][:_MOST_POINTS]]
        times = columns["time_s"][mask][:_MOST_POINTS]
        marker = {"size": 11, "color": PALETTE[row % len(PALETTE)], "symbol": "diamond"}
        traces.append(
            {"type": "scatter", "mode": "markers", "x": _numbers(times), "y": [str(label)] * len(times), "text": text}
            | {"marker": marker, "name": str(label)}
        )
    figure = _figure(traces, f"{name}: what happened when", "")
    figure["layout"]["height"] = 180 + 28 * len(traces)
    figure["layout"]["yaxis"]["type"] = "category"
    figure["layout"]["showlegend"] = False
    return figure


def _count_over_time(columns: dict[str, Any], name: str) -> Figure:
    times, counts = np.unique(columns["time_s"], return_counts=True)
    return _figure([_line(times, counts, name, 0)], f"{name}: rows a frame", "rows")


def _measurements(columns: dict[str, Any], name: str) -> Iterator[Figure]:
    """One figure a unit; lines by id and by text columns."""
    groups = [c for c, values in columns.items() if values.dtype == object or c == "id"]
    numbers = [c for c in columns if c not in groups and c not in ("frame", "time_s")]
    units: dict[str, list[str]] = {}
    for column in numbers:
        units.setdefault(_unit(column), []).append(column)
    for unit, members in units.items():
        traces = list(_lines(columns, groups, members))[:_MOST_LINES]
        if traces:
            yield _figure(traces, f"{name}" + (f" ({unit})" if unit else ""), unit)


def _lines(columns: dict[str, Any], groups: list[str], members: list[str]) -> Iterator[dict[str, Any]]:
    keys = np.array([" ".join(_key(c, v) for c, v in zip(groups, row, strict=True)) for row in _rows(columns, groups)])
    if not len(keys):
        keys = np.full(len(columns["time_s"]), "")
    names, counts = np.unique(keys, return_counts=True)
    longest = names[np.argsort(-counts, kind="stable")]
    number = 0
    for key in longest:
        mask = keys == key
        for column in members:
            values = columns[column][mask]
            if not np.isfinite(values.astype(float)).any():
                continue
            label = f"{key} {_readable(column)}".strip()
            # Every line is there to be switched on; only the first ones are drawn, or the plot is a thicket.
            yield _line(columns["time_s"][mask], values, label, number) | ({} if number < 4 else {"visible": "legendonly"})
            number += 1


def _rows(columns: dict[str, Any], groups: list[str]) -> list[tuple[Any, ...]]:
    return list(zip(*(columns[group] for group in groups), strict=True)) if groups else []


def _key(column: str, value: Any) -> str:
    return f"#{value}" if column == "id" else str(value)


def _line(times: Any, values: Any, name: str, number: int) -> dict[str, Any]:
    is_count = np.issubdtype(np.asarray(values).dtype, np.integer)
    step = math.ceil(len(times) / _MOST_POINTS)
    times, values = _with_gaps(np.asarray(times, np.float64)[::step], np.asarray(values)[::step])
    return {
        "type": "scatter",
        "mode": "lines",
        "x": _numbers(times),
        "y": _numbers(values),
        "name": name,
        "line": {"width": 2, "color": PALETTE[number % len(PALETTE)], "shape": "hv" if is_count else "linear"},
    }


def _with_gaps(times: Any, values: Any) -> tuple[Any, Any]:
    """With a NaN where nothing was measured for several times the usual step: no line may cross what nobody saw."""
    steps = np.diff(times)
    if not len(steps):
        return times, values
    breaks = np.flatnonzero(steps > _GAP * np.median(steps)) + 1
    return np.insert(times, breaks, times[breaks - 1]), np.insert(values.astype(np.float64), breaks, np.nan)


def _figure(traces: list[dict[str, Any]], title: str, unit: str) -> Figure:
    layout = {
        "title": {"text": title, "x": 0, "xref": "paper", "font": {"size": 15}},
        "xaxis": {"title": {"text": "time (s)"}, "gridcolor": "rgba(128,128,128,.18)", "zeroline": False},
        "yaxis": {"title": {"text": unit}, "gridcolor": "rgba(128,128,128,.18)", "zeroline": False, "automargin": True},
        "height": 340,
        "margin": {"l": 60, "r": 20, "t": 44, "b": 50},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
        "legend": {"font": {"size": 11}},
    }
    return {"data": traces, "layout": layout}


def _unit(column: str) -> str:
    return next((_UNITS[u] for u in sorted(_UNITS, key=len, reverse=True) if column.endswith(f"_{u}")), "")


def _readable(column: str) -> str:
    suffix = next((f"_{u}" for u in sorted(_UNITS, key=len, reverse=True) if column.endswith(f"_{u}")), "")
    return column.removesuffix(suffix).replace("_", " ")


def _numbers(values: Any) -> list[float | None]:
    """Plain numbers; NaN and infinity become gaps, since JSON has neither."""
    return [None if v is None or not math.isfinite(v) else round(float(v), 4) for v in values]
