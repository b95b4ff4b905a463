"""Cameras over the API: shown, added, kept over a start, paused, removed."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from tests.server.alarms.making import kept
from tests.server.live.engine import FakeEngine
from trackside.pipelines.catalogue import find_pipeline
from trackside.server.access.tables import AuditRow
from trackside.server.context import Site
from trackside.server.live.service import LiveService
from trackside.server.live.tables import CameraRow
from trackside.server.videos.tables import VideoRow

NEW = {"name": "yard", "address": "rtsp://user:secret@10.0.0.7/stream1", "rate": 4.0}


def what(answer: Any) -> str:
    return str(answer.json()["problems"][0]["what"])


def test_without_an_engine_it_is_said_what_to_do(client: TestClient) -> None:
    asked = ["GET ", "POST ", "GET /gate", "DELETE /gate", "POST /gate/pause", "POST /gate/resume", "GET /gate/picture"]
    for method, path in (one.split(" ") for one in asked):
        answer = client.request(method, f"/api/live/cameras{path}", json=NEW if not path else None)
        assert answer.status_code == 409
        assert answer.json()["problems"][0]["fix"] == "start `trackside watch cameras.yaml`"


def test_cameras_are_shown_with_what_they_do(client: TestClient, engine: FakeEngine, site: Site) -> None:
    kept(site)
    kept(site)
    kept(site, "roof")
    [gate] = client.get("/api/live/cameras").json()
    assert (gate["name"], gate["title"], gate["state"], gate["origin"]) == ("gate", "The gate", "live", "file")
    assert (gate["fps_in"], gate["fps_wanted"], gate["fps_analysed"]) == (25.0, 5.0, 4.9)
    assert gate["dropped"] == {"stale": 3, "overload": 1}
    assert gate["latency_ms"] == {"p50": 80.0, "p95": 150.0, "p99": 190.0}
    assert gate["alarms_open"] == 2
    assert client.get("/api/live/cameras/gate").json() == gate
    assert client.get("/api/live/cameras/roof").status_code == 404


def test_the_engine_tells_which_stage_holds_it_up(client: TestClient, engine: FakeEngine) -> None:
    health = client.get("/api/live/health").json()
    assert health["running"] is True
    assert health["bottleneck"] == {"stage": "inference", "why": "inference works 97 of 100 seconds"}
    assert [stage["name"] for stage in health["stages"]] == ["decode", "inference"]
    assert health["batch"] == {"size": 16, "occupancy": 0.75}


def test_the_health_of_no_engine_says_so(client: TestClient) -> None:
    health = client.get("/api/live/health").json()
    assert health["running"] is False
    assert "trackside watch" in health["why"]


def test_a_camera_is_added_and_there_after_the_next_start(client: TestClient, engine: FakeEngine, site: Site) -> None:
    answer = client.post("/api/live/cameras", json=NEW)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["name"], answer.json()["origin"]) == ("yard", "page")
    assert "secret" not in client.get("/api/live/cameras").text
    assert engine.added["yard"].address == NEW["address"], "the engine gets the password"
    assert engine.added["yard"].rate == 4.0
    assert client.post("/api/live/cameras/yard/pause").json()["state"] == "paused"
    fresh = FakeEngine()
    LiveService(site).set_port(fresh)
    assert fresh.added["yard"] == engine.added["yard"]
    assert fresh.known["yard"].state == "paused", "it is as it was"
    with site.database.session() as db:
        noted = [(one.action, one.subject) for one in db.scalars(select(AuditRow).order_by(AuditRow.at))]
    assert noted == [("camera.add", "yard (rtsp://10.0.0.7/stream1)"), ("camera.pause", "yard")]


def test_a_stored_camera_that_the_engine_refuses_stops_no_start(client: TestClient, engine: FakeEngine, site: Site) -> None:
    client.post("/api/live/cameras", json=NEW)
    client.post("/api/live/cameras", json=NEW | {"name": "roof"})
    fresh = FakeEngine()
    fresh.refusal = "no model of that name"
    LiveService(site).set_port(fresh)
    with site.database.session() as db:
        assert {row.problem for row in db.scalars(select(CameraRow))} == {"no model of that name"}
    fresh.refusal = ""
    LiveService(site).set_port(fresh)
    assert set(fresh.added) == {"yard", "roof"}
    with site.database.session() as db:
        assert {row.problem for row in db.scalars(select(CameraRow))} == {""}


def test_what_the_engine_refuses_is_not_kept(client: TestClient, engine: FakeEngine, site: Site) -> None:
    engine.refusal = "the zone is no polygon"
    answer = client.post("/api/live/cameras", json=NEW)
    assert (answer.status_code, what(answer)) == (422, "the zone is no polygon")
    with site.database.session() as db:
        assert db.scalars(select(CameraRow)).all() == []


FOREIGN = (
    "/etc/passwd",
    "file:/etc/passwd",
    "FILE:///etc/passwd",
    "../secret.mp4",
    "/dev/video0",
    "concat:/etc/passwd|/etc/hosts",
    "subfile,,start,0,end,9,,:/etc/passwd",
    "rtsp://",
    "webcam:/etc/passwd",
    "http:/etc/passwd",
    "video:nothere12345",
    "rtsp://a b",
    "rtsp://a\nfile:/etc/passwd",
    "ftp://example.org/a.mp4",
)
CAMERAS = ("rtsp://10.0.0.7:554/a?b=c", "rtmp://h/a", "https://h/live.m3u8", "webcam:0", "RTSP://h/a")


@pytest.mark.parametrize("where", ["address", "substream"])
def test_nothing_of_the_machine_s_disk_is_opened(where: str, client: TestClient, engine: FakeEngine) -> None:
    answers = {one: client.post("/api/live/cameras", json=NEW | {where: one}).status_code for one in FOREIGN}
    assert answers == dict.fromkeys(FOREIGN, 422)
    assert engine.added == {}


def test_addresses_of_cameras_are_taken(client: TestClient, engine: FakeEngine) -> None:
    for number, one in enumerate(CAMERAS):
        assert client.post("/api/live/cameras", json=NEW | {"name": f"c{number}", "address": one}).status_code == 201
    assert tuple(camera.address for camera in engine.added.values()) == CAMERAS


def test_a_video_of_the_server_is_played_as_a_camera(client: TestClient, engine: FakeEngine, site: Site) -> None:
    with site.database.session() as db:
        db.add(VideoRow(id="swim12345678", name="swim.mp4", state="ready", key="videos/swim12345678/source.mp4"))
        db.add(VideoRow(id="half12345678", name="half.mp4", state="uploading", key="videos/half12345678/source.mp4"))
    assert client.post("/api/live/cameras", json=NEW | {"address": "video:half12345678"}).status_code == 422
    assert client.post("/api/live/cameras", json=NEW | {"address": "video:swim12345678"}).status_code == 201
    assert engine.added["yard"].address == f"file:{site.files.path('videos/swim12345678/source.mp4')}"
    fresh = FakeEngine()
    LiveService(site).set_port(fresh)
    assert fresh.added["yard"].address == engine.added["yard"].address


def test_a_saved_pipeline_becomes_a_file_for_the_engine(client: TestClient, engine: FakeEngine) -> None:
    graph = {"pipeline": "mine", "blocks": {"draw": {"use": "draw.overlay@1", "images": "source.images"}}, "save": []}
    saved = client.post("/api/pipelines", json={"graph": graph}).json()["id"]
    assert client.post("/api/live/cameras", json=NEW | {"pipeline": saved}).status_code == 201
    assert find_pipeline(engine.added["yard"].pipeline).blocks.keys() == {"draw"}


def test_other_pipelines_are_refused(client: TestClient, engine: FakeEngine) -> None:
    for one in ("/etc/passwd", "../x.yaml", "nothing of that name", "~/x"):
        assert client.post("/api/live/cameras", json=NEW | {"pipeline": one}).status_code == 422
    assert engine.added == {}


def test_unfit_cameras_are_refused(client: TestClient, engine: FakeEngine) -> None:
    unfit: list[dict[str, Any]] = [
        *({"name": name} for name in ("", "a/b", ".x", "a\nb")),
        *({"rate": rate} for rate in (0, 1e9, "fast")),
        {"speed": 3},
        {"settings": {"a": "\ud800"}},
    ]
    for more in unfit:
        body, kind = json.dumps(NEW | more).encode(), {"content-type": "application/json"}
        assert client.post("/api/live/cameras", content=body, headers=kind).status_code == 422, more
    assert engine.added == {}


def test_a_name_is_given_once(client: TestClient, engine: FakeEngine) -> None:
    assert client.post("/api/live/cameras", json=NEW | {"name": "gate"}).status_code == 409
    assert client.post("/api/live/cameras", json=NEW).status_code == 201
    assert client.post("/api/live/cameras", json=NEW).status_code == 409


def test_only_what_was_added_here_is_removed_here(client: TestClient, engine: FakeEngine, site: Site) -> None:
    client.post("/api/live/cameras", json=NEW | {"name": "yard 2. östlich"})
    answer = client.delete("/api/live/cameras/gate")
    assert (answer.status_code, what(answer)) == (409, "this camera stands in the cameras file")
    name = quote("yard 2. östlich")
    assert client.delete(f"/api/live/cameras/{name}").status_code == 200
    assert client.delete(f"/api/live/cameras/{name}").status_code == 404
    assert list(engine.known) == ["gate"]
    fresh = FakeEngine()
    LiveService(site).set_port(fresh)
    assert fresh.added == {}


def test_pausing_and_going_on(client: TestClient, engine: FakeEngine) -> None:
    assert client.post("/api/live/cameras/gate/pause").json()["state"] == "paused"
    assert client.post("/api/live/cameras/gate/resume").json()["state"] == "connecting"
    assert client.post("/api/live/cameras/nobody/pause").status_code == 404
