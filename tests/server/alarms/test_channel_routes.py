"""Channels over the API: made, changed, tried, removed; their secrets are never shown."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from tests.server.alarms.conftest import Broker, Mailbox, free_port
from tests.server.alarms.making import kept
from tests.server.webhooks.conftest import Receiver
from trackside.server.access.tables import AuditRow
from trackside.server.alarms.channels import making
from trackside.server.context import Site

MQTT = {"kind": "mqtt", "host": "127.0.0.1"}
MAIL = {"kind": "email", "host": "mail.example.org", "sender": "a@example.org", "to": ["b@example.org"]}


def made(client: TestClient, settings: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = client.post("/api/alarm-channels", json={"settings": settings, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_secrets_are_never_shown(client: TestClient) -> None:
    hook = made(client, {"kind": "webhook", "url": "https://example.org/alarm"})
    made(client, MQTT | {"user": "ts", "password": "hunter2"})
    made(client, MAIL | {"user": "ts", "password": "hunter3"})
    assert len(hook["secret"]) >= 32
    assert hook["settings"] == {"url": "https://example.org/alarm"}
    shown = client.get("/api/alarm-channels")
    for secret in (hook["secret"], "hunter2", "hunter3"):
        assert secret not in shown.text
    assert [(one["kind"], one["title"], one["has_password"]) for one in shown.json()] == [
        ("webhook", "example.org/alarm", True),
        ("mqtt", "MQTT 127.0.0.1", True),
        ("email", "b@example.org", True),
    ]
    assert made(client, {"kind": "file"})["has_password"] is False


def test_what_is_told_can_be_changed_and_switched_off(client: TestClient, site: Site) -> None:
    one = made(client, {"kind": "file"}, title="All", cameras=["gate"])
    path = f"/api/alarm-channels/{one['id']}"
    kept(site, "roof")
    assert client.get("/api/alarm-channels").json()[0]["waiting"] == 0
    changed = client.patch(path, json={"cameras": [], "least_score": 0.6, "title": "Everything"}).json()
    assert (changed["cameras"], changed["least_score"], changed["title"]) == ([], 0.6, "Everything")
    kept(site, "roof")
    assert client.get("/api/alarm-channels").json()[0]["waiting"] == 1
    assert client.patch(path, json={"active": False}).json()["active"] is False
    kept(site, "roof")
    assert client.get("/api/alarm-channels").json()[0]["waiting"] == 1, "what waits stays, nothing comes"
    assert client.delete(path).status_code == 200
    for method, more in (("DELETE", ""), ("PATCH", ""), ("POST", "/test")):
        assert client.request(method, path + more, json={}).status_code == 404
    with site.database.session() as db:
        noted = db.scalars(select(AuditRow.action).order_by(AuditRow.at)).all()
    assert noted == ["channel.add", "channel.change", "channel.change", "channel.delete"]


def test_a_test_message_goes_out_at_once(
    client: TestClient, site: Site, receiver: Receiver, mailbox: Mailbox, broker: Broker
) -> None:
    channels = [
        made(client, {"kind": "webhook", "url": receiver.url}),
        made(client, MAIL | {"host": "127.0.0.1", "port": mailbox.port, "security": "none"}),
        made(client, MQTT | {"port": broker.port}),
        made(client, {"kind": "file", "name": "tests.jsonl"}),
    ]
    for one in channels:
        answer = client.post(f"/api/alarm-channels/{one['id']}/test").json()
        assert answer["sent"] is True, answer
    assert len(receiver.came) == len(mailbox.came) == 1
    assert (site.settings.data / "alarms" / "out" / "tests.jsonl").read_text().count("a test message") == 1


def test_a_test_that_fails_says_why(client: TestClient) -> None:
    one = made(client, MQTT | {"port": free_port()})
    answer = client.post(f"/api/alarm-channels/{one['id']}/test").json()
    assert answer["sent"] is False
    assert "refused" in answer["answer"].lower()


def test_unfit_channels_are_refused(client: TestClient) -> None:
    unfit: list[dict[str, Any]] = [
        {},
        {"kind": "pigeon"},
        {"kind": "mqtt"},
        MQTT | {"host": "a b"},
        MQTT | {"host": "a/../b"},
        MQTT | {"port": 0},
        MQTT | {"topic": "a/#"},
        MQTT | {"topic": "$SYS/x"},
        MQTT | {"topic": "{password}"},
        MQTT | {"topic": ""},
        MQTT | {"tsl": True},
        {"kind": "webhook", "url": "ftp://example.org"},
        {"kind": "webhook", "url": "https://x:99999/"},
        {"kind": "file", "name": "../../etc/cron.jsonl"},
        {"kind": "file", "name": "/tmp/a.jsonl"},
        {"kind": "file", "name": "a.txt"},
        {"kind": "file", "most_bytes": 1},
        MAIL | {"to": []},
        MAIL | {"to": ["nobody"]},
        MAIL | {"to": ["a@b.c, d@e.f"]},
        MAIL | {"sender": "a@b.c\nBcc: x@y.z"},
        MAIL | {"security": "hope"},
    ]
    for settings in unfit:
        answer = client.post("/api/alarm-channels", json={"settings": settings})
        assert answer.status_code == 422, settings
    for more in ({"least_score": 2}, {"cameras": [""]}, {"cameras": "gate"}, {"title": "x" * 101}):
        assert client.post("/api/alarm-channels", json={"settings": MQTT, **more}).status_code == 422, more
    assert client.get("/api/alarm-channels").json() == []


def test_there_are_not_endlessly_many(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MOST", 1)
    made(client, {"kind": "file"})
    assert client.post("/api/alarm-channels", json={"settings": {"kind": "file"}}).status_code == 409
