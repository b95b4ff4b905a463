"""A server of one's own for each test: on SQLite, or on PostgreSQL where `TRACKSIDE_TEST_DATABASE` names a server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.server.postgres import Databases
from trackside.models import Store
from trackside.server.application import create_app
from trackside.server.context import Site, open_site
from trackside.server.settings import ServerSettings


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases | None]:
    """PostgreSQL databases of this process; None stands for SQLite."""
    server = os.environ.get("TRACKSIDE_TEST_DATABASE", "")
    made = Databases(server) if server else None
    yield made
    if made:
        made.close()


@pytest.fixture
def database_url(databases: Databases | None) -> Iterator[str]:
    """The address of an empty database; an empty text stands for SQLite in the data folder."""
    if not databases:
        yield ""
        return
    yield databases.lend()
    databases.take_back()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> ServerSettings:
    """A server without accounts."""
    return ServerSettings(data=tmp_path / "server", database=database_url)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store of models."""
    return Store(tmp_path / "home")


@pytest.fixture
def site(settings: ServerSettings, store: Store) -> Iterator[Site]:
    """The belongings of that server."""
    made = open_site(settings, store=store)
    yield made
    made.database.close()


@pytest.fixture
def client(site: Site) -> Iterator[TestClient]:
    """Requests to that server; no worker runs."""
    with TestClient(create_app(site, with_workers=False), base_url="http://127.0.0.1") as made:
        yield made


@pytest.fixture
def accounts_site(settings: ServerSettings, store: Store) -> Iterator[Site]:
    """The belongings of a server with accounts."""
    made = open_site(settings.model_copy(update={"accounts": True}), store=store)
    yield made
    made.database.close()
