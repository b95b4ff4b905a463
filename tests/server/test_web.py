"""The web app's files: packed where the browser takes that, kept for ever by their hashes; the page for all else."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from trackside.server import problems
from trackside.server.web import web_router


def client_of(app: Path) -> TestClient:
    made = FastAPI()
    problems.install(made)
    made.include_router(web_router(app))
    return TestClient(made, base_url="http://127.0.0.1")


@pytest.fixture
def built(tmp_path: Path) -> Iterator[TestClient]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>Trackside</title>")
    (tmp_path / "assets" / "app-abc.js").write_text("let a = 1;")
    (tmp_path / "assets" / "app-abc.js.gz").write_bytes(gzip.compress(b"let a = 1;"))
    (tmp_path.parent / "secret.txt").write_text("secret")
    with client_of(tmp_path) as made:
        yield made


def test_the_page_stands_at_every_address_that_is_its_own(built: TestClient) -> None:
    for path in ("/", "/runs/abc", "/pipelines/new"):
        answer = built.get(path)
        assert (answer.status_code, answer.text) == (200, "<title>Trackside</title>")
        assert answer.headers["cache-control"] == "no-cache"


def test_files_come_packed_to_who_takes_that_and_may_be_kept(built: TestClient) -> None:
    packed = built.get("/assets/app-abc.js")
    plain = built.get("/assets/app-abc.js", headers={"accept-encoding": "identity"})
    assert (packed.text, plain.text) == ("let a = 1;", "let a = 1;")
    assert (packed.headers.get("content-encoding"), plain.headers.get("content-encoding")) == ("gzip", None)
    assert packed.headers["content-type"].startswith("text/javascript")
    assert "immutable" in packed.headers["cache-control"]


def test_what_is_not_there_is_said(built: TestClient) -> None:
    assert built.get("/api/nothing").status_code == 404
    assert "reload" in built.get("/assets/app-old.js").json()["problems"][0]["fix"]


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/assets/%00"])
def test_nothing_outside_the_folder_is_handed_out(built: TestClient, path: str) -> None:
    assert "secret" not in built.get(path).text


def test_a_checkout_without_the_built_app_says_how_to_build_it(tmp_path: Path) -> None:
    with client_of(tmp_path / "absent") as client:
        answer = client.get("/")
    assert answer.status_code == 503
    assert "make web" in answer.text


def test_an_app_that_is_built_while_the_server_runs_is_found(tmp_path: Path) -> None:
    app = tmp_path / "app"
    with client_of(app) as client:
        assert client.get("/").status_code == 503
        app.mkdir()
        (app / "index.html").write_text("first")
        assert client.get("/").text == "first"
        (app / "index.html").write_text("second")
        (app / "new.js").write_text("let b = 2;")
        os.utime(app / "index.html", ns=(1, 1))
        assert (client.get("/").text, client.get("/new.js").text) == ("second", "let b = 2;")
