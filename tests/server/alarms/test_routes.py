"""Alarms over the API: listed, looked at, acted upon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from tests.server.alarms.making import WALL, alarm, channel, clip, kept, picture, row, rows
from tests.server.waiting import wait_for
from trackside.server.access.tables import AuditRow
from trackside.server.alarms import listing
from trackside.server.alarms.acting import wake
from trackside.server.alarms.store import AlarmStore
from trackside.server.alarms.tables import AlarmSnoozeRow
from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.live.tables import CameraDayRow

ACTIONS = {"acknowledge": {}, "snooze": {"minutes": 5}, "comment": {"text": "x"}, "false-alarm": {}, "reopen": {}}


def listed(client: TestClient, **query: Any) -> list[str]:
    answer = client.get("/api/alarms", params=query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


def act(client: TestClient, alarm_id: str, action: str, **body: Any) -> Any:
    answer = client.post(f"/api/alarms/{alarm_id}/{action}", json=body or ACTIONS[action])
    assert answer.status_code == 200, answer.text
    return answer.json()


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(WALL + seconds, UTC).isoformat()


def test_alarms_are_listed_the_newest_first_in_pages(client: TestClient, site: Site) -> None:
    ids = [kept(site, wall=WALL + n) for n in range(5)][::-1]
    first = client.get("/api/alarms", params={"limit": 2}).json()
    assert [one["id"] for one in first["items"]] == ids[:2]
    assert first["total"] == 5
    kept(site, wall=WALL + 9)
    second = client.get("/api/alarms", params={"limit": 2, "before": first["next"]}).json()
    third = client.get("/api/alarms", params={"limit": 2, "before": second["next"]}).json()
    assert [one["id"] for one in second["items"] + third["items"]] == ids[2:]
    assert third["next"] == ""
    assert client.get("/api/alarms?before=nonsense").status_code == 422


def test_alarms_are_found_by_state_camera_rule_and_time(client: TestClient, site: Site) -> None:
    a = kept(site, "gate", wall=WALL)
    b = kept(site, "roof", wall=WALL + 10)
    c = kept(site, "gate", rule="fence", wall=WALL + 20)
    act(client, b, "acknowledge")
    assert listed(client) == [c, b, a]
    assert listed(client, camera="gate") == [c, a]
    assert listed(client, rule="yard") == [b, a]
    assert listed(client, camera="gate", rule="yard") == [a]
    assert listed(client, state="acknowledged") == [b]
    assert listed(client, **{"from": moment(10)}) == [c, b]
    assert listed(client, **{"from": moment(10), "to": moment(20)}) == [b]
    assert listed(client, camera="nobody") == []
    assert client.get("/api/alarms", params={"camera": "gate", "state": "open"}).json()["counts"] == {
        "open": 2,
        "acknowledged": 0,
        "snoozed": 0,
        "false": 0,
    }
    for wrong in ("state=lost", "from=yesterday", "from=0001-01-01T00:00:00Z", "to=9999-12-31T23:59:59-14:00", "limit=0"):
        assert client.get(f"/api/alarms?{wrong}").status_code == 422, wrong


def test_one_alarm_is_shown_with_its_evidence(client: TestClient, site: Site, taking: AlarmStore) -> None:
    channel(site, "file", name="a.jsonl", most_bytes=10**6, keep=1)
    taking.start()
    taking.take(alarm(told={"picture": picture(), "clip": clip(), "clip_ready": 0.0}))
    wait_for(lambda: rows(site) and rows(site)[0].clip)
    [listed_as] = client.get("/api/alarms").json()["items"]
    shown = client.get(f"/api/alarms/{listed_as['id']}").json()
    assert listed_as.items() <= shown.items()
    assert shown["reasons"] == [
        {
            "step": "median score",
            "passed": True,
            "text": "median score 0.71, at least 0.5 was asked",
            "value": 0.71,
            "asked": 0.5,
        }
    ]
    assert [look["time"] for look in shown["looks"]] == [8.0, 9.0, 10.0]
    assert (shown["width"], shown["height"]) == (160, 90)
    assert [(one["kind"], one["state"]) for one in shown["deliveries"]] == [("file", "waiting")]
    drawn, clean = client.get(shown["picture"]), client.get(shown["picture_clean"])
    assert drawn.headers["content-type"] == clean.headers["content-type"] == "image/jpeg"
    assert drawn.content != clean.content
    film = client.get(shown["clip"], headers={"range": "bytes=0-8"})
    assert (film.status_code, film.content, film.headers["content-type"]) == (206, b"synthetic", "video/mp4")


def test_without_picture_or_clip_there_is_none(client: TestClient, site: Site) -> None:
    alarm_id = kept(site)
    shown = client.get(f"/api/alarms/{alarm_id}").json()
    assert shown["picture"] == shown["clip"] == shown["picture_clean"] == ""
    assert client.get(f"/api/alarms/{alarm_id}/picture").status_code == 404
    assert client.get(f"/api/alarms/{alarm_id}/clip").status_code == 404


def test_what_people_do_is_kept_noted_and_written_down(client: TestClient, site: Site) -> None:
    alarm_id = kept(site)
    assert act(client, alarm_id, "acknowledge")["state"] == "acknowledged"
    assert act(client, alarm_id, "comment", text="it is the postman")["state"] == "acknowledged"
    assert act(client, alarm_id, "false-alarm", why="a shadow")["state"] == "false"
    assert act(client, alarm_id, "reopen")["state"] == "open"
    notes = act(client, alarm_id, "snooze", minutes=30)["notes"]
    assert [(one["who"], one["kind"], one["text"]) for one in notes] == [
        ("you", "acknowledged", ""),
        ("you", "comment", "it is the postman"),
        ("you", "false", "a shadow"),
        ("you", "reopened", ""),
        ("you", "snoozed", "this alarm for 30 minutes"),
    ]
    with site.database.session() as db:
        noted = db.scalars(select(AuditRow.action).order_by(AuditRow.at)).all()
    assert noted == ["alarm.acknowledge", "alarm.comment", "alarm.false", "alarm.reopen", "alarm.snooze"]


def test_pages_hear_of_it(client: TestClient, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(site.services["events"], "publish", lambda topic, id: told.append((topic, id)))
    alarm_id = kept(site)
    act(client, alarm_id, "acknowledge")
    assert told == [("alarm", alarm_id)]
    taken = site.services["alarms"].take(alarm())
    assert site.services["alarms"]._move()
    assert told == [("alarm", alarm_id), ("alarm", taken)]


def test_an_alarm_that_is_put_off_is_open_again_afterwards(client: TestClient, site: Site) -> None:
    alarm_id = kept(site)
    until = datetime.fromisoformat(act(client, alarm_id, "snooze", minutes=30)["snoozed_until"])
    assert timedelta(minutes=29) < until - now() < timedelta(minutes=31)
    assert row(site, kept(site)).state == "open", "only this one"
    with site.database.session() as db:
        assert wake(db) == []
        row_ = listing.find(db, alarm_id)
        row_.snoozed_until = now() - timedelta(seconds=1)
        db.flush()
        assert wake(db) == [alarm_id]
    assert client.get(f"/api/alarms/{alarm_id}").json()["state"] == "open"


def test_a_rule_is_put_off_on_one_camera_and_told_again(client: TestClient, site: Site) -> None:
    alarm_id = kept(site)
    act(client, alarm_id, "snooze", minutes=30, scope="rule")
    act(client, alarm_id, "snooze", minutes=60, scope="rule")
    [snooze] = client.get("/api/alarms/snoozes").json()
    assert (snooze["camera"], snooze["rule"], snooze["who"]) == ("gate", "yard", "you")
    assert row(site, kept(site)).state == "snoozed"
    assert row(site, kept(site, "roof")).state == "open"
    assert client.delete(f"/api/alarms/snoozes/{snooze['id']}").status_code == 200
    assert client.delete(f"/api/alarms/snoozes/{snooze['id']}").status_code == 404
    assert row(site, kept(site)).state == "open"
    with site.database.session() as db:
        assert db.scalars(select(AlarmSnoozeRow)).all() == []


def test_unfit_actions_are_refused(client: TestClient, site: Site) -> None:
    alarm_id = kept(site)
    for action, body in (
        ("snooze", {}),
        ("snooze", {"minutes": 0}),
        ("snooze", {"minutes": 10**9}),
        ("snooze", {"minutes": 5, "scope": "world"}),
        ("comment", {"text": ""}),
        ("comment", {"text": "x" * 2001}),
        ("comment", {"text": "a\0b"}),
        ("false-alarm", {"why": 7}),
    ):
        assert client.post(f"/api/alarms/{alarm_id}/{action}", json=body).status_code == 422, (action, body)
    for action, body in ACTIONS.items():
        assert client.post(f"/api/alarms/nobody123456/{action}", json=body).status_code == 404
    assert client.get("/api/alarms/nobody123456").status_code == 404


def test_notes_do_not_grow_without_end(client: TestClient, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackside.server.alarms.acting._MOST_NOTES", 2)
    alarm_id = kept(site)
    act(client, alarm_id, "comment")
    act(client, alarm_id, "comment")
    assert client.post(f"/api/alarms/{alarm_id}/comment", json={"text": "x"}).status_code == 409
    assert act(client, alarm_id, "acknowledge")["state"] == "acknowledged", "the state can be changed all the same"


def test_the_summary_counts_what_people_called_false_by_the_time_cameras_were_watched(
    client: TestClient, site: Site
) -> None:
    today = now().timestamp()
    ids = [kept(site, wall=today) for _ in range(4)]
    kept(site, "roof", wall=today - 86_400)
    kept(site, "roof", wall=today - 30 * 86_400)
    for alarm_id in ids[:2]:
        act(client, alarm_id, "false-alarm")
    act(client, ids[2], "acknowledge")
    day = now().date().isoformat()
    with site.database.session() as db:
        db.add(CameraDayRow(camera="gate", day=day, seconds=43_200.0))
        db.add(CameraDayRow(camera="roof", day=day, seconds=60.0))
        db.add(CameraDayRow(camera="yard", day=day, seconds=43_200.0))
    found = client.get("/api/alarms/summary?days=7").json()
    assert (found["raised"], found["false"], found["acknowledged"]) == (5, 2, 1)
    by_camera = {one["camera"]: one for one in found["cameras"]}
    assert by_camera["gate"]["false_per_day"] == pytest.approx(4.0)
    assert by_camera["yard"]["false_per_day"] == 0.0
    assert by_camera["roof"]["false_per_day"] is None, "a minute says nothing"
    assert found["false_per_camera_day"] == pytest.approx(2 / (1 + 60 / 86_400))
    assert [(one["camera"], one["raised"], one["false"]) for one in found["rows"]] == [("roof", 1, 0), ("gate", 4, 2)]


def test_an_empty_server_has_an_empty_summary(client: TestClient) -> None:
    found = client.get("/api/alarms/summary").json()
    assert (found["rows"], found["raised"], found["false_per_camera_day"]) == ([], 0, None)
