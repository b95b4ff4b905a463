"""Signing in and out, and what a session is good for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update
from starlette.testclient import TestClient

from tests.server.access.conftest import PASSWORD, Browser, sign_in
from trackside.server.access import passwords, sessions
from trackside.server.access.tables import AuditRow, PersonRow, SessionRow
from trackside.server.context import Site
from trackside.server.database import now

pytestmark = pytest.mark.usefixtures("people")


def enter(client: TestClient, name: object, password: object) -> int:
    return client.post("/api/session", json={"name": name, "password": password}).status_code


def test_nobody_is_signed_in_at_first(browser: Browser) -> None:
    client = browser()
    said = client.get("/api/session").json()
    assert (said["signed_in"], said["accounts"], said["first"], said["role"], said["csrf"]) == (False, True, False, None, "")
    refused = client.get("/api/tokens")
    assert refused.status_code == 401
    assert refused.json()["problems"][0]["what"] == "you are not signed in"


def test_signing_in_and_out(browser: Browser) -> None:
    client = browser("analyst")
    said = client.get("/api/session").json()
    assert (said["signed_in"], said["name"], said["role"]) == (True, "analyst", "analyst")
    assert said["csrf"] == client.headers["x-csrf-token"]
    cookie = dict(client.cookies)
    assert client.delete("/api/session").status_code == 200
    assert client.get("/api/tokens").status_code == 401
    client.cookies.update(cookie)
    assert client.get("/api/tokens").status_code == 401, "the session lives on"
    assert client.delete("/api/session").status_code == 200


def test_without_accounts_you_are_the_administrator(client: TestClient) -> None:
    said = client.get("/api/session").json()
    assert (said["signed_in"], said["name"], said["role"], said["accounts"]) == (True, "you", "admin", False)
    for path, body in {
        "/api/session": {"name": "a", "password": "b"},
        "/api/people": {"name": "a", "role": "viewer", "password": PASSWORD},
        "/api/tokens": {"name": "a"},
        "/api/session/first": {"code": "x", "name": "a", "password": PASSWORD},
    }.items():
        assert client.post(path, json=body).status_code == 409, path
    assert client.get("/api/tokens").json() == []
    assert client.delete("/api/session").status_code == 200


@pytest.mark.parametrize(
    ("name", "password", "status"),
    [
        ("analyst", "wrong", 401),
        ("nobody", PASSWORD, 401),
        ("analyst\0", PASSWORD, 401),
        ("", "", 401),
        ("Analyst", PASSWORD, 401),
        ("analyst", PASSWORD + "\0", 401),
        (7, PASSWORD, 422),
        ("n" * 101, PASSWORD, 422),
        ("analyst", None, 422),
    ],
)
def test_what_does_not_let_in(name: object, password: object, status: int, browser: Browser) -> None:
    client = browser()
    assert enter(client, name, password) == status
    assert not client.cookies
    assert client.get("/api/session").json()["signed_in"] is False


def test_a_lone_surrogate_is_refused(browser: Browser) -> None:
    answer = browser().post(
        "/api/session", content=b'{"name": "\\ud800", "password": "x"}', headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422


def test_an_unknown_name_costs_a_check_too(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checked.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Watched(time_cost=1, memory_cost=8, parallelism=1))
    client = browser()
    enter(client, "nobody", "whatever it is")
    enter(client, "analyst", "whatever it is")
    assert len(checked) == 2
    assert all(hash.startswith("$argon2id$") for hash in checked)


def test_the_cookie_is_hidden_from_scripts_and_other_sites(browser: Browser) -> None:
    answer = browser().post("/api/session", json={"name": "admin", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("trackside=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    answer = browser(base_url="https://127.0.0.1").post("/api/session", json={"name": "admin", "password": PASSWORD})
    assert answer.headers["set-cookie"].startswith("__Host-trackside=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "Path=/" in answer.headers["set-cookie"]


def test_neither_cookie_nor_password_lies_in_the_database(browser: Browser, accounts_site: Site) -> None:
    client = browser("admin")
    secret = client.cookies["trackside"]
    with accounts_site.database.session() as db:
        session = db.scalars(select(SessionRow)).one()
        kept = db.scalars(select(PersonRow.password)).all()
    assert secret not in session.hash
    assert len(session.hash) == 64
    assert all(PASSWORD not in password for password in kept)


def test_a_session_that_somebody_else_chose_is_not_taken(browser: Browser) -> None:
    """Session fixation: the cookie before signing in is worth nothing after it."""
    client = browser()
    client.cookies.set("trackside", "chosen-by-a-stranger", domain="127.0.0.1")
    sign_in(client, "admin")
    assert client.cookies["trackside"] != "chosen-by-a-stranger"
    stranger = browser()
    stranger.cookies.set("trackside", "chosen-by-a-stranger")
    assert stranger.get("/api/tokens").status_code == 401


def test_signing_in_again_ends_the_session_before(browser: Browser) -> None:
    client = browser("analyst")
    before = dict(client.cookies)
    sign_in(client, "analyst")
    old = browser()
    old.cookies.update(before)
    assert old.get("/api/tokens").status_code == 401
    assert client.get("/api/tokens").status_code == 200


@pytest.mark.parametrize("token", [None, "", "wrong", "ä"])
def test_a_change_needs_the_session_s_own_token(token: str | None, browser: Browser) -> None:
    client = browser("analyst")
    right = client.headers.pop("x-csrf-token")
    headers = {} if token is None else {"x-csrf-token": token.encode("latin-1")}
    refused = client.post("/api/tokens", json={"name": "mine"}, headers=headers)
    assert refused.status_code == 403
    assert refused.json()["problems"][0]["what"] == "the request did not come from our page"
    assert client.get("/api/tokens").json() == []
    assert client.delete("/api/session", headers=headers).status_code == 403
    assert client.get("/api/tokens").status_code == 200, "a stranger signed us out"
    assert client.post("/api/tokens", json={"name": "mine"}, headers={"x-csrf-token": right}).status_code == 201


def test_the_token_of_another_session_does_not_do(browser: Browser) -> None:
    client, other = browser("analyst"), browser("analyst")
    assert client.headers["x-csrf-token"] != other.headers["x-csrf-token"]
    client.headers["x-csrf-token"] = other.headers["x-csrf-token"]
    assert client.post("/api/tokens", json={"name": "mine"}).status_code == 403


def move(site: Site, **values: object) -> None:
    with site.database.session() as db:
        db.execute(update(SessionRow).values(**values))


def test_a_session_slides_on_but_not_for_ever(browser: Browser, accounts_site: Site) -> None:
    client = browser("analyst")
    created = now() - timedelta(days=5)
    move(accounts_site, created=created, expires=now() + timedelta(days=2))
    assert client.get("/api/tokens").status_code == 200
    with accounts_site.database.session() as db:
        assert db.scalars(select(SessionRow.expires)).one() > now() + sessions.IDLE - timedelta(minutes=5)
    created = now() - timedelta(days=29)
    move(accounts_site, created=created, expires=now() + timedelta(minutes=5))
    client.get("/api/tokens")
    with accounts_site.database.session() as db:
        assert abs(db.scalars(select(SessionRow.expires)).one() - created - sessions.LONGEST) < timedelta(seconds=1)
    move(accounts_site, expires=now() - timedelta(seconds=1))
    assert client.get("/api/tokens").status_code == 401


def test_looking_does_not_write(browser: Browser, accounts_site: Site) -> None:
    client = browser("analyst")
    with accounts_site.database.session() as db:
        before = db.scalars(select(SessionRow.expires)).one()
    client.get("/api/tokens")
    with accounts_site.database.session() as db:
        assert db.scalars(select(SessionRow.expires)).one() == before


def test_changing_the_password_signs_out_the_other_browsers(browser: Browser) -> None:
    here, there = browser("analyst"), browser("analyst")
    wrong = here.put("/api/session/password", json={"old": "wrong", "new": "another good one"})
    assert (wrong.status_code, wrong.json()["problems"][0]["what"]) == (403, "the old password is wrong")
    assert here.put("/api/session/password", json={"old": PASSWORD, "new": "short"}).status_code == 422
    assert there.get("/api/tokens").status_code == 200
    assert here.put("/api/session/password", json={"old": PASSWORD, "new": "another good one"}).status_code == 200
    assert here.get("/api/tokens").status_code == 200
    assert there.get("/api/tokens").status_code == 401
    assert enter(there, "analyst", PASSWORD) == 401
    sign_in(there, "analyst", "another good one")


def test_hashes_of_weaker_parameters_are_made_anew(
    browser: Browser, accounts_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    strong = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", strong)
    browser("analyst")
    with accounts_site.database.session() as db:
        kept = {row.name: row.password for row in db.scalars(select(PersonRow))}
    assert not strong.check_needs_rehash(kept["analyst"])
    assert strong.check_needs_rehash(kept["viewer"])
    browser("analyst")


def test_signing_in_and_failing_to_is_noted(browser: Browser, accounts_site: Site) -> None:
    client = browser("analyst")
    enter(client, "ana\0lyst", "wrong")
    client.delete("/api/session")
    with accounts_site.database.session() as db:
        noted = db.execute(select(AuditRow.person, AuditRow.action).order_by(AuditRow.at)).all()
    assert [tuple(row) for row in noted] == [
        ("analyst", "session.begin"),
        ("analyst", "session.refused"),
        ("analyst", "session.end"),
    ]


def test_real_parameters_are_argon2id_with_64_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher())
    made = passwords.made("a password")
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.fits(made, "a password")
    assert not passwords.fits(made, "another")
    assert not passwords.fits("", "the password of nobody")
    assert not passwords.fits("rubbish", "a password")
