"""The guard: other names, other pages, headers; and that our own are let through."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from trackside.server.guard import LOOPBACK, Guard


def page(request: Request) -> Response:
    return PlainTextResponse("hello", headers={"Cache-Control": "max-age=60"} if "kept" in request.url.path else {})


async def talk(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


def client(*hosts: str, reached: str = "http://127.0.0.1:8000") -> TestClient:
    app = Starlette(routes=[WebSocketRoute("/talk", talk), Route("/{path:path}", page, methods=["GET", "POST"])])
    return TestClient(Guard(app, hosts=hosts or LOOPBACK), base_url=reached)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example:8000", "", "192.168.1.5", "127.0.0.1@evil.example", "[", "0.0.0.0", "[::"],
)
def test_other_names_are_refused(host: str) -> None:
    refused = client().get("/", headers={"host": host})
    assert refused.status_code == 403
    assert refused.json()["problems"][0]["what"] == "this server does not answer to that name"
    assert "content-security-policy" in refused.headers


@pytest.mark.parametrize(
    ("hosts", "host"),
    [
        (LOOPBACK, "127.0.0.1:8000"),
        (LOOPBACK, "LocalHost"),
        (LOOPBACK, "[::1]:8765"),
        ((*LOOPBACK, "192.168.1.5"), "192.168.1.5:8765"),
        ((*LOOPBACK, "Track.Example.org"), "track.example.ORG"),
        ((*LOOPBACK, "fe80::1"), "[fe80::1]:80"),
    ],
)
def test_our_own_names_are_let_through(hosts: Sequence[str], host: str) -> None:
    assert client(*hosts).get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("listens", ["0.0.0.0", "::"])
def test_who_listens_everywhere_answers_to_the_address_that_was_reached(listens: str) -> None:
    made = client(*LOOPBACK, listens, "proxy.example", reached="http://192.168.1.5:8765")
    own = socket.gethostname()
    for host in ("192.168.1.5:8765", "192.168.1.5", own, f"{own.upper()}.local:8765", "localhost", "proxy.example"):
        assert made.get("/", headers={"host": host}).status_code == 200, host
    for host in ("192.168.1.6:8765", "evil.example", "0.0.0.0", "[::]", ""):
        assert made.get("/", headers={"host": host}).status_code == 403, host


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:8000", ""])
def test_other_pages_are_refused(origin: str) -> None:
    refused = client().post("/", headers={"origin": origin})
    assert refused.status_code == 403
    assert refused.json()["problems"][0]["what"] == "another page may not use this server"


@pytest.mark.parametrize("headers", [{}, {"origin": "http://127.0.0.1:8000"}, {"origin": "https://127.0.0.1:8000"}])
def test_our_own_pages_are_let_through(headers: dict[str, str]) -> None:
    assert client().post("/", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/a%00b", "/?q=%00", "/?a=b%00c"])
def test_no_nul_comes_through(path: str) -> None:
    assert client().get(path).status_code == 422


@pytest.mark.parametrize("path", ["/a?q=%2500", "/ä?q=ü%20", "/100%25?q=00"])
def test_odd_but_healthy_addresses_do(path: str) -> None:
    assert client().get(path).status_code == 200


def test_no_script_may_stand_in_a_page_and_nothing_comes_from_elsewhere() -> None:
    policy = {
        name: set(values)
        for name, *values in map(str.split, client().get("/").headers["content-security-policy"].split(";"))
    }
    assert policy["default-src"] == {"'none'"}
    assert policy["script-src"] == {"'self'"}
    assert policy["style-src"] == {"'self'", "'unsafe-inline'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == {"'none'"}
    assert policy["img-src"] == {"'self'", "data:", "blob:"}
    assert policy["worker-src"] == policy["media-src"] == {"'self'", "blob:"}
    assert policy["connect-src"] == policy["font-src"] == {"'self'"}


def test_nothing_is_kept_unless_an_answer_says_so() -> None:
    assert client().get("/").headers["cache-control"] == "no-store"
    assert client().get("/kept").headers.get_list("cache-control") == ["max-age=60"]
    assert client().get("/kept").headers["x-content-type-options"] == "nosniff"


def test_there_are_no_websockets() -> None:
    with pytest.raises(WebSocketDisconnect), client().websocket_connect("/talk"):
        pass
