"""A finished result is told whole; what is not finished, or gone, is said in one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from trackside.server.context import Site
from trackside.server.results import reports
from trackside.server.runs.tables import RunVideoRow
from trackside.server.videos.tables import VideoRow

from .conftest import Put, graph


@pytest.fixture
def one(put: Put, boxes: Path) -> str:
    """The result of the walk through two halves."""
    return put(graph(boxes))


def get(client: TestClient, address: str, **asked: Any) -> Any:
    answer = client.get(f"/api/{address}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_result_tells_files_tables_timings_and_versions(client: TestClient, one: str) -> None:
    found = get(client, f"results/{one}")
    kinds = {file["name"]: file["kind"] for file in found["files"]}
    assert kinds["annotated.mp4"] == "video"
    assert kinds["summary.html"] == "report"
    assert kinds["run.json"] == "facts"
    assert kinds["tracks.csv"] == kinds["tracks.parquet"] == "table"
    tables = {table["name"]: table for table in found["tables"]}
    assert tables["tracks"]["kind"] == "Tracks"
    assert tables["tracks"]["rows"] > 30
    assert "frame" not in tables["tracks"]["columns"]
    assert tables["zones-events"]["rows"] == found["events"] > 0
    assert found["pipeline"] == "halves"
    assert found["annotated"]
    assert found["start"] == 0
    assert {"track", "zones"} <= {timing["block"] for timing in found["timings"]}
    assert found["versions"]["trackside"]
    for file in found["files"]:
        assert len(client.get(file["address"]).content) == file["bytes"]
    assert client.get(found["video"]).headers["content-type"] == "video/mp4"


def test_a_result_without_a_video_of_its_own_plays_the_source(client: TestClient, site: Site, put: Put, boxes: Path) -> None:
    one = put({**graph(boxes), "save": ["track"]})
    found = get(client, f"results/{one}")
    assert (found["annotated"], found["start"]) == (False, 0)
    assert found["video"] == f"/api/videos/{found['video_id']}/file"
    with site.database.session() as db:
        db.delete(db.get(VideoRow, found["video_id"]))
    assert get(client, f"results/{one}")["video"] == ""
    assert client.get(f"/api/results/{one}/frame").status_code == 404


def test_only_files_of_the_result_are_given(client: TestClient, one: str) -> None:
    for name in ("gone.csv", "..%2Frun.json", "%2Fetc%2Fpasswd", ".hidden"):
        assert client.get(f"/api/results/{one}/files/{name}").status_code == 404, name


def test_files_are_given_in_parts_and_under_a_name(client: TestClient, one: str) -> None:
    address = f"/api/results/{one}/files/annotated.mp4"
    whole = client.get(address)
    part = client.get(address, headers={"range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, whole.content[4:8])
    assert "content-disposition" not in whole.headers
    assert 'filename="clip-annotated.mp4"' in client.get(address, params={"download": 1}).headers["content-disposition"]


def test_a_report_runs_its_scripts_as_a_stranger(client: TestClient, one: str) -> None:
    policy = client.get(f"/api/results/{one}/files/summary.html").headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts allow-downloads;")
    assert "sandbox" not in client.get(f"/api/results/{one}/files/run.json").headers["content-security-policy"]


def test_a_report_is_given_what_lies_beside_it_by_a_pass_and_nobody_else_is(
    client: TestClient, site: Site, one: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/api/results/{one}/files/summary.html"
    assert client.get(address, params={"download": 1}, headers={"accept": "text/html"}).history == []
    shown = client.get(address, headers={"accept": "text/html,*/*"})
    assert shown.status_code == 200 and "sandbox" in shown.headers["content-security-policy"]
    place = shown.url.path.rpartition("/")[0]
    video = client.get(f"{place}/annotated.mp4", headers={"range": "bytes=0-3"})
    assert video.status_code == 206 and video.headers["cross-origin-resource-policy"] == "cross-origin"
    assert client.get(f"{place}/gone.csv").status_code == 404
    until, _, signature = place.rpartition("/")[2].partition("-")
    for wrong in (f"{int(until) + 1}-{signature}", f"{until}-", f"{until}-{'0' * 64}", "x", f"-{signature}", "\u00b2-1"):
        assert client.get(f"/api/reports/{one}/{wrong}/summary.html").status_code == 403, wrong
    monkeypatch.setattr(reports.time, "time", lambda: int(until) + 1)
    assert client.get(f"{place}/annotated.mp4").status_code == 403


@pytest.mark.parametrize("state", ["queued", "running", "cancelled"])
def test_what_is_not_finished_is_refused(client: TestClient, put: Put, boxes: Path, state: str) -> None:
    one = put(graph(boxes), state=state)
    for rest in ("", "/plots", "/events", "/frame", "/zip", "/tables/tracks", "/files/run.json"):
        answer = client.get(f"/api/results/{one}{rest}")
        assert answer.status_code == 409
        assert state in answer.json()["problems"][0]["what"]


def test_a_failed_video_says_why(client: TestClient, site: Site, put: Put, boxes: Path) -> None:
    one = put(graph(boxes), state="failed")
    with site.database.session() as db:
        row = db.get(RunVideoRow, one)
        assert row
        row.problems = [{"what": "the file is truncated", "fix": ""}]
    answer = client.get(f"/api/results/{one}")
    assert answer.status_code == 409
    assert "the file is truncated" in answer.json()["problems"][0]["what"]


def test_what_is_gone_or_never_was_is_not_found(client: TestClient, site: Site, one: str) -> None:
    for wrong in ("nothing", "x" * 500, "ü", "-"):
        for rest in ("", "/plots", "/zip"):
            assert client.get(f"/api/results/{wrong}{rest}").status_code == 404
        assert client.get(f"/api/runs/{wrong}/zip").status_code == 404
        assert client.get(f"/api/compare?left={wrong}&right={wrong}").status_code == 404
    assert client.get(f"/api/results/{one}/tables/nothing").status_code == 404
    site.files.delete("results")
    assert client.get(f"/api/results/{one}").status_code == 404


def test_events_are_plain_sentences_in_order_of_time(client: TestClient, one: str) -> None:
    events = get(client, f"results/{one}/events")
    assert [event["text"] for event in events][:1] == ["entered left half"]
    assert "entered right half" in [event["text"] for event in events]
    [left] = [event for event in events if event["kind"] == "leave" and event["values"]["place"] == "left half"]
    assert left["text"].startswith("left left half after 2.")
    assert left["track"] == events[0]["track"] > 0
    assert [event["time_s"] for event in events] == sorted(event["time_s"] for event in events)
    assert get(client, f"results/{one}/events", offset=1, limit=2) == events[1:3]
    assert get(client, f"results/{one}/events", offset=1000) == []
    assert client.get(events[0]["thumbnail"]).headers["content-type"] == "image/jpeg"


def brightness(content: bytes) -> float:
    return float(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[-8:, -8:].mean())


def test_a_frame_is_that_of_the_media_time_also_where_the_run_began_later(client: TestClient, put: Put, boxes: Path) -> None:
    whole, late = put(graph(boxes)), put(graph(boxes, start=1.95))
    assert get(client, f"results/{late}")["start"] == 2.0
    for one in (whole, late):
        answer = client.get(f"/api/results/{one}/frame", params={"time": 3.0, "width": 64})
        assert float(answer.headers["x-time"]) == pytest.approx(3.0, abs=0.01)
        assert brightness(answer.content) == pytest.approx(20 + 5 * 30, abs=4)


def test_plots_are_small_figures_over_media_time(client: TestClient, one: str) -> None:
    plots = get(client, f"results/{one}/plots")
    assert {plot["name"] for plot in plots} >= {"tracks", "zones-counts", "zones-events"}
    for plot in plots:
        assert plot["title"]
        for trace in plot["figure"]["data"]:
            assert trace["x"]
            assert all(x is None or 0 <= x <= 4 for x in trace["x"])


def test_two_results_are_compared_also_where_their_tables_differ(client: TestClient, put: Put, boxes: Path) -> None:
    left = put(graph(boxes))
    other = graph(boxes, high=0.7)
    other["save"] = ["track", "zones.counts", "detect"]
    right = put(other)
    found = get(client, "compare", left=left, right=right)
    settings = {row["name"]: (row["left"], row["right"]) for row in found["settings"]}
    assert settings["track.high"] == (0.5, 0.7)
    assert set(settings) == {"track.high", "save"}
    tables = {table["name"]: table for table in found["tables"]}
    assert tables["zones-events"]["rows"][1] is None
    assert tables["detections"]["rows"] == [None, 40]
    columns = {column["name"]: column for column in tables["tracks"]["columns"]}
    assert "id" not in columns
    assert columns["score"]["left"]["mean"] == pytest.approx(0.9)
    assert columns["score"]["difference"] == {"mean": 0, "min": 0, "max": 0}
    assert found["left"]["run_video_id"] == left
    same = get(client, "compare", left=left, right=left)
    assert same["settings"] == []
