"""The databases that tests run on, where there is a PostgreSQL server."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from tests.server.postgres import Databases
from trackside.server.access.tables import AuditRow
from trackside.server.database import Database

SERVER = os.environ.get("TRACKSIDE_TEST_DATABASE", "")
pytestmark = pytest.mark.skipif(not SERVER, reason="TRACKSIDE_TEST_DATABASE names no PostgreSQL server")


@pytest.fixture
def others() -> Iterator[Databases]:
    made = Databases(SERVER)
    yield made
    made.close()


def opened(address: str) -> Database:
    database = Database(address)
    database.upgrade()
    return database


def names() -> set[str]:
    database = Database(SERVER)
    with database.session() as db:
        found = set(db.scalars(text("SELECT datname FROM pg_database")))
    database.close()
    return found


def written(database: Database) -> int:
    with database.session() as db:
        db.add(AuditRow(person="me", action="test.write"))
    with database.session() as db:
        return db.query(AuditRow).count()


def test_the_next_test_finds_nothing_of_the_one_before(others: Databases) -> None:
    first = opened(others.lend())
    assert written(first) == 1
    assert written(first) == 2
    others.take_back()
    second = opened(others.lend())
    assert written(second) == 1
    with pytest.raises(DBAPIError):
        written(first)  # what outlived its test cannot write into the next one's database
    first.close()
    second.close()


def test_what_a_killed_run_left_is_swept_and_what_is_in_use_is_not(others: Databases) -> None:
    address = others.lend()
    mine = address.rpartition("/")[2]
    left = f"{mine.rpartition('_')[0]}killed_1"
    engine = create_engine(Database(SERVER).url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{left}"'))
    engine.dispose()
    assert {mine, left} <= names()
    Databases(SERVER).close()
    assert mine in names()
    assert left not in names()


def test_nothing_is_left_at_the_end() -> None:
    made = Databases(SERVER)
    name = made.lend().rpartition("/")[2]
    assert name in names()
    made.close()
    assert name not in names()
