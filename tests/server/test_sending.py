"""Files as answers: whole, in parts, and not again."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi import FastAPI, Request, Response
from starlette.testclient import TestClient

from trackside.server import problems
from trackside.server.files import Files
from trackside.server.sending import saved_as, send, type_of

DATA = bytes(range(256)) * 10_000


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    files = Files(str(tmp_path / "files"), tmp_path)
    for key, data in (("a/film.mp4", DATA), ("a/empty.csv", b"")):
        (tmp_path / "source").write_bytes(data)
        files.take(tmp_path / "source", key)
    app = FastAPI()
    problems.install(app)

    @app.api_route("/{name}", methods=["GET", "HEAD"])
    def file(name: str, request: Request, saved: str = "") -> Response:
        return send(files, f"a/{name}", request, name=saved)

    return TestClient(app)


def test_the_whole_file(client: TestClient) -> None:
    answer = client.get("/film.mp4")
    assert answer.status_code == 200 and answer.content == DATA
    assert answer.headers["content-length"] == str(len(DATA)) and answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "video/mp4" and answer.headers["x-content-type-options"] == "nosniff"
    assert "private" in answer.headers["cache-control"] and "content-disposition" not in answer.headers


def test_head_has_the_headers_alone(client: TestClient) -> None:
    answer = client.head("/film.mp4")
    assert answer.status_code == 200 and answer.content == b"" and answer.headers["content-length"] == str(len(DATA))


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("0-0", 0, 1),
        ("5-9", 5, 10),
        ("2559990-", 2559990, 2560000),
        ("-10", 2559990, 2560000),
        ("-9999999", 0, 2560000),
        ("9-9999999", 9, 2560000),
    ],
)
def test_parts(client: TestClient, asked: str, start: int, end: int) -> None:
    answer = client.get("/film.mp4", headers={"Range": f"bytes={asked}"})
    assert answer.status_code == 206 and answer.content == DATA[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(DATA)}"


@pytest.mark.parametrize("asked", ["2560000-", "9999999-10000000", "-0"])
def test_parts_that_lie_outside(client: TestClient, asked: str) -> None:
    answer = client.get("/film.mp4", headers={"Range": f"bytes={asked}"})
    assert answer.status_code == 416 and answer.headers["content-range"] == f"bytes */{len(DATA)}"
    assert answer.json()["problems"][0]["fix"]


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6", "", f"bytes={'9' * 500}-"]
)
def test_what_is_no_part_is_answered_by_the_whole(client: TestClient, asked: str) -> None:
    assert client.get("/film.mp4", headers={"Range": asked}).status_code == 200


def test_a_file_that_is_empty(client: TestClient) -> None:
    assert client.get("/empty.csv").content == b""
    assert client.get("/empty.csv", headers={"Range": "bytes=0-"}).status_code == 416


def test_not_again_what_the_browser_has(client: TestClient) -> None:
    first = client.get("/film.mp4").headers
    for known in (
        {"If-None-Match": first["etag"]},
        {"If-None-Match": f'"x", W/{first["etag"]}'},
        {"If-Modified-Since": first["last-modified"]},
    ):
        answer = client.get("/film.mp4", headers=known)
        assert answer.status_code == 304 and answer.content == b""
    for other in (
        {"If-None-Match": '"other"'},
        {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If-Modified-Since": "never"},
    ):
        assert client.get("/film.mp4", headers=other).status_code == 200


def test_a_part_only_of_the_same_file(client: TestClient) -> None:
    first = client.get("/film.mp4").headers
    for condition, status in ((first["etag"], 206), (first["last-modified"], 206), ('"other"', 200), ("rubbish", 200)):
        assert client.get("/film.mp4", headers={"Range": "bytes=0-9", "If-Range": condition}).status_code == status


def test_what_is_gone(client: TestClient) -> None:
    answer = client.get("/none.mp4")
    assert answer.status_code == 404 and answer.json()["problems"][0]["what"]


@pytest.mark.parametrize("name", ['Läufe "1".mp4', "水泳.mov", "a;b\\c/d%.csv", "x\r\nSet-Cookie: a=b", "\ud800.mp4"])
def test_names_of_downloads(name: str) -> None:
    header = saved_as(name)
    header.encode("ascii")
    assert "\r" not in header and "\n" not in header
    plain, coded = header.removeprefix('attachment; filename="').split("\"; filename*=UTF-8''")
    assert not set('"\\') & set(plain) and unquote(coded) == name.encode("utf-8", "replace").decode()


def test_types() -> None:
    assert type_of("a.MOV") == "video/quicktime" and type_of("a.unknown") == type_of("none") == "application/octet-stream"
