"""Workers and servers that are really killed: nothing that was finished is lost, and the run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from trackside.server.context import Site
from trackside.server.runs.service import RunService
from trackside.server.runs.tables import RunLogRow
from trackside.server.webhooks.tables import DeliveryRow, WebhookRow

from . import toy_worker
from .conftest import MEAN, AddVideo, Begin, rows_of, run_of, slow, wait_for

POISON = {"pipeline": "poison", "blocks": {"p": {"use": "slow.poison@1", "images": "source.images"}}, "save": ["p"]}


@contextmanager
def serving(site: Site, cpu_slots: int = 1) -> Iterator[RunService]:
    more = site.settings.model_copy(update={"cpu_slots": cpu_slots})
    service = RunService(Site(more, site.database, site.files, site.store, site.services), toy_worker.COMMAND)
    service.start()
    try:
        yield service
    finally:
        service.stop()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path(f"/proc/{pid}/stat").exists() or Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


def working_on(site: Site, run: str, position: int) -> bool:
    return rows_of(site, run)[position].records > 0 and rows_of(site, run)[position].state == "running"


def test_a_killed_worker_loses_nothing_that_was_finished_and_the_run_goes_on(
    site: Site, add_video: AddVideo, begin: Begin
) -> None:
    run = begin([add_video("a.mp4", frames=2), add_video("b.mp4", frames=60), add_video("c.mp4", frames=2)], slow())
    with serving(site) as service:
        wait_for(lambda: working_on(site, run, 1))
        first = rows_of(site, run)[0]
        [pid] = service.pids()
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: run_of(site, run).state == "done")
        assert service.pids() != [pid]
    rows = rows_of(site, run)
    assert [(row.state, row.attempts) for row in rows] == [("done", 1), ("done", 2), ("done", 1)]
    assert rows[0].finished == first.finished
    with site.database.session() as db:
        assert "b.mp4: the worker died; it is queued again" in [line.text for line in db.query(RunLogRow)]


@pytest.mark.parametrize("moment", ["store", pytest.param("end", marks=pytest.mark.slow)])
def test_killed_between_the_last_record_and_the_last_transaction_it_is_done_again_once(
    site: Site, add_video: AddVideo, begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setenv(toy_worker.DIE_AT, moment)
    monkeypatch.setenv(toy_worker.DIED, str(tmp_path / "died"))
    with site.database.session() as db:
        db.add(WebhookRow(url="http://127.0.0.1:9/", secret="s"))
    run = begin([add_video(frames=3)], MEAN)
    with serving(site):
        wait_for(lambda: run_of(site, run).state == "done")
        # Also while the server lives on: it may do so for months.
        wait_for(lambda: not list((site.settings.data / "work").glob("*")))
    assert (tmp_path / "died").exists()
    [row] = rows_of(site, run)
    assert (row.state, row.attempts) == ("done", 2)
    names = [key.rpartition("/")[2] for key in site.files.keys(row.results)]
    assert names == ["mean-table.csv", "mean-table.parquet", "run.json", "summary.html"]
    assert not list((site.settings.data / "work").glob("*")) and not list((site.settings.data / "live").glob("*"))
    with site.database.session() as db:
        assert db.query(DeliveryRow).count() == 1


@pytest.mark.slow
def test_a_video_that_kills_its_workers_fails_and_the_others_are_done(site: Site, add_video: AddVideo, begin: Begin) -> None:
    poisoned, healthy = begin([add_video(frames=2)], POISON), begin([add_video(frames=2)], MEAN)
    with serving(site):
        wait_for(lambda: run_of(site, poisoned).state == "failed" and run_of(site, healthy).state == "done")
    assert rows_of(site, poisoned)[0].problems[0]["what"] == "the worker died 3 times on this video"
    assert rows_of(site, poisoned)[0].attempts == 3


SERVER = """
    import sys, time
    sys.path.insert(0, {root!r})
    from pathlib import Path
    from tests.server.runs import toy_worker
    from trackside.server.context import open_site
    from trackside.server.runs.service import RunService
    from trackside.server.settings import ServerSettings
    settings = ServerSettings.model_validate_json(sys.argv[1])
    service = RunService(open_site(settings), toy_worker.COMMAND)
    service.start()
    while True:
        print(*service.pids(), flush=True)
        time.sleep(0.1)
"""


@pytest.mark.slow
def test_a_killed_server_takes_its_workers_along_and_the_next_one_goes_on(
    site: Site, add_video: AddVideo, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKSIDE_HOME", str(site.store.root.parent))
    run = begin([add_video("a.mp4", frames=2), add_video("b.mp4", frames=60)], slow())
    code = textwrap.dedent(SERVER).format(root=str(toy_worker.ROOT))
    server = subprocess.Popen(
        [sys.executable, "-c", code, site.settings.model_dump_json()], stdout=subprocess.PIPE, text=True
    )
    wait_for(lambda: working_on(site, run, 1))
    assert server.stdout is not None
    pids = [int(pid) for line in (server.stdout.readline() for _ in range(15)) for pid in line.split()]
    os.kill(server.pid, signal.SIGKILL)
    server.communicate()
    wait_for(lambda: not any(is_alive(pid) for pid in pids))
    first, second = rows_of(site, run)
    assert (first.state, second.state, second.attempts) == ("done", "queued", 0)
    with serving(site):
        wait_for(lambda: run_of(site, run).state == "done")
    assert rows_of(site, run)[0].finished == first.finished


def test_server_and_worker_killed_at_once_the_next_server_does_not_wait_for_the_lease(
    site: Site, add_video: AddVideo, begin: Begin
) -> None:
    run = begin([add_video(frames=20)], slow())
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    from trackside.server.runs.queue import claim
    from trackside.server.runs.worker import name_of

    with site.database.session() as db:
        claim(db, "cpu", f"{name_of(gone.pid)}token")
    with serving(site):
        wait_for(lambda: run_of(site, run).state == "done", 20)
    assert rows_of(site, run)[0].attempts == 2


def test_two_workers_work_at_once_and_stopping_gives_everything_back(site: Site, add_video: AddVideo, begin: Begin) -> None:
    run = begin([add_video("a.mp4", frames=300), add_video("b.mp4", frames=300)], slow())
    with serving(site, 2) as service:
        wait_for(lambda: working_on(site, run, 0) and working_on(site, run, 1))
        assert len({row.worker for row in rows_of(site, run)}) == 2
        assert service.alive() == 2
        pids = service.pids()
    assert service.alive() == 0
    assert not any(is_alive(pid) for pid in pids)
    assert [(row.state, row.attempts) for row in rows_of(site, run)] == [("queued", 0), ("queued", 0)]
    assert run_of(site, run).state == "queued"
