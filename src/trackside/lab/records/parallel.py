"""Parallel coordinates of many runs as one HTML file that asks nobody for anything: brush, reorder, colour, export."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.core.errors import nearest
from trackside.core.files import write_text
from trackside.lab.records.table import CHOICES, Choice, Column, RunsTable, Summary, lower_is_better

_MOST_AXES = 12
_SCRIPTS = ("state", "draw", "page")
_DIGITS = 6
_LOG_SPAN = 100.0
"""A positive setting begins on a logarithmic axis if its 95th percentile is so many times its 5th."""


@dataclass(frozen=True)
class View:
    """How the page looks when it is first opened; what its reader changes is remembered in the browser and the address.

    Attributes:
        axes: names of settings and metrics from left to right; those that vary, if None (at most 12, metrics last).
        colour: the column that colours the lines; the main metric, if None.
        choice: which value of a metric counts, name to `last`, `min` or `max`; the best one, where it is not said.
    """

    axes: Sequence[str] | None = None
    colour: str | None = None
    choice: Mapping[str, Choice] = field(default_factory=dict)


def parallel_coordinates(table: RunsTable, view: View | None = None, *, title: str = "", note: str = "") -> str:
    """The page.

    Args:
        table: the runs.
        view: how it begins.
        title: the heading; the experiment's name, if empty.
        note: a sentence under it, such as what the runs are.

    Raises:
        InputError: there are no runs, or the view names a column that is not there.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    if not len(table):
        raise InputError("there are no runs to draw", where=table.experiment, fix="train something first")
    folder = Path(__file__).parent / "templates"
    script = "".join((folder / f"parallel_{part}.js").read_text(encoding="utf-8") for part in _SCRIPTS)
    style = (folder / "parallel.css").read_text(encoding="utf-8")
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("parallel.html").render(
        title=title or table.experiment,
        note=note,
        data=Markup(_inside_script(_data(table, view or View()))),
        script=Markup(script),
        style=Markup(style),
        script_hash=_hash(script),
        style_hash=_hash(style),
    )


def save_parallel_coordinates(
    table: RunsTable, path: Path, view: View | None = None, *, title: str = "", note: str = ""
) -> None:
    """Write the page, whole or not at all.

    Raises:
        InputError: as for `parallel_coordinates`.
        OutputError: no space, no permission.
    """
    write_text(path, parallel_coordinates(table, view, title=title, note=note))


def _data(table: RunsTable, view: View) -> dict[str, Any]:
    columns = [_setting(name, column) for name, column in table.settings.items()]
    columns += [_metric(name, summary) for name, summary in table.metrics.items()]
    main = table.main_metric()
    names = [column["name"] for column in columns]
    for name in [*(view.axes or ()), *([view.colour] if view.colour else ()), *view.choice]:
        if name not in names:
            raise InputError(f"there is no setting or metric {name!r}", where=table.experiment, fix=nearest(name, names))
    start = len(table.settings)
    by = start + list(table.metrics).index(main) if main is not None else -1
    return {
        "ids": table.ids,
        "names": table.names,
        "status": table.status,
        "seconds": _rounded(table.seconds),
        "columns": columns,
        "view": {
            "axes": _axes(columns, view, by),
            "colour": names.index(view.colour) if view.colour else by,
            "choice": {str(start + k): _choice(name, view) for k, name in enumerate(table.metrics)},
            "log": [c for c, column in enumerate(columns) if column.pop("wide", False)],
            "by": by,
            "lower": by >= 0 and lower_is_better(main or ""),
        },
    }


def _axes(columns: Sequence[Mapping[str, Any]], view: View, by: int) -> list[int]:
    """Which columns stand, from left to right: settings that vary, then metrics, the main one last."""
    names = [column["name"] for column in columns]
    if view.axes is not None:
        return [names.index(name) for name in dict.fromkeys(view.axes)]
    varying = [c for c, column in enumerate(columns) if column["varies"] and c != by]
    settings = [c for c in varying if columns[c]["kind"] != "metric"]
    metrics = [c for c in varying if columns[c]["kind"] == "metric"]
    room = _MOST_AXES - min(len(metrics), 4) - (by >= 0)
    chosen = settings[:room]
    return chosen + metrics[: _MOST_AXES - len(chosen) - (by >= 0)] + ([by] if by >= 0 else [])


def _choice(name: str, view: View) -> Choice:
    given = view.choice.get(name)
    if given is not None and given not in CHOICES:
        raise InputError(f"{given!r} is no choice for {name!r}", fix=f"choose one of {', '.join(CHOICES)}")
    return given or ("min" if lower_is_better(name) else "max")


def _setting(name: str, column: Column) -> dict[str, Any]:
    told = {"name": name, "varies": column.varies}
    if column.numbers is None:
        categories = sorted({text for text in column.texts if text is not None})
        index = {text: k for k, text in enumerate(categories)}
        codes = [None if text is None else index[text] for text in column.texts]
        return {**told, "kind": "text", "categories": categories, "values": codes}
    finite = column.numbers[np.isfinite(column.numbers)]
    low, high = np.percentile(finite, (5, 95)) if len(finite) else (1.0, 1.0)
    wide = bool(len(finite)) and bool(finite.min() > 0) and bool(high >= _LOG_SPAN * low)
    return {**told, "kind": "number", "values": _rounded(column.numbers), "wide": wide}


def _metric(name: str, summary: Summary) -> dict[str, Any]:
    parts: dict[str, list[float | None]] = {choice: _rounded(summary.of(choice)) for choice in CHOICES}
    varies = any(len(set(values)) > 1 for values in parts.values())
    return {"name": name, "varies": varies, "kind": "metric", "lower": lower_is_better(name), **parts}


def _rounded(values: NDArray[np.float64]) -> list[float | None]:
    """Six digits are more than a screen shows; what is not finite is missing."""
    return [float(f"{value:.{_DIGITS}g}") if np.isfinite(value) else None for value in values.tolist()]


def _inside_script(data: object) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _hash(text: str) -> str:
    """What the content security policy calls an inline script or style by: no other is run or applied."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
