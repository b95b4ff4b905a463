"""Guessing is slowed down, and nobody else is."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest

from tests.server.access.conftest import PASSWORD, Browser, sign_in
from trackside.server.access import attempts as module
from trackside.server.access.attempts import Attempts
from trackside.server.problems import Refused


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts(clock: Clock) -> Attempts:
    return Attempts(clock)


def wait(attempts: Attempts, address: str, name: str = "") -> int:
    """Try wrongly; seconds that one is told to wait, 0 if it was let through."""
    try:
        attempts.begin(address, name)
    except Refused as error:
        assert error.status == 429
        assert error.headers
        return int(error.headers["retry-after"])
    return 0


def test_the_wait_doubles_up_to_a_quarter_of_an_hour(attempts: Attempts, clock: Clock) -> None:
    told = []
    for _ in range(16):
        if seconds := wait(attempts, "10.0.0.1", "ann"):
            told.append(seconds)
            clock.now += seconds
            assert wait(attempts, "10.0.0.1", "ann") == 0
    assert told[:4] == [1, 2, 4, 8]
    assert all(later >= earlier for earlier, later in pairwise(told))
    assert max(told) <= 900


def test_the_name_is_protected_from_many_addresses(attempts: Attempts) -> None:
    assert [wait(attempts, f"10.0.0.{n}", "ann") for n in range(6)] == [0, 0, 0, 0, 0, 1]
    assert wait(attempts, "10.0.1.1", "bob") == 0


def test_the_address_is_slowed_over_many_names(attempts: Attempts) -> None:
    tries = [wait(attempts, "10.0.0.1", f"name {n}") for n in range(21)]
    assert tries[:20] == [0] * 20
    assert tries[20] > 0
    assert wait(attempts, "10.0.0.2", "somebody else") == 0


def test_an_address_of_ipv6_is_its_network(attempts: Attempts) -> None:
    tries = [wait(attempts, f"2001:db8::{n:x}", f"name {n}") for n in range(21)]
    assert tries[20] > 0
    assert wait(attempts, "2001:db8:0:1::1", "somebody else") == 0


def test_people_who_mistype_now_and_then_are_never_slowed(attempts: Attempts, clock: Clock) -> None:
    """Healthy: 30 people of one office, each wrong twice and then right, every day."""
    for _ in range(5):
        for person in range(30):
            for _ in range(2):
                assert wait(attempts, f"10.0.0.{person % 6}", f"person {person}") == 0
            attempts.begin(f"10.0.0.{person % 6}", f"person {person}")
            attempts.succeeded(f"10.0.0.{person % 6}", f"person {person}")
        clock.now += 86_400


def test_whoever_was_here_before_is_not_shut_out_by_strangers(attempts: Attempts) -> None:
    attempts.begin("10.0.0.1", "ann")
    attempts.succeeded("10.0.0.1", "ann")
    for n in range(10):
        wait(attempts, f"10.9.0.{n}", "ann")
    assert wait(attempts, "10.9.9.9", "ann") > 0, "strangers are slowed"
    assert wait(attempts, "10.0.0.1", "ann") == 0, "ann is not"


def test_all_is_forgiven_after_a_while(attempts: Attempts, clock: Clock) -> None:
    for _ in range(5):
        wait(attempts, "10.0.0.1", "ann")
    clock.now += 1_000
    assert [wait(attempts, "10.0.0.1", "ann") for _ in range(5)] == [0] * 5


def test_right_and_cancelled_ones_do_not_count(attempts: Attempts) -> None:
    for _ in range(100):
        attempts.begin("10.0.0.1", "ann")
        attempts.succeeded("10.0.0.1", "ann")
        attempts.begin("10.0.0.2", "bob")
        attempts.cancelled("10.0.0.2", "bob")


def test_memory_is_bounded(attempts: Attempts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 100)
    for n in range(1_000):
        wait(attempts, f"10.0.{n // 250}.{n % 250}", f"name {n}")
    assert len(attempts._records) == 100


@pytest.mark.usefixtures("people")
def test_brute_force_over_the_api(browser: Browser) -> None:
    client = browser()
    said = [client.post("/api/session", json={"name": "admin", "password": f"guess {n}"}) for n in range(8)]
    assert [answer.status_code for answer in said[:5]] == [401] * 5
    slowed = said[5]
    assert slowed.status_code == 429
    assert int(slowed.headers["retry-after"]) >= 1
    assert slowed.json()["problems"][0]["what"] == "too many wrong attempts"
    assert slowed.json()["problems"][0]["fix"].startswith("wait ")
    right = client.post("/api/session", json={"name": "admin", "password": PASSWORD})
    assert right.status_code == 429, "a right guess shows only after the wait"
    sign_in(browser(), "analyst")


@pytest.mark.usefixtures("people")
def test_many_guesses_at_the_same_time_gain_nothing(browser: Browser) -> None:
    client, let_through = browser(), []

    def guess(n: int) -> None:
        answer = client.post("/api/session", json={"name": "admin", "password": f"guess {n}"})
        let_through.append(answer.status_code == 401)

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(let_through) == 5


@pytest.mark.usefixtures("people")
def test_guessing_the_old_password_is_slowed_too(browser: Browser) -> None:
    client = browser("analyst")
    said = [
        client.put("/api/session/password", json={"old": f"guess {n}", "new": "another good one"}).status_code
        for n in range(6)
    ]
    assert said == [403] * 5 + [429]


@pytest.mark.usefixtures("people")
def test_hashing_is_bounded(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from trackside.server.access import passwords

    client = browser()
    monkeypatch.setattr(passwords, "_inside", threading.BoundedSemaphore(1))
    passwords._inside.acquire()
    refused = client.post("/api/session", json={"name": "admin", "password": PASSWORD})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    passwords._inside.release()
    for _ in range(8):
        assert client.post("/api/session", json={"name": "admin", "password": PASSWORD}).status_code == 200
