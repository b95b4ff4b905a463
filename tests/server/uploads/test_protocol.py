"""tus 1.0.0, clause by clause."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from tests.server.uploads.tus import PART, TUS, Tus, film_bytes, on_disk, problem
from trackside.server.context import Site


def test_what_the_server_understands(tus: Tus) -> None:
    answer = tus.client.options(tus.base)
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert "checksum" in answer.headers["tus-extension"] and "sha256" in answer.headers["tus-checksum-algorithm"]
    assert int(answer.headers["tus-max-size"]) == 50 * 2**30


def test_an_upload_in_two_parts_becomes_a_video(tus: Tus, tmp_path: Path, site: Site) -> None:
    data = film_bytes(tmp_path)
    made = tus.create("Heat 1.mp4", len(data), folder="Heats")
    assert made.status_code == 201 and made.headers["upload-offset"] == "0" and "upload-expires" in made.headers
    url = made.headers["location"]
    assert tus.patch(url, 0, data[:1000]).headers["upload-offset"] == "1000"
    coming = tus.client.get(f"/api/videos/{made.headers['trackside-video']}").json()
    assert coming["state"] == "uploading" and coming["upload"] == url
    assert (coming["received"], coming["bytes"]) == (1000, len(data))
    assert tus.offset(url) == 1000
    assert tus.patch(url, 1000, data[1000:]).status_code == 204
    video = tus.settled(coming["id"])
    assert video["state"] == "ready" and video["name"] == "Heat 1.mp4" and video["folder"] == "Heats"
    assert (video["width"], video["height"], video["fps"], video["codec"]) == (64, 48, 10.0, "h264")
    assert video["seconds"] == pytest.approx(2.0) and video["upload"] is None and video["received"] == len(data)
    kept = [f"files/videos/{video['id']}/{name}" for name in ("source.mp4", "thumbnail.jpg")]
    assert on_disk(site.settings.data) == kept
    assert (site.settings.data / kept[0]).read_bytes() == data


def test_the_first_bytes_may_come_with_the_creation(tus: Tus, tmp_path: Path) -> None:
    data = film_bytes(tmp_path)
    made = tus.create("film.mp4", len(data), body=data[:700])
    assert made.status_code == 201 and made.headers["upload-offset"] == "700"
    tus.patch(made.headers["location"], 700, data[700:])
    assert tus.settled(made.headers["trackside-video"])["state"] == "ready"
    whole = tus.create("film.mp4", len(data), body=data)
    assert tus.settled(whole.headers["trackside-video"])["state"] == "ready"


def test_another_protocol_is_refused(tus: Tus) -> None:
    for headers in ({}, {"Tus-Resumable": "0.2.2"}):
        answer = tus.client.post(tus.base, headers={**headers, "Upload-Length": "5"})
        assert answer.status_code == 412 and answer.headers["tus-version"] == "1.0.0"
    assert tus.client.get("/api/videos").json()["total"] == 0


@pytest.mark.parametrize("length", ["-1", "five", "1e3", "9" * 40, "٣"])
def test_a_length_that_is_none(tus: Tus, length: str) -> None:
    answer = tus.client.post(tus.base, headers={**TUS, "Upload-Length": length.encode()})
    assert answer.status_code == 400 and "Upload-Length".lower() in problem(answer).lower()


def test_no_length_and_metadata_that_is_none(tus: Tus) -> None:
    assert tus.client.post(tus.base, headers=TUS).status_code == 400
    answer = tus.client.post(tus.base, headers={**TUS, "Upload-Length": "5", "Upload-Metadata": "filename ä".encode()})
    assert answer.status_code == 400 and "base64" in problem(answer)


def test_a_part_that_begins_elsewhere(tus: Tus) -> None:
    url = tus.create("film.mp4", 100).headers["location"]
    tus.patch(url, 0, b"x" * 10)
    answer = tus.patch(url, 5, b"y" * 10)
    assert answer.status_code == 409 and "10 bytes have come" in problem(answer)
    assert tus.offset(url) == 10


def test_a_part_of_another_kind(tus: Tus) -> None:
    url = tus.create("film.mp4", 100).headers["location"]
    assert tus.patch(url, 0, b"x", **{"Content-Type": "text/plain"}).status_code == 415
    assert tus.client.patch(url, headers=PART, content=b"x").status_code == 400
    assert tus.offset(url) == 0


def test_more_than_was_announced_is_not_taken(tus: Tus, site: Site) -> None:
    made = tus.create("film.mp4", 100)
    answer = tus.patch(made.headers["location"], 0, b"x" * 101)
    assert answer.status_code == 413
    assert sum((site.settings.data / one).stat().st_size for one in on_disk(site.settings.data)) <= 100


def test_a_right_checksum(tus: Tus) -> None:
    url = tus.create("film.mp4", 100).headers["location"]
    for start, algorithm in ((0, "sha256"), (10, "sha1")):
        digest = base64.b64encode(hashlib.new(algorithm, b"x" * 10).digest()).decode()
        assert tus.patch(url, start, b"x" * 10, **{"Upload-Checksum": f"{algorithm} {digest}"}).status_code == 204
    assert tus.offset(url) == 20


def test_a_wrong_checksum_keeps_nothing_of_the_part(tus: Tus, site: Site) -> None:
    url = tus.create("film.mp4", 30).headers["location"]
    tus.patch(url, 0, b"x" * 10)
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    answer = tus.patch(url, 10, b"y" * 20, **{"Upload-Checksum": f"sha256 {wrong}"})
    assert answer.status_code == 460 and tus.offset(url) == 10
    (path,) = (site.settings.data / "incoming").iterdir()
    assert path.read_bytes() == b"x" * 10
    for unreadable in ("md5 AAAA", "sha256 ä", "sha256"):
        refused = tus.patch(url, 10, b"y", **{"Upload-Checksum": unreadable.encode()})
        assert refused.status_code in (400, 460), unreadable
    assert tus.offset(url) == 10


def test_giving_up_leaves_nothing(tus: Tus, site: Site) -> None:
    made = tus.create("film.mp4", 100)
    url = made.headers["location"]
    tus.patch(url, 0, b"x" * 50)
    assert on_disk(site.settings.data)
    assert tus.delete(url).status_code == 204
    assert on_disk(site.settings.data) == []
    assert tus.client.head(url, headers=TUS).status_code == 404
    assert tus.patch(url, 50, b"x").status_code == 404
    assert tus.client.get(f"/api/videos/{made.headers['trackside-video']}").status_code == 404


@pytest.mark.parametrize("upload_id", ["nothing", "..", "%00", "%ff", "a%2Fb", "x" * 500, "\u202e"])
def test_uploads_that_are_none(tus: Tus, upload_id: str) -> None:
    url = f"{tus.base}/{upload_id}"
    for answer in (tus.client.head(url, headers=TUS), tus.patch(url, 0, b"x"), tus.delete(url)):
        assert answer.status_code in (404, 405, 422), answer.text
