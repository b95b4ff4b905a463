"""The hub of news, and its stream as pages read it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from starlette.testclient import TestClient

from trackside.server.access import accounts, passwords, sessions
from trackside.server.application import create_app
from trackside.server.context import Site
from trackside.server.events import service
from trackside.server.events.service import ALL, Feed, News
from trackside.server.events.stream import lines

PATIENCE = 20.0


@pytest.fixture
def news(site: Site) -> News:
    return News(site)


def test_every_listener_hears_once_and_in_order(news: News) -> None:
    async def listen() -> None:
        with news.subscribe() as one, news.subscribe() as other:
            threads = [threading.Thread(target=news.publish, args=("run", "a"))]
            threads[0].start()
            threads[0].join()
            for id in ("b", "a", "c"):
                news.publish("run", id)
            for feed in (one, other):
                assert await feed.take(PATIENCE) == [("run", "a"), ("run", "b"), ("run", "c")]
                assert await feed.take(0.01) == []
        news.publish("run", "late")

    asyncio.run(listen())
    assert not news._feeds
    news.publish("run", "nobody listens")


def test_one_that_waits_is_woken(news: News) -> None:
    async def listen() -> None:
        with news.subscribe() as feed:
            thread = threading.Timer(0.05, news.publish, args=("video", "x"))
            thread.start()
            assert await feed.take(PATIENCE) == [("video", "x")]

    asyncio.run(listen())


def test_a_listener_who_lags_is_told_to_ask_for_everything(news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_LONGEST", 3)

    async def listen() -> None:
        with news.subscribe() as slow, news.subscribe() as quick:
            for n in range(3):
                news.publish("run", str(n))
            assert len(await quick.take(PATIENCE)) == 3
            for n in range(3, 9):
                news.publish("run", str(n))
                assert await quick.take(PATIENCE) == [("run", str(n))], "who keeps up loses nothing"
            assert await slow.take(PATIENCE) == [ALL]
            news.publish("run", "after")
            assert await slow.take(PATIENCE) == [("run", "after")]

    asyncio.run(listen())


def test_stopping_ends_the_streams_and_starting_opens_them(news: News) -> None:
    async def always() -> bool:
        return True

    async def listen() -> None:
        with news.subscribe() as feed:
            stream = lines(news, feed, always)
            assert await anext(stream) == "retry: 3000\n\n"
            threading.Timer(0.05, news.stop).start()
            assert [line async for line in stream] == [": still here\n\n"]
        with news.subscribe() as feed:
            assert feed.over
        news.start()
        with news.subscribe() as feed:
            assert not feed.over

    asyncio.run(listen())


def test_news_after_the_loop_is_gone_harm_nobody(news: News) -> None:
    async def make() -> Feed:
        return Feed()

    feed = asyncio.run(make())
    news._feeds.add(feed)
    news.publish("run", "x")
    news.stop()


def test_the_text_of_a_stream(news: News) -> None:
    news.heartbeat = 0.01
    may = True

    async def may_listen() -> bool:
        return may

    async def listen() -> None:
        nonlocal may
        with news.subscribe() as feed:
            stream = lines(news, feed, may_listen)
            await anext(stream)
            assert await anext(stream) == ": still here\n\n"
            news.publish("run", 'a"\n')
            text = await anext(stream)
            assert text.startswith("data: ")
            assert text.endswith("\n\n")
            assert text.count("\n") == 2
            assert json.loads(text.removeprefix("data: ")) == {"topic": "run", "id": 'a"\n'}
            feed.put(ALL)
            assert await anext(stream) == 'data: {"topic": "all"}\n\n'
            news.recheck, may = 0.0, False
            news.publish("run", "secret")
            assert [line async for line in stream] == [], "who may not listen any longer hears nothing more"

    asyncio.run(listen())


@contextmanager
def serving(site: Site) -> Iterator[tuple[str, uvicorn.Server, threading.Thread]]:
    """A real server, as the command runs it: the news end before it waits for its connections."""
    server = uvicorn.Server(uvicorn.Config(create_app(site, with_workers=False), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", server, thread
    finally:
        site.services["events"].stop()
        server.should_exit = True
        thread.join()


def heard(answer: httpx.Response, wanted: str) -> bool:
    return any(wanted in line for line in answer.iter_lines())


def until_one_listens(news: News) -> None:
    while not news._feeds:
        time.sleep(0.01)


def test_a_page_hears_of_changes_and_the_server_stops_beneath_it(site: Site) -> None:
    with (
        serving(site) as (address, server, thread),
        httpx.stream("GET", f"{address}/api/events", timeout=PATIENCE) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        news: News = site.services["events"]
        until_one_listens(news)
        news.publish("video", "abc")
        rest = answer.iter_lines()
        assert any('"abc"' in line for line in rest)
        news.stop()
        server.should_exit = True
        list(rest)
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_a_page_that_goes_away_is_forgotten(site: Site) -> None:
    with serving(site) as (address, _, _):
        news: News = site.services["events"]
        news.heartbeat = 0.05
        with httpx.stream("GET", f"{address}/api/events", timeout=PATIENCE):
            until_one_listens(news)
        end = time.monotonic() + PATIENCE
        while news._feeds and time.monotonic() < end:
            time.sleep(0.01)
        assert not news._feeds


def test_a_revoked_session_hears_nothing_more(accounts_site: Site) -> None:
    with accounts_site.database.session() as db:
        person = accounts.add(db, "ann", "viewer", passwords.made("a long password"))
    with serving(accounts_site) as (address, _, _), httpx.Client(base_url=address, timeout=PATIENCE) as client:
        news: News = accounts_site.services["events"]
        assert news.heartbeat + news.recheck < 60, "within a minute"
        news.heartbeat = news.recheck = 0.05
        assert client.get("/api/events").status_code == 401
        client.post("/api/session", json={"name": "ann", "password": "a long password"})
        with client.stream("GET", "/api/events") as answer:
            assert answer.status_code == 200
            rest = answer.iter_lines()
            assert any("still here" in line for line in rest), "healthy: it goes on"
            with accounts_site.database.session() as db:
                sessions.end_all(db, person.id)
            with contextlib.suppress(StopIteration):
                while True:
                    next(rest)
        assert client.get("/api/events").status_code == 401


def test_there_are_not_endlessly_many_listeners(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_MOST", 0)
    assert client.get("/api/events").status_code == 429
