"""Runs out of MLflow's tables, by plain SQL: a column at a time, where MLflow's client builds an object for every value."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.core.errors import nearest
from trackside.lab.records.store import Store, needs
from trackside.lab.records.table import Column, RunsTable, Summary

if TYPE_CHECKING:
    from sqlalchemy import Connection

_INFINITE = 1.7e308
"""MLflow keeps infinity as the largest double: SQL has no other."""


@dataclass(frozen=True)
class Experiment:
    """An experiment: its name, how many runs it has, when the newest began (seconds since 1970)."""

    name: str
    runs: int
    newest: float


@contextlib.contextmanager
def reading(place: Path | str | Store) -> Iterator[Connection]:
    """A connection that only reads.

    Raises:
        InputError: no store, or one that MLflow did not make or that another version made.
        OutputError: it is locked, or the database does not answer.
    """
    needs("sqlalchemy", "SQLAlchemy")
    from sqlalchemy.exc import SQLAlchemyError

    store = place if isinstance(place, Store) else Store.at(place)
    store.check_there()
    engine = store.engine()
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise store.trouble(error) from None
    finally:
        engine.dispose()


def experiments(store: Path | str) -> tuple[Experiment, ...]:
    """The experiments there are, that with the newest run first.

    Raises:
        InputError: no store.
    """
    with reading(store) as connection:
        rows = ask(
            connection,
            "select e.name, count(r.run_uuid), max(r.start_time) from experiments e left join runs r on "
            "r.experiment_id = e.experiment_id and r.lifecycle_stage = 'active' where e.lifecycle_stage = 'active' "
            "group by e.experiment_id, e.name",
        )
    found = [Experiment(row[0], row[1], (row[2] or 0) / 1000) for row in rows]
    return tuple(sorted(found, key=lambda one: (-one.newest, one.name)))


def runs(store: Path | str, experiment: str | None = None) -> RunsTable:
    """All runs of an experiment.

    Args:
        store: as `Store.at` takes it.
        experiment: its name; that of the newest run, if None.

    Raises:
        InputError: no store, or no such experiment.
    """
    known = experiments(store)
    name = experiment if experiment is not None else (known[0].name if known else "default")
    if name not in {one.name for one in known}:
        raise InputError(
            f"there is no experiment {name!r}", where=str(Store.at(store)), fix=nearest(name, [one.name for one in known])
        )
    with reading(store) as connection:
        return _table(connection, name)


def _table(connection: Connection, name: str) -> RunsTable:
    listed = ask(
        connection,
        "select run_uuid, r.name, status, start_time, end_time, e.experiment_id from runs r join experiments e on "
        "r.experiment_id = e.experiment_id where e.name = :name and e.lifecycle_stage = 'active' "
        "and r.lifecycle_stage = 'active' order by start_time, run_uuid",
        name=name,
    )
    if not listed:
        return RunsTable(name)
    rows = {row[0]: number for number, row in enumerate(listed)}
    start = np.array([row[3] or np.nan for row in listed], float) / 1000
    end = np.array([row[4] or np.nan for row in listed], float) / 1000
    experiment = listed[0][5]
    return RunsTable(
        name,
        tuple(rows),
        tuple(row[1] or row[0][:8] for row in listed),
        tuple((row[2] or "running").lower() for row in listed),
        start,
        end - start,
        _settings(connection, experiment, rows),
        _metrics(connection, experiment, rows),
    )


def _settings(connection: Connection, experiment: int, rows: dict[str, int]) -> dict[str, Column]:
    texts: dict[str, list[str | None]] = {}
    for run, key, value in _of_runs(connection, "run_uuid, key, value", "params", experiment):
        if run in rows:
            if key not in texts:
                texts[key] = [None] * len(rows)
            texts[key][rows[run]] = value
    return {key: Column.of(texts[key]) for key in sorted(texts)}


def _metrics(connection: Connection, experiment: int, rows: dict[str, int]) -> dict[str, Summary]:
    found: dict[str, NDArray[np.float64]] = {}

    def column(key: str) -> NDArray[np.float64]:
        if key not in found:
            found[key] = np.full((3, len(rows)), np.nan)
        return found[key]

    for run, key, value, is_nan in _of_runs(connection, "run_uuid, key, value, is_nan", "latest_metrics", experiment):
        if run in rows:
            column(key)[0, rows[run]] = np.nan if is_nan else value
    least = "run_uuid, key, min(value), max(value)"
    for run, key, low, high in _of_runs(connection, least, "metrics", experiment, " and not is_nan group by run_uuid, key"):
        if run in rows:
            column(key)[1:, rows[run]] = low, high
    return {key: Summary(*infinite(found[key])) for key in sorted(found)}


def infinite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Infinity where MLflow keeps the largest double for it."""
    return np.where(np.abs(values) > _INFINITE, np.copysign(np.inf, values), values)


def _of_runs(connection: Connection, wanted: str, table: str, experiment: int, more: str = "") -> Sequence[Any]:
    """Rows of a table that belong to an experiment. The words are our own, never a user's."""
    query = f"select {wanted} from {table} where run_uuid in (select run_uuid from runs where experiment_id = :experiment)"
    return ask(connection, query + more, experiment=experiment)


def ask(connection: Connection, query: str, **values: object) -> Sequence[Any]:
    """The rows of a query; values go in by name, never as text of the query."""
    from sqlalchemy import text

    return connection.execute(text(query), values).fetchall()
