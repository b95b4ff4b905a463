"""The store of experiment records that a server shows: read in turns of its own; tables are kept while nothing changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from trackside.core import InputError, OutputError, TracksideError
from trackside.lab.records import Run, RunsTable, Store, find_run, runs
from trackside.lab.records.reading import ask, reading
from trackside.lab.records.store import FILE
from trackside.server.context import Site
from trackside.server.problems import Refused, missing
from trackside.server.turns import Turns

NAME = "experiments"
P = ParamSpec("P")
R = TypeVar("R")
# A locked store is waited for: whoever waits here keeps nobody else of the server waiting.
_AT_ONCE = 2
_MOST_TABLES = 4
# A training writes every second: a store that changes is read anew for at most this share of the time.
_BUSY_SHARE = 0.2
# Where a SQLite file counts its changes (its file format, section 1.3.7).
_CHANGES = slice(24, 28)
Mark = tuple[object, ...]


@dataclass(frozen=True)
class _Kept:
    table: RunsTable
    mark: Mark
    read: float
    took: float


class Records:
    """Reads one store.

    Args:
        site: whose settings name the store.
    """

    def __init__(self, site: Site) -> None:
        self.place = site.settings.experiments_place
        self._turns = Turns(_AT_ONCE)
        self._tables: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Nothing: the store is read when it is asked for."""

    def stop(self) -> None:
        """Forget the tables."""
        self._tables.clear()

    async def do(self, work: Callable[Concatenate[Records, P], R], *args: P.args, **more: P.kwargs) -> R:
        """Read something as soon as it is its turn.

        Raises:
            Refused: 404, it is not there; 409, the store cannot be read, with the reason.
        """

        def read() -> R:
            try:
                return work(self, *args, **more)
            except (InputError, OutputError) as error:
                raise _unreadable(error) from None

        return await self._turns.do(read)

    @property
    def store(self) -> Store:
        """The store. Raises InputError for an address of a kind that keeps no runs."""
        return Store.at(self.place)

    @property
    def shown(self) -> str:
        """The store as `--store` takes it: a folder, a SQLite file, or an address without its password."""
        store = self.store
        return str(store.file.parent if store.file is not None and store.file.name == FILE else store)

    @property
    def is_there(self) -> bool:
        """Whether anything was recorded yet, as far as one can see without asking a database."""
        file = self.store.file
        return file is None or (file.is_file() and file.stat().st_size > 0)

    def table(self, experiment: str) -> RunsTable:
        """All runs of an experiment; from memory while the store is the same.

        Raises:
            Refused: 404, there is no such experiment.
        """
        with self._lock:
            mark, began = self._mark(), time.monotonic()
            kept = self._tables.get(experiment)
            if kept and (mark == kept.mark != () or began - kept.read < kept.took / _BUSY_SHARE):
                return kept.table
            self._check_there(experiment)
            table = runs(self.place, experiment)
            self._tables.pop(experiment, None)
            self._tables[experiment] = _Kept(table, mark, time.monotonic(), time.monotonic() - began)
            while len(self._tables) > _MOST_TABLES:
                del self._tables[next(iter(self._tables))]
            return table

    def run(self, run: str) -> tuple[Run, str]:
        """A run and the name of its experiment.

        Raises:
            Refused: 404, there is no such run.
        """
        if not self.is_there:
            raise missing("run")
        with reading(self.store) as connection:
            found = ask(
                connection,
                "select e.name from runs r join experiments e on r.experiment_id = e.experiment_id "
                "where r.run_uuid = :run and r.lifecycle_stage = 'active'",
                run=run,
            )
        if not found:
            raise missing("run")
        return find_run(self.place, run), found[0][0]

    def _check_there(self, experiment: str) -> None:
        wanted = "select 1 from experiments where name = :name and lifecycle_stage = 'active'"
        if self.is_there:
            with reading(self.store) as connection:
                if ask(connection, wanted, name=experiment):
                    return
        raise missing("experiment")

    def _mark(self) -> Mark:
        """Another one after each change of a SQLite store; nothing for other databases."""
        file = self.store.file
        if file is None:
            return ()
        found: list[object] = []
        for path in (file, file.with_name(f"{file.name}-wal")):
            try:
                with path.open("rb") as opened:
                    found += [path.stat().st_mtime_ns, path.stat().st_size, opened.read(_CHANGES.stop)[_CHANGES]]
            except OSError:
                found.append(None)
        return tuple(found)


def records_of(site: Site) -> Records:
    """The experiment records of a site."""
    found: Records = site.services[NAME]
    return found


def _unreadable(error: TracksideError) -> Refused:
    """The store cannot be read: that is no fault of whoever asks."""
    return Refused(409, f"the experiment records cannot be read: {error.what} ({error.where})", error.fix)
