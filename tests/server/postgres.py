"""Empty PostgreSQL databases for tests, cheaply: one database a process, emptied and renamed between tests.

To make and drop a database for each test takes most of a second, checkpoints above all, with a template or without; to empty
the tables takes a fraction. The new name keeps a thread that outlived its test from writing into the next one's tables.

`python -m tests.server.postgres` prints the address of a server to test on, or says on stderr that there is none.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from trackside.server.database import Row, new_id, tables

assert tables.ALL
PREFIX = "trackside_test_"
# As Debian and the official image have it, once it trusts loopback.
USUAL = "postgresql://postgres@127.0.0.1:5432/postgres"


class Databases:
    """Lends an empty database to one test after the other.

    The connection that is held bears the session's name in the server's list of connections. Databases of a session that is
    not in that list are what a killed run left; they are dropped.

    Args:
        server: address of any database of the server, such as `postgresql://postgres@127.0.0.1:5432/postgres`.
    """

    def __init__(self, server: str) -> None:
        self._server = make_url(server).set(drivername="postgresql+pg8000")
        self._session = PREFIX + re.sub("[^a-z0-9]", "", new_id().lower())
        self._name = ""
        self._lent = 0
        self._held = _open(self._server, application_name=self._session).connect()
        self._sweep()

    def lend(self) -> str:
        """The address of a database that nobody has used under this name; it has no tables, or only empty ones."""
        self._lent += 1
        name = f"{self._session}_{self._lent}"
        if self._name:
            self._run(f'ALTER DATABASE "{self._name}" RENAME TO "{name}"')
        else:
            self._run(f'CREATE DATABASE "{name}"')
            # What a crash of the machine would lose is of no interest here.
            self._run(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        self._name = name
        return self._address.render_as_string(hide_password=False)

    def take_back(self) -> None:
        """Throw everybody out of the database that was lent, and empty it."""
        self._run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name", name=self._name)
        engine = _open(self._address)
        with engine.connect() as connection:
            _empty(connection)
        engine.dispose()

    def close(self) -> None:
        """Drop the database."""
        if self._name:
            self._run(f'DROP DATABASE "{self._name}" WITH (FORCE)')
        self._held.close()
        self._held.engine.dispose()

    @property
    def _address(self) -> URL:
        return self._server.set(database=self._name)

    def _sweep(self) -> None:
        live = set(self._held.scalars(text("SELECT application_name FROM pg_stat_activity")))
        made = self._held.scalars(
            text("SELECT datname FROM pg_database WHERE starts_with(datname, :p)"), {"p": PREFIX}
        ).all()
        for name in made:
            if name.rpartition("_")[0] not in live:
                with suppress(DBAPIError):  # somebody uses it after all, or drops it at this moment
                    self._run(f'DROP DATABASE "{name}"')

    def _run(self, statement: str, **values: str) -> None:
        self._held.execute(text(statement), values)


def _open(address: URL, **more: str | int) -> Engine:
    return create_engine(address, isolation_level="AUTOCOMMIT", connect_args=more)


def _empty(connection: Connection) -> None:
    """Leave the tables as the migrations have made them. (TRUNCATE takes a hundred times as long where there is little.)"""
    found = set(connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
    for table in reversed(Row.metadata.sorted_tables):
        if table.name in found:
            connection.execute(table.delete())


def _server() -> str:
    """The address that the environment names, else the usual one if somebody answers there; an empty text if nobody does."""
    named = os.environ.get("TRACKSIDE_TEST_DATABASE", "")
    try:
        with _open(make_url(named or USUAL).set(drivername="postgresql+pg8000"), timeout=5).connect():
            return named or USUAL
    except DBAPIError as error:
        if named:
            raise SystemExit(f"TRACKSIDE_TEST_DATABASE names a server that cannot be used: {error.orig}") from None
    print(f"no PostgreSQL answers at {USUAL}: the tests of the server run on SQLite only", file=sys.stderr)
    return ""


if __name__ == "__main__":
    print(_server())
