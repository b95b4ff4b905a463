"""One SQLite file as a store that several processes write and that a kill leaves whole.

Write-ahead logging, `synchronous=FULL` (what a person decided survives a power cut), every change in one
`BEGIN IMMEDIATE` transaction. The file's `user_version` is the version of its schema; older files are brought up to date
when they are opened, newer ones are refused.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from trackside.core.errors import InputError, OutputError

# Seconds that a writer waits for the others. A feed of 100,000 suspects takes a few.
_PATIENCE = 30.0
# How every SQLite file begins that is not empty (SQLite, Database File Format, section 1.3).
_HEADER = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Database:
    """A store in one file.

    Attributes:
        path: the file; made when first written.
        what: its name for people ("relabel queue").
        mark: a 32-bit number that says whose file it is (`PRAGMA application_id`).
        schema: statements; part i brings version i to i + 1. Parts are only ever added.
    """

    path: Path
    what: str
    mark: int
    schema: tuple[tuple[str, ...], ...]

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the store from beginning to end.

        Raises:
            InputError: the file is something else, or of a newer version.
        """
        with self._connected() as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes appear together when the block ends well, and not at all when it does not.

        Raises:
            InputError: the file is something else, or of a newer version.
            OutputError: it cannot be written.
        """
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            self._check_file()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise OutputError(f"cannot open the {self.what} ({error})", where=str(self.path)) from error
        try:
            self._prepare(connection)
            yield connection
        except sqlite3.OperationalError as error:
            fix = "try again when the other program is done" if "locked" in str(error) else "look at space and permissions"
            raise OutputError(f"the {self.what} cannot be used ({error})", where=str(self.path), fix=fix) from error
        except sqlite3.DatabaseError as error:
            raise InputError(f"is no {self.what} ({error})", where=str(self.path), fix="name another file") from error
        finally:
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            connection.close()

    def _check_file(self) -> None:
        """SQLite takes a file of less than its header for an empty one, and would write over it."""
        try:
            with self.path.open("rb") as file:
                begins = file.read(len(_HEADER))
        except FileNotFoundError:
            return
        if begins and begins != _HEADER:
            raise InputError(f"is no {self.what}", where=str(self.path), fix="name another file")

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Bring the file to the newest version; a file that has it costs two reads."""
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        if self._version(connection) == len(self.schema):
            return
        _log_ahead(connection)
        connection.execute("BEGIN IMMEDIATE")
        for part in self.schema[self._version(connection) :]:  # Asked again: another process may have been quicker.
            for statement in part:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id={self.mark}")
        connection.execute(f"PRAGMA user_version={len(self.schema)}")
        connection.execute("COMMIT")

    def _version(self, connection: sqlite3.Connection) -> int:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        mark = int(connection.execute("PRAGMA application_id").fetchone()[0])
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if mark != self.mark and (version or tables):
            raise InputError(f"is no {self.what}", where=str(self.path), fix="name another file")
        if version > len(self.schema):
            what = f"was written by a newer Trackside (schema {version}, this one knows {len(self.schema)})"
            raise InputError(what, where=str(self.path), fix="update Trackside")
        return version


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging. SQLite does not wait for others here, so we do."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
