"""A server that offers a folder with small data sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.server.datasets.making import coco, folders, taken_in
from tests.server.datasets.sending import Sent
from trackside.data.workbench import WORK
from trackside.server.context import Site
from trackside.server.settings import ServerSettings

Add = Callable[..., str]


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of workbenches."""
    monkeypatch.setenv(WORK, str(tmp_path / "work"))
    return tmp_path / "work"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A place with two data sets: `shapes` (folders of classes, two splits) and `boxes` (COCO)."""
    folders(tmp_path / "place" / "shapes")
    coco(tmp_path / "place" / "boxes")
    return tmp_path / "place"


@pytest.fixture
def settings(tmp_path: Path, database_url: str, place: Path) -> ServerSettings:
    """A server without accounts that offers the place."""
    return ServerSettings(data=tmp_path / "server", database=database_url, data_sets=(place,))


@pytest.fixture
def add(client: TestClient, site: Site) -> Add:
    """Adds a data set of the place and takes it in; gives its id."""

    def added(folder: str, **more: object) -> str:
        said = client.post("/api/datasets", json={"place": "place", "folder": folder})
        assert said.status_code == 201, said.text
        taken_in(site, said.json()["id"], **more)  # type: ignore[arg-type]
        return str(said.json()["id"])

    return added


@pytest.fixture
def shapes(add: Add) -> str:
    """The id of `shapes`, read and checked."""
    return add("shapes")


@pytest.fixture
def boxes(add: Add) -> str:
    """The id of `boxes`, read and checked."""
    return add("boxes")


@pytest.fixture
def sent(client: TestClient, site: Site) -> Iterator[Sent]:
    """Sends archives."""
    yield Sent(client, site)
    site.services["uploads"].stop()
