"""Signing in through a provider that runs here: the whole way, and every way in which it must fail."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from tests.server.access.conftest import PASSWORD
from tests.server.access.provider import CLIENT, SECRET, SmallProvider, by_hand, foreign_key, serving
from trackside.models import Store
from trackside.server.access import accounts, passwords
from trackside.server.access.tables import AuditRow, PersonRow
from trackside.server.application import create_app
from trackside.server.context import Site, open_site
from trackside.server.settings import OidcSettings, ServerSettings


@pytest.fixture
def provider() -> Iterator[SmallProvider]:
    with serving(SmallProvider()) as made:
        yield made


@pytest.fixture
def oidc_site(provider: SmallProvider, settings: ServerSettings, store: Store) -> Iterator[Site]:
    oidc = OidcSettings(
        issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET, name="the club", new_people="analyst"
    )
    made = open_site(settings.model_copy(update={"accounts": True, "oidc": oidc}), store=store)
    yield made
    made.database.close()


@pytest.fixture
def page(oidc_site: Site) -> Iterator[TestClient]:
    app = create_app(oidc_site, with_workers=False)
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as made:
        yield made


def leave(page: TestClient) -> str:
    """Go to the provider, which lets everybody in; the address that it sends the browser back to."""
    left = page.get("/api/session/oidc")
    assert left.status_code == 303, left.text
    return httpx.get(left.headers["location"]).headers["location"]


def come_back(page: TestClient, address: str) -> Any:
    return page.get(address)


def refused(page: TestClient, answer: Any, says: str) -> None:
    assert answer.status_code in (401, 403, 502)
    assert says in answer.text
    assert "trackside=" not in answer.headers.get("set-cookie", "")
    assert page.get("/api/session").json()["signed_in"] is False


def test_the_whole_way(page: TestClient, oidc_site: Site) -> None:
    assert page.get("/api/session").json()["oidc"] == "the club"
    address = leave(page)
    back = come_back(page, address)
    assert (back.status_code, back.headers["location"]) == (303, "/")
    said = page.get("/api/session").json()
    assert (said["name"], said["role"], said["signed_in"]) == ("ann", "analyst", True)
    page.headers["x-csrf-token"] = said["csrf"]
    assert page.post("/api/tokens", json={"name": "mine"}).status_code == 201
    wrong = page.put("/api/session/password", json={"old": "x", "new": "another good one"})
    assert (wrong.status_code, wrong.json()["problems"][0]["what"]) == (409, "your account has no password")
    assert page.post("/api/session", json={"name": "ann", "password": ""}).status_code == 401
    come_back(page, leave(page))
    with oidc_site.database.session() as db:
        assert len(db.scalars(select(PersonRow)).all()) == 1, "the second visit is the same person"
        actions = db.scalars(select(AuditRow.action).order_by(AuditRow.at, AuditRow.id)).all()
    assert actions.count("session.begin") == 2
    assert actions.count("person.add") == 1


def test_there_can_still_be_a_first_administrator(page: TestClient, oidc_site: Site) -> None:
    from trackside.server.access.first import setup_code

    come_back(page, leave(page))
    body = {"code": setup_code(oidc_site), "name": "boss", "password": PASSWORD}
    assert page.post("/api/session/first", json=body).status_code == 200


def test_an_account_of_the_same_name_is_somebody_else_s(page: TestClient, oidc_site: Site, provider: SmallProvider) -> None:
    provider.person = {"sub": "1", "preferred_username": "admin"}
    with oidc_site.database.session() as db:
        accounts.add(db, "admin", "admin", passwords.made(PASSWORD))
    come_back(page, leave(page))
    said = page.get("/api/session").json()
    assert (said["name"], said["role"]) == ("admin (2)", "analyst")


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ({"sub": "x", "email": "ann@example.org"}, "ann@example.org"),
        ({"sub": "x\u200b", "preferred_username": "\0\n"}, ""),
        ({"sub": "x", "preferred_username": " \0an\nn " + "n" * 200}, "ann " + "n" * 86),
        ({"sub": "x", "preferred_username": ["odd"]}, "['odd']"),
        ({"sub": "s" * 400}, ""),
    ],
)
def test_odd_names(person: dict[str, Any], name: str, page: TestClient, provider: SmallProvider) -> None:
    provider.person = person
    answer = come_back(page, leave(page))
    assert answer.status_code == (303 if name else 401)
    assert page.get("/api/session").json()["name"] == name


def test_who_is_switched_off_stays_out(page: TestClient, oidc_site: Site) -> None:
    come_back(page, leave(page))
    with oidc_site.database.session() as db:
        accounts.change(db, db.scalars(select(PersonRow.id)).one(), disabled=True)
    refused(page, come_back(page, leave(page)), "this account is switched off")


def test_a_wrong_state_is_refused(page: TestClient) -> None:
    address = leave(page)
    state = parse_qs(urlsplit(address).query)["state"][0]
    refused(page, come_back(page, address.replace(state, state[::-1])), "not begun in this browser")


def test_the_way_back_of_another_browser_is_refused(page: TestClient, oidc_site: Site) -> None:
    """Signing somebody in as oneself (login CSRF) needs their cookie."""
    address = leave(page)
    with TestClient(create_app(oidc_site, with_workers=False), base_url="http://127.0.0.1") as victim:
        victim.follow_redirects = False
        refused(victim, come_back(victim, address), "not begun in this browser")
        leave(victim)
        refused(victim, come_back(victim, address), "not begun in this browser")


def test_a_code_works_once(page: TestClient) -> None:
    address = leave(page)
    secret = page.cookies["trackside-oidc"]
    assert come_back(page, address).status_code == 303
    page.cookies.clear()
    page.cookies.set("trackside-oidc", secret)
    refused(page, come_back(page, address), "the provider refused the sign-in")


def test_who_comes_back_wrongly_again_and_again_has_to_wait(page: TestClient, oidc_site: Site) -> None:
    said = [come_back(page, "/api/session/oidc/callback?code=x&state=x").status_code for _ in range(25)]
    assert said[:20] == [401] * 20
    assert said[20:] == [429] * 5
    with oidc_site.database.session() as db:
        assert len(db.scalars(select(AuditRow)).all()) == 20


def test_without_a_code_the_provider_has_said_no(page: TestClient) -> None:
    state = parse_qs(urlsplit(leave(page)).query)["state"][0]
    refused(page, come_back(page, f"/api/session/oidc/callback?error=access_denied&state={state}"), "did not let you in")


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "wrong"},
        {"nonce": None},
        {"aud": "another program"},
        {"aud": None},
        {"aud": [CLIENT, "another program"]},
        {"azp": "another program"},
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"sub": None},
        {"sub": 7},
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"exp": "soon"},
        {"iat": int(time.time()) + 3_600},
        {"nbf": int(time.time()) + 3_600},
    ],
    # Without the values: times differ between the processes of pytest-xdist, names of tests may not.
    ids=lambda claims: "-".join(claims),
)
def test_a_wrong_claim_is_refused(claims: dict[str, Any], page: TestClient, provider: SmallProvider) -> None:
    provider.claims = claims
    refused(page, come_back(page, leave(page)), "cannot be trusted")


@pytest.mark.parametrize("claims", [{"aud": [CLIENT]}, {"aud": [CLIENT, "other"], "azp": CLIENT}], ids=str)
def test_a_healthy_claim_is_not(claims: dict[str, Any], page: TestClient, provider: SmallProvider) -> None:
    provider.claims = claims
    assert come_back(page, leave(page)).status_code == 303


def test_clocks_may_differ_a_little(page: TestClient, provider: SmallProvider) -> None:
    provider.claims = {"exp": int(time.time()) - 5, "iat": int(time.time()) + 5}
    assert come_back(page, leave(page)).status_code == 303


def test_a_foreign_key_is_refused(page: TestClient, provider: SmallProvider) -> None:
    provider.sign_with = foreign_key()
    refused(page, come_back(page, leave(page)), "BadSignature")


def test_a_token_that_anybody_can_make_is_refused(page: TestClient, provider: SmallProvider) -> None:
    """Unsigned, or signed by HMAC with the public key or the client's secret (RFC 8725, 2.1)."""
    secrets = {"none": b"", "HS256": provider.key.as_pem(private=False)}
    for algorithm, secret in [*secrets.items(), ("HS256", SECRET.encode())]:
        provider.forge = by_hand(algorithm, secret)
        refused(page, come_back(page, leave(page)), "cannot be trusted")


@pytest.mark.parametrize("described", [{"issuer": "http://127.0.0.1:1"}, {"token_endpoint": None}, {"jwks_uri": 7}], ids=str)
def test_a_provider_that_describes_itself_wrongly_is_refused(
    described: dict[str, Any], page: TestClient, provider: SmallProvider
) -> None:
    provider.described = described
    said = page.get("/api/session/oidc")
    assert (said.status_code, "describes itself wrongly" in said.text) == (502, True)


def test_a_provider_that_is_down_is_told_in_a_sentence(page: TestClient, provider: SmallProvider) -> None:
    address = leave(page)
    provider.broken = True
    assert page.get("/api/session/oidc").json()["problems"][0]["fix"] == "sign in with a password, or try later"
    refused(page, come_back(page, address), "cannot be used")


def test_without_a_provider_there_is_none(client: TestClient) -> None:
    assert client.get("/api/session/oidc").status_code == 404
    assert client.get("/api/session/oidc/callback").status_code == 404
