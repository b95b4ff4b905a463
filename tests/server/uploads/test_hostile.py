"""Files that are no videos, and uploads that must not begin: one clear sentence, and a clean disk."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.media.films import cut, make_film, make_sound
from tests.server.uploads.tus import Tus, film_bytes, metadata, on_disk, problem
from tests.server.waiting import wait_for
from trackside.server.context import Site
from trackside.server.database import new_id
from trackside.server.runs.tables import RunRow, RunVideoRow
from trackside.server.settings import ServerSettings
from trackside.server.uploads import admission
from trackside.server.videos.tables import VideoRow


def zip_bomb() -> bytes:
    """100 MB of zeros in 100 kB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("film.mp4", bytes(100_000_000))
    return out.getvalue()


def truncated(folder: Path) -> bytes:
    """An MP4 without its index, which stands at its end."""
    return cut(make_film(folder / "cut.mp4", 40), 0.6).read_bytes()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\x", "\u202egpj.4pm", "n" * 300 + ".mp4", "a\x00b.mp4", "\ud800.mp4", ""]
)
def test_names_reach_no_file_system(tus: Tus, tmp_path: Path, site: Site, name: str) -> None:
    video = tus.settled(tus.send(name, film_bytes(tmp_path / "made"), folder=name))
    assert video["state"] == "ready" and 0 < len(video["name"]) <= 255
    assert not set("/\\\x00\u202e") & set(video["name"])
    ids = video["id"]
    assert on_disk(site.settings.data) == [f"files/videos/{ids}/source.mp4", f"files/videos/{ids}/thumbnail.jpg"]


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("notes.mp4", lambda _: b"Dear diary, this is no film. " * 50, "damaged or cut off|not a video"),
        ("cut.mp4", truncated, "damaged or cut off|not a video"),
        ("renamed.mp4", lambda _: zip_bomb(), "archive"),
        ("tone.mp4", lambda folder: make_sound(folder / "tone.mp4").read_bytes(), "no picture"),
        ("noise.mkv", lambda _: bytes(range(256)) * 400, "not a video"),
        ("list.m3u8", lambda _: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "not a video"),
        ("one.mp4", lambda _: b"\x00", "not a video"),
    ],
)
def test_what_is_no_video(tus: Tus, tmp_path: Path, site: Site, name: str, make: Any, said: str) -> None:
    import re

    (tmp_path / "made").mkdir()
    video = tus.settled(tus.send(name, make(tmp_path / "made")))
    assert video["state"] == "unusable" and video["fix"] and video["upload"] is None and video["thumbnail"] == ""
    assert re.search(said, video["problem"]), video["problem"]
    assert str(tmp_path) not in video["problem"] + video["fix"] and "incoming" not in video["problem"]
    wait_for(lambda: on_disk(site.settings.data) == [])  # Told first, then deleted.
    assert tus.client.get(f"/api/videos/{video['id']}/file").status_code == 409


def test_an_archive_and_an_empty_file_are_refused_at_once(tus: Tus, site: Site) -> None:
    answer = tus.create("Videos.ZIP", 1000)
    assert answer.status_code == 422 and "archive" in problem(answer)
    answer = tus.create("empty.mp4", 0)
    assert answer.status_code == 422 and "empty" in problem(answer)
    assert on_disk(site.settings.data) == [] and tus.client.get("/api/videos").json()["total"] == 0


def test_an_image_is_a_source_of_one_frame(tus: Tus, tmp_path: Path) -> None:
    import cv2
    import numpy as np

    picture = np.zeros((40, 60, 3), np.uint8)
    for suffix in (".jpg", ".png"):
        data = bytes(cv2.imencode(suffix, picture)[1])
        video = tus.settled(tus.send(f"still{suffix}.mp4", data))
        assert video["state"] == "ready" and (video["width"], video["height"]) == (60, 40), video
        frame = tus.client.get(f"/api/videos/{video['id']}/frame?time=7")
        assert frame.status_code == 200 and frame.headers["x-time"] == "0.000000"
        answer = tus.client.get(f"/api/videos/{video['id']}/file?download=true")
        assert f"still{suffix}.mp4{suffix}" in answer.headers["content-disposition"]


def test_an_image_of_enormous_size_is_refused(tus: Tus, site: Site) -> None:
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(60_000 * 3 * 100))
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    video = tus.settled(tus.send("bomb.png", bomb))
    assert video["state"] == "unusable" and video["fix"]
    wait_for(lambda: on_disk(site.settings.data) == [])


class TestLimits:
    """Refused before a byte is written. Each limit also lets pass what lies just below."""

    @pytest.fixture
    def settings(self, tmp_path: Path, database_url: str) -> ServerSettings:
        return ServerSettings(data=tmp_path / "server", database=database_url, most_upload=1000, most_uploads=3, quota=2500)

    def test_one_that_is_too_long(self, tus: Tus, site: Site) -> None:
        answer = tus.create("long.mp4", 1001)
        assert answer.status_code == 413 and "1.0 kB" in problem(answer)
        assert tus.create("long.mp4", 1000).status_code == 201
        assert on_disk(site.settings.data) == []

    def test_too_many_that_are_not_finished(self, tus: Tus) -> None:
        urls = [tus.create("film.mp4", 10).headers["location"] for _ in range(3)]
        assert tus.create("film.mp4", 10).status_code == 429
        tus.delete(urls[0])
        assert tus.create("film.mp4", 10).status_code == 201

    def test_the_quota_counts_what_is_announced_and_results(self, tus: Tus, site: Site) -> None:
        tus.create("one.mp4", 1000)
        with site.database.session() as db:
            db.add(VideoRow(name="gone", state="unusable", bytes=10_000))
            db.add(VideoRow(name="here", state="ready", bytes=400))
            run = RunRow(id=new_id(), name="run", graph={})
            db.add(run)
            db.flush()
            db.add(RunVideoRow(run_id=run.id, video_id="x", video_name="x", bytes=100))
        assert tus.create("most.mp4", 1000).status_code == 201
        answer = tus.create("none.mp4", 1)
        assert answer.status_code == 507 and "0 bytes of the quota" in problem(answer)
        assert tus.client.get("/api/videos").json()["total"] == 4

    def test_a_full_disk(self, tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
        class Usage(NamedTuple):
            free: int

        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(admission.RESERVE + 500))
        assert tus.create("most.mp4", 300).status_code == 201
        answer = tus.create("over.mp4", 201)
        assert answer.status_code == 507 and "disk" in problem(answer)
        assert tus.create("fits.mp4", 200).status_code == 201


def test_metadata_is_text_of_any_kind(tus: Tus) -> None:
    told = metadata(filename="x.mp4", folder="Läufe/Tag 2") + ",private,more dGV4dA=="
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "5", "Upload-Metadata": told}
    made = tus.client.post(tus.base, headers=headers)
    assert made.status_code == 201
    assert tus.client.get(f"/api/videos/{made.headers['trackside-video']}").json()["folder"] == "Läufe/Tag 2"


def test_files_that_are_moved_away_while_the_disk_is_looked_at(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    (site.settings.data / "incoming").mkdir(parents=True)
    (site.settings.data / "incoming" / "moved").symlink_to("away")
    monkeypatch.setattr(Path, "is_file", lambda _: True)
    with site.database.session() as db:
        admission.check(db, site, "film.mp4", 100)
