"""Each way out of an alarm, with a real program at the other end."""

from __future__ import annotations

import email
import email.policy
import hmac
import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.server.alarms.conftest import Broker, Mailbox, free_port
from tests.server.alarms.making import alarm, channel, deliveries, kept, picture, row
from tests.server.waiting import wait_for
from tests.server.webhooks.conftest import Receiver
from trackside.server.alarms.channels.email import EmailSender, letter_of
from trackside.server.alarms.channels.file import FileSender
from trackside.server.alarms.channels.message import Message, Outcome, body_of, message_of, test_message as trial
from trackside.server.alarms.channels.mqtt import MqttSender, topic_of
from trackside.server.alarms.channels.webhook import WebhookSender
from trackside.server.alarms.service import AlarmsOut
from trackside.server.alarms.store import AlarmStore
from trackside.server.context import Site

MQTT = {"host": "127.0.0.1", "tls": False, "user": "", "password": "", "topic": "trackside/{camera}/{rule}", "retain": False}
MAIL = {"host": "127.0.0.1", "security": "none", "user": "", "password": "", "sender": "trackside@example.org"}
FILE = {"most_bytes": 50_000_000, "keep": 3}


def message(number: int = 0, **more: Any) -> Message:
    body = {**trial().body, "event": "alarm", "id": f"a{number}", **more}
    return Message(f"a{number}", body, lambda: None)


class Listener:
    """A program that subscribes to a broker; what it hears, in order."""

    def __init__(self, port: int, topic: str = "#") -> None:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        self.heard: list[Any] = []
        self.ready = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="listener", clean_session=False)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe(topic, 1)
        self._client.on_subscribe = lambda *_: self.ready.set()
        self._client.on_message = lambda _, __, said: self.heard.append(said)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self.ready.wait(20)

    def ids(self) -> list[str]:
        return [json.loads(said.payload)["id"] for said in self.heard]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def test_a_message_tells_all_there_is(site: Site) -> None:
    found = body_of(site, row(site, kept(site)))
    assert {name: found[name] for name in ("event", "camera", "rule", "what", "place", "label", "score", "time")} == {
        "event": "alarm",
        "camera": "gate",
        "rule": "yard",
        "what": "dwell",
        "place": "the yard",
        "label": "person",
        "score": 0.71,
        "time": 9.5,
    }
    assert found["wall"].endswith("+00:00")
    assert found["why"] == found["reasons"][0]["text"]
    assert found["box"] == [42.0, 30.0, 72.0, 80.0]
    assert found["path"] == f"/alarms/{found['id']}"
    assert found["picture"] == found["clip"] == found["page"] == "", "where the server is, nobody has said"
    json.dumps(found, allow_nan=False)


def test_addresses_are_whole_where_the_server_knows_its_own(site: Site, taking: AlarmStore) -> None:
    from dataclasses import replace

    known = replace(site, settings=site.settings.model_copy(update={"address": "https://watch.example.org/"}))
    alarm_id = taking.take(alarm(told={"picture": picture(), "clip": lambda _: None, "clip_ready": 4e9}))
    assert taking._move()
    found = body_of(known, row(site, alarm_id))
    assert found["picture"] == f"https://watch.example.org/api/alarms/{alarm_id}/picture"
    assert found["clip"] == f"https://watch.example.org/api/alarms/{alarm_id}/clip"
    assert found["page"] == f"https://watch.example.org/alarms/{alarm_id}"


def test_a_broker_gets_alarms_and_says_that_it_has_them(broker: Broker) -> None:
    listener = Listener(broker.port)
    sender = MqttSender("one", {**MQTT, "port": broker.port})
    answers = [sender.send(message(n, camera="gate 1/2", rule="a+b#")) for n in range(3)]
    wait_for(lambda: len(listener.heard) == 3)
    sender.close()
    listener.close()
    assert {answer.outcome for answer in answers} == {Outcome.SENT}
    assert {said.topic for said in listener.heard} == {"trackside/gate 1_2/a_b_"}
    assert listener.ids() == ["a0", "a1", "a2"]
    assert {said.qos for said in listener.heard} == {1}


def test_a_broker_that_is_away_or_asks_for_a_password_is_told(broker: Broker) -> None:
    nobody = MqttSender("one", {**MQTT, "port": free_port()}).send(message())
    assert nobody.outcome is Outcome.UNREACHABLE
    assert "refused" in nobody.text.lower()
    broker.kill()
    broker.extra = "allow_anonymous false\n"
    broker.start()
    stranger = MqttSender("one", {**MQTT, "port": broker.port}).send(message())
    assert stranger.outcome is Outcome.UNREACHABLE
    assert "authoriz" in stranger.text.lower() or "authoris" in stranger.text.lower()


def test_one_who_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackside.server.alarms.channels.mqtt._TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        answer = MqttSender("one", {**MQTT, "port": silent.getsockname()[1]}).send(message())
    assert answer.outcome is Outcome.UNREACHABLE


def test_a_retained_alarm_is_there_for_who_comes_later_and_a_test_is_not(broker: Broker) -> None:
    sender = MqttSender("one", {**MQTT, "port": broker.port, "retain": True})
    sender.send(trial())
    sender.send(message(1, camera="gate"))
    sender.close()
    late = Listener(broker.port)
    wait_for(lambda: late.heard != [])
    late.close()
    assert late.ids() == ["a1"]


@pytest.mark.parametrize(
    ("template", "body", "topic"),
    [
        ("a/{camera}/{place}", {"camera": "x", "place": ""}, "a/x/-"),
        ("{label}", {"label": "per/son\n"}, "per_son_"),
        ("fixed", {}, "fixed"),
        ("{camera}", {"camera": "{rule}", "rule": "deep"}, "{rule}"),
    ],
)
def test_topics_hold_what_topics_may_hold(template: str, body: dict[str, str], topic: str) -> None:
    assert topic_of(template, body) == topic


def test_a_webhook_gets_a_signed_alarm(receiver: Receiver) -> None:
    sender = WebhookSender({"url": receiver.url, "secret": "s3cret"})
    answers = [sender.send(message(n)) for n in range(2)]
    sender.close()
    assert [answer.outcome for answer in answers] == [Outcome.SENT] * 2
    headers, body = receiver.came[0]
    signed = f"{headers['x-trackside-timestamp']}.".encode() + body
    assert headers["x-trackside-signature"] == f"sha256={hmac.new(b's3cret', signed, 'sha256').hexdigest()}"
    assert (headers["x-trackside-event"], headers["x-trackside-delivery"]) == ("alarm", "a0")
    assert json.loads(body)["id"] == "a0"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(204, "SENT"), (400, "REFUSED"), (302, "REFUSED"), (429, "UNREACHABLE"), (503, "UNREACHABLE")],
)
def test_what_a_webhook_answers_says_whether_others_may_pass(status: int, outcome: str, receiver: Receiver) -> None:
    receiver.status = status
    sender = WebhookSender({"url": receiver.url, "secret": "s"})
    answer = sender.send(message())
    sender.close()
    assert answer.outcome is Outcome[outcome]
    assert answer.text.startswith(str(status))


def test_a_webhook_that_nobody_hears_is_unreachable() -> None:
    sender = WebhookSender({"url": f"http://127.0.0.1:{free_port()}/", "secret": "s"})
    assert sender.send(message()).outcome is Outcome.UNREACHABLE
    sender.close()


def test_a_letter_has_the_picture(site: Site, taking: AlarmStore, mailbox: Mailbox) -> None:
    alarm_id = taking.take(alarm(told={"picture": picture()}))
    assert taking._move()
    settings = {**MAIL, "port": mailbox.port, "to": ["a@example.org", "b@example.org"]}
    answer = EmailSender(settings).send(message_of(site, row(site, alarm_id)))
    assert answer.outcome is Outcome.SENT, answer
    [envelope] = mailbox.came
    assert envelope.rcpt_tos == ["a@example.org", "b@example.org"]
    letter: Any = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert letter["subject"] == "Alarm at gate: dwell in the yard (person)"
    assert letter["message-id"] == f"<{alarm_id}@trackside.example.org>"
    assert "Why: median score 0.71" in letter.get_body().get_content()
    [attached] = letter.iter_attachments()
    assert attached.get_content() == site.files.read(f"alarms/{alarm_id}/picture.jpg")


@pytest.mark.parametrize(
    ("said", "outcome"), [("550 no such box", "REFUSED"), ("451 later", "UNREACHABLE"), ("250 OK", "SENT")]
)
def test_what_a_mail_server_answers_says_whether_others_may_pass(said: str, outcome: str, mailbox: Mailbox) -> None:
    mailbox.answer = said
    answer = EmailSender({**MAIL, "port": mailbox.port, "to": ["a@example.org"]}).send(message())
    assert answer.outcome is Outcome[outcome]
    if outcome != "SENT":
        assert answer.text == said


def test_mail_is_not_sent_in_the_clear_where_encryption_is_asked_for(mailbox: Mailbox) -> None:
    for security in ("starttls", "tls"):
        settings = {**MAIL, "port": mailbox.port, "security": security, "to": ["a@example.org"]}
        assert EmailSender(settings).send(message()).outcome is Outcome.UNREACHABLE
    assert mailbox.came == []


def test_a_camera_s_name_cannot_write_headers() -> None:
    letter = letter_of(message(title="x\r\nBcc: all@example.org"), {**MAIL, "to": ["a@example.org"]})
    assert letter["bcc"] is None
    assert letter["subject"] == "Alarm at test: x Bcc: all@example.org"


def test_lines_are_appended_and_a_full_file_moves_on(tmp_path: Path) -> None:
    path = tmp_path / "out" / "a.jsonl"
    sender = FileSender(path, {"most_bytes": 1200, "keep": 2})
    for number in range(12):
        assert sender.send(message(number)).outcome is Outcome.SENT
    assert sorted(one.name for one in path.parent.iterdir()) == ["a.jsonl", "a.jsonl.1", "a.jsonl.2"]
    found = [
        json.loads(line)["id"]
        for name in ("a.jsonl.2", "a.jsonl.1", "a.jsonl")
        for line in (path.parent / name).read_text().splitlines()
    ]
    assert found == [f"a{number}" for number in range(12 - len(found), 12)]
    assert all(one.stat().st_size <= 1200 for one in path.parent.iterdir())


def test_after_half_a_line_a_whole_one_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "to')
    FileSender(path, FILE).send(message(3))
    torn, whole = path.read_text().splitlines()
    assert (torn, json.loads(whole)["id"]) == ('{"id": "to', "a3")


def test_a_file_that_cannot_be_written_waits(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    answer = FileSender(tmp_path / "out" / "a.jsonl", FILE).send(message())
    assert answer.outcome is Outcome.UNREACHABLE


def test_a_broker_that_goes_away_in_the_middle_gets_every_alarm(
    site: Site, taking: AlarmStore, out: AlarmsOut, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hundred alarms; the broker ends twice, once in the middle of them. It saves what it has acknowledged."""
    monkeypatch.setattr("trackside.server.alarms.worker.BACK_OFF", (0.1,))
    broker.kill()
    broker.extra = f"persistence true\npersistence_location {broker.folder}/\nuser root\n"
    broker.start()
    channel(site, "mqtt", **MQTT, port=broker.port)
    channel(site, "file", **FILE, name="all.jsonl")
    listener = Listener(broker.port)
    taking.start()
    out.start()
    ids = []
    for number in range(200):
        ids.append(taking.take(alarm(track=number)))
        if number in (60, 130):
            wait_for(lambda: len(listener.heard) > 5)
            broker.kill(kindly=True)
        if number in (90, 160):
            broker.start()
    wait_for(lambda: len(deliveries(site)) == 400 and all(one.state == "sent" for one in deliveries(site)), 60)
    wait_for(lambda: set(listener.ids()) >= set(ids))
    listener.close()
    lines = (site.settings.data / "alarms" / "out" / "all.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids, "the other channel went on, in order"
    assert list(dict.fromkeys(listener.ids())) == ids, "those that came twice apart, in order"
    assert max(one.attempts for one in deliveries(site)) > 1, "the broker was away for some"


def test_what_a_killed_broker_did_not_acknowledge_is_sent_again(
    site: Site, taking: AlarmStore, out: AlarmsOut, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackside.server.alarms.worker.BACK_OFF", (0.1,))
    channel(site, "mqtt", **MQTT, port=broker.port)
    taking.start()
    out.start()
    taking.take(alarm())
    wait_for(lambda: [one.state for one in deliveries(site)] == ["sent"])
    broker.kill()
    late = taking.take(alarm())
    wait_for(lambda: len(deliveries(site)) == 2 and deliveries(site)[1].attempts > 0)
    assert deliveries(site)[1].state == "waiting"
    broker.start()
    wait_for(lambda: [one.state for one in deliveries(site)] == ["sent", "sent"])
    assert deliveries(site)[1].alarm_id == late
