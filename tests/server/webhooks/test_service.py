"""Messages about runs: queued with the run, sent by the service, tried again, given up."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.server.waiting import wait_for
from tests.server.webhooks.conftest import Receiver
from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.runs.tables import RunRow
from trackside.server.webhooks import outbox
from trackside.server.webhooks.service import WebhookService
from trackside.server.webhooks.tables import DeliveryRow, WebhookRow


def hook(site: Site, url: str, *, active: bool = True) -> str:
    with site.database.session() as db:
        row = WebhookRow(url=url, secret="secret", active=active)
        db.add(row)
        db.flush()
        return row.id


def finish(site: Site, name: str = "swim") -> RunRow:
    run = RunRow(id=name, name=name, graph={}, state="failed", videos=3, videos_done=2, videos_failed=1)
    with site.database.session() as db:
        db.add(run)
        outbox.announce(db, run)
    return run


def delivered(site: Site) -> list[DeliveryRow]:
    with site.database.session() as db:
        return list(db.scalars(select(DeliveryRow).order_by(DeliveryRow.created)))


@pytest.fixture
def service(site: Site) -> Iterator[WebhookService]:
    made = WebhookService(site)
    made.poll = 0.02
    yield made
    made.stop()


def test_a_run_that_ends_is_told_to_every_active_webhook(site: Site, receiver: Receiver, service: WebhookService) -> None:
    hook(site, receiver.url)
    hook(site, f"{receiver.url}/2")
    hook(site, f"{receiver.url}/off", active=False)
    finish(site)
    service.start()
    wait_for(lambda: all(row.state == "sent" for row in delivered(site)), 20)
    assert len(delivered(site)) == len(receiver.came) == 2
    headers, body = receiver.came[0]
    assert headers["x-trackside-event"] == "run.finished"
    assert json.loads(body) == {
        "event": "run.finished",
        "run": "swim",
        "name": "swim",
        "state": "failed",
        "videos": 3,
        "done": 2,
        "failed": 1,
        "path": "/runs/swim",
    }


def test_a_transaction_that_fails_tells_nothing(site: Site) -> None:
    hook(site, "http://127.0.0.1:1")
    with pytest.raises(RuntimeError), site.database.session() as db:
        outbox.announce(db, RunRow(id="x", name="x", graph={}, state="done"))
        raise RuntimeError
    assert delivered(site) == []


def test_without_webhooks_nothing_is_queued(site: Site) -> None:
    finish(site)
    assert delivered(site) == []


def test_what_fails_is_tried_again_later_and_given_up_after_a_day(site: Site) -> None:
    hook(site, "http://127.0.0.1:1")
    finish(site)
    waits = []
    for _ in range(8):
        with site.database.session() as db:
            [(row, _)] = outbox.due(db, 10)
            before = now()
            outbox.record(row, sent=False, answer="no")
            if row.state == "waiting":
                waits.append((row.next_try - before).total_seconds())
                assert outbox.due(db, 10) == [], "not before its time"
                row.next_try = now() - timedelta(seconds=1)
    [row] = delivered(site)
    assert (row.state, row.attempts, row.answer) == ("given up", 8, "no")
    assert waits == sorted(waits)
    assert 20 * 3600 < sum(waits) < 28 * 3600
    with site.database.session() as db:
        assert outbox.due(db, 10) == []


def test_a_receiver_that_recovers_gets_the_same_message(site: Site, receiver: Receiver, service: WebhookService) -> None:
    receiver.status, receiver.body = 503, "busy"
    hook(site, receiver.url)
    finish(site)
    service.start()
    wait_for(lambda: delivered(site)[0].attempts == 1, 20)
    [row] = delivered(site)
    assert (row.state, row.answer) == ("waiting", "503 busy")
    assert row.next_try > now()
    receiver.status = 200
    with site.database.session() as db:
        db.execute(update(DeliveryRow).values(next_try=now()))
    wait_for(lambda: delivered(site)[0].state == "sent", 20)
    ids = [headers["x-trackside-delivery"] for headers, _ in receiver.came]
    assert ids == [row.id, row.id]


def test_one_that_hangs_holds_up_nobody_and_stopping_does_not_wait_for_it(
    site: Site, receiver: Receiver, service: WebhookService
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hook(site, f"http://127.0.0.1:{silent.getsockname()[1]}/never")
        hook(site, receiver.url)
        finish(site)
        service.start()
        wait_for(lambda: len(receiver.came) == 1, 20)
        connection, _ = silent.accept()
        service.stop()
        connection.close()
    assert sorted(row.state for row in delivered(site)) == ["sent", "waiting"]
    assert [row.attempts for row in delivered(site) if row.state == "waiting"] == [0]


def test_what_was_not_sent_is_sent_after_the_next_start(site: Site, receiver: Receiver, service: WebhookService) -> None:
    service.start()
    service.stop()
    service.stop()
    hook(site, receiver.url)
    finish(site)
    again = WebhookService(site)
    again.poll = 0.02
    again.start()
    wait_for(lambda: len(receiver.came) == 1, 20)
    again.stop()
    assert [row.state for row in delivered(site)] == ["sent"]


def test_the_service_survives_a_database_that_fails_for_a_moment(
    site: Site, receiver: Receiver, service: WebhookService, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failed = outbox.due, []

    def due(*args: object) -> object:
        if len(failed) < 2:
            failed.append(1)
            raise OSError("the disk is away")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "due", due)
    hook(site, receiver.url)
    finish(site)
    service.start()
    wait_for(lambda: len(receiver.came) == 1, 20)
    assert len(failed) == 2


def test_webhooks_that_are_switched_off_keep_their_messages(site: Site) -> None:
    id = hook(site, "http://127.0.0.1:1")
    finish(site)
    with site.database.session() as db:
        db.execute(update(WebhookRow).values(active=False))
        assert outbox.due(db, 10) == []
        db.execute(update(WebhookRow).values(active=True))
        assert [row.webhook_id for row, _ in outbox.due(db, 10)] == [id]
