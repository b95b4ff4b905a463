"""A server with accounts, its people, and browsers of theirs. Passwords are hashed cheaply, to test quickly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from trackside.server.access import accounts, attempts, passwords
from trackside.server.access.attempts import Attempts
from trackside.server.access.tables import PersonRow
from trackside.server.application import create_app
from trackside.server.context import Site

PASSWORD = "correct horse battery"
Browser = Callable[..., TestClient]


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No wait ever ends by itself: what tests see does not depend on how fast the machine is."""
    monkeypatch.setattr(attempts, "Attempts", lambda: Attempts(lambda: 0.0))


@pytest.fixture
def people(accounts_site: Site) -> dict[str, PersonRow]:
    """One person of each role, named after it."""
    with accounts_site.database.session() as db:
        return {role: accounts.add(db, role, role, passwords.made(PASSWORD)) for role in ("viewer", "analyst", "admin")}


@pytest.fixture
def browser(accounts_site: Site) -> Iterator[Browser]:
    """Makes browsers: `browser()` is signed out, `browser("analyst")` is signed in."""
    app = create_app(accounts_site, with_workers=False)
    with ExitStack() as stack:

        def make(name: str = "", base_url: str = "http://127.0.0.1") -> TestClient:
            made = stack.enter_context(TestClient(app, base_url=base_url))
            if name:
                sign_in(made, name)
            return made

        yield make


def sign_in(client: TestClient, name: str, password: str = PASSWORD) -> None:
    """Sign in as the page does."""
    answer = client.post("/api/session", json={"name": name, "password": password})
    assert answer.status_code == 200, answer.text
    client.headers["x-csrf-token"] = answer.json()["csrf"]
