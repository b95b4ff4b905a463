"""SYNTHETIC stores of runs, in the tables that MLflow makes (those columns that are read): no MLflow is needed to test."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

FILE = "mlflow.db"
_TABLES = """
create table alembic_version (version_num text);
create table experiments (experiment_id integer primary key, name text unique, artifact_location text, lifecycle_stage text);
create table runs (run_uuid text primary key, name text, status text, start_time integer, end_time integer,
    lifecycle_stage text, artifact_uri text, experiment_id integer);
create table params (run_uuid text, key text, value text, primary key (run_uuid, key));
create table tags (run_uuid text, key text, value text, primary key (run_uuid, key));
create table metrics (run_uuid text, key text, value real, timestamp integer, step integer, is_nan boolean);
create table latest_metrics (run_uuid text, key text, value real, timestamp integer, step integer, is_nan boolean);
insert into experiments values (0, 'Default', '', 'active');
"""
BEGAN = 1_700_000_000_000
LARGEST = 1.7976931348623157e308


class Made:
    """A store in a folder.

    Args:
        folder: made, with empty tables in it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0
        folder.mkdir(parents=True, exist_ok=True)
        with self.written() as database:
            database.executescript(_TABLES)

    @contextlib.contextmanager
    def written(self):  # type: ignore[no-untyped-def]
        """The database, committed afterwards."""
        with contextlib.closing(sqlite3.connect(self.folder / FILE)) as database, database:
            yield database

    def run(
        self,
        name: str,
        settings: Mapping[str, object] | None = None,
        curves: Mapping[str, Sequence[float]] | None = None,
        *,
        experiment: str = "poses",
        status: str = "FINISHED",
        tags: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
        artifacts: str = "",
    ) -> str:
        """Write a run, which began a minute after the one before, and give its id."""
        self._count += 1
        made, start = f"{self._count:032x}", BEGAN + 60_000 * self._count
        folder = self.folder / "artifacts" / made / "artifacts"
        for path, content in (files or {}).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        end = None if status == "RUNNING" else start + 30_000
        with self.written() as database:
            database.execute(
                "insert or ignore into experiments (name, artifact_location, lifecycle_stage) values (?, '', 'active')",
                (experiment,),
            )
            [number] = database.execute("select experiment_id from experiments where name = ?", (experiment,)).fetchone()
            told = (made, name, status, start, end, "active", artifacts or folder.as_uri(), number)
            database.execute("insert into runs values (?, ?, ?, ?, ?, ?, ?, ?)", told)
            for table, pairs in (("params", settings), ("tags", tags)):
                rows = [(made, key, str(value)) for key, value in (pairs or {}).items()]
                database.executemany(f"insert into {table} values (?, ?, ?)", rows)
            for key, values in (curves or {}).items():
                rows = [(made, key, *_kept(value), start + 1000 * step, step) for step, value in enumerate(values)]
                wanted = "(run_uuid, key, value, is_nan, timestamp, step) values (?, ?, ?, ?, ?, ?)"
                database.executemany(f"insert into metrics {wanted}", rows)
                database.execute(f"insert into latest_metrics {wanted}", rows[-1])
        return made


def _kept(value: float) -> tuple[float, bool]:
    """As MLflow keeps it: 0 for NaN, the largest double for infinity."""
    if value != value:
        return 0.0, True
    return max(-LARGEST, min(LARGEST, value)), False
