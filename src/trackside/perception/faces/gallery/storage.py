"""The two files of a gallery: `gallery.db` with what is sealed, `keys.db` with the wrapped keys.

They lie apart so that a copy of the first can be kept: without the second it opens nothing, and whoever is deleted from the
second is gone from every copy. Deleted pages are overwritten (`secure_delete`), and the journal of changes is not written to
the disk, since it would hold them.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from trackside.core import InputError, OutputError

DATA_FILE, KEYS_FILE = "gallery.db", "keys.db"
_FORMAT = "1"
_WAIT = 10.0  # seconds for which another process may write
_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE people (id TEXT PRIMARY KEY, record BLOB NOT NULL, until REAL NOT NULL);
CREATE TABLE templates (
    person TEXT NOT NULL, model TEXT NOT NULL, sealed BLOB NOT NULL, pictures INTEGER NOT NULL, made REAL NOT NULL,
    PRIMARY KEY (person, model)
);
CREATE TABLE thresholds (model TEXT PRIMARY KEY, data TEXT NOT NULL, seal BLOB NOT NULL);
CREATE TABLE searches (time REAL NOT NULL, probes INTEGER NOT NULL);
CREATE TABLE log (number INTEGER PRIMARY KEY, entry TEXT NOT NULL, seal BLOB NOT NULL);
CREATE TABLE keys.wrapped (person TEXT PRIMARY KEY, key BLOB NOT NULL);
CREATE TABLE keys.head (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, seal BLOB NOT NULL);
"""


class Storage:
    """An opened pair of files. Safe to use from several threads; several processes take turns.

    Args:
        folder: the gallery's folder.
        create: make it if it is not there.

    Raises:
        InputError: there is no gallery, or the files are none.
        OutputError: it cannot be made.
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        is_new = not (folder / DATA_FILE).exists()
        if is_new and not create:
            raise InputError("there is no gallery", where=str(folder), fix="`trackside faces calibrate --gallery` makes one")
        if is_new:
            _prepare(folder)
        elif not (folder / KEYS_FILE).exists():
            fix = "without its keys nothing in it can be read: bring the file back, or delete the folder"
            raise InputError(f"has no {KEYS_FILE}", where=str(folder), fix=fix)
        try:
            self._db = _connect(folder)
            if is_new:
                self._make()
            self.name = self.fact("name")
        except sqlite3.Error as error:
            raise InputError(f"is no gallery ({error})", where=str(folder), fix="give the folder of a gallery") from error
        if self.fact("format") != _FORMAT:
            raise InputError("was written by another version of Trackside", where=str(folder), fix="use that version")

    def fact(self, name: str) -> str:
        """A fact about the gallery; empty if it is not known."""
        row = self.one("SELECT value FROM facts WHERE name = ?", name)
        return str(row[0]) if row else ""

    def set_fact(self, name: str, value: str) -> None:
        """Remember a fact."""
        self.run("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, value)

    def one(self, query: str, *values: object) -> sqlite3.Row | None:
        """The first row, or None."""
        rows = self.all(query, *values)
        return rows[0] if rows else None

    def all(self, query: str, *values: object) -> list[sqlite3.Row]:
        """All rows."""
        with self._lock, self._told():
            return list(self._db.execute(query, values).fetchall())

    def run(self, query: str, *values: object) -> int:
        """Change something; gives the number of rows changed. Belongs into a `change`."""
        with self._lock, self._told():
            return self._db.execute(query, values).rowcount

    @contextlib.contextmanager
    def change(self) -> Iterator[None]:
        """All that is done within happens, in both files, or nothing of it.

        Raises:
            OutputError: the files cannot be written.
        """
        with self._lock, self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @property
    def generation(self) -> int:
        """Rises whenever people or thresholds have changed, in this process or another."""
        return int(self.fact("generation") or 0)

    def next_generation(self) -> None:
        """Tell all who have read people or thresholds that they changed. Belongs into a `change`."""
        self.set_fact("generation", str(self.generation + 1))

    def compact(self) -> None:
        """Write both files anew, so that no page keeps what was deleted."""
        with self._lock, self._told():
            self._db.execute("VACUUM main")
            self._db.execute("VACUUM keys")

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            self._db.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            fix = "see that nobody else holds it, and that there is space and permission"
            raise OutputError(f"cannot be used ({error})", where=str(self.folder), fix=fix) from error
        except sqlite3.DatabaseError as error:
            fix = "bring back a copy, or delete the folder"
            raise InputError(f"is damaged ({error})", where=str(self.folder), fix=fix) from error

    def _make(self) -> None:
        with self.change():
            for statement in _TABLES.split(";"):
                if statement.strip():
                    self._db.execute(statement)
            self.set_fact("format", _FORMAT)
            self.set_fact("name", secrets.token_hex(8))


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        for name in (DATA_FILE, KEYS_FILE):
            os.close(os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError as error:
        raise OutputError(
            f"cannot make a gallery ({error.strerror})", where=str(folder), fix="choose another folder"
        ) from error


def _connect(folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(folder / DATA_FILE, timeout=_WAIT, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    db.execute("ATTACH DATABASE ? AS keys", (str(folder / KEYS_FILE),))
    for schema in ("main", "keys"):
        db.execute(f"PRAGMA {schema}.secure_delete = ON")
        db.execute(f"PRAGMA {schema}.journal_mode = MEMORY")
        db.execute(f"PRAGMA {schema}.synchronous = FULL")
    db.execute("PRAGMA temp_store = MEMORY")
    return db
