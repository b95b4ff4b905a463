"""The site's settings, its storage, its health."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from trackside import __version__
from trackside.server.access.tables import AuditRow
from trackside.server.context import Site
from trackside.server.database import now
from trackside.server.runs.tables import RunRow, RunVideoRow
from trackside.server.videos.tables import UploadRow, VideoRow

DAYS = ("keep_videos_days", "keep_results_days", "keep_alarms_days")


def test_things_are_kept_for_ever_unless_somebody_says_how_long(client: TestClient, site: Site) -> None:
    assert client.get("/api/site").json() == dict.fromkeys(DAYS)
    wanted = {**dict.fromkeys(DAYS), "keep_videos_days": 30, "keep_alarms_days": 90}
    assert client.put("/api/site", json=wanted).json() == wanted
    assert client.get("/api/site").json() == wanted
    assert client.put("/api/site", json={"keep_results_days": 5}).json()["keep_videos_days"] is None
    with site.database.session() as db:
        noted = db.scalars(select(AuditRow.subject).order_by(AuditRow.at)).all()
    assert noted == [
        "videos 30, results for ever, alarms 90",
        "videos for ever, results 5, alarms for ever",
    ]


@pytest.mark.parametrize(
    "body", [{"keep_videos_days": 0}, {"keep_videos_days": -1}, {"keep_videos_days": 10**40}, {"keep_days": 3}, [], None]
)
def test_unfit_settings_are_refused(body: object, client: TestClient) -> None:
    assert client.put("/api/site", json=body).status_code == 422
    assert client.get("/api/site").json()["keep_videos_days"] is None


def test_storage_counts_what_the_tables_know(client: TestClient, site: Site) -> None:
    empty = client.get("/api/storage").json()
    assert (empty["videos"], empty["results"], empty["incoming"], empty["quota"]) == (0, 0, 0, site.settings.quota)
    assert empty["free"] > 0
    with site.database.session() as db:
        db.add(VideoRow(name="a", state="ready", bytes=5 * 2**30))
        db.add(VideoRow(name="b", state="unusable", bytes=7))
        db.add(VideoRow(name="c", state="uploading", bytes=100))
        db.add(UploadRow(video_id="c", length=100, expires=now() + timedelta(days=1)))
        db.add(RunRow(id="run", name="run", graph={}))
        db.flush()
        db.add(RunVideoRow(run_id="run", video_id="a", video_name="a", bytes=11))
        db.add(RunVideoRow(run_id="run", video_id="b", video_name="b", bytes=13))
    said = client.get("/api/storage").json()
    assert (said["videos"], said["results"], said["incoming"]) == (5 * 2**30, 24, 100)


class Workers:
    def alive(self) -> int:
        return 3


def test_health(client: TestClient, site: Site) -> None:
    site.services["runs"] = Workers()
    said = client.get("/api/health")
    assert said.status_code == 200
    assert said.json() == {"state": "ok", "version": __version__, "database": "ok", "workers": 3}
    del site.services["runs"]
    assert client.get("/api/health").json()["workers"] == 0


def test_a_database_that_is_away_shows_in_the_health(
    client: TestClient, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, OSError("gone"))

    monkeypatch.setattr(site.database.engine, "connect", away)
    said = client.get("/api/health")
    assert (said.status_code, said.json()["state"], said.json()["database"]) == (503, "broken", "unreachable")
