"""What a block gave at one moment, in a line of words and a few rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import singledispatch
from typing import Any

import numpy as np

from trackside.core import Affine, Alarms, Detections, Embeddings, Events, Keypoints, Shapes, Table, TracksideError, size_of
from trackside.media.frame import Frame
from trackside.pipelines.tabular import columns_of

_MOST_ROWS = 8
_MOST_COLUMNS = 12
_MOST_SHAPES = 6
NOTHING = "nothing at this moment"


def in_words(values: Sequence[Any]) -> str:
    """One line for all outputs of a block. Tables show themselves as rows; they are counted only where nothing else is."""
    said = [text for value in values if not isinstance(value, Table) and (text := _words(value))]
    if not said:
        said = [_count(len(value), "row", "rows") for value in values if isinstance(value, Table)]
    return "; ".join(said) or NOTHING


def in_rows(values: Sequence[Any], index: int, time: float) -> tuple[list[str], list[list[Any]]]:
    """Columns and the first rows of the output that says most: a table if there is one."""
    ordered = sorted(values, key=lambda value: not isinstance(value, Table))
    for value in ordered:
        try:
            columns = columns_of([(index, time, value)])
        except TracksideError:
            continue
        kept = {name: column for name, column in columns.items() if name not in ("frame", "vector")}
        names = list(kept)[:_MOST_COLUMNS]
        cells = [[_plain(cell) for cell in list(kept[name])[:_MOST_ROWS]] for name in names]
        return names, [list(row) for row in zip(*cells, strict=True)]
    return [], []


@singledispatch
def _words(value: Any) -> str:
    return ""


@_words.register
def _(value: Detections) -> str:
    counts = Counter(value.label(row) for row in range(len(value)))
    return ", ".join(_things(count, name) for name, count in counts.most_common()) or "nothing found"


@_words.register
def _(value: Keypoints) -> str:
    return f"body points of {_things(len(value), 'person')}" if len(value) else "nobody found"


@_words.register
def _(value: Events) -> str:
    counts = Counter(zip(value.names, value.places, strict=True))
    return ", ".join(f"{_event(*what)}{f' ({n})' if n > 1 else ''}" for what, n in counts.most_common())


@_words.register
def _(value: Alarms) -> str:
    told = [f"{_event(alarm.what, alarm.place)}: {'' if alarm.raised else 'refused, '}{alarm.why}" for alarm in value]
    return "; ".join(told)[:500]


@_words.register
def _(value: Shapes) -> str:
    return ", ".join(f"{shape.name}: {shape.label}" for shape in value.items[:_MOST_SHAPES] if shape.label)


@_words.register
def _(value: Embeddings) -> str:
    return f"looks of {len(value)}"


@_words.register
def _(value: Affine) -> str:
    x, y = value.shift
    return f"camera moved by {x:.1f}, {y:.1f} pixels, zoom {value.scale:.3f}" if value.known else "camera counts as still"


@_words.register
def _(value: str) -> str:
    return value[:200]


@_words.register(np.ndarray)
@_words.register(Frame)
def _(value: Any) -> str:
    width, height = size_of(value)
    return f"picture, {width} x {height}"


def _things(count: int, name: str) -> str:
    if name == "person":
        return _count(count, "person", "people")
    return f"{count} x {name}"


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _event(name: str, place: str) -> str:
    return f"{name.replace('_', ' ')} {place}".strip()


def _plain(cell: Any) -> Any:
    """A cell as JSON holds it."""
    value = cell.item() if isinstance(cell, np.generic) else cell
    if isinstance(value, float):
        return round(value, 3) if math.isfinite(value) else None
    return value if isinstance(value, int | bool | None) else str(value)[:200]
