"""Videos: lists, pictures, files, changes, deletion."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.server.uploads.tus import Tus, film_bytes, on_disk
from trackside.core import InputError
from trackside.server.context import Site
from trackside.server.database import new_id, now
from trackside.server.runs.tables import RunRow, RunVideoRow
from trackside.server.videos import pictures
from trackside.server.videos.frames import FrameCache
from trackside.server.videos.pictures import jpeg_at
from trackside.server.videos.tables import VideoRow


@pytest.fixture
def film(tmp_path: Path) -> bytes:
    return film_bytes(tmp_path / "made", frames=30)


@pytest.fixture
def video(client: TestClient, film: bytes) -> dict[str, Any]:
    tus = Tus(client)
    return tus.settled(tus.send("Heat 1.mov", film))


def many(site: Site, count: int = 25) -> None:
    start = now()
    with site.database.session() as db:
        for n in range(count):
            folder, state = f"day {n % 2}", "unusable" if n == 7 else "ready"
            db.add(VideoRow(name=f"film {n:02d} 100%", folder=folder, state=state, created=start + timedelta(seconds=n)))


def names(client: TestClient, **asked: Any) -> list[str]:
    return [item["name"][5:7] for item in client.get("/api/videos", params=asked).json()["items"]]


def test_lists(client: TestClient, site: Site) -> None:
    many(site)
    page = client.get("/api/videos", params={"limit": 10}).json()
    assert page["total"] == 25 and page["items"][0]["name"] == "film 24 100%"
    rest = client.get("/api/videos", params={"limit": 200, "cursor": page["next"]}).json()
    assert len(rest["items"]) == 15 and rest["next"] == ""
    assert names(client, order="name", limit=2) == ["00", "01"]
    assert len(names(client, folder="day 1")) == 12 and names(client, state="unusable") == ["07"]
    assert names(client, q="FILM 03") == ["03"] and len(names(client, q="100%")) == 25
    assert names(client, q="_ilm") == names(client, folder="none") == []
    assert client.get("/api/videos", params={"q": "\x00"}).status_code == 422
    assert client.get("/api/folders").json() == [{"name": "day 0", "videos": 13}, {"name": "day 1", "videos": 12}]


def test_a_file_with_parts_and_a_name(client: TestClient, video: dict[str, Any], film: bytes) -> None:
    url = f"/api/videos/{video['id']}/file"
    assert client.get(url).content == film and client.head(url).headers["content-length"] == str(len(film))
    answer = client.get(url, headers={"Range": "bytes=10-19"})
    assert answer.status_code == 206 and answer.content == film[10:20]
    assert "Heat%201.mov.mp4" in client.get(url, params={"download": 1}).headers["content-disposition"]


def test_pictures(client: TestClient, video: dict[str, Any]) -> None:
    import cv2
    import numpy as np

    thumbnail = client.get(video["thumbnail"])
    assert thumbnail.content[:2] == b"\xff\xd8" and "immutable" in thumbnail.headers["cache-control"]
    for time, exact in ((0, 0.0), (1.05, 1.0), (1.0, 1.0), (1e6, 2.9)):
        frame = client.get(f"/api/videos/{video['id']}/frame", params={"time": time, "width": 32})
        assert frame.status_code == 200 and float(frame.headers["x-time"]) == pytest.approx(exact, abs=1e-6)
        assert cv2.imdecode(np.frombuffer(frame.content, np.uint8), 1).shape == (24, 32, 3)
    for wrong in ({"time": -1}, {"time": "nan"}, {"width": 5}, {"width": 10**9}):
        assert client.get(f"/api/videos/{video['id']}/frame", params=wrong).status_code == 422


def test_a_frame_is_the_one_that_is_shown(tmp_path: Path) -> None:
    import cv2
    import numpy as np

    from tests.media.films import make_film, reference_frames, turn

    path = make_film(tmp_path / "a.mp4", 60, options={"g": "25"})
    for time, number in ((0.0, 0), (0.31, 3), (2.49, 24), (2.5, 25), (4.9999, 49), (9.0, 59)):
        jpeg, exact = jpeg_at(path, time, 64)
        shown = cv2.cvtColor(cv2.imdecode(np.frombuffer(jpeg, np.uint8), 1), cv2.COLOR_BGR2RGB)
        errors = [np.abs(shown.astype(int) - one).mean() for _, one in reference_frames(path)]
        assert exact == pytest.approx(number / 10) and int(np.argmin(errors)) == number
    turned, _ = jpeg_at(turn(path, 90), 1.0, 1000)
    assert cv2.imdecode(np.frombuffer(turned, np.uint8), 1).shape == (64, 48, 3)


def test_frames_are_kept_within_bounds(site: Site, client: TestClient, video: dict[str, Any]) -> None:
    cache = FrameCache(most=4000)
    with site.database.session() as db:
        row = db.get_one(VideoRow, video["id"])
    made = [cache.get(site, row, n / 10, 64) for n in range(20)]
    assert 1 <= len(cache._kept) < 20 and cache._bytes == sum(len(jpeg) for jpeg, _ in cache._kept.values()) <= 4000
    assert cache.get(site, row, 1.9, 64) is made[-1]


def test_changes(client: TestClient, video: dict[str, Any]) -> None:
    url = f"/api/videos/{video['id']}"
    assert client.patch(url, json={"name": "../x/Final.mp4", "folder": "a//b"}).json()["name"] == "Final.mp4"
    assert client.get(url).json()["folder"] == "a/b"
    for wrong in ({"name": ""}, {"name": "a\x00"}, {"name": 5}, {"folder": "x" * 501}, {"colour": "red"}):
        assert client.patch(url, json=wrong).status_code == 422, wrong
    surrogate = client.patch(url, content=b'{"name": "\\ud800"}', headers={"Content-Type": "application/json"})
    assert surrogate.status_code < 500


def test_deletion_leaves_nothing(client: TestClient, site: Site, video: dict[str, Any]) -> None:
    url = f"/api/videos/{video['id']}"
    assert len(on_disk(site.settings.data)) == 2
    assert client.delete(url).status_code == 200
    assert on_disk(site.settings.data) == []
    for path in ("", "/file", "/thumbnail", "/frame"):
        assert client.get(url + path).status_code == 404
    assert client.delete(url).status_code == 404


def test_deletion_of_an_upload_under_way(client: TestClient, site: Site) -> None:
    tus = Tus(client)
    made = tus.create("film.mp4", 100)
    tus.patch(made.headers["location"], 0, b"x" * 50)
    assert client.delete(f"/api/videos/{made.headers['trackside-video']}").status_code == 200
    assert on_disk(site.settings.data) == [] and tus.patch(made.headers["location"], 50, b"x").status_code == 404


@pytest.mark.parametrize(("state", "status"), [("queued", 409), ("running", 409), ("done", 200), ("cancelled", 200)])
def test_a_run_that_needs_the_video(client: TestClient, site: Site, video: dict[str, Any], state: str, status: int) -> None:
    run = RunRow(id=new_id(), name="run", graph={})
    with site.database.session() as db:
        db.add(run)
        db.flush()
        db.add(RunVideoRow(run_id=run.id, video_id=video["id"], video_name="x", state=state))
    assert client.delete(f"/api/videos/{video['id']}").status_code == status
    assert len(on_disk(site.settings.data)) == (2 if status == 409 else 0)


def test_ids_that_are_none(client: TestClient) -> None:
    for video_id in ("nothing", "%00", "x" * 500, "%ff", "ü"):
        for path in ("", "/file", "/thumbnail", "/frame"):
            assert client.get(f"/api/videos/{video_id}{path}").status_code in (404, 422)
        assert client.delete(f"/api/videos/{video_id}").status_code in (404, 422)
        assert client.patch(f"/api/videos/{video_id}", json={}).status_code in (404, 422)


def test_a_frame_that_takes_for_ever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.media.films import make_film

    path = make_film(tmp_path / "a.mp4", 60, options={"g": "60"})
    assert jpeg_at(path, 5.9, 64)[1] == pytest.approx(5.9)
    monkeypatch.setattr(pictures, "_PATIENCE", 0.0)
    with pytest.raises(InputError, match="takes more than 0 s"):
        jpeg_at(path, 5.9, 64)


def test_a_video_without_thumbnail_has_no_picture(client: TestClient, site: Site, video: dict[str, Any]) -> None:
    address = f"/api/videos/{video['id']}/thumbnail"
    assert client.get(address).status_code == 200
    with site.database.session() as db:
        db.get_one(VideoRow, video["id"]).thumbnail = ""
    assert client.get(address).status_code == 404


def test_a_change_of_what_is_deleted_at_the_same_moment(
    client: TestClient, site: Site, video: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from trackside.server.videos import deletion, routes

    def deleted_meanwhile(name: str) -> str:
        deletion.delete_video(site, video["id"])
        return name

    monkeypatch.setattr(routes, "clean_name", deleted_meanwhile)
    answer = client.patch(f"/api/videos/{video['id']}", json={"name": "Final.mp4"})
    assert answer.status_code == 409 and "deleted" in answer.json()["problems"][0]["what"]
