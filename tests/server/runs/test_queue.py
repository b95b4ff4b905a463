from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import update

from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.runs.control import cancel_run, change
from trackside.server.runs.queue import MOST_ATTEMPTS, change_claimed, claim, give_back, release, release_expired
from trackside.server.runs.tables import RunLogRow, RunRow, RunVideoRow

from .conftest import rows_of, run_of


def queue(site: Site, videos: int, *, priority: int = 0, slot: str = "cpu") -> str:
    """A run whose videos are names only."""
    from trackside.server.runs.queue import take_turns

    with site.database.session() as db:
        run = RunRow(name="r", graph={}, videos=videos, priority=priority, slot=slot)
        db.add(run)
        db.flush()
        common = {"run_id": run.id, "slot": slot, "priority": priority}
        db.add_all(RunVideoRow(video_id="v", video_name=f"{n}", position=n, **common) for n in range(videos))
        db.flush()
        take_turns(db, run)
    return run.id


def take(site: Site, worker: str = "w", slot: str = "cpu") -> RunVideoRow | None:
    with site.database.session() as db:
        return claim(db, slot, worker)


def expire(site: Site) -> None:
    with site.database.session() as db:
        db.execute(update(RunVideoRow).values(lease_until=now() - timedelta(seconds=1)))


def search(site: Site) -> list[str]:
    with site.database.session() as db:
        return release_expired(db)


def test_an_empty_queue_gives_nothing(site: Site) -> None:
    assert take(site) is None


def test_a_claim_has_a_lease_and_starts_the_run(site: Site) -> None:
    run = queue(site, 2)
    row = take(site, "w1")
    assert row is not None
    assert (row.state, row.worker, row.attempts, row.position) == ("running", "w1", 1, 0)
    assert row.lease_until is not None
    assert timedelta(seconds=20) < row.lease_until - now() <= timedelta(seconds=30)
    assert run_of(site, run).state == "running"
    assert run_of(site, run).started is not None


def test_higher_priority_goes_first_and_slots_are_apart(site: Site) -> None:
    low, high, gpu = queue(site, 1), queue(site, 1, priority=5), queue(site, 1, priority=9, slot="gpu")
    taken = [take(site), take(site), take(site)]
    assert [row and row.run_id for row in taken] == [high, low, None]
    on_gpu = take(site, slot="gpu")
    assert on_gpu is not None
    assert on_gpu.run_id == gpu


def test_a_large_run_does_not_starve_a_later_small_one_nor_the_other_way_round(site: Site) -> None:
    large = queue(site, 50)
    for _ in range(10):
        take(site)
    small = [queue(site, 1) for _ in range(3)]
    order = [row.run_id for row in (take(site) for _ in range(8)) if row]
    assert set(small) <= set(order[:5])
    assert order.count(large) >= 4


def test_a_row_of_newcomers_does_not_keep_a_large_run_waiting(site: Site) -> None:
    large = queue(site, 50)
    for _ in range(10):
        take(site)
    order = []
    for _ in range(8):
        queue(site, 1)
        row = take(site)
        order.append(row and row.run_id)
    assert order.count(large) >= 3


def test_a_changed_priority_reorders_what_waits(site: Site) -> None:
    first, second = queue(site, 3), queue(site, 1)
    with site.database.session() as db:
        change(db, second, priority=3)
    assert [row.run_id for row in (take(site), take(site)) if row] == [second, first]
    with site.database.session() as db:
        change(db, first, priority=-3)
    assert run_of(site, first).priority == -3
    # What is worked on already keeps its own.
    assert [row.priority for row in rows_of(site, first)] == [0, -3, -3]


def test_an_expired_lease_is_claimed_again_and_counted(site: Site) -> None:
    run = queue(site, 1)
    first = take(site, "dead")
    expire(site)
    assert search(site) == [first and first.id]
    again = take(site, "w2")
    assert again is not None
    assert (again.attempts, again.worker) == (2, "w2")
    assert run_of(site, run).state == "running"


def test_a_lease_that_holds_is_left_alone(site: Site) -> None:
    queue(site, 1)
    take(site)
    assert search(site) == []
    assert take(site, "other") is None


def test_a_lease_that_is_renewed_at_the_last_moment_is_not_taken_back(site: Site) -> None:
    run = queue(site, 1)
    row = take(site)
    assert row is not None
    expire(site)

    def renewed_meanwhile(_: RunVideoRow) -> bool:
        with site.database.session() as other:
            assert change_claimed(other, row, lease_until=now() + timedelta(seconds=30))
        return True

    with site.database.session() as db:
        assert release(db, renewed_meanwhile) == []
    assert rows_of(site, run)[0].state == "running"


def test_a_dead_worker_that_wakes_up_changes_nothing(site: Site) -> None:
    run = queue(site, 1)
    late = take(site, "late")
    assert late is not None
    expire(site)
    search(site)
    take(site, "new")
    with site.database.session() as db:
        assert not change_claimed(db, late, state="done")
        assert not give_back(db, late)
    assert rows_of(site, run)[0].worker == "new"


def test_three_deaths_end_it_with_a_sentence(site: Site) -> None:
    run = queue(site, 2)
    for _ in range(MOST_ATTEMPTS):
        with site.database.session() as db:
            db.execute(update(RunVideoRow).where(RunVideoRow.position == 1).values(turn=99))
        take(site)
        expire(site)
        search(site)
    poisoned, other = rows_of(site, run)
    assert (poisoned.state, other.state) == ("failed", "queued")
    assert poisoned.problems[0]["what"] == "the worker died 3 times on this video"
    assert run_of(site, run).videos_failed == 1
    with site.database.session() as db:
        lines = [line.text for line in db.query(RunLogRow).order_by(RunLogRow.id)]
    assert lines == [f"0: the worker died; it is {what}" for what in ("queued again", "queued again", "given up")]


def test_given_back_is_not_counted_and_keeps_its_place(site: Site) -> None:
    run = queue(site, 3)
    row = take(site)
    assert row is not None
    with site.database.session() as db:
        assert give_back(db, row)
    back = rows_of(site, run)[0]
    assert (back.state, back.attempts, back.worker, back.lease_until) == ("queued", 0, "", None)
    assert run_of(site, run).state == "queued"
    again = take(site)
    assert again is not None
    assert again.id == row.id


@pytest.mark.parametrize("how", ["given back", "died"])
def test_what_was_cancelled_meanwhile_is_not_begun_again(site: Site, how: str) -> None:
    run = queue(site, 1)
    row = take(site)
    assert row is not None
    with site.database.session() as db:
        cancel_run(db, run)
    expire(site)
    with site.database.session() as db:
        if how == "died":
            release_expired(db)
        else:
            give_back(db, row)
    assert rows_of(site, run)[0].state == "cancelled"
    assert run_of(site, run).state == "cancelled"


CHILD = """
    import json, sys, threading
    from trackside.server.database import Database
    from trackside.server.runs.queue import claim
    database, taken = Database(sys.argv[1]), []

    def take(name):
        misses = 0
        while misses < 3:
            with database.session() as db:
                row = claim(db, "cpu", name)
            misses = misses + 1 if row is None else 0
            if row is not None:
                taken.append((row.id, row.attempts))

    threads = [threading.Thread(target=take, args=(f"{sys.argv[2]}-{n}",)) for n in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    print(json.dumps(taken))
"""


def test_several_processes_with_several_threads_claim_each_exactly_once(site: Site) -> None:
    queue(site, 100)
    queue(site, 100, priority=1)
    code = textwrap.dedent(CHILD)
    children = [
        subprocess.Popen([sys.executable, "-c", code, site.database.url, str(number)], stdout=subprocess.PIPE)
        for number in range(3)
    ]
    taken = [tuple(one) for child in children for one in json.loads(child.communicate(timeout=120)[0])]
    assert [child.returncode for child in children] == [0, 0, 0]
    assert len(taken) == 200
    assert set(Counter(taken).values()) == {1}
    assert {attempts for _, attempts in taken} == {1}
