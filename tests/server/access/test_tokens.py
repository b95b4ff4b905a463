"""API tokens: for programs, capped by their owner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from tests.server.access.conftest import PASSWORD, Browser
from trackside.server.access import tokens
from trackside.server.access.tables import PersonRow, TokenRow
from trackside.server.context import Site
from trackside.server.database import now

People = dict[str, PersonRow]


def program(browser: Browser, token: str) -> TestClient:
    made = browser()
    made.headers["authorization"] = f"Bearer {token}"
    return made


def new(client: TestClient, **body: object) -> str:
    made = client.post("/api/tokens", json={"name": "program", **body})
    assert made.status_code == 201, made.text
    return str(made.json()["token"])


def test_a_token_lets_a_program_in_without_cookie_and_csrf(browser: Browser, people: People) -> None:
    token = new(browser("admin"), role="admin")
    assert token.startswith("ts_")
    client = program(browser, token)
    said = client.get("/api/session").json()
    assert (said["name"], said["role"], said["csrf"]) == ("admin", "admin", "")
    body = {"name": "new one", "role": "viewer", "password": PASSWORD}
    assert client.post("/api/people", json=body).status_code == 201


def test_it_is_shown_once_and_kept_as_hash(browser: Browser, people: People, accounts_site: Site) -> None:
    client = browser("analyst")
    token = new(client)
    assert token not in client.get("/api/tokens").text
    with accounts_site.database.session() as db:
        row = db.scalars(select(TokenRow)).one()
    assert len(row.hash) == 64
    assert token.removeprefix("ts_") not in row.hash


@pytest.mark.parametrize("value", ["Bearer ts_wrong", "Bearer ", "bearer", "Bearer ts_a\xff", "BEARER x y"])
def test_a_wrong_token_is_nobody_also_beside_a_good_cookie(value: str, browser: Browser, people: People) -> None:
    client = browser("analyst")
    answer = client.get("/api/tokens", headers={"authorization": value.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_other_schemes_are_not_ours(browser: Browser, people: People) -> None:
    """A proxy before us may ask for a password of its own."""
    assert browser("analyst").get("/api/tokens", headers={"authorization": "Basic eDp5"}).status_code == 200


def test_a_token_may_no_more_than_its_owner(browser: Browser, people: People) -> None:
    admin = browser("admin")
    for owner, asked, may in [("viewer", "admin", "viewer"), ("analyst", "viewer", "viewer"), ("admin", "admin", "admin")]:
        client = program(browser, new(browser(owner), role=asked))
        assert client.get("/api/session").json()["role"] == may
    token = new(browser("analyst"), role="analyst")
    client = program(browser, token)
    admin.patch(f"/api/people/{people['analyst'].id}", json={"role": "viewer"})
    assert client.get("/api/session").json()["role"] == "viewer", "the owner's role of today counts"
    admin.patch(f"/api/people/{people['analyst'].id}", json={"role": "admin"})
    assert client.get("/api/session").json()["role"] == "analyst", "nor does it grow"


def test_a_stolen_token_is_not_turned_into_more(browser: Browser, people: People) -> None:
    client = program(browser, new(browser("admin"), role="admin", days=1))
    assert client.post("/api/tokens", json={"name": "longer"}).status_code == 403
    assert client.put("/api/session/password", json={"old": PASSWORD, "new": "another good one"}).status_code == 403


def test_a_token_runs_out(browser: Browser, people: People, accounts_site: Site) -> None:
    client = program(browser, new(browser("analyst"), days=1))
    assert client.get("/api/tokens").status_code == 200
    with accounts_site.database.session() as db:
        assert abs(db.scalars(select(TokenRow.expires)).one() - now() - timedelta(days=1)) < timedelta(minutes=5)
        db.execute(update(TokenRow).values(expires=now() - timedelta(seconds=1)))
    assert client.get("/api/tokens").status_code == 401


def test_the_last_use_is_noted_at_most_once_a_minute(browser: Browser, people: People, accounts_site: Site) -> None:
    owner = browser("analyst")
    client = program(browser, new(owner))
    assert owner.get("/api/tokens").json()[0]["last_used"] is None
    client.get("/api/tokens")
    first = owner.get("/api/tokens").json()[0]["last_used"]
    assert first is not None
    client.get("/api/tokens")
    assert owner.get("/api/tokens").json()[0]["last_used"] == first
    with accounts_site.database.session() as db:
        db.execute(update(TokenRow).values(last_used=now() - timedelta(minutes=2)))
    client.get("/api/tokens")
    assert owner.get("/api/tokens").json()[0]["last_used"] > first


def test_only_one_s_own_are_seen_and_revoked(browser: Browser, people: People) -> None:
    owner, other = browser("analyst"), browser("admin")
    token = new(owner)
    id = owner.get("/api/tokens").json()[0]["id"]
    assert other.get("/api/tokens").json() == []
    assert other.delete(f"/api/tokens/{id}").status_code == 404
    assert owner.delete(f"/api/tokens/{id}").status_code == 200
    assert program(browser, token).get("/api/tokens").status_code == 401


def test_there_are_not_endlessly_many(browser: Browser, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST", 2)
    client = browser("viewer")
    said = [client.post("/api/tokens", json={"name": str(n)}).status_code for n in range(3)]
    assert said == [201, 201, 409]


@pytest.mark.parametrize("body", [{"days": 0}, {"days": 10**30}, {"days": "x"}, {"name": "a\0"}, {"role": "king"}, {"x": 1}])
def test_unfit_tokens_are_refused(body: dict[str, object], browser: Browser, people: People) -> None:
    assert browser("viewer").post("/api/tokens", json={"name": "program", **body}).status_code == 422
