"""The outbox: what is told to whom, in which order, and again until it is taken."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.server.alarms.conftest import Mailbox, free_port
from tests.server.alarms.making import channel, deliveries, kept, row
from tests.server.waiting import wait_for
from tests.server.webhooks.conftest import Receiver
from trackside.server.alarms import acting, outbox, worker
from trackside.server.alarms.channels.message import Answer, Outcome
from trackside.server.alarms.service import AlarmsOut
from trackside.server.alarms.store import AlarmStore
from trackside.server.alarms.tables import AlarmChannelRow, AlarmDeliveryRow, AlarmRow, AlarmSnoozeRow
from trackside.server.context import Site
from trackside.server.database import now

FILE = {"name": "a.jsonl", "most_bytes": 10**6, "keep": 1}


def hook(site: Site, url: str, **only: object) -> str:
    return channel(site, "webhook", url=url, secret="s", only=only)


def states(site: Site) -> list[str]:
    return [one.state for one in deliveries(site)]


@pytest.mark.parametrize(
    ("only", "told"),
    [
        ({}, True),
        ({"active": False}, False),
        ({"cameras": ["gate", "x"]}, True),
        ({"cameras": ["x"]}, False),
        ({"rules": ["yard"]}, True),
        ({"rules": ["fence"]}, False),
        ({"least_score": 0.71}, True),
        ({"least_score": 0.72}, False),
    ],
    ids=["all", "off", "camera", "other camera", "rule", "other rule", "score", "higher score"],
)
def test_a_channel_is_told_what_it_wants(only: dict[str, object], told: bool, site: Site) -> None:
    channel(site, "file", **FILE, only=only)
    kept(site)
    assert states(site) == ["waiting"] * told


def test_an_alarm_without_a_score_is_told_whatever_the_least_score(site: Site) -> None:
    channel(site, "file", **FILE, only={"least_score": 0.9})
    kept(site, score=float("nan"))
    assert states(site) == ["waiting"]


def test_a_snoozed_rule_keeps_its_alarms_and_tells_nobody(site: Site) -> None:
    channel(site, "file", **FILE)
    with site.database.session() as db:
        db.add(AlarmSnoozeRow(camera="gate", rule="yard", until=now() + timedelta(minutes=5)))
        db.add(AlarmSnoozeRow(camera="gate", rule="fence", until=now() - timedelta(minutes=5)))
    quiet = kept(site)
    assert (row(site, quiet).state, states(site)) == ("snoozed", [])
    for loud in (kept(site, "roof"), kept(site, rule="fence")):
        assert row(site, loud).state == "open"
    assert states(site) == ["waiting", "waiting"]
    with site.database.session() as db:
        assert acting.wake(db) == []
    assert row(site, quiet).state == "snoozed"


def test_a_receiver_that_fails_at_first_gets_all_in_order(
    site: Site, out: AlarmsOut, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BACK_OFF", (0.05,))
    receiver.status = 503
    hook(site, receiver.url)
    ids = [kept(site) for _ in range(5)]
    out.start()
    wait_for(lambda: deliveries(site)[0].attempts > 2)
    assert [one.attempts for one in deliveries(site)[1:]] == [0] * 4, "the others wait for the first"
    receiver.status, failed = 204, len(receiver.came)
    wait_for(lambda: states(site) == ["sent"] * 5)
    assert [headers["x-trackside-delivery"] for headers, _ in receiver.came[failed:]] == ids
    assert {headers["x-trackside-delivery"] for headers, _ in receiver.came[:failed]} == {ids[0]}


def test_what_is_refused_lets_others_pass_and_is_tried_again(site: Site, out: AlarmsOut, receiver: Receiver) -> None:
    receiver.status = 400
    hook(site, receiver.url)
    kept(site)
    out.start()
    wait_for(lambda: deliveries(site)[0].attempts == 1)
    assert deliveries(site)[0].next_try > now() - timedelta(seconds=1)
    receiver.status = 200
    other = kept(site)
    wait_for(lambda: row(site, other) and deliveries(site)[1].state == "sent")
    with site.database.session() as db:
        db.execute(update(AlarmDeliveryRow).values(next_try=now()))
    wait_for(lambda: states(site) == ["sent", "sent"])


def test_a_channel_that_is_down_costs_the_others_nothing(site: Site, out: AlarmsOut, receiver: Receiver) -> None:
    hook(site, f"http://127.0.0.1:{free_port()}/")
    hook(site, receiver.url)
    for _ in range(3):
        kept(site)
    out.start()
    wait_for(lambda: len(receiver.came) == 3)
    wait_for(lambda: states(site).count("sent") == 3)


def test_the_first_tries_follow_within_seconds_and_it_ends_after_a_day() -> None:
    one = AlarmDeliveryRow(state="waiting", attempts=0, created=now(), next_try=now())
    waits = []
    for _ in range(20):
        outbox.record(one, Answer(Outcome.REFUSED, "no\0"))
        if one.state != "waiting":
            break
        waits.append((one.next_try - now()).total_seconds())
    assert (one.state, one.answer) == ("given up", "no")
    assert waits == sorted(waits)
    assert waits[1] < 6
    assert 20 * 3600 < sum(waits) < 28 * 3600


def test_what_nobody_could_take_for_days_is_given_up() -> None:
    young = AlarmDeliveryRow(state="waiting", attempts=500, created=now() - timedelta(hours=70))
    old = AlarmDeliveryRow(state="waiting", attempts=3, created=now() - timedelta(hours=73))
    for one in (young, old):
        outbox.record(one, Answer(Outcome.UNREACHABLE, "away"))
    assert (young.state, old.state) == ("waiting", "given up")


def test_channels_that_are_added_switched_off_or_removed_are_followed(
    site: Site, out: AlarmsOut, receiver: Receiver, mailbox: Mailbox
) -> None:
    out.start()
    first = hook(site, receiver.url)
    kept(site)
    wait_for(lambda: len(receiver.came) == 1)
    with site.database.session() as db:
        db.get_one(AlarmChannelRow, first).active = False
        db.add(AlarmDeliveryRow(alarm_id=deliveries(site)[0].alarm_id, channel_id=first))
    wait_for(lambda: not out._workers)
    mail = {"host": "127.0.0.1", "port": mailbox.port, "security": "none", "user": "", "password": ""}
    channel(site, "email", **mail, sender="a@example.org", to=["b@example.org"])
    kept(site)
    wait_for(lambda: len(mailbox.came) == 1)
    assert len(receiver.came) == 1
    with site.database.session() as db:
        db.get_one(AlarmChannelRow, first).active = True
    wait_for(lambda: len(receiver.came) == 2)
    with site.database.session() as db:
        db.delete(db.get_one(AlarmChannelRow, first))
    wait_for(lambda: len(out._workers) == 1)


def test_a_sender_that_breaks_harms_nobody(
    site: Site, out: AlarmsOut, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = worker.open_sender

    def broken(site: Site, row: AlarmChannelRow) -> object:
        if row.kind == "file":
            raise ZeroDivisionError("a mistake of ours")
        return real(site, row)

    monkeypatch.setattr(worker, "open_sender", broken)
    channel(site, "file", **FILE)
    hook(site, receiver.url)
    kept(site)
    out.start()
    wait_for(lambda: sorted(states(site)) == ["sent", "waiting"] and max(one.attempts for one in deliveries(site)) == 1)
    wait_for(lambda: "ZeroDivisionError: a mistake of ours" in {one.answer for one in deliveries(site)})


def test_what_was_put_off_is_open_again_in_time(site: Site, out: AlarmsOut) -> None:
    soon, later = kept(site), kept(site)
    with site.database.session() as db:
        for alarm_id, seconds in ((soon, -1), (later, 3600)):
            one = db.get_one(AlarmRow, alarm_id)
            one.state, one.snoozed_until = "snoozed", now() + timedelta(seconds=seconds)
    out.start()
    wait_for(lambda: row(site, soon).state == "open")
    assert row(site, later).state == "snoozed"


PROGRAM = """
import sys
from pathlib import Path
from tests.server.alarms.making import alarm, channel
from trackside.server.alarms.service import AlarmsOut
from trackside.server.alarms.store import AlarmStore
from trackside.server.context import open_site
from trackside.server.settings import ServerSettings
from trackside.models import Store

data, database, url = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
site = open_site(ServerSettings(data=data, database=database), store=Store(data / "home"))
channel(site, "webhook", url=url, secret="s")
store, out = AlarmStore(site), AlarmsOut(site)
site.services.update({"alarms": store, "alarms-out": out})
store.start()
out.start()
for number in range(100_000):
    print(store.take(alarm(track=number)), flush=True)
"""


def test_a_process_that_is_killed_between_commit_and_sending_has_lost_nothing(
    site: Site, out: AlarmsOut, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real process takes alarms while nobody hears them, and is killed with SIGKILL. The next one sends every alarm whose
    taking the first one had reported."""
    monkeypatch.setattr(worker, "BACK_OFF", (0.05,))
    receiver.status = 503
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-c", PROGRAM, str(site.settings.data), site.settings.database, receiver.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as one:
        assert one.stdout is not None
        taken = [one.stdout.readline().strip() for _ in range(30)]
        wait_for(lambda: receiver.came)
        one.send_signal(signal.SIGKILL)
        taken += one.stdout.read().split("\n")[:-1]
    assert one.returncode == -signal.SIGKILL
    assert set(states(site)) <= {"waiting"}
    receiver.status = 200
    receiver.came.clear()
    after = AlarmStore(site)
    after.start()
    out.start()

    def heard() -> set[str]:
        return {json.loads(body)["id"] for _, body in list(receiver.came)}

    wait_for(lambda: set(taken) <= heard())
    wait_for(lambda: after.waiting == 0 and set(states(site)) == {"sent"})
    after.stop()
    assert len(heard()) == len(deliveries(site)), "none came from nowhere"
