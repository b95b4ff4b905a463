"""Tidying up: what is beyond its time goes, everything else stays."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from trackside.core import OutputError
from trackside.server.access.tables import AuditRow, PersonRow, SessionRow
from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.runs.tables import RunRow, RunVideoRow
from trackside.server.site import retention
from trackside.server.site.service import SiteService
from trackside.server.site.shapes import SiteSettings
from trackside.server.videos import deletion
from trackside.server.videos.tables import VideoRow
from trackside.server.webhooks.tables import DeliveryRow, WebhookRow

OLD, NEW = timedelta(days=10), timedelta(days=1)


def video(site: Site, id: str, age: timedelta, tmp_path: Path) -> None:
    key = f"videos/{id}/source.mp4"
    (tmp_path / id).write_bytes(b"synthetic")
    site.files.take(tmp_path / id, key)
    with site.database.session() as db:
        db.add(VideoRow(id=id, name=f"{id}.mp4", state="ready", key=key, bytes=9, created=now() - age))


def run(site: Site, id: str, state: str, age: timedelta, tmp_path: Path, video: str = "none") -> None:
    key = f"results/{id}/{id}v/run.json"
    (tmp_path / id).write_bytes(b"{}")
    site.files.take(tmp_path / id, key)
    moment = now() - age
    over = state in ("done", "failed", "cancelled")
    with site.database.session() as db:
        db.add(RunRow(id=id, name=id, graph={}, state=state, created=moment, finished=moment if over else None))
        db.flush()
        db.add(
            RunVideoRow(id=f"{id}v", run_id=id, video_id=video, video_name="x", state=state, results=f"results/{id}/{id}v")
        )


def keep(site: Site, videos: int | None, results: int | None) -> None:
    with site.database.session() as db:
        retention.write(db, SiteSettings(keep_videos_days=videos, keep_results_days=results))


def left(site: Site) -> tuple[set[str], set[str]]:
    with site.database.session() as db:
        return set(db.scalars(select(VideoRow.id))), set(db.scalars(select(RunRow.id)))


@pytest.fixture
def filled(site: Site, tmp_path: Path) -> Site:
    for id, age in {"old": OLD, "new": NEW, "inuse": OLD}.items():
        video(site, id, age, tmp_path)
    run(site, "olddone", "done", OLD, tmp_path)
    run(site, "oldfailed", "failed", OLD, tmp_path)
    run(site, "newdone", "done", NEW, tmp_path)
    run(site, "oldqueued", "queued", OLD, tmp_path, video="inuse")
    return site


EVERYTHING = ({"old", "new", "inuse"}, {"olddone", "oldfailed", "newdone", "oldqueued"})


def test_nothing_goes_unless_somebody_said_so(filled: Site) -> None:
    SiteService(filled).tidy()
    assert left(filled) == EVERYTHING
    keep(filled, 11, 11)
    SiteService(filled).tidy()
    assert left(filled) == EVERYTHING


def test_what_is_beyond_its_time_is_really_deleted(filled: Site) -> None:
    keep(filled, 5, 5)
    SiteService(filled).tidy()
    assert left(filled) == ({"new", "inuse"}, {"newdone", "oldqueued"})
    assert not filled.files.exists("videos/old/source.mp4")
    assert not filled.files.keys("results/olddone")
    assert filled.files.exists("videos/new/source.mp4")
    assert filled.files.exists("videos/inuse/source.mp4")
    assert filled.files.keys("results/newdone")
    with filled.database.session() as db:
        noted = {(row.person, row.action, row.subject) for row in db.scalars(select(AuditRow))}
    assert noted == {
        ("retention", "video.delete", "old.mp4"),
        ("retention", "run.delete", "olddone"),
        ("retention", "run.delete", "oldfailed"),
    }


def test_videos_and_results_have_times_of_their_own(filled: Site) -> None:
    keep(filled, None, 5)
    SiteService(filled).tidy()
    assert left(filled)[0] == EVERYTHING[0]
    assert "olddone" not in left(filled)[1]


def test_one_that_cannot_be_deleted_costs_the_others_nothing(
    filled: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    video(filled, "older", 2 * OLD, tmp_path)
    real = deletion.delete_video

    def delete(site: Site, id: str) -> str:
        if id == "older":
            raise OutputError("the disk says no")
        return real(site, id)

    monkeypatch.setattr(deletion, "delete_video", delete)
    keep(filled, 5, None)
    SiteService(filled).tidy()
    assert left(filled)[0] == {"older", "new", "inuse"}
    assert "the disk says no" in caplog.text


def test_sessions_and_messages_that_are_over_go(site: Site) -> None:
    with site.database.session() as db:
        db.add(PersonRow(id="ann", name="ann", role="viewer"))
        db.add(WebhookRow(id="hook", url="http://127.0.0.1:1", secret="x"))
        db.flush()
        for name, left in {"over": -1, "good": 1}.items():
            db.add(SessionRow(hash=name, person_id="ann", csrf="x", expires=now() + timedelta(minutes=left)))
        for id, state, age in [("a", "sent", 31), ("b", "given up", 31), ("c", "waiting", 31), ("d", "sent", 29)]:
            db.add(DeliveryRow(id=id, webhook_id="hook", body={}, state=state, created=now() - timedelta(days=age)))
    SiteService(site).tidy()
    with site.database.session() as db:
        assert db.scalars(select(SessionRow.hash)).all() == ["good"]
        assert set(db.scalars(select(DeliveryRow.id))) == {"c", "d"}


def test_uploads_given_up_are_expired(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from trackside.server.uploads import store

    asked: list[Site] = []
    monkeypatch.setattr(store, "expire", asked.append)
    SiteService(site).tidy()
    assert asked == [site]


def test_it_begins_with_a_round_and_stops_between_two_deletions(
    filled: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video(filled, "second", OLD - timedelta(hours=1), tmp_path)
    deleting, go_on, deleted = threading.Event(), threading.Event(), io.StringIO()

    def delete(_: Site, id: str) -> str:
        deleted.write(id)
        deleting.set()
        go_on.wait(20)
        return id

    monkeypatch.setattr(deletion, "delete_video", delete)
    keep(filled, 5, None)
    service = SiteService(filled)
    service.start()
    assert deleting.wait(20)
    service._stopping.set()
    go_on.set()
    service.stop()
    service.stop()
    assert deleted.getvalue() == "old"
