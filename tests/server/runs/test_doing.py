from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from sqlalchemy import update

from trackside.core import OutputError
from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.files import Files
from trackside.server.runs.control import cancel_run
from trackside.server.runs.deletion import delete_run
from trackside.server.runs.doing import do
from trackside.server.runs.heartbeat import Halt
from trackside.server.runs.live import live_path
from trackside.server.runs.queue import claim
from trackside.server.runs.settling import settle
from trackside.server.runs.tables import RunLogRow, RunRow, RunVideoRow
from trackside.server.videos.tables import VideoRow
from trackside.server.webhooks.tables import DeliveryRow, WebhookRow

from .conftest import DRAWN, AddVideo, Begin, rows_of, run_of, slow, wait_for, work_off


def take(site: Site) -> RunVideoRow:
    with site.database.session() as db:
        row = claim(db, "cpu", "tester")
    assert row is not None
    return row


def lines(site: Site, run: str) -> list[tuple[str, str]]:
    with site.database.session() as db:
        return [(line.level, line.text) for line in db.query(RunLogRow).filter_by(run_id=run).order_by(RunLogRow.id)]


def test_a_run_is_done_with_its_results_among_the_files(site: Site, add_video: AddVideo, begin: Begin) -> None:
    run = begin([add_video("Läufer 1.mp4"), add_video("two.mp4", frames=4)])
    work_off(site)
    done = run_of(site, run)
    assert (done.state, done.videos_done, done.videos_failed, done.fraction) == ("done", 2, 0, 1.0)
    assert done.finished is not None
    for row, records in zip(rows_of(site, run), (6, 4), strict=True):
        assert (row.state, row.records, row.fraction, row.problems) == ("done", records, 1.0, [])
        assert row.results == f"results/{run}/{row.id}"
        keys = site.files.keys(row.results)
        names = {key.rpartition("/")[2] for key in keys}
        assert names == {"mean-table.csv", "mean-table.parquet", "run.json", "summary.html"}
        assert row.bytes == sum(site.files.size(key) for key in keys)
    assert not list((site.settings.data / "work").glob("*"))
    assert [text.split(", ")[0] for _, text in lines(site, run)][-3:] == [
        "two.mp4: started",
        "two.mp4: done",
        "finished: 2 of 2 videos are done",
    ]


def test_results_call_the_video_by_its_name_and_tell_no_path_of_the_server(
    site: Site, add_video: AddVideo, begin: Begin
) -> None:
    run = begin([add_video("Läufer 1.mp4")], DRAWN)
    work_off(site)
    [row] = rows_of(site, run)
    facts = json.loads(site.files.read(f"{row.results}/run.json"))
    assert facts["input"]["name"] == "Läufer 1.mp4"
    assert "path" not in facts["input"]
    assert "annotated.mp4" in facts["files"]
    for name in ("run.json", "summary.html"):
        text = site.files.read(f"{row.results}/{name}").decode()
        assert str(site.settings.data) not in text
    assert "Läufer 1.mp4" in site.files.read(f"{row.results}/summary.html").decode()


def test_a_video_that_fails_costs_the_others_nothing_and_its_error_names_the_block(
    site: Site, add_video: AddVideo, begin: Begin
) -> None:
    fails = {"use": "toy.fail@1", "images": "source.images", "at": 5}
    graph = {"pipeline": "fails", "blocks": {"f": fails}, "save": ["f"]}
    run = begin(
        [add_video("long.mp4", frames=8), add_video("short.mp4", frames=4), add_video("bad.mp4", broken=True)], graph
    )
    work_off(site)
    ended = run_of(site, run)
    assert (ended.state, ended.videos_done, ended.videos_failed) == ("failed", 1, 2)
    long, short, bad = rows_of(site, run)
    assert (long.state, short.state, bad.state) == ("failed", "done", "failed")
    assert long.problems[0]["block"] == "f"
    assert "toy.fail@1 failed at 0.50 s of long.mp4 (RuntimeError: the toy broke)" in long.problems[0]["what"]
    assert bad.problems[0]["what"].startswith("bad.mp4: ")
    assert str(site.settings.data) not in json.dumps([long.problems, bad.problems])
    assert site.files.keys(f"results/{run}/{long.id}") == []
    assert ("error", f"bad.mp4: {bad.problems[0]['what']}; {bad.problems[0]['fix']}") in lines(site, run)


def test_a_deleted_video_is_a_sentence(site: Site, add_video: AddVideo, begin: Begin) -> None:
    video = add_video()
    run = begin([video])
    with site.database.session() as db:
        db.query(VideoRow).delete()
    work_off(site)
    assert rows_of(site, run)[0].problems[0]["what"] == "the video was deleted"


def test_what_could_not_be_read_is_a_warning_in_the_log_and_healthy_videos_have_none(
    site: Site, add_video: AddVideo, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy = begin([add_video()])
    work_off(site)
    assert [level for level, _ in lines(site, healthy) if level != "info"] == []
    monkeypatch.setattr("trackside.server.runs.doing.FileResult.facts", {"problems": ["frame 3 cannot be decoded"] * 30})
    broken = begin([add_video()])
    work_off(site)
    warned = [text for level, text in lines(site, broken) if level == "warning"]
    assert warned == ["clip.mp4: frame 3 cannot be decoded"] * 20 + ["clip.mp4: and 10 more of these"]


def test_results_that_do_not_fit_the_quota_are_refused(site: Site, add_video: AddVideo, begin: Begin) -> None:
    run = begin([add_video()])
    row = take(site)
    small = site.settings.model_copy(update={"quota": 1000})
    do(type(site)(small, site.database, site.files, site.store), row, Halt())
    [row] = rows_of(site, run)
    assert row.state == "failed"
    assert "do not fit into the quota" in row.problems[0]["what"]
    assert site.files.keys(f"results/{run}") == []


def test_cancelling_stops_a_video_within_a_heartbeat_and_keeps_what_is_finished(
    site: Site, add_video: AddVideo, begin: Begin
) -> None:
    run = begin([add_video("short.mp4", frames=2), add_video("long.mp4", frames=600), add_video("next.mp4")], slow())
    do(site, take(site), Halt())
    worker = threading.Thread(target=do, args=(site, take(site), Halt()))
    worker.start()
    wait_for(lambda: rows_of(site, run)[1].records > 0)
    assert run_of(site, run).state == "running"
    with site.database.session() as db:
        cancel_run(db, run)
    assert rows_of(site, run)[2].state == "cancelled"
    worker.join(30)
    assert [row.state for row in rows_of(site, run)] == ["done", "cancelled", "cancelled"]
    ended = run_of(site, run)
    assert (ended.state, ended.videos_done) == ("cancelled", 1)
    assert 1 / 3 < ended.fraction < 0.5
    assert site.files.keys(f"results/{run}/{rows_of(site, run)[0].id}")
    assert not list((site.settings.data / "work").glob("*"))


def test_told_to_stop_a_worker_gives_its_video_back(site: Site, add_video: AddVideo, begin: Begin) -> None:
    run = begin([add_video(frames=600)], slow())
    halt = Halt()
    worker = threading.Thread(target=do, args=(site, take(site), halt))
    worker.start()
    wait_for(lambda: rows_of(site, run)[0].records > 0)
    halt.call("queued")
    worker.join(30)
    [row] = rows_of(site, run)
    assert (row.state, row.attempts, row.worker, row.fraction, row.stage) == ("queued", 0, "", 0.0, "")


def test_progress_is_written_with_a_picture_while_it_goes_on(site: Site, add_video: AddVideo, begin: Begin) -> None:
    run = begin([add_video(frames=600), add_video(frames=600)], slow(0.02))
    halt = Halt()
    claimed = take(site)
    picture = live_path(site.settings.data, claimed.id)
    worker = threading.Thread(target=do, args=(site, claimed, halt))
    worker.start()
    wait_for(lambda: rows_of(site, run)[0].seconds_left is not None)
    [row, _] = rows_of(site, run)
    assert row.stage == "working"
    assert 0 < row.fraction < 1
    assert row.rate > 0
    told = run_of(site, run)
    assert told.fraction == pytest.approx(row.fraction / 2)
    assert told.seconds_left is not None
    assert told.seconds_left > (row.seconds_left or 0)
    assert picture.read_bytes()[:2] == b"\xff\xd8"
    halt.call("queued")
    worker.join(30)
    assert not picture.exists()


def test_a_lost_claim_stops_the_worker_and_nothing_of_it_counts(site: Site, add_video: AddVideo, begin: Begin) -> None:
    run = begin([add_video(frames=600)], slow())
    worker = threading.Thread(target=do, args=(site, take(site), Halt()))
    worker.start()
    wait_for(lambda: rows_of(site, run)[0].records > 0)
    with site.database.session() as db:
        db.execute(update(RunVideoRow).values(worker="another"))
    worker.join(30)
    [row] = rows_of(site, run)
    assert (row.state, row.worker) == ("running", "another")


def test_a_heartbeat_renews_the_lease_without_news(
    site: Site, add_video: AddVideo, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trackside.server.runs import heartbeat
    from trackside.server.runs.reporting import Reporter

    begin([add_video()])
    row = take(site)
    monkeypatch.setattr(heartbeat, "RENEWAL", 0.0)
    with site.database.session() as db:
        db.execute(update(RunVideoRow).values(lease_until=now()))
    heartbeat.Heartbeat(site.database, row, Reporter(), halt := Halt()).beat()
    with site.database.session() as db:
        renewed = db.get(RunVideoRow, row.id)
    assert renewed is not None
    assert renewed.lease_until is not None
    assert renewed.lease_until > now()
    assert not halt.reason


def test_the_end_of_a_run_is_announced_once_in_the_same_transaction(site: Site, add_video: AddVideo, begin: Begin) -> None:
    with site.database.session() as db:
        db.add(WebhookRow(url="http://127.0.0.1:9/", secret="s"))
    run = begin([add_video(), add_video("b.mp4")])
    do(site, take(site), Halt())
    with site.database.session() as db:
        assert db.query(DeliveryRow).count() == 0
    work_off(site)
    with site.database.session() as db:
        settle(db, run)
        assert db.query(DeliveryRow).count() == 1


def test_deleting_a_run_under_way_stops_it_and_leaves_nothing(site: Site, add_video: AddVideo, begin: Begin) -> None:
    run = begin([add_video("a.mp4", frames=2), add_video("b.mp4", frames=600)], slow())
    do(site, take(site), Halt())
    second = take(site)
    worker = threading.Thread(target=do, args=(site, second, Halt()))
    worker.start()
    wait_for(live_path(site.settings.data, second.id).exists)
    delete_run(site, run)
    worker.join(30)
    with site.database.session() as db:
        assert [db.query(table).count() for table in (RunRow, RunVideoRow, RunLogRow)] == [0, 0, 0]
    assert site.files.keys(f"results/{run}") == []
    assert not list((site.settings.data / "live").iterdir())


def test_a_straggler_of_a_deleted_run_removes_what_it_made(
    site: Site, add_video: AddVideo, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin([add_video()])
    row = take(site)
    monkeypatch.setattr("trackside.server.runs.deletion._PATIENCE", 0.0)
    take_folder = type(site.files).take_folder

    def deleted_meanwhile(files: object, folder: Path, prefix: str) -> None:
        delete_run(site, run)
        take_folder(site.files, folder, prefix)

    monkeypatch.setattr(type(site.files), "take_folder", deleted_meanwhile)
    do(site, row, Halt())
    assert site.files.keys(f"results/{run}") == []


def test_results_that_only_came_in_part_leave_nothing(
    site: Site, add_video: AddVideo, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin([add_video()])
    put = type(site.files).take

    def full(self: Files, source: Path, key: str) -> None:
        if key.endswith("summary.html"):
            raise OutputError("cannot keep the file (no space left on device)", fix="free some space")
        put(self, source, key)

    monkeypatch.setattr(type(site.files), "take", full)
    do(site, take(site), Halt())
    [row] = rows_of(site, run)
    assert row.state == "failed" and "no space" in row.problems[0]["what"]
    assert site.files.keys(f"results/{run}") == []
