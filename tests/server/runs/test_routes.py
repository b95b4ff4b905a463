from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from trackside.server.access.tables import AuditRow
from trackside.server.context import Site
from trackside.server.library.tables import PipelineRow, PipelineVersionRow
from trackside.server.runs.live import live_path
from trackside.server.runs.queue import claim
from trackside.server.runs.tables import RunVideoRow

from .conftest import MEAN, AddVideo, rows_of, work_off


def post(client: TestClient, videos: list[str], **more: Any) -> Any:
    body = {"videos": videos, **({} if "pipeline" in more else {"graph": MEAN}), **more}
    return client.post("/api/runs", json=body)


def problem(answer: Any) -> str:
    assert 400 <= answer.status_code < 500, answer.text
    first = answer.json()["problems"][0]
    return f"{first['what']}; {first['fix']}"


def test_a_run_from_its_beginning_to_its_end(client: TestClient, site: Site, add_video: AddVideo) -> None:
    begun = post(client, [add_video("one.mp4"), add_video("two.mp4")])
    assert begun.status_code == 201
    run = begun.json()
    assert (run["name"], run["state"], run["videos"], run["owner"]) == ("means · 2 videos", "queued", 2, "you")
    assert run["pipeline_name"] == "means" == client.get("/api/runs").json()["items"][0]["pipeline_name"]
    assert [item["place"] for item in run["items"]] == [1, 2]
    assert [item["video_name"] for item in run["items"]] == ["one.mp4", "two.mp4"]
    assert run["graph"]["blocks"]["mean"]["use"] == "toy.mean@1"
    work_off(site)
    done = client.get(f"/api/runs/{run['id']}").json()
    assert (done["state"], done["videos_done"], done["fraction"]) == ("done", 2, 1.0)
    assert [item["place"] for item in done["items"]] == [None, None]
    log = client.get(f"/api/runs/{run['id']}/log").json()
    assert log[0]["text"] == "you began it with 2 videos"
    after = client.get(f"/api/runs/{run['id']}/log", params={"after": log[-2]["id"]}).json()
    assert after == log[-1:]
    with site.database.session() as db:
        assert [row.action for row in db.query(AuditRow)] == ["run.begin"]


def test_settings_change_the_runs_own_copy(client: TestClient, add_video: AddVideo) -> None:
    run = post(client, [add_video()], settings={"source.every": 0.2}).json()
    assert run["graph"]["blocks"]["source"]["every"] == 0.2
    assert run["name"] == "means · clip.mp4"


def test_a_saved_pipeline_runs_in_the_newest_or_the_asked_version(
    client: TestClient, site: Site, add_video: AddVideo
) -> None:
    with site.database.session() as db:
        saved = PipelineRow(name="saved", version=2)
        db.add(saved)
        db.flush()
        db.add_all(PipelineVersionRow(pipeline_id=saved.id, number=n, graph={**MEAN, "about": f"v{n}"}) for n in (1, 2))
    video = add_video()
    newest = post(client, [video], pipeline=saved.id).json()
    older = post(client, [video], pipeline=saved.id, version=1).json()
    assert [(run["pipeline_version"], run["graph"]["about"]) for run in (newest, older)] == [(2, "v2"), (1, "v1")]
    assert client.get("/api/runs", params={"pipeline": saved.id}).json()["total"] == 2
    assert problem(post(client, [video], pipeline=saved.id, version=3)).startswith("there is no such version")
    assert post(client, [video], pipeline="unknown").status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"graph": None}, "name either a saved pipeline or a graph"),
        ({"graph": {**MEAN, "save": []}}, "nothing of it would be saved"),
        ({"graph": {**MEAN, "save": ["nobody"]}}, "'nobody' names no block"),
        ({"settings": {"mean.none": 3}}, "none"),
        ({"settings": {"nobody.none": 3}}, "nothing to set at 'nobody.none'"),
        ({"slot": "gpu"}, "this server has no slot for the GPU"),
        ({"videos": ["unknown"]}, "there is no video unknown"),
        ({"name": "a\x00b"}, "characters that cannot be kept"),
        ({"settings": {"a\ud800": 1}}, "characters that cannot be kept"),
        ({"priority": 10**30}, ""),
        ({"videos": []}, ""),
    ],
)
def test_what_cannot_run_is_refused_with_a_sentence(
    client: TestClient, add_video: AddVideo, body: dict[str, Any], said: str
) -> None:
    import json

    sent = json.dumps({"videos": [add_video()], "graph": MEAN, **body})
    answer = client.post("/api/runs", content=sent, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert said in problem(answer)
    assert client.get("/api/runs").json()["total"] == 0


def test_videos_that_are_not_ready_are_named(client: TestClient, add_video: AddVideo) -> None:
    videos = [add_video("good.mp4"), add_video("late.mp4", state="probing"), add_video("bad.mp4", state="unusable")]
    said = problem(post(client, videos))
    assert said.startswith("late.mp4 is still being looked at, bad.mp4 is of no use; wait")


def test_a_model_that_is_not_here_is_named_with_what_to_do(client: TestClient, add_video: AddVideo) -> None:
    detect = {"use": "detect.objects@1", "images": "source.images", "model": "fastestdet"}
    said = problem(post(client, [add_video()], graph={"pipeline": "d", "blocks": {"d": detect}, "save": ["d"]}))
    assert said.startswith("the model 'fastestdet' is not installed; ")


def test_the_list_is_filtered_and_paged(client: TestClient, site: Site, add_video: AddVideo) -> None:
    one, two = add_video("one.mp4"), add_video("two.mp4")
    ids = [post(client, [video], name=name).json()["id"] for video, name in ((one, "A 50%"), (two, "B"), (one, "C"))]
    client.post(f"/api/runs/{ids[1]}/cancel")

    def listed(**params: Any) -> list[str]:
        return [ids.index(run["id"]) for run in client.get("/api/runs", params=params).json()["items"]]

    assert listed() == [2, 1, 0]
    assert listed(state="queued") == [2, 0]
    assert listed(state="cancelled") == [1]
    assert listed(video=one) == [2, 0]
    assert listed(q="50%") == [0]
    assert listed(q="b") == [1]
    page = client.get("/api/runs", params={"limit": 2}).json()
    assert page["total"] == 3
    assert listed(limit=2, cursor=page["next"]) == [0]


def test_cancel_and_retry_touch_only_what_they_should(client: TestClient, site: Site, add_video: AddVideo) -> None:
    run = post(client, [add_video("ok.mp4"), add_video("bad.mp4", broken=True)]).json()["id"]
    work_off(site)
    ok, bad = rows_of(site, run)
    assert (ok.state, bad.state) == ("done", "failed")
    retried = client.post(f"/api/runs/{run}/retry").json()
    assert retried["state"] == "running"
    assert [item["state"] for item in retried["items"]] == ["done", "queued"]
    assert retried["items"][1]["problems"] == []
    assert retried["videos_failed"] == 0
    cancelled = client.post(f"/api/runs/{run}/cancel").json()
    assert (cancelled["state"], [item["state"] for item in cancelled["items"]]) == ("cancelled", ["done", "cancelled"])
    assert client.post(f"/api/runs/{run}/cancel").json()["state"] == "cancelled"
    client.post(f"/api/runs/{run}/retry")
    work_off(site)
    again = rows_of(site, run)
    assert (again[0].finished, again[1].state, again[1].attempts) == (ok.finished, "failed", 1)


def test_nothing_to_retry_is_said(client: TestClient, add_video: AddVideo) -> None:
    run = post(client, [add_video()]).json()["id"]
    answer = client.post(f"/api/runs/{run}/retry")
    assert answer.status_code == 409
    assert problem(answer).startswith("no video of this run failed")


def test_name_and_priority_change(client: TestClient, site: Site, add_video: AddVideo) -> None:
    first, second = (post(client, [add_video()]).json()["id"] for _ in range(2))
    changed = client.patch(f"/api/runs/{second}", json={"priority": 4, "name": "urgent"}).json()
    assert (changed["priority"], changed["name"], changed["items"][0]["place"]) == (4, "urgent", 1)
    assert client.get(f"/api/runs/{first}").json()["items"][0]["place"] == 2
    assert client.patch(f"/api/runs/{second}", json={"priority": 11}).status_code == 422


def test_a_deleted_run_is_gone_with_its_files(client: TestClient, site: Site, add_video: AddVideo) -> None:
    kept, run = (post(client, [add_video()]).json()["id"] for _ in range(2))
    work_off(site)
    assert client.delete(f"/api/runs/{run}").json() == {"state": "ok"}
    assert client.get(f"/api/runs/{run}").status_code == 404
    assert site.files.keys(f"results/{run}") == []
    assert site.files.keys(f"results/{kept}")
    with site.database.session() as db:
        assert db.query(RunVideoRow).count() == 1


def test_the_queue_tells_slots_and_what_waits(client: TestClient, site: Site, add_video: AddVideo) -> None:
    post(client, [add_video(), add_video(), add_video()])
    with site.database.session() as db:
        claim(db, "cpu", "w")
    told = client.get("/api/queue").json()
    assert told["slots"] == {"cpu": 1, "gpu": 0}
    assert (told["running"], told["waiting"]) == ({"cpu": 1, "gpu": 0}, {"cpu": 2, "gpu": 0})
    assert told["workers"] == 0


def test_the_live_picture_is_there_while_a_video_runs(client: TestClient, site: Site, add_video: AddVideo) -> None:
    run = post(client, [add_video()]).json()
    address = f"/api/runs/{run['id']}/videos/{run['items'][0]['id']}/live.jpg"
    assert client.get(address).status_code == 404
    with site.database.session() as db:
        claim(db, "cpu", "w")
    path = live_path(site.settings.data, run["items"][0]["id"])
    path.parent.mkdir()
    path.write_bytes(b"picture")
    assert client.get(f"/api/runs/{run['id']}").json()["items"][0]["live"] == address
    shown = client.get(address)
    assert (shown.content, shown.headers["content-type"]) == (b"picture", "image/jpeg")


@pytest.mark.parametrize("name", ["unknown", "%00", "..", "a%2Fb", "%ED%A0%80", "x" * 100])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/cancel"), ("POST", "/retry"), ("GET", "/log"),
        ("GET", "/videos/unknown/live.jpg"),
    ],
)  # fmt: skip
def test_unknown_runs_are_not_found(client: TestClient, name: str, method: str, path: str) -> None:
    answer = client.request(method, f"/api/runs/{name}{path}", json={} if method == "PATCH" else None)
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("params", [{"q": "\x00"}, {"cursor": "x"}, {"limit": 10**30}, {"pipeline": "\x00"}, {"state": "x"}])
def test_odd_questions_are_refused(client: TestClient, params: dict[str, Any]) -> None:
    assert client.get("/api/runs", params=params).status_code == 422
