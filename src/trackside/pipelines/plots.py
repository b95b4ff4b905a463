"""Plots of result tables, as plain Plotly figures (dicts): which plot suits a table is told by its kind and its columns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

# More points than a screen has columns show nothing more, and make the page heavy.
_MOST_POINTS = 2000
# A long line is drawn in so many parts, each by its least and largest value and perhaps a gap.
_PARTS = _MOST_POINTS // 3
# Steps without a measurement from which a line is broken.
_GAP = 4
# More lines than these cannot be told apart; the tables have them all.
_MOST_LINES = 40
# Groups of rows that are looked at for lines: those with few rows have none to speak of.
_MOST_GROUPS = 200

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
        breaks = _longest_breaks(np.diff(times))
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


def _longest_breaks(steps: Any) -> Any:
    """Where nothing was seen for over a second; of very many, the longest."""
    breaks = np.flatnonzero(steps > 1.0)
    if len(breaks) >= _PARTS:
        breaks = np.sort(breaks[np.argsort(-steps[breaks], kind="stable")][: _PARTS - 1])
    return breaks


def _events(columns: dict[str, Any], name: str) -> Figure:
    traces = []
    labels = np.array([f"{e} {p}".strip() for e, p in zip(columns["event"], columns["place"], strict=True)])
    for row, label in enumerate(np.unique(labels)[:_MOST_LINES]):
        rows = np.flatnonzero(labels == label)
        rows = rows[:: math.ceil(len(rows) / _MOST_POINTS)]
        text = [f"#{track}" if track else "" for track in columns["id"][rows]]
        times = columns["time_s"][rows]
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
        traces = list(islice(_lines(columns, groups, members), _MOST_LINES))
        if traces:
            yield _figure(traces, f"{name}" + (f" ({unit})" if unit else ""), unit)


def _lines(columns: dict[str, Any], groups: list[str], members: list[str]) -> Iterator[dict[str, Any]]:
    number = 0
    for key, mask in _by_group(columns, groups):
        for column in members:
            values = columns[column][mask]
            if not np.isfinite(values.astype(float)).any():
                continue
            label = f"{key} {_readable(column)}".strip()
            # Every line is there to be switched on; only the first ones are drawn, or the plot is a thicket.
            yield _line(columns["time_s"][mask], values, label, number) | ({} if number < 4 else {"visible": "legendonly"})
            number += 1


def _by_group(columns: dict[str, Any], groups: list[str]) -> Iterator[tuple[str, Any]]:
    """Name and rows of each combination of the values in `groups`, the longest first."""
    code = np.zeros(len(columns["time_s"]), np.int64)
    for group in groups:
        values, places = _distinct(columns[group])
        # Numbered anew each time, so that many columns cannot run out of numbers.
        _, code = np.unique(code * len(values) + places, return_inverse=True)
    _, firsts, counts = np.unique(code, return_index=True, return_counts=True)
    names = [" ".join(_key(group, columns[group][row]) for group in groups) for row in firsts.tolist()]
    longest = sorted(range(len(names)), key=lambda place: (-counts[place], names[place]))
    for place in longest[:_MOST_GROUPS]:
        yield names[place], code == place


def _distinct(values: Any) -> tuple[Any, Any]:
    """The different values, and which of them each is."""
    if values.dtype != object:
        return np.unique(values, return_inverse=True)
    known: dict[Any, int] = {}
    return known, np.fromiter((known.setdefault(value, len(known)) for value in values), np.int64, len(values))


def _key(column: str, value: Any) -> str:
    return f"#{value}" if column == "id" else str(value)


def _line(times: Any, values: Any, name: str, number: int) -> dict[str, Any]:
    is_count = np.issubdtype(np.asarray(values).dtype, np.integer)
    times, values = _thinned(*_with_gaps(np.asarray(times, np.float64), np.asarray(values)))
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


def _thinned(times: Any, values: Any) -> tuple[Any, Any]:
    """A line with few enough points, and with all its peaks and wide gaps: least and largest value of each part."""
    if len(times) <= _MOST_POINTS:
        return times, values
    kept: list[int] = []
    wide = values.astype(np.float64)
    for part in np.array_split(np.arange(len(times)), _PARTS):
        there = part[np.isfinite(wide[part])]
        if len(there):
            kept += (there[wide[there].argmin()], there[wide[there].argmax()])
        gap = part[np.isnan(wide[part])]
        # Where a cell is empty here and there, the line goes on; it breaks where _with_gaps broke it, at a doubled time.
        if len(gap) and (not len(there) or (doubled := gap[times[gap] == times[gap - 1]]).size):
            kept.append(gap[0] if not len(there) else doubled[0])
    rows = np.unique(kept)
    return times[rows], values[rows]


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
