"""Connections as they are: slow, lost in the middle, two at once, 200 at once. A real server on a real socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.server.uploads.tus import PART, Tus, film_bytes, on_disk, problem
from tests.server.waiting import wait_for
from trackside.server.context import Site
from trackside.server.uploads import handling, writing


@pytest.fixture
def real(address: str) -> Iterator[Tus]:
    with httpx.Client(base_url=address, timeout=60, limits=httpx.Limits(max_connections=64)) as client:
        yield Tus(client)


class HalfSent:
    """A PATCH whose body does not come whole."""

    def __init__(self, address: str, url: str, offset: int, length: int) -> None:
        parts = urlsplit(address)
        self.socket = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30)
        told = {**PART, "Host": parts.netloc, "Upload-Offset": str(offset), "Content-Length": str(length)}
        lines = [f"PATCH {url} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()), "", ""]
        self.socket.sendall("\r\n".join(lines).encode())

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def kill(self) -> None:
        """As a pulled cable: a reset, no goodbye."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()


def test_a_killed_connection_keeps_what_came_and_is_resumed(real: Tus, address: str, tmp_path: Path) -> None:
    data = film_bytes(tmp_path / "made", frames=60, size=(320, 240))
    made = real.create("film.mp4", len(data))
    url = made.headers["location"]
    half = HalfSent(address, url, 0, len(data))
    half.send(data[: len(data) // 2])
    time.sleep(0.3)
    half.kill()
    wait_for(lambda: real.offset(url) == len(data) // 2)
    wait_for(lambda: real.patch(url, len(data) // 2, b"").status_code == 204)
    assert real.patch(url, len(data) // 2, data[len(data) // 2 :]).status_code == 204
    video = real.settled(made.headers["trackside-video"])
    assert video["state"] == "ready"
    assert real.client.get(f"/api/videos/{video['id']}/file").content == data


def test_a_killed_connection_with_a_checksum_keeps_nothing_of_its_part(real: Tus, address: str) -> None:
    url = real.create("film.mp4", 1000).headers["location"]
    PART["Upload-Checksum"] = "sha256 AAAA"
    try:
        half = HalfSent(address, url, 0, 1000)
    finally:
        del PART["Upload-Checksum"]
    half.send(b"x" * 500)
    time.sleep(0.3)
    half.kill()
    wait_for(lambda: real.patch(url, 0, b"y" * 10).status_code == 204)
    assert real.offset(url) == 10


def test_two_at_once_on_one_upload(real: Tus, address: str) -> None:
    url = real.create("film.mp4", 1000).headers["location"]
    half = HalfSent(address, url, 0, 1000)
    half.send(b"x" * 100)
    wait_for(lambda: handling._WRITERS)
    answer = real.patch(url, 0, b"y")
    assert answer.status_code == 423 and "another connection" in problem(answer)
    half.kill()
    wait_for(lambda: real.offset(url) == 100)
    wait_for(lambda: real.patch(url, 100, b"y").status_code == 204)


def test_giving_up_ends_the_connection_that_sends(real: Tus, address: str, site: Site) -> None:
    url = real.create("film.mp4", 1_000_000).headers["location"]
    half = HalfSent(address, url, 0, 1_000_000)
    half.send(b"x" * 1000)
    wait_for(lambda: handling._WRITERS)
    assert real.delete(url).status_code == 204
    half.send(b"x" * 1000)
    answer = half.socket.recv(4096)
    assert b" 410 " in answer or b" 404 " in answer
    half.kill()
    wait_for(lambda: on_disk(site.settings.data) == [])


def test_a_stalled_connection_is_let_go(real: Tus, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "STALLED", 0.3)
    url = real.create("film.mp4", 1000).headers["location"]
    half = HalfSent(address, url, 0, 1000)
    half.send(b"x" * 100)
    assert b" 408 " in half.socket.recv(4096)
    assert real.patch(url, 100, b"y").status_code == 204
    half.kill()


def test_a_slow_client_is_waited_for(real: Tus, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "STALLED", 5.0)
    url = real.create("film.mp4", 20).headers["location"]
    half = HalfSent(address, url, 0, 10)
    for _ in range(10):
        half.send(b"x")
        time.sleep(0.02)
    assert b" 204 " in half.socket.recv(4096)
    assert real.offset(url) == 10


@pytest.mark.slow
def test_200_at_once(real: Tus, tmp_path: Path, site: Site) -> None:
    good, bad = film_bytes(tmp_path / "made", frames=2), b"no film"
    with ThreadPoolExecutor(32) as pool:
        ids = list(pool.map(lambda n: real.send(f"{n}.mp4", bad if n % 10 else good), range(200)))
    assert threading.active_count() < 150
    states = [real.settled(video_id)["state"] for video_id in ids]
    assert states == ["unusable" if n % 10 else "ready" for n in range(200)]
    assert len(on_disk(site.settings.data)) == 40


def test_200_at_once_over_the_quota(address: str, site: Site, real: Tus) -> None:
    site.settings.__dict__["quota"] = 50_000
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda n: real.create(f"{n}.mp4", 1000).status_code, range(200)))
    assert answers.count(201) == 50 and answers.count(507) == 150
    assert on_disk(site.settings.data) == []
