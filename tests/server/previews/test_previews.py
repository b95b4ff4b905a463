"""Trying: what every block gave, problems at their block, the newest try wins, pictures that vanish."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from trackside.server.access.people import Person
from trackside.server.context import Site
from trackside.server.previews import service as services
from trackside.server.previews.service import PreviewService

from .conftest import BOX, GATE, add_video, ended

Do = Callable[..., Any]
TRACKED = {
    "box": BOX,
    "number": {"use": "toy.number@1", "detections": "box"},
    "mean": {"use": "toy.mean@1", "images": "source.images"},
    "draw": {"use": "draw.overlay@1", "images": "source.images", "tracks": "number.tracks"},
}


def picture(client: TestClient, address: str) -> Any:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    return cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)


def test_every_block_shows_what_it_gave(client: TestClient, finished: Do) -> None:
    got = finished(TRACKED)
    assert (got["state"], got["fraction"], got["problems"]) == ("done", 1.0, [])
    assert {block: one["words"] for block, one in got["blocks"].items()} == {
        "source": "picture, 800 x 450",
        "box": "1 x thing",
        "number": "1 x thing",
        "mean": "1 row",
        "draw": "picture, 800 x 450",
    }
    assert got["blocks"]["mean"]["columns"] == ["time_s", "brightness"]
    assert got["blocks"]["number"]["rows"] == [[2.9, 30, 29]]
    assert all(one["records"] == 30 and one["ms_per_record"] is not None for one in got["blocks"].values())
    assert got["first_picture_s"] > 0
    for one in got["blocks"].values():
        assert picture(client, one["picture"]).shape == (360, 640, 3)


def test_what_was_found_is_drawn_where_it_is(client: TestClient, finished: Do) -> None:
    """The toy's box is as wide as the picture is bright and 10 pixels high, from the corner: 0.8 of that here."""
    got = finished({"box": {**BOX, "score": 0.5}, "mean": TRACKED["mean"]})
    plain = picture(client, got["blocks"]["source"]["picture"]).astype(int)
    found = picture(client, got["blocks"]["box"]["picture"]).astype(int)
    changed = np.abs(found - plain).max(axis=2) > 40
    columns = np.flatnonzero(changed[7:10].any(axis=0))  # The lower edge of the box.
    assert 106 <= columns.max() <= 113
    assert not changed[100:].any()
    assert not (np.abs(picture(client, got["blocks"]["mean"]["picture"]).astype(int) - plain) > 20).any()


def test_each_moment_has_its_own_picture_and_words(client: TestClient, finished: Do) -> None:
    got = finished(TRACKED)
    shown = [client.get(f"/api/previews/{got['id']}", params={"time": t}).json()["blocks"]["number"] for t in (0, 1.02, 99)]
    assert [(one["time_s"], one["rows"][0][1]) for one in shown] == [(0, 1), (1.0, 11), (2.9, 30)]
    brightness = [picture(client, one["picture"])[300, 300].mean() for one in shown]
    assert brightness == sorted(brightness)
    assert brightness[0] < brightness[1] < brightness[2]


def test_only_the_part_that_is_asked_for_is_run(finished: Do) -> None:
    got = finished({"mean": {"use": "toy.mean@1", "images": "source.images"}}, start=1, seconds=0.5)
    assert (got["blocks"]["mean"]["records"], got["blocks"]["mean"]["time_s"]) == (5, 1.4)


def test_a_block_that_lets_records_fall_shows_the_last_one_that_it_gave(finished: Do) -> None:
    got = finished(
        {
            "thin": {"use": "sample.every@1", "images": "source.images", "seconds": 1.0},
            "mean": {"use": "toy.mean@1", "images": "thin"},
        }
    )
    assert (got["blocks"]["mean"]["records"], got["blocks"]["mean"]["time_s"]) == (3, 2.0)


def test_nothing_is_written(finished: Do, site: Site) -> None:
    before = site.files.keys("videos")
    got = finished({"mean": TRACKED["mean"], "table": {"use": "write.table@1", "rows": "mean"}})
    assert "table" not in got["blocks"]
    assert site.files.keys("videos") == before


def test_a_block_that_fails_is_named_and_the_others_show_what_they_gave(finished: Do) -> None:
    got = finished({"mean": TRACKED["mean"], "fail": {"use": "toy.fail@1", "images": "source.images", "at": 12}})
    assert got["state"] == "failed"
    [problem] = got["problems"]
    assert problem["block"] == "fail"
    assert "the toy broke" in problem["what"]
    assert "my clip.mp4" in problem["what"]
    assert got["blocks"]["mean"]["picture"]


def test_no_path_of_the_server_is_told(client: TestClient, site: Site, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video at all" * 100)
    video = add_video(site, bad)
    body = {"graph": {"blocks": {"mean": TRACKED["mean"]}}, "video": video}
    got = ended(client, client.post("/api/previews", json=body).json()["id"])
    assert (got["state"], got["problems"][0]["block"]) == ("failed", "source")
    assert str(tmp_path) not in str(got)


def test_a_part_behind_the_end_is_told(finished: Do) -> None:
    got = finished({"mean": TRACKED["mean"]}, start=100)
    assert got["state"] == "failed"
    assert got["problems"][0]["block"] == "source"


def test_problems_of_the_graph_are_told_before_anything_runs(attempt: Do) -> None:
    answer = attempt({**TRACKED, "more": {"use": "zone.count@1", "tracks": "number.tracks"}})
    assert answer.status_code == 422
    assert [(p["block"], p["port"]) for p in answer.json()["problems"]] == [("more", "zones")]


def test_a_model_that_is_not_here_is_told_at_the_block_that_asks(attempt: Do) -> None:
    answer = attempt({"detect": {"use": "detect.objects@1", "images": "source.images"}})
    assert answer.status_code == 422
    [problem] = answer.json()["problems"]
    assert (problem["block"], problem["port"]) == ("detect", "model")
    assert "is not installed" in problem["what"]


def test_a_path_is_refused(attempt: Do, tmp_path: Path) -> None:
    answer = attempt({"d": {"use": "detect.from_file@1", "path": str(tmp_path)}})
    assert answer.status_code == 422
    assert "a server does not allow" in answer.json()["problems"][0]["what"]


def test_only_videos_that_are_ready_are_tried(client: TestClient, site: Site, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    video = add_video(site, tmp_path / "x", state="unusable", problem="no video in it", fix="upload another one")
    body = {"graph": {"blocks": {"mean": TRACKED["mean"]}}, "video": video}
    answer = client.post("/api/previews", json=body)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["fix"] == "upload another one"
    assert client.post("/api/previews", json={**body, "video": "nothing"}).status_code == 404


def test_the_newest_try_wins(client: TestClient, attempt: Do, site: Site) -> None:
    first = attempt({"gate": {"use": "toy.gate@1", "images": "source.images"}}).json()
    older = site.services["previews"].find(first["id"], Person("you", "admin"))
    second = attempt(TRACKED).json()
    assert client.get(f"/api/previews/{first['id']}").status_code == 404
    GATE.set()
    assert ended(client, second["id"])["state"] == "done"
    assert older.state == "cancelled"


def test_a_try_that_is_stopped_is_gone(client: TestClient, finished: Do) -> None:
    got = finished(TRACKED)
    address = got["blocks"]["draw"]["picture"]
    assert client.get(address).status_code == 200
    assert client.delete(f"/api/previews/{got['id']}").json() == {"state": "ok"}
    for path in (address, f"/api/previews/{got['id']}"):
        assert client.get(path).status_code == 404
    assert client.delete(f"/api/previews/{got['id']}").status_code == 404


def test_pictures_vanish_after_a_while(client: TestClient, finished: Do, monkeypatch: pytest.MonkeyPatch) -> None:
    got = finished(TRACKED)
    assert client.get(f"/api/previews/{got['id']}").status_code == 200
    monkeypatch.setattr(services, "_KEPT", -1.0)
    assert client.get(got["blocks"]["draw"]["picture"]).status_code == 404
    assert client.get(f"/api/previews/{got['id']}").status_code == 404


@pytest.mark.parametrize("path", ["draw/9999.jpg", "draw/-1.jpg", "nothing/0.jpg", "draw/x.jpg", f"draw/{2**70}.jpg"])
def test_a_picture_that_there_is_not_is_not_found(client: TestClient, finished: Do, path: str) -> None:
    assert client.get(f"/api/previews/{finished(TRACKED)['id']}/{path}").status_code in (404, 422)


def test_at_most_sixty_moments_are_kept_and_fewer_of_large_drawings(site: Site, finished: Do) -> None:
    previews: PreviewService = site.services["previews"]
    few = finished(TRACKED)
    assert len(previews.find(few["id"], Person("you", "admin")).gallery.moments()) == 30
    many = finished({f"b{number}": TRACKED["mean"] for number in range(99)})
    assert len(previews.find(many["id"], Person("you", "admin")).gallery.moments()) == 6
    assert many["blocks"]["b98"]["records"] == 30


def test_two_at_most_run_at_once_each_of_its_own_owner(site: Site, attempt: Do, client: TestClient) -> None:
    previews: PreviewService = site.services["previews"]
    mine = previews.find(attempt({"gate": {"use": "toy.gate@1", "images": "source.images"}}).json()["id"], _person("you"))
    plan, clip = mine._plan, mine._clip
    others = [previews.begin(plan, clip, _person(name)) for name in ("ann", "bob")]
    assert [trial.state for trial in (mine, *others)].count("waiting") >= 1
    assert client.get(f"/api/previews/{others[0].id}").status_code == 404  # Ann's is nobody else's business.
    GATE.set()
    for trial in (mine, *others):
        trial.join()
    assert {trial.state for trial in (mine, *others)} == {"done"}


def test_the_service_stops_what_runs_and_forgets_all(site: Site, attempt: Do, client: TestClient) -> None:
    got = attempt({"gate": {"use": "toy.gate@1", "images": "source.images"}}).json()
    previews: PreviewService = site.services["previews"]
    trial = previews.find(got["id"], _person("you"))
    threading.Timer(0.2, GATE.set).start()
    previews.stop()
    assert trial.is_over
    assert trial.state == "cancelled"
    assert client.get(f"/api/previews/{got['id']}").status_code == 404


def test_news_is_told(site: Site, finished: Do, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(site.services["events"], "publish", lambda topic, one: told.append((topic, one)))
    got = finished(TRACKED)
    assert len(told) >= 2  # The first pictures, and the end.
    assert set(told) == {("preview", got["id"])}


def _person(name: str) -> Person:
    return Person(name, "analyst")
