"""A server that was killed between any two steps puts things in order when it starts again."""

from __future__ import annotations

import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.server.uploads.tus import Tus, film_bytes, on_disk
from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.uploads import incoming, probing, store
from trackside.server.videos.tables import UploadRow, VideoRow


@pytest.fixture
def data(tmp_path: Path) -> bytes:
    return film_bytes(tmp_path / "made")


def begun(site: Site, data: bytes, part: int | None = None) -> tuple[str, str]:
    """An upload as a killed server leaves it: so many bytes lie there."""
    upload = store.begin(site, "film.mp4", "", len(data), "you")
    incoming.folder_of(site).mkdir(parents=True, exist_ok=True)
    incoming.path_of(site, upload.id).write_bytes(data[:part])
    return upload.id, upload.video_id


def state(site: Site, video_id: str) -> str:
    with site.database.session() as db:
        return db.get_one(VideoRow, video_id).state


def test_a_part_stays_and_can_be_resumed(tus: Tus, site: Site, data: bytes) -> None:
    upload_id, video_id = begun(site, data, 500)
    site.services["uploads"].start()
    assert state(site, video_id) == "uploading" and tus.offset(f"{tus.base}/{upload_id}") == 500
    tus.patch(f"{tus.base}/{upload_id}", 500, data[500:])
    assert tus.settled(video_id)["state"] == "ready"


def test_all_bytes_but_not_marked(tus: Tus, site: Site, data: bytes) -> None:
    _, video_id = begun(site, data)
    site.services["uploads"].start()
    assert tus.settled(video_id)["state"] == "ready"


def test_killed_while_probing(tus: Tus, site: Site, data: bytes) -> None:
    upload_id, video_id = begun(site, data)
    store.touch(site, upload_id)
    assert state(site, video_id) == "probing"
    incoming.thumbnail_of(incoming.path_of(site, upload_id)).write_bytes(b"half a picture")
    site.services["uploads"].start()
    assert tus.settled(video_id)["state"] == "ready"
    assert tus.client.get(f"/api/videos/{video_id}/thumbnail").content[:2] == b"\xff\xd8"


@pytest.mark.parametrize("moved", ["nothing", "thumbnail", "all"])
def test_killed_while_moving(tus: Tus, site: Site, data: bytes, moved: str) -> None:
    upload_id, video_id = begun(site, data)
    store.touch(site, upload_id)
    path = incoming.path_of(site, upload_id)
    service = site.services["uploads"]
    with site.database.session() as db:
        probing._note(site, db.get_one(VideoRow, video_id), probing.probed(path, service._run))
    if moved != "nothing":
        site.files.take(incoming.thumbnail_of(path), f"videos/{video_id}/thumbnail.jpg")
    if moved == "all":
        site.files.take(path, f"videos/{video_id}/source.mp4")
    service.start()
    video = tus.settled(video_id)
    assert video["state"] == "ready" and video["width"] == 64
    assert on_disk(site.settings.data) == [f"files/videos/{video_id}/{n}" for n in ("source.mp4", "thumbnail.jpg")]
    assert tus.client.get(f"/api/videos/{video_id}/file").content == data


def test_a_file_that_vanished(tus: Tus, site: Site, data: bytes) -> None:
    upload_id, video_id = begun(site, data)
    store.touch(site, upload_id)
    shutil.rmtree(incoming.folder_of(site))
    site.services["uploads"].start()
    video = tus.settled(video_id)
    assert video["state"] == "unusable" and "upload" in video["fix"]


def test_orphans_go_and_the_rest_stays(site: Site, tus: Tus, data: bytes) -> None:
    upload_id, _ = begun(site, data, 500)
    folder = incoming.folder_of(site)
    for name in ("orphan", "orphan.jpg", "orphan.unchecked"):
        (folder / name).write_bytes(b"x")
    lost = VideoRow(name="lost.mp4")
    with site.database.session() as db:
        db.add(lost)
    store.recover(site)
    assert [path.name for path in folder.iterdir()] == [upload_id]
    assert state(site, lost.id) == "unusable"


def test_bytes_whose_checksum_was_not_known_do_not_count(site: Site, tus: Tus, data: bytes) -> None:
    upload_id, video_id = begun(site, data)
    incoming.mark_unchecked(incoming.path_of(site, upload_id), 300)
    site.services["uploads"].start()
    url = f"{tus.base}/{upload_id}"
    assert state(site, video_id) == "uploading" and tus.offset(url) == 300
    assert tus.patch(url, 300, data[300:]).status_code == 204
    assert tus.settled(video_id)["state"] == "ready"


def test_what_was_left_for_a_day_goes(site: Site, tus: Tus, data: bytes) -> None:
    old, old_video = begun(site, data, 500)
    new, _ = begun(site, data, 500)
    with site.database.session() as db:
        db.get_one(UploadRow, old).expires = now() - timedelta(seconds=1)
    assert store.expire(site) == 1
    assert [path.name for path in incoming.folder_of(site).iterdir()] == [new]
    assert tus.client.get(f"/api/videos/{old_video}").status_code == 404


def test_a_prober_that_crashes_or_hangs(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tus: Tus, data: bytes
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    run = site.services["uploads"]._run
    dying = [sys.executable, "-c", "import os; os.kill(os.getpid(), 11)"]
    assert "decoder" in probing.probed(path, lambda _: run(dying))["problem"]
    monkeypatch.setattr(probing, "SECONDS", 0.2)
    hanging = [sys.executable, "-c", "import time; time.sleep(60)"]
    assert "too long" in probing.probed(path, lambda _: run(hanging))["problem"]


def test_a_stopped_server_leaves_the_probe_for_the_next_start(site: Site, tus: Tus, data: bytes) -> None:
    _, video_id = begun(site, data)
    service = site.services["uploads"]
    service.start()
    service.stop()
    assert state(site, video_id) in ("probing", "ready")
    service.start()
    assert tus.settled(video_id)["state"] == "ready"
