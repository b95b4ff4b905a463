"""Requests that no page of ours sends: over a real socket where HTTP itself is bent, in this process where values are."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from starlette.testclient import TestClient

from tests.server.world import World, furnished
from trackside.server.context import Site
from trackside.server.local import LocalServer
from trackside.server.problems import MOST_BODY

Send = Callable[[bytes], tuple[int, bytes]]
QUICK = settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
# As they stand in an address: dots, separators, NUL, no UTF-8, half a character, no percent-encoding at all, right to left.
ODD = [
    b"..%2f..%2f..%2f..%2fetc%2fpasswd", b"%2e%2e%2fetc", b"..%5c..%5cwin.ini", b"%2fetc%2fpasswd", b"....//", b"%00",
    b"a%00.mp4", b"%ff%fe", b"%ed%a0%80", b"%", b"%zz", b"%25%32%65", b"%e2%80%ae4pm.exe", b"%0d%0aset-cookie:%20a=b",
    b"9" * 400, b"x" * 3000, b"-1", b"%20", b"CON", b"~root", b"*", b"%27%20OR%201=1--", b"%F0%9F%8F%8A",
]  # fmt: skip
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
def client(world: World) -> Iterator[TestClient]:
    with TestClient(world.app, base_url="http://127.0.0.1", raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def send(world: World) -> Iterator[Send]:
    """Sends bytes as they are to a real server; gives status and body of the answer, or 0 if there was none."""
    server, over = LocalServer(), threading.Event()
    thread = threading.Thread(target=server.serve, args=(world.app, over.is_set), daemon=True)
    thread.start()

    def exchange(data: bytes) -> tuple[int, bytes]:
        with socket.create_connection((server.host, server.port), 20) as connection:
            connection.sendall(data)
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
        if name == at:
            return odd
        there = next((values for key, values in world.known.items() if path.startswith(key)), world.known.get(name, ["1"]))
        return str(there[0])

    return re.sub(r"\{(\w+)\}", value, path)


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.slow)])
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


@pytest.mark.parametrize("examples", [40, pytest.param(3000, marks=pytest.mark.slow)])
def test_odd_values_in_bodies(examples: int, world: World, client: TestClient) -> None:
    """JSON can hold what no database, file or page can; each value stands once where a good one should."""
    components = client.get("/api/openapi.json").json()["components"]["schemas"]
    for method, path, what in described(client):
        if not takes_json(what):
            continue
        [name] = re.findall(r"\w+$", what["requestBody"]["content"]["application/json"]["schema"]["$ref"])
        fields = list(components[name]["properties"])
        good = {field: world.known[field][0] for field in fields if field in world.known}

        @settings(QUICK, max_examples=max(examples // 20, 5), derandomize=examples < 100)
        @given(st.sampled_from(fields), odd_values)
        def ask(field: str, odd: Any, method: str = method, path: str = path, good: Any = good) -> None:
            content = json.dumps({**good, field: odd}).encode()
            said = client.request(method, filled(path, world), content=content, headers={"content-type": "application/json"})
            assert said.status_code < 500, (method, path, content[:300], said.text)
            said.content.decode()

        ask()


def test_a_body_that_is_too_large_is_refused_before_it_has_come(world: World, client: TestClient) -> None:
    """Announced or not; the refusal has the shape of all others. Uploads bound themselves."""
    for method, path, what in described(client):
        if not takes_json(what):
            continue
        for more in ({}, {"content-length": str(5 * MOST_BODY)}):
            come = 0

            def large() -> Iterator[bytes]:
                nonlocal come
                for _ in range(80):
                    come += MOST_BODY // 16
                    yield b" " * (MOST_BODY // 16)

            said = client.request(
                method, filled(path, world), content=large(), headers={"content-type": "application/json", **more}
            )
            assert said.status_code == 413, (method, path, said.text)
            assert said.json()["problems"][0] == {
                "what": "the body is larger than 2 MiB", "fix": "send less", "block": None, "port": None
            }  # fmt: skip


def test_the_largest_body_is_read(client: TestClient) -> None:
    start, end = b'{"text": "pipeline: a', b'"}'
    whole = start + b" " * 1000 + end + b" " * (MOST_BODY - 1000 - len(start) - len(end))
    assert len(whole) == MOST_BODY
    headers = {"content-type": "application/json"}
    assert client.post("/api/read", content=whole, headers=headers).status_code == 200
    assert client.post("/api/read", content=whole + b" ", headers=headers).status_code == 413


@pytest.mark.parametrize(
    "content", [b"[" * 200_000, b'{"a":' * 100_000, b"\xff\xfe", b"", b"nul", b"\xef\xbb\xbf{}", b'"\\ud800"']
)
def test_what_is_no_json_is_said_so(content: bytes, client: TestClient) -> None:
    said = client.post("/api/check", content=content, headers={"content-type": "application/json"})
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
        request(b"/api/check", b"POST", b"{}", b"content-length: 1000", b"content-type: application/json"),
        request(b"/api/check", b"POST", b"{}", b"content-length: 999999999999999999999999"),
        request(b"/api/check", b"POST", b"{}", b"content-length: 2", b"content-length: 3"),
        request(b"/api/check", b"POST", b"{}", b"content-length: -1"),
        request(b"/api/check", b"POST", b"{}", b"content-length: two"),
        request(b"/api/check", b"POST", b"{}" * 500, b"content-length: 2", b"content-type: application/json"),
        request(b"/api/check", b"POST", b"zz\r\n{}", b"transfer-encoding: chunked"),
        request(b"/api/check", b"POST", b"2\r\n{}\r\n0\r\n\r\n", b"transfer-encoding: chunked", b"content-length: 2"),
        request(b"/api/check", b"POST", b"ffffffffffffffff\r\n{}", b"transfer-encoding: chunked"),
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
    ids=range(20),
)
def test_who_lies_in_http_hears_no_failure_and_the_next_one_is_served(lie: bytes, send: Send) -> None:
    status, said = send(lie)
    assert status < 500, (lie[:200], said)
    assert send(TRUTH)[0] == 200
