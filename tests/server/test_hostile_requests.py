"""Requests that no page of ours sends: over a real socket where HTTP itself is bent, in this process where values are."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from starlette.testclient import TestClient

from tests.server.world import World, furnished
from trackside.server.application import create_app
from trackside.server.context import Site
from trackside.server.local import LocalServer
from trackside.server.problems import MOST_BODY

Send = Callable[..., tuple[int, bytes]]
QUICK = settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
# As they stand in an address: dots, separators, NUL, no UTF-8, half a character, no percent-encoding at all, right to left.
ODD = [
    b"..%2f..%2f..%2f..%2fetc%2fpasswd", b"%2e%2e%2fetc", b"..%5c..%5cwin.ini", b"%2fetc%2fpasswd", b"....//", b"%00",
    b"a%00.mp4", b"%ff%fe", b"%ed%a0%80", b"%", b"%zz", b"%25%32%65", b"%e2%80%ae4pm.exe", b"%0d%0aset-cookie:%20a=b",
    b"9" * 400, b"x" * 3000, b"-1", b"%20", b"CON", b"~root", b"*", b"%27%20OR%201=1--", b"%F0%9F%8F%8A",
]  # fmt: skip
JSON = {"content-type": "application/json"}
NUMBERS = [2**31, 2**63, -(2**63) - 1, 10**400, float("inf"), float("nan"), 1e308, -0.0]
TEXTS = ["\0", "\ud800", "a\udfffb", "\u202eabc", "", " ", "\uffff", "𝕒" * 50, "x" * 200_000, "../../etc/passwd", "%s%n{0}"]
odd_values = st.one_of(
    st.sampled_from([*NUMBERS, *TEXTS, None, True, [], {}, [[]], {"": {}}, [None] * 1000]),
    st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)),
    st.integers(1, 60).map(lambda depth: json.loads("[" * depth + "]" * depth)),
)


@pytest.fixture
def world(site: Site, tmp_path: Path) -> Iterator[World]:
    with furnished(site, tmp_path) as made:
        yield made


@pytest.fixture
def send(site: Site) -> Iterator[Send]:
    """Sends bytes as they are to a real server; gives status and body of the answer, or 0 if there was none."""
    server, over = LocalServer(), threading.Event()
    app = create_app(site, with_workers=False)
    thread = threading.Thread(target=server.serve, args=(app, over.is_set), daemon=True)
    thread.start()

    def exchange(data: bytes, hang_up: bool = False) -> tuple[int, bytes]:
        with socket.create_connection((server.host, server.port), 30) as connection:
            with suppress(OSError):  # a server may close the door in the middle of a long sentence
                connection.sendall(data)
            if hang_up:
                connection.shutdown(socket.SHUT_WR)
            got = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        found = re.match(rb"HTTP/1\.1 (\d{3})", got)
        return (int(found[1]) if found else 0), got.partition(b"\r\n\r\n")[2]

    yield exchange
    over.set()
    thread.join(20)


def request(target: bytes, method: bytes = b"GET", body: bytes = b"", *headers: bytes) -> bytes:
    more = b"".join(b"%s\r\n" % header for header in headers)
    length = (
        b""
        if any(b"length" in one.lower() or b"chunked" in one for one in headers)
        else b"content-length: %d\r\n" % len(body)
    )
    start = b"%s %s HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n" % (method, target)
    return start + length + more + b"\r\n" + body


def described(client: TestClient) -> list[tuple[str, str, dict[str, Any]]]:
    paths = client.get("/api/openapi.json").json()["paths"]
    return [(method.upper(), path, what) for path, item in paths.items() for method, what in item.items()]


def takes_json(what: dict[str, Any]) -> bool:
    return "application/json" in what.get("requestBody", {}).get("content", {})


def filled(path: str, world: World, odd: str = "", at: str = "") -> str:
    """The path with real ids, and something odd in one place."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        return odd if name == at else str((world.at(path, name) or ["1"])[0])

    return re.sub(r"\{(\w+)\}", value, path)


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.slow)])
def test_odd_values_in_every_place_of_every_address(every: int, world: World, client: TestClient, send: Send) -> None:
    places = [
        (method, path, name, odd, takes_json(what))
        for method, path, what in described(client)
        for name in re.findall(r"\{(\w+)\}", path)
        for odd in ODD
    ]
    assert len(places) > 1000
    for method, path, name, odd, has_body in places[::every]:
        target = filled(path, world, odd.decode("ascii"), name).encode()
        body = b"{}" if has_body else b""
        status, said = send(request(target, method.encode(), body, b"content-type: application/json"))
        assert 200 <= status < 500, (method, target, said)
        assert b"root:" not in said, (method, target)


@pytest.mark.parametrize("examples", [5, pytest.param(300, marks=pytest.mark.slow)])
def test_odd_values_in_bodies(examples: int, world: World, client: TestClient) -> None:
    """JSON can hold what no database, file or page can; each value stands once where a good one should."""
    components = client.get("/api/openapi.json").json()["components"]["schemas"]
    for method, path, what in described(client):
        if takes_json(what):
            schema = what["requestBody"]["content"]["application/json"]["schema"]
            # A body that may be left out is the shape or nothing.
            shape = next(one for one in schema.get("anyOf", [schema]) if "$ref" in one)
            name = shape["$ref"].rpartition("/")[2]
            fields = list(components[name]["properties"])
            good = {field: world.known[field][0] for field in fields if field in world.known}
            ask_oddly(client, method, filled(path, world), fields, good, examples)


def ask_oddly(client: TestClient, method: str, address: str, fields: list[str], good: dict[str, Any], examples: int) -> None:
    @settings(QUICK, max_examples=examples, derandomize=examples < 100)
    @given(st.sampled_from(fields), odd_values)
    def ask(field: str, odd: Any) -> None:
        content = json.dumps({**good, field: odd}).encode()
        said = client.request(method, address, content=content, headers=JSON)
        assert said.status_code < 500, (method, address, content[:300], said.text)

    ask()


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large_is_refused_before_it_has_come(announced: bool, client: TestClient) -> None:
    """The refusal has the shape of all others."""
    for method, path, what in described(client):
        if takes_json(what):
            status, said, taken = asyncio.run(poured(client.app, method, re.sub("[{}]", "", path), announced))
            assert status == 413, (method, path, said)
            problem = {"what": "the body is larger than 2 MiB", "fix": "send less", "block": None, "port": None}
            assert json.loads(said) == {"problems": [problem]}
            assert taken <= (0 if announced else MOST_BODY + _PIECE)


_PIECE = MOST_BODY // 16


async def poured(app: Any, method: str, path: str, announced: bool) -> tuple[int, bytes, int]:
    """Send five times what is allowed; gives status and body of the answer, and how many bytes were taken."""
    taken, told = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += _PIECE
        return {"type": "http.request", "body": b" " * _PIECE, "more_body": taken < 5 * MOST_BODY}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    headers += [(b"content-length", str(5 * MOST_BODY).encode())] if announced else []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
    }
    await app({**scope, "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 80)}, receive, send)
    return told[0]["status"], b"".join(message.get("body", b"") for message in told), taken


def test_the_largest_body_is_read(client: TestClient) -> None:
    assert client.post("/api/check", content=b"{}" + b" " * (MOST_BODY - 2), headers=JSON).status_code == 200
    assert client.post("/api/check", content=b"{}" + b" " * (MOST_BODY - 1), headers=JSON).status_code == 413


@pytest.mark.parametrize(
    "content", [b"[" * 200_000, b'{"a":' * 100_000, b"\xff\xfe", b"", b"nul", b'"\\ud800"', b'{"save": "\\ud800"}']
)
def test_what_is_no_json_or_another_is_said_so(content: bytes, client: TestClient) -> None:
    said = client.post("/api/check", content=content, headers=JSON)
    assert said.status_code == 422, said.text
    assert said.json()["problems"][0]["what"]


def test_parts_of_files_that_nobody_can_mean(world: World, client: TestClient) -> None:
    [video] = world.known["video_id"]
    address = f"/api/videos/{video}/file"
    whole = client.get(address).content
    words = st.sampled_from(
        ["bytes", "=", "-", "0", "1", "5", str(len(whole)), "9" * 30, ",", " ", "items", "\xff", '"', "W/", "*"]
    )
    texts = st.lists(words, max_size=8).map("".join) | st.text(
        st.characters(min_codepoint=32, max_codepoint=255), max_size=40
    )

    @QUICK
    @given(texts, texts | st.none(), texts | st.none())
    def ask(part: str, condition: str | None, known: str | None) -> None:
        given = {"range": part, "if-range": condition, "if-none-match": known, "if-modified-since": known}
        headers = {name: value.strip().encode("latin-1") for name, value in given.items() if value is not None}
        said = client.get(address, headers=headers)
        assert said.status_code in (200, 206, 304, 416), (headers, said.text)
        if said.status_code == 200:
            assert said.content == whole
        if said.status_code == 206:
            start, end = map(int, re.fullmatch(r"bytes (\d+)-(\d+)/\d+", said.headers["content-range"]).groups())  # type: ignore[union-attr]
            assert said.content == whole[start : end + 1]

    ask()


TRUTH = request(b"/api/check", b"POST", b"{}", b"content-type: application/json")


@pytest.mark.parametrize(
    "lie",
    [
        request(b"/api/check", b"POST", b"{}", b"content-length: 999999999999999999999999"),
        request(b"/api/check", b"POST", b"{}", b"content-length: 2", b"content-length: 3"),
        request(b"/api/check", b"POST", b"{}", b"content-length: -1"),
        request(b"/api/check", b"POST", b"{}", b"content-length: two"),
        request(b"/api/check", b"POST", b"{}" * 500, b"content-length: 2", b"content-type: application/json"),
        request(b"/api/check", b"POST", b"zz\r\n{}", b"transfer-encoding: chunked"),
        request(b"/api/check", b"POST", b"2\r\n{}\r\n0\r\n\r\n", b"transfer-encoding: chunked", b"content-length: 2"),
        request(b"/api/videos", b"GET", b"", *[b"x-%d: %s" % (number, b"y" * 50) for number in range(500)]),
        request(b"/api/videos", b"GET", b"", b"x: " + b"y" * 1_000_000),
        request(b"/api/videos", b"GET", b"", b"cookie: " + b"a=b; " * 5000),
        request(b"/api/videos", b"GET", b"", b"authorization: Bearer " + b"\xff" * 5000),
        request(b"/api/videos?" + b"a=b&" * 10_000),
        request(b"/api/videos?q=%zz&cursor=%ff&folder=%ed%a0%80"),
        request(b"/api/videos", b"FROBNICATE"),
        request(b"http://127.0.0.1/api/videos"),
        request(b"//api//videos"),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 600,
        b"GET /api/videos\r\n\r\n",
    ],
    ids=range(18),
)
def test_who_lies_in_http_hears_no_failure_and_the_next_one_is_served(lie: bytes, send: Send) -> None:
    status, said = send(lie)
    assert status < 500, (lie[:200], said)
    assert send(TRUTH)[0] == 200


@pytest.mark.parametrize(
    "half",
    [
        request(b"/api/check", b"POST", b"{}", b"content-length: 1000", b"content-type: application/json"),
        request(b"/api/check", b"POST", b"ffffffffffffffff\r\n{}", b"transfer-encoding: chunked"),
        request(b"/api/uploads", b"POST", b"{}", b"content-length: 9", b"tus-resumable: 1.0.0", b"upload-length: 9"),
        b"GET /api/videos HTTP/1.1\r\nhost: 127.0",
        b"",
    ],
    ids=range(5),
)
def test_who_hangs_up_costs_the_next_one_nothing(half: bytes, send: Send, caplog: pytest.LogCaptureFixture) -> None:
    assert send(half, hang_up=True)[0] < 500
    assert send(TRUTH)[0] == 200
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_uploads_and_networks_may_be_larger_than_other_bodies(client: TestClient) -> None:
    size = 2 * MOST_BODY
    told = client.post("/api/uploads", headers={"tus-resumable": "1.0.0", "upload-length": str(size)})
    part = {"tus-resumable": "1.0.0", "upload-offset": "0", "content-type": "application/offset+octet-stream"}
    assert client.patch(told.headers["location"], content=bytes(size), headers=part).status_code == 204
    network = client.post("/api/drafts", files={"file": ("big.onnx", bytes(size))})
    assert network.status_code == 422, network.text  # all of it came: it is no network
