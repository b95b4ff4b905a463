"""One run, found by its id, the beginning of it, or its name: settings, curves, code, files."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
from numpy.typing import NDArray

from trackside.core import InputError
from trackside.core.errors import nearest
from trackside.lab.records.reading import ask, infinite, reading
from trackside.lab.records.store import Store

_NAMED = "select key, value from {} where run_uuid = :run"


@dataclass(frozen=True)
class Curve:
    """One metric of one run over its steps.

    Attributes:
        steps: int64 [n], rising.
        values: float64 [n]; NaN and infinity as they came.
        times: float64 [n], when they were told, seconds since 1970.
    """

    steps: NDArray[np.int64]
    values: NDArray[np.float64]
    times: NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """What is known of a run beside its curves.

    Attributes:
        id: 32 hexadecimal digits.
        name: as it was called.
        status: `running`, `finished`, `failed`, `killed`.
        start, seconds: when it began (since 1970) and how long it ran; NaN for one that has not ended.
        settings: name to text, as MLflow keeps them.
        tags: the machine, the versions, the code, and whatever else was noted.
        files: where its files are kept.
        store: where it is kept.
    """

    id: str
    name: str
    status: str
    start: float
    seconds: float
    settings: Mapping[str, str]
    tags: Mapping[str, str]
    files: str
    store: Store

    @property
    def commit(self) -> str:
        """The commit of its code; empty if that was not under Git."""
        return self.tags.get("mlflow.source.git.commit", "")

    def changes(self) -> str:
        """What was changed in the code since the commit, when the run was last begun; empty if nothing."""
        if self.tags.get("trackside.code.changed") != "True":
            return ""
        return self.file(f"code/changes-{self.tags.get('trackside.starts', '1')}.diff") or ""

    def file(self, name: str) -> str | None:
        """The text of one of its files, or None."""
        for folder in self._folders():
            try:
                return (folder / name).read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
        return self._fetched(name) if urlsplit(self.files).scheme not in ("", "file") else None

    def _folders(self) -> list[Path]:
        """Where its files may lie: as it was recorded, and beside a store that was moved since."""
        found = [Path(unquote(urlsplit(self.files).path))] if self.files else []
        if self.store.folder is not None:
            found.append(self.store.folder / "artifacts" / self.id / "artifacts")
        return found

    def _fetched(self, name: str) -> str | None:
        """A file that lies elsewhere (S3, a server), by MLflow."""
        with tempfile.TemporaryDirectory() as folder:
            try:
                path = self.store.client().download_artifacts(self.id, name, folder)
                return Path(path).read_text(encoding="utf-8", errors="replace")
            except Exception:
                return None


def find_run(store: Path | str, wanted: str) -> Run:
    """The run of that id, of an id that begins so (4 digits or more), or the only one of that name.

    Raises:
        InputError: no store, no such run, or several.
    """
    place = Store.at(store)
    with reading(place) as connection:
        like = wanted.lower() if re.fullmatch(r"[0-9a-f]{4,32}", wanted.lower()) else "-"
        found = ask(
            connection,
            "select run_uuid, name, status, start_time, end_time, artifact_uri from runs "
            "where lifecycle_stage = 'active' and (run_uuid like :like or name = :name)",
            like=like + "%",
            name=wanted,
        )
        if not found:
            names = {row[0] or "" for row in ask(connection, "select distinct name from runs limit 1000")}
            raise InputError(f"there is no run {wanted!r}", where=str(place), fix=nearest(wanted, names))
        row = _only(found, wanted, place)
        settings, tags = (
            {key: value or "" for key, value in ask(connection, f"{_NAMED.format(part)} order by key", run=row[0])}
            for part in ("params", "tags")
        )
    start, end = (float(value) / 1000 if value else float("nan") for value in row[3:5])
    return Run(
        row[0], row[1] or row[0][:8], (row[2] or "running").lower(), start, end - start, settings, tags, row[5] or "", place
    )


def curves(store: Path | str, run: str, metric: str | None = None) -> dict[str, Curve]:
    """The curves of a run, name to curve. Of numbers that were told twice for a step the newer counts.

    Args:
        store: as `Store.at` takes it.
        run: its id, the beginning of it, or its name.
        metric: only this one.

    Raises:
        InputError: no such run, or it has no such metric.
    """
    one = find_run(store, run)
    with reading(one.store) as connection:
        only = "" if metric is None else " and key = :metric"
        wanted = f"select key, step, value, is_nan, timestamp from metrics where run_uuid = :run{only}"
        found = ask(
            connection,
            f"{wanted} order by key, step, timestamp",
            run=one.id,
            **({} if metric is None else {"metric": metric}),
        )
        if metric is not None and not found:
            names = [row[0] for row in ask(connection, "select key from latest_metrics where run_uuid = :run", run=one.id)]
            raise InputError(f"there is no metric {metric!r}", where=f"run {one.name}", fix=nearest(metric, names))
    parts: dict[str, list[Any]] = {}
    for row in found:
        parts.setdefault(row[0], []).append(row[1:])
    return {name: _curve(rows) for name, rows in parts.items()}


def _curve(rows: list[Any]) -> Curve:
    """Rows in the order of steps and, within one, of telling."""
    steps = np.array([row[0] for row in rows], np.int64)
    values = infinite(np.array([np.nan if row[2] else row[1] for row in rows], float))
    newest = np.append(steps[1:] != steps[:-1], True)
    return Curve(steps[newest], values[newest], np.array([row[3] for row in rows], float)[newest] / 1000)


def _only(found: Any, wanted: str, store: Store) -> Any:
    exact = [row for row in found if row[0] == wanted.lower()] or found
    if len(exact) > 1:
        ids = ", ".join(row[0][:8] for row in exact[:6]) + (", ..." if len(exact) > 6 else "")
        raise InputError(f"{len(exact)} runs are called {wanted!r}", where=str(store), fix=f"name one by its id: {ids}")
    return exact[0]
