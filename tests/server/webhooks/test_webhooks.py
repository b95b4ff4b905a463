"""Webhooks over the API: made, changed, tested, removed."""

from __future__ import annotations

import hmac
import json

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from tests.server.webhooks.conftest import Receiver
from trackside.server.access.tables import AuditRow
from trackside.server.context import Site
from trackside.server.webhooks import hooks
from trackside.server.webhooks.tables import DeliveryRow


def made(client: TestClient, url: str) -> dict[str, str]:
    answer = client.post("/api/webhooks", json={"url": url})
    assert answer.status_code == 201, answer.text
    found: dict[str, str] = answer.json()
    return found


def test_the_secret_is_shown_once(client: TestClient) -> None:
    secret = made(client, "https://example.org/hook?a=b")["secret"]
    assert len(secret) >= 32
    listed = client.get("/api/webhooks")
    assert secret not in listed.text
    assert [(hook["url"], hook["active"], hook["last_state"]) for hook in listed.json()] == [
        ("https://example.org/hook?a=b", True, "")
    ]
    assert made(client, "https://example.org/other")["secret"] != secret


@pytest.mark.parametrize(
    "url",
    ["", "ftp://example.org", "https://", "http:///x", "http://[", "https://a\0b", "https://a b", "https://x:99999/", 7],
)
def test_what_is_no_address_is_refused(url: object, client: TestClient) -> None:
    assert client.post("/api/webhooks", json={"url": url}).status_code == 422
    assert client.get("/api/webhooks").json() == []


def test_there_are_not_endlessly_many(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "MOST", 1)
    made(client, "https://example.org")
    assert client.post("/api/webhooks", json={"url": "https://example.org"}).status_code == 409


def test_a_test_message_is_sent_signed_and_at_once(client: TestClient, receiver: Receiver) -> None:
    hook = made(client, receiver.url)
    said = client.post(f"/api/webhooks/{hook['id']}/test").json()
    assert (said["state"], said["attempts"], said["answer"]) == ("sent", 1, "204")
    headers, body = receiver.came[0]
    assert json.loads(body) == {"event": "test"}
    signed = f"{headers['x-trackside-timestamp']}.".encode() + body
    expected = hmac.new(hook["secret"].encode(), signed, "sha256").hexdigest()
    assert headers["x-trackside-signature"] == f"sha256={expected}"
    assert headers["x-trackside-event"] == "test"
    assert headers["x-trackside-delivery"] == said["id"]
    assert headers["content-type"] == "application/json"
    assert [one["id"] for one in client.get(f"/api/webhooks/{hook['id']}/deliveries").json()] == [said["id"]]
    assert client.get("/api/webhooks").json()[0]["last_state"] == "sent"


@pytest.mark.parametrize(("status", "body"), [(500, "no\0pe"), (302, ""), (404, "x" * 10_000)])
def test_a_test_that_fails_says_why_and_is_not_repeated(
    status: int, body: str, client: TestClient, receiver: Receiver
) -> None:
    receiver.status, receiver.body, receiver.location = status, body, receiver.url
    hook = made(client, receiver.url)
    said = client.post(f"/api/webhooks/{hook['id']}/test").json()
    assert said["state"] == "given up"
    assert said["answer"].startswith(str(status))
    assert len(said["answer"]) <= 500
    assert len(receiver.came) == 1, "redirects are not followed"


def test_nobody_there_is_told_too(client: TestClient) -> None:
    hook = made(client, "http://127.0.0.1:1/hook")
    said = client.post(f"/api/webhooks/{hook['id']}/test").json()
    assert said["state"] == "given up"
    assert said["answer"].startswith("ConnectError")


def test_switching_off_and_removing(client: TestClient, site: Site) -> None:
    hook = made(client, "http://127.0.0.1:1/hook")
    client.post(f"/api/webhooks/{hook['id']}/test")
    assert client.patch(f"/api/webhooks/{hook['id']}", json={"active": False}).json()["active"] is False
    assert client.patch(f"/api/webhooks/{hook['id']}", json={}).status_code == 422
    assert client.delete(f"/api/webhooks/{hook['id']}").status_code == 200
    for method, path in [("DELETE", ""), ("POST", "/test"), ("GET", "/deliveries")]:
        assert client.request(method, f"/api/webhooks/{hook['id']}{path}").status_code == 404
    with site.database.session() as db:
        assert db.scalar(select(func.count()).select_from(DeliveryRow)) == 0
        noted = db.scalars(select(AuditRow.action).order_by(AuditRow.at)).all()
    assert noted == ["webhook.add", "webhook.test", "webhook.off", "webhook.delete"]
