"""Where runs are kept: MLflow's own database, by default one SQLite file in a folder, which the whole MLflow opens too.

    mlflow ui --backend-store-uri sqlite:///runs/mlflow.db

The tables are MLflow's, made by MLflow, and hold nothing but what MLflow puts there. MLflow's migrations are never run on a
database that is somebody else's.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackside.core import InputError, OutputError
from trackside.core.files import cannot_write

if TYPE_CHECKING:
    from sqlalchemy import Engine

FILE = "mlflow.db"
WAIT = 20.0
"""Seconds to wait for a SQLite file that another program has locked; MLflow itself waits as long."""
_MAGIC = b"SQLite format 3\0"
_SERVERS = ("postgresql", "mysql", "mssql", "http://", "https://")
_LOUD = ("mlflow", "mlflow.store.db.utils", "alembic.runtime.migration")


@dataclass(frozen=True)
class Store:
    """A store of runs.

    Attributes:
        uri: as MLflow and SQLAlchemy take it.
        folder: where pictures and other files go by default; None for a server's own place.
        file: the SQLite file; None for another database or a server.
    """

    uri: str
    folder: Path | None = None
    file: Path | None = None

    @classmethod
    def at(cls, place: Path | str) -> Store:
        """The store in a folder, in a SQLite file (`.db`, `.sqlite`), or at an address.

        Args:
            place: `runs`, `runs/mlflow.db`, `sqlite:///...`, `postgresql://...`, or an MLflow server's `https://...`.

        Raises:
            InputError: an address of a kind that MLflow does not keep runs at.
        """
        text = str(place)
        if text.startswith(_SERVERS):
            return cls(text)
        if "://" in text or text.startswith("sqlite:"):
            if not text.startswith("sqlite:///"):
                raise InputError("runs are not kept at such an address", where=_without_password(text), fix="name a folder")
            place = text.removeprefix("sqlite:///")
        path = Path(place).expanduser().absolute()
        file = path if path.suffix in (".db", ".sqlite", ".sqlite3") or path.is_file() else path / FILE
        return cls(f"sqlite:///{file.as_posix()}", file.parent, file)

    def __str__(self) -> str:
        return str(self.file) if self.file is not None else _without_password(self.uri)

    def check_there(self) -> None:
        """See that there is something to read, and that MLflow made it.

        Raises:
            InputError: no store, a file that is none, or a database that is another program's.
        """
        if self.file is None:
            return
        if not self.file.is_file():
            raise InputError(
                "there is no store of runs", where=str(self), fix="train something, or name the folder of --store"
            )
        self._check_ours()

    def check_writable(self) -> None:
        """See, before anything is spent, that runs can be written.

        Raises:
            InputError: the file is no database, or another program's.
            OutputError: the folder cannot be made or written.
        """
        if self.file is None:
            return
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            probe = self.file.parent / f".{self.file.name}.{os.getpid()}"
            probe.touch()
            probe.unlink()
            if self.file.exists():
                with self.file.open("r+b"):
                    pass
        except OSError as error:
            raise cannot_write(self.file, error) from None
        self._check_ours()

    def client(self) -> Any:
        """MLflow's client; makes the tables at the first time, which takes some seconds.

        Raises:
            InputError: the database is of another MLflow.
            OutputError: it is locked for too long, or the server does not answer.
        """
        needs("mlflow", "MLflow")
        with quietly():
            from mlflow import MlflowClient
            from mlflow.exceptions import MlflowException

            try:
                client = MlflowClient(tracking_uri=self.uri)
                client.search_experiments(max_results=1)
            except (MlflowException, OSError, sqlite3.Error) as error:
                raise self.trouble(error) from None
            except Exception as error:  # SQLAlchemy's and drivers' own.
                raise self.trouble(error) from None
        return client

    def engine(self) -> Engine:
        """SQLAlchemy's door to the same tables, for reading.

        Raises:
            InputError: the store is a server whose tables cannot be seen.
        """
        from sqlalchemy import create_engine

        if self.uri.startswith("http"):
            raise InputError("a server's runs are not read here", where=str(self), fix="name the database behind it")
        if self.file is None:
            return create_engine(self.uri)
        return create_engine(f"sqlite:///file:{_quoted(self.file)}?mode=ro&uri=true", connect_args={"timeout": WAIT})

    def trouble(self, error: BaseException) -> InputError | OutputError:
        """What went wrong with the store, as a user should read it."""
        text = " ".join(str(error).split())
        if "locked" in text or "busy" in text:
            return OutputError(
                "the store is locked by another program", where=str(self), fix="close it, or name another store"
            )
        if "readonly" in text or "read-only" in text:
            return OutputError("the store cannot be written", where=str(self), fix="choose another folder")
        if "is full" in text or "No space" in text:
            return OutputError("no space is left", where=str(self), fix="free some space and run again")
        if "schema" in text or "Can't locate revision" in text or "no such column" in text or "no such table" in text:
            fix = "install the MLflow that wrote it, or run `mlflow db upgrade` on a copy"
            return InputError("the store was written by another version of MLflow", where=str(self), fix=fix)
        return OutputError(
            f"the store does not answer ({text[:200]})", where=str(self), fix="see that it is there and is MLflow's"
        )

    def _check_ours(self) -> None:
        """Refuse files that are no SQLite database, and databases of other programs."""
        if self.file is None or not self.file.exists() or self.file.stat().st_size == 0:
            return
        fix = "name a folder of its own for the runs"
        with self.file.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise InputError("this is no store of runs (not a SQLite database)", where=str(self), fix=fix)
        names = self._tables()
        if names and not {"experiments", "runs", "metrics", "params", "tags", "alembic_version"} <= names:
            raise InputError("this database belongs to another program", where=str(self), fix=fix)

    def _tables(self) -> set[str]:
        assert self.file is not None
        try:
            with contextlib.closing(
                sqlite3.connect(f"file:{_quoted(self.file)}?mode=ro", uri=True, timeout=WAIT)
            ) as connection:
                return {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
        except sqlite3.Error as error:
            if "locked" in str(error):
                raise self.trouble(error) from None
            raise InputError("the store is damaged", where=str(self), fix="take a copy from a backup") from None


def needs(module: str, name: str) -> None:
    """See that a library is installed.

    Raises:
        InputError: it is not.
    """
    if importlib.util.find_spec(module) is None:
        raise InputError(f"{name} is not installed", where="experiment records", fix="pip install 'trackside[train]'")


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """MLflow reports no use to its makers, and neither logs nor prints tracebacks: trouble is told by our own errors."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    loggers = [logging.getLogger(name) for name in _LOUD]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        import mlflow  # noqa: F401  Sets its own levels when it is first imported.

        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(path.as_posix())


def _without_password(uri: str) -> str:
    """An address without the password in it."""
    head, at, tail = uri.rpartition("@")
    return f"{head.partition('://')[0]}://...@{tail}" if at else uri
