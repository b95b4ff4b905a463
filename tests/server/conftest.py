"""A server of one's own for each test: on SQLite, or on PostgreSQL where `TRACKSIDE_TEST_DATABASE` names a server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from starlette.testclient import TestClient

from trackside.models import Store
from trackside.server.application import create_app
from trackside.server.context import Site, open_site
from trackside.server.database import new_id
from trackside.server.settings import ServerSettings


@pytest.fixture
def database_url() -> Iterator[str]:
    """The address of an empty database; an empty text stands for SQLite in the data folder."""
    server = os.environ.get("TRACKSIDE_TEST_DATABASE", "")
    if not server:
        yield ""
        return
    name = f"trackside_test_{new_id().lower().replace('-', '_')}"
    engine = create_engine(server.replace("postgresql://", "postgresql+pg8000://", 1), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield f"{server.rpartition('/')[0]}/{name}"
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


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
