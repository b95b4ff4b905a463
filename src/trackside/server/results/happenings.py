"""The events of a result: what the rules saw, in order of time, in plain words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.server.results.columns import kind_of, opened, shown
from trackside.server.results.describing import address_of
from trackside.server.results.finding import Result
from trackside.server.results.rows import TIME, Ask, matching, taken
from trackside.server.results.shapes import EventShape

_WIDTH = 240
_WORDS = {
    "enter": "entered {place}",
    "leave": "left {place}",
    "cross_in": "crossed {place} inwards",
    "cross_out": "crossed {place} outwards",
}
_OWN = ("time_s", "event", "id", "place", "value")
# Table, row and time of each event.
Places = NDArray[Any]
_PLACE = np.dtype([("time", "f8"), ("table", "i8"), ("row", "i8")])


def events_of(result: Result, offset: int, limit: int) -> list[EventShape]:
    """Some events of all tables of events, in order of time."""
    tables = [name for name in result.tables if _is_events(result, name)]
    parts = [_places(result, name, number, offset + limit) for number, name in enumerate(tables)]
    places = np.sort(np.concatenate([np.empty(0, _PLACE), *parts]), order=("time", "table", "row"))[offset : offset + limit]
    found: dict[tuple[int, int], EventShape] = {}
    for number, name in enumerate(tables):
        rows = places["row"][places["table"] == number]
        found |= {(number, row): event for row, event in zip(rows.tolist(), _events(result, name, rows), strict=True)}
    return [found[int(place["table"]), int(place["row"])] for place in places]


def sentence(event: str, place: str, value: float | None) -> str:
    """An event in plain words.

    >>> sentence("leave", "left half", 3.25)
    'left left half after 3.2 s'
    """
    words = _WORDS.get(event, event.replace("_", " ") + " {place}").replace("{place}", place).strip()
    if value is None or not math.isfinite(value):
        return words
    return f"{words} after {value:.1f} s" if event == "leave" else f"{words} ({value:.4g})"


def _is_events(result: Result, name: str) -> bool:
    with result.table(name) as path, opened(path) as file:
        return kind_of(file) == "Events"


def _places(result: Result, name: str, number: int, count: int) -> Places:
    with result.table(name) as path, opened(path) as file:
        rows, _ = matching(file, Ask(limit=count, sort=TIME))
        times = [time for (time,) in taken(file, rows, [TIME])]
    places = np.empty(len(rows), _PLACE)
    places["time"], places["table"], places["row"] = times, number, rows
    return places


def _events(result: Result, name: str, rows: NDArray[Any]) -> list[EventShape]:
    with result.table(name) as path, opened(path) as file:
        columns = list(shown(file.schema_arrow))
        return [_event(result, name, dict(zip(columns, row, strict=True))) for row in taken(file, rows, columns)]


def _event(result: Result, table: str, row: dict[str, Any]) -> EventShape:
    time, track, value = float(row["time_s"]), row.get("id"), row.get("value")
    finite = value if isinstance(value, int | float) and math.isfinite(value) else None
    more = {
        name: None if isinstance(v, float) and not math.isfinite(v) else v for name, v in row.items() if name not in _OWN
    }
    return EventShape(
        time_s=time,
        kind=str(row.get("event", "")),
        text=sentence(str(row.get("event", "")), str(row.get("place") or ""), finite),
        track=int(track) if track is not None and track > 0 else None,
        table=table,
        thumbnail=address_of(result, f"frame?time={max(0.0, time):.3f}&width={_WIDTH}"),
        values={"place": row.get("place"), "value": finite, **more},
    )
