"""Accounts: made, changed, switched off and removed by administrators; a site never loses its last one."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from tests.server.access.conftest import PASSWORD, Browser, sign_in
from trackside.server.access import accounts
from trackside.server.access.first import setup_code
from trackside.server.access.tables import AuditRow, PersonRow
from trackside.server.context import Site
from trackside.server.problems import Refused

People = dict[str, PersonRow]


def patch(client: TestClient, person: PersonRow, **change: object) -> int:
    return client.patch(f"/api/people/{person.id}", json=change).status_code


def test_an_administrator_makes_accounts(browser: Browser, people: People) -> None:
    admin = browser("admin")
    body = {"name": "new one", "role": "analyst", "password": PASSWORD}
    made = admin.post("/api/people", json=body)
    assert made.status_code == 201
    assert "password" not in made.text
    again = admin.post("/api/people", json=body)
    assert (again.status_code, again.json()["problems"][0]["what"]) == (409, "there is a new one already")
    assert [person["name"] for person in admin.get("/api/people").json()] == ["admin", "analyst", "new one", "viewer"]
    assert browser("new one").get("/api/session").json()["role"] == "analyst"


@pytest.mark.parametrize(
    "change",
    [
        {"name": " x"},
        {"name": "a\0b"},
        {"name": "a\nb"},
        {"name": ""},
        {"role": "king"},
        {"password": "short"},
        {"password": "x" * 201},
        {"more": 1},
    ],
)
def test_unfit_accounts_are_refused(change: dict[str, object], browser: Browser, people: People) -> None:
    body = {"name": "new one", "role": "analyst", "password": PASSWORD, **change}
    assert browser("admin").post("/api/people", json=body).status_code == 422


def test_a_role_changes_at_once(browser: Browser, people: People) -> None:
    admin, other = browser("admin"), browser("viewer")
    assert other.get("/api/people").status_code == 403
    assert patch(admin, people["viewer"], role="admin") == 200
    assert other.get("/api/people").status_code == 200


def test_a_disabled_account_is_out_at_once(browser: Browser, people: People) -> None:
    admin, other = browser("admin"), browser("analyst")
    token = other.post("/api/tokens", json={"name": "mine"}).json()["token"]
    program = browser()
    program.headers["authorization"] = f"Bearer {token}"
    assert program.get("/api/tokens").status_code == 200
    assert patch(admin, people["analyst"], disabled=True) == 200
    assert other.get("/api/tokens").status_code == 401
    assert program.get("/api/tokens").status_code == 401
    right = browser().post("/api/session", json={"name": "analyst", "password": PASSWORD})
    assert (right.status_code, right.json()["problems"][0]["what"]) == (403, "this account is switched off")
    wrong = browser().post("/api/session", json={"name": "analyst", "password": "wrong"})
    assert wrong.status_code == 401, "who does not know the password learns nothing"
    assert patch(admin, people["analyst"], disabled=False) == 200
    assert other.get("/api/tokens").status_code == 401, "old sessions stay ended"
    sign_in(other, "analyst")


def test_a_new_password_signs_out_everywhere(browser: Browser, people: People) -> None:
    admin, other = browser("admin"), browser("analyst")
    assert patch(admin, people["analyst"], password="given by admin") == 200
    assert other.get("/api/tokens").status_code == 401
    sign_in(other, "analyst", "given by admin")


def test_a_removed_person_is_gone_with_sessions_and_tokens(browser: Browser, people: People) -> None:
    admin, other = browser("admin"), browser("analyst")
    token = other.post("/api/tokens", json={"name": "mine"}).json()["token"]
    assert admin.delete(f"/api/people/{people['analyst'].id}").status_code == 200
    assert other.get("/api/tokens").status_code == 401
    assert browser().get("/api/tokens", headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert admin.delete(f"/api/people/{people['analyst'].id}").status_code == 404
    assert admin.patch("/api/people/%00", json={"role": "viewer"}).status_code == 422


def test_the_last_administrator_stays(browser: Browser, people: People) -> None:
    admin, me = browser("admin"), people["admin"]
    for change in ({"role": "viewer"}, {"disabled": True}, {"role": "analyst", "password": PASSWORD}):
        assert patch(admin, me, **change) == 409, change
    assert admin.delete(f"/api/people/{me.id}").status_code == 409
    assert patch(admin, me, role="admin", disabled=False) == 200
    assert patch(admin, people["analyst"], role="admin") == 200
    assert patch(admin, people["analyst"], disabled=True) == 200
    assert patch(admin, me, role="viewer") == 409, "an administrator who is switched off does not count"
    assert patch(admin, people["analyst"], disabled=False) == 200
    assert patch(admin, me, role="viewer") == 200
    assert admin.get("/api/people").status_code == 403


def test_two_administrators_cannot_remove_each_other_at_once(accounts_site: Site, people: People) -> None:
    with accounts_site.database.session() as db:
        accounts.change(db, people["analyst"].id, role="admin")
    start, refused = threading.Barrier(2), []

    def demote(id: str) -> None:
        start.wait()
        try:
            with accounts_site.database.session() as db:
                accounts.change(db, id, role="viewer")
        except Refused as error:
            refused.append(error.status)

    threads = [threading.Thread(target=demote, args=(people[name].id,)) for name in ("admin", "analyst")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with accounts_site.database.session() as db:
        assert db.scalar(select(func.count()).where(PersonRow.role == "admin")) == 1
    assert refused == [409]


def first(client: TestClient, code: str, name: str = "boss") -> int:
    return client.post("/api/session/first", json={"code": code, "name": name, "password": PASSWORD}).status_code


def test_the_first_administrator_needs_the_code_of_the_terminal(browser: Browser, accounts_site: Site) -> None:
    client = browser()
    assert client.get("/api/session").json()["first"] is True
    assert first(client, "") == 401
    old, code = setup_code(accounts_site), setup_code(accounts_site)
    assert first(client, "guess") == 401
    assert first(client, old) == 401, "a code is void when there is a newer one"
    assert first(client, f" {code.upper()} ") == 200
    said = client.get("/api/session").json()
    assert (said["name"], said["role"], said["first"]) == ("boss", "admin", False)
    assert first(browser(), code, "second") == 409
    assert setup_code(accounts_site) == ""


def test_the_code_is_not_kept_and_not_guessed(browser: Browser, accounts_site: Site) -> None:
    from trackside.server.site.tables import SiteSettingRow

    code = setup_code(accounts_site)
    with accounts_site.database.session() as db:
        kept = [str(row.value) for row in db.scalars(select(SiteSettingRow))]
    assert kept
    assert code not in kept[0]
    client = browser()
    assert 429 in [first(client, f"guess {n}") for n in range(22)]


def test_one_code_makes_one_administrator(browser: Browser, accounts_site: Site) -> None:
    code, said = setup_code(accounts_site), []
    client = browser()
    threads = [threading.Thread(target=lambda n=n: said.append(first(client, code, f"boss {n}"))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count(200) == 1, said
    assert set(said) <= {200, 401, 409}


def test_without_accounts_there_is_no_code(site: Site) -> None:
    assert setup_code(site) == ""


def test_everything_is_noted(browser: Browser, people: People) -> None:
    admin = browser("admin")
    admin.post("/api/people", json={"name": "new one", "role": "viewer", "password": PASSWORD})
    patch(admin, people["viewer"], role="analyst", password=PASSWORD)
    admin.delete(f"/api/people/{people['analyst'].id}")
    token = admin.post("/api/tokens", json={"name": "mine"}).json()["id"]
    admin.delete(f"/api/tokens/{token}")
    noted = admin.get("/api/audit").json()
    assert [(row["action"], row["subject"]) for row in noted["items"]] == [
        ("token.delete", "mine"),
        ("token.add", "mine (analyst)"),
        ("person.delete", "analyst"),
        ("person.change", "viewer: role analyst, password new"),
        ("person.add", "new one (viewer)"),
        ("session.begin", ""),
    ]
    assert PASSWORD not in str(noted)
    assert {row["person"] for row in noted["items"]} == {"admin"}
    assert {row["address"] for row in noted["items"]} == {"testclient"}
    assert [row["action"] for row in admin.get("/api/audit?action=token.").json()["items"]] == ["token.delete", "token.add"]
    assert admin.get("/api/audit?action=%25").json()["items"] == []
    page = admin.get("/api/audit?limit=2").json()
    more = admin.get(f"/api/audit?limit=10&cursor={page['next']}").json()
    assert [row["id"] for row in page["items"] + more["items"]] == [row["id"] for row in noted["items"]]


def test_the_audit_log_cannot_be_changed(browser: Browser, people: People, accounts_site: Site) -> None:
    admin = browser("admin")
    assert admin.delete("/api/audit").status_code == 405
    with accounts_site.database.session() as db:
        assert db.scalar(select(func.count()).select_from(AuditRow)) == 1
