"""Alarms from the engine into the database: none is lost, none is there twice, the engine is not held up."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.exc import OperationalError

from tests.server.alarms.making import WALL, alarm, channel, clip, deliveries, picture, row, rows
from tests.server.waiting import wait_for
from trackside.core import InputError, OutputError
from trackside.server.alarms import store as module
from trackside.server.alarms.store import AlarmStore
from trackside.server.context import Site


def test_an_alarm_is_kept_with_its_evidence(site: Site, taking: AlarmStore) -> None:
    taking.start()
    alarm_id = taking.take(alarm(told={"picture": picture()}))
    wait_for(lambda: rows(site) != [])
    found = row(site, alarm_id)
    assert (found.camera, found.rule, found.what) == ("gate", "yard", "dwell")
    assert (found.place, found.label) == ("the yard", "person")
    assert (found.title, found.pipeline, found.state) == ("dwell in the yard (person)", "intrusion", "open")
    assert (found.score, found.value, found.time, found.track) == (0.71, 3.2, 9.5, 7)
    assert found.wall.timestamp() == WALL
    assert found.why == "median score 0.71, at least 0.5 was asked"
    assert [one["step"] for one in found.evidence["reasons"]] == ["median score"]
    assert found.evidence["looks"][-1]["box"] == [42.0, 30.0, 72.0, 80.0]
    assert (found.evidence["width"], found.evidence["height"]) == (160, 90)
    assert taking.taken == {("gate", "yard"): 1}


def test_what_was_refused_is_left_aside(site: Site, taking: AlarmStore) -> None:
    taking.start()
    assert taking.take(alarm(passed=False)) == ""
    kept = taking.take(alarm())
    wait_for(lambda: [one.id for one in rows(site)] == [kept])


def test_the_picture_is_kept_with_the_box_and_without(site: Site, taking: AlarmStore) -> None:
    import cv2

    taking.start()
    pixels = picture()
    alarm_id = taking.take(alarm(told={"picture": pixels}))
    wait_for(lambda: rows(site) != [])
    drawn, clean = (
        cv2.imdecode(np.frombuffer(site.files.read(f"alarms/{alarm_id}/{name}.jpg"), np.uint8), cv2.IMREAD_COLOR_RGB)
        for name in ("picture", "clean")
    )
    assert np.abs(clean.astype(int) - pixels).mean() < 3
    edge = (slice(32, 78), slice(41, 44))
    assert np.abs(drawn[edge].astype(int) - clean[edge]).mean() > 20, "the box is drawn"
    assert np.abs(drawn[84:, 90:].astype(int) - clean[84:, 90:]).mean() < 3, "the rest is as it was"


@pytest.mark.parametrize(
    "told",
    [{}, {"picture": np.zeros((0, 0, 3), np.uint8)}, {"picture": picture()[:, ::-1]}],
    ids=["none", "empty", "mirrored"],
)
def test_an_alarm_without_a_usable_picture_is_kept_all_the_same(
    told: dict[str, object], site: Site, taking: AlarmStore
) -> None:
    taking.start()
    taking.take(alarm(told=told))
    wait_for(lambda: rows(site) != [])


def test_strange_values_do_not_lose_an_alarm(site: Site, taking: AlarmStore) -> None:
    taking.start()
    nan = float("nan")
    taking.take(
        alarm(wall=nan, time=nan, decided=float("inf"), score=nan, track=2**62, label="\ud800\0" + "x" * 999, looks=())
    )
    wait_for(lambda: rows(site) != [])
    [found] = rows(site)
    assert (found.score, found.time, found.track) == (None, 0.0, 0)
    assert len(found.label) == 200


def test_the_clip_comes_when_it_is_ready(site: Site, taking: AlarmStore) -> None:
    taking.start()
    alarm_id = taking.take(alarm(told={"clip": clip(), "clip_ready": 0.0}))
    wait_for(lambda: rows(site) and row(site, alarm_id).clip != "")
    assert site.files.read(row(site, alarm_id).clip) == b"synthetic clip"


def test_a_clip_that_is_not_ready_is_not_asked_for(site: Site, taking: AlarmStore) -> None:
    taking.start()
    taking.take(alarm(told={"clip": lambda _: pytest.fail("too early"), "clip_ready": 4e9}))
    ready = taking.take(alarm(told={"clip": clip(), "clip_ready": 0.0}))
    wait_for(lambda: len(rows(site)) == 2 and row(site, ready).clip != "")


def test_a_clip_that_cannot_be_written_says_why(site: Site, taking: AlarmStore) -> None:
    def gone(_: Path) -> None:
        raise InputError("the camera kept nothing")

    taking.start()
    alarm_id = taking.take(alarm(told={"clip": gone}))
    wait_for(lambda: rows(site) and row(site, alarm_id).clip_problem != "")
    assert row(site, alarm_id).clip_problem == "the camera kept nothing"
    assert row(site, alarm_id).clip == ""


def test_what_was_taken_survives_a_process_that_ends_at_once(site: Site, taking: AlarmStore) -> None:
    ids = [taking.take(alarm(wall=WALL + n)) for n in range(5)]
    assert rows(site) == []
    assert taking.waiting == 5
    after = AlarmStore(site)
    after.start()
    wait_for(lambda: len(rows(site)) == 5)
    after.stop()
    assert [one.id for one in rows(site)] == ids
    assert after.waiting == 0


def test_an_alarm_that_was_committed_before_the_kill_is_not_there_twice(
    site: Site, taking: AlarmStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel(site, "file", name="a.jsonl", most_bytes=10**6, keep=1)
    alarm_id = taking.take(alarm())
    monkeypatch.setattr(taking._spool, "remove", lambda name: None)
    assert taking._move()
    after = AlarmStore(site)
    assert after.waiting == 1
    assert after._move()
    assert after.waiting == 0
    assert [one.id for one in rows(site)] == [alarm_id]
    assert len(deliveries(site)) == 1


def test_while_the_database_is_away_alarms_wait_on_the_disk_in_order(
    site: Site, taking: AlarmStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, away = module.write, threading.Event()
    away.set()

    def write(*args: object) -> bool:
        if away.is_set():
            raise OperationalError("", {}, Exception("the database is away"))
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "write", write)
    monkeypatch.setattr(module, "_WAITS", (0.01, 0.05))
    taking.start()
    ids = [taking.take(alarm(wall=WALL + n, told={"picture": picture()})) for n in range(8)]
    wait_for(lambda: not taking._pictures)
    assert taking.waiting == 8
    assert rows(site) == []
    away.clear()
    wait_for(lambda: len(rows(site)) == 8)
    assert [one.id for one in rows(site)] == ids
    assert all(one.picture for one in rows(site))


def test_many_threads_at_once_lose_nothing(site: Site, taking: AlarmStore) -> None:
    taking.start()
    ids: list[str] = []

    def engine(number: int) -> None:
        ids.extend(taking.take(alarm(f"camera {number}", told={"picture": picture()})) for _ in range(25))

    threads = [threading.Thread(target=engine, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_for(lambda: len(rows(site)) == 100)
    assert {one.id for one in rows(site)} == set(ids)
    assert all(one.picture for one in rows(site))
    assert sum(taking.taken.values()) == 100


def test_what_is_still_being_written_is_not_looked_for(
    site: Site, taking: AlarmStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that moves alarms looks at the very moment at which another one puts one on the disk."""
    real = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if path.suffix == ".partial":
            assert taking._move()
        return real(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    alarm_id = taking.take(alarm())
    monkeypatch.undo()
    assert taking._move()
    assert [one.id for one in rows(site)] == [alarm_id]


def test_a_broken_file_of_the_spool_is_put_aside(site: Site, taking: AlarmStore) -> None:
    taking.take(alarm())
    folder = site.settings.data / "alarms" / "spool"
    (folder / "000000000000-torn.json").write_text('{"id": "to')
    after = AlarmStore(site)
    assert after._move()
    assert len(rows(site)) == 1
    assert [path.name for path in folder.iterdir()] == ["000000000000-torn.broken"]


def test_a_full_spool_lets_the_database_take_it_at_once(site: Site) -> None:
    tight = AlarmStore(site)
    tight._spool._most = 2
    ids = [tight.take(alarm(wall=WALL + n)) for n in range(3)]
    assert [one.id for one in rows(site)] == ids[2:]
    assert tight.waiting == 2


def test_when_neither_takes_it_the_engine_is_told_and_it_is_counted(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*_: object) -> bool:
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr(module, "write", write)
    tight = AlarmStore(site)
    tight._spool._most = 0
    with pytest.raises(OutputError, match="wait for the database"):
        tight.take(alarm())
    assert tight.lost == 1
    assert tight.taken == {}


def test_too_many_pictures_in_memory_are_encoded_by_whoever_brings_them(
    site: Site, taking: AlarmStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_PICTURES", 2)
    for _ in range(5):
        taking.take(alarm(told={"picture": picture()}))
    assert len(taking._pictures) == 2
    assert len(list((site.settings.data / "alarms" / "spool").glob("*.clean.jpg"))) == 3
    taking.start()
    wait_for(lambda: len(rows(site)) == 5)
    assert all(one.picture for one in rows(site))


def test_an_alarm_and_its_messages_are_one_transaction(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Healthy beside it: without the failure both are there."""
    channel(site, "file", name="a.jsonl", most_bytes=10**6, keep=1)
    from trackside.server.alarms.facts import facts_of
    from trackside.server.alarms.writing import write

    with pytest.raises(RuntimeError), site.database.session() as db:
        write(db, facts_of("one", alarm()), "")
        raise RuntimeError
    assert rows(site) == deliveries(site) == []
    with site.database.session() as db:
        assert write(db, facts_of("one", alarm()), "")
    assert len(rows(site)) == len(deliveries(site)) == 1
