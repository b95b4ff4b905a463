"""The table of runs: its columns, and rows sorted and searched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trackside.lab.records import Column, RunsTable, Summary, lower_is_better
from trackside.lab.records.table import Choice
from trackside.server.experiments.numbers import finite, moment, odd_of
from trackside.server.experiments.shapes import ExperimentColumn, ExperimentRunRow, MetricValues
from trackside.server.problems import Refused

_MOST_CATEGORIES = 50


@dataclass(frozen=True)
class Ask:
    """Which rows are wanted.

    Attributes:
        offset, limit: which of those that match.
        order: `started`, `name`, `status`, `seconds`, a column's key; empty for the newest first.
        descending: the other way round; of no effect if `order` is empty.
        value: which value of a metric counts for the order.
        text: part of the name, or the beginning of the id.
        status: only runs of this status; all if empty.
    """

    offset: int = 0
    limit: int = 50
    order: str = ""
    descending: bool = False
    value: Literal["best", "last", "min", "max"] = "best"
    text: str = ""
    status: str = ""


def columns(table: RunsTable) -> list[ExperimentColumn]:
    """Settings, then metrics, each by name."""
    settings = [_setting(name, column) for name, column in table.settings.items()]
    return settings + [_metric(name, summary) for name, summary in table.metrics.items()]


def matching(table: RunsTable, ask: Ask) -> NDArray[np.int64]:
    """Rows of the runs that match, in the order that is asked for; those without a value last, the newest of equals first.

    Raises:
        Refused: 422, there is no such column.
    """
    key, missing = _key(table, ask)
    down = ask.descending if ask.order else True
    newest = np.where(np.isnan(table.start), np.inf, -table.start)
    order = np.lexsort((newest, np.where(missing, 0.0, -key if down else key), missing))
    return order[_matches(table, ask)[order]]


def row(table: RunsTable, number: int) -> ExperimentRunRow:
    """One run as a row."""
    settings = {name: text for name, column in table.settings.items() if (text := column.texts[number]) is not None}
    metrics = {name: _values(summary, number) for name, summary in table.metrics.items() if _has(summary, number)}
    return ExperimentRunRow(
        id=table.ids[number],
        name=table.names[number],
        status=table.status[number],
        started=moment(table.start[number]),
        seconds=finite(table.seconds[number]),
        settings=settings,
        metrics=metrics,
    )


def _setting(name: str, column: Column) -> ExperimentColumn:
    numeric = column.numbers is not None
    texts = [] if numeric else sorted({text for text in column.texts if text is not None})
    return ExperimentColumn(
        key=f"setting:{name}",
        name=name,
        kind="setting",
        numeric=numeric,
        varies=column.varies,
        categories=texts[:_MOST_CATEGORIES],
    )


def _metric(name: str, summary: Summary) -> ExperimentColumn:
    known = summary.last[~np.isnan(summary.last)]
    varies = len(known) != len(summary.last) or bool((known != known[:1]).any())
    return ExperimentColumn(
        key=f"metric:{name}", name=name, kind="metric", numeric=True, varies=varies, lower=lower_is_better(name)
    )


def _matches(table: RunsTable, ask: Ask) -> NDArray[np.bool_]:
    text = ask.text.casefold()
    wanted = (
        (not ask.status or status == ask.status) and (not text or text in name.casefold() or run.startswith(text))
        for run, name, status in zip(table.ids, table.names, table.status, strict=True)
    )
    return np.fromiter(wanted, bool, len(table))


def _key(table: RunsTable, ask: Ask) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """What to sort by, and where it is missing."""
    kind, _, name = ask.order.partition(":")
    match ask.order:
        case "" | "started":
            key = table.start
        case "seconds":
            key = table.seconds
        case "name" | "status":
            key = _ranks([text.casefold() for text in (table.names if kind == "name" else table.status)])
        case _ if kind == "setting" and name in table.settings:
            column = table.settings[name]
            key = _ranks(column.texts) if column.numbers is None else column.numbers
        case _ if kind == "metric" and name in table.metrics:
            key = table.metrics[name].of(_choice(name, ask))
        case _:
            fix = "name `started`, `name`, `status`, `seconds`, or the key of a column"
            raise Refused(422, f"runs cannot be sorted by {ask.order!r}", fix)
    return key, np.isnan(key)


def _choice(name: str, ask: Ask) -> Choice:
    if ask.value != "best":
        return ask.value
    return "min" if lower_is_better(name) else "max"


def _ranks(texts: tuple[str | None, ...] | list[str]) -> NDArray[np.float64]:
    """The place of each text in the order of all; NaN for none."""
    place = {text: number for number, text in enumerate(sorted({text for text in texts if text is not None}))}
    return np.array([float("nan") if text is None else place[text] for text in texts], float)


def _has(summary: Summary, number: int) -> bool:
    return not (np.isnan(summary.last[number]) and np.isnan(summary.min[number]))


def _values(summary: Summary, number: int) -> MetricValues:
    last = summary.last[number]
    return MetricValues(
        last=finite(last), min=finite(summary.min[number]), max=finite(summary.max[number]), odd=odd_of(last)
    )
