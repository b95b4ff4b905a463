"""Opening the database: SQLite by default, PostgreSQL at scale; brought up to date by Alembic."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from trackside.core import InputError
from trackside.core.files import cannot_write

MIGRATIONS = Path(__file__).parent / "migrations"
# Seconds that a writer waits for another one (SQLite lets one write at a time).
_BUSY = 30
_UPGRADE = threading.Lock()


class Database:
    """The server's database.

    Args:
        url: SQLAlchemy's address. `postgresql://...` is spoken with pg8000.

    Raises:
        InputError: it is no address, or of a database whose driver is not installed.
    """

    def __init__(self, url: str) -> None:
        self.url = url.replace("postgresql://", "postgresql+pg8000://", 1)
        try:
            self.engine = _open(self.url)
        except (SQLAlchemyError, ImportError) as error:
            fix = "write postgresql://user@host/name, or leave it out"
            scheme = url.partition("://")[0][:40]  # The rest may hold a password.
            raise InputError(f"no database can be opened as {scheme!r}", where="--database", fix=fix) from error
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    def upgrade(self) -> None:
        """Bring the tables to the newest form; nothing is lost.

        Raises:
            InputError: the database cannot be reached.
        """
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with _UPGRADE:
            try:
                with self.engine.begin() as connection:
                    config.attributes["connection"] = connection
                    command.upgrade(config, "head")
            except SQLAlchemyError as error:
                reason = str(getattr(error, "orig", error)).splitlines()[0]
                fix = "check that the database runs and that its address is right"
                raise InputError(f"the database cannot be used ({reason})", where="--database", fix=fix) from error

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that is committed if the block ends well, and rolled back if not."""
        with self._sessions() as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _open(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    folder = Path(url.removeprefix("sqlite:///")).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    engine = create_engine(url, connect_args={"timeout": _BUSY}, pool_size=20, max_overflow=20)
    event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _: Any) -> None:
    """Readers do not wait for a writer, and a killed process loses no commit."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={_BUSY * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
